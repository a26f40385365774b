# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may import whom: the syntax trees of plugins/ are walked, nothing is imported."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COLLECTION = "ansible_collections.openpatch.patch_manager."

# What gives the same answer for the same arguments, everywhere and at any time.
PURE = frozenset(
    "__future__ abc bisect collections collections.abc copy dataclasses datetime decimal difflib enum "
    "fnmatch functools hashlib heapq itertools json math operator re string textwrap types typing unicodedata "
    "urllib.parse".split()
)
STANDARD_LIBRARY = frozenset(sys.stdlib_module_names)
# Names that Python 2 has for modules of the standard library.
PYTHON_2 = frozenset("ConfigParser StringIO __builtin__ urllib2 urlparse".split())


@dataclass(frozen=True)
class Layer:
    """A folder of plugins/, what it may import of the collection and from elsewhere."""

    folder: str
    imports: tuple[str, ...] = ()  # folders, besides its own
    foreign: tuple[str, ...] = ()  # packages that are not in the standard library, or parts of them
    standard_library: frozenset[str] = STANDARD_LIBRARY
    pure: bool = False


BASELINE = "plugins/module_utils/_baseline"
SCHEDULE = "plugins/module_utils/_schedule"
SSM = "plugins/module_utils/_ssm"
NODE = "plugins/plugin_utils/_node"
STORE = "plugins/plugin_utils/_store"
SOURCE = "plugins/plugin_utils/_source"
POLICY = "plugins/plugin_utils/_policy"
REPORT = "plugins/plugin_utils/_report"
AWS = "plugins/plugin_utils/_aws"
OPERATION = "plugins/plugin_utils/_operation"
INVENTORY = "plugins/plugin_utils/_inventory"
EVERYTHING_BELOW_ACTIONS = (BASELINE, NODE, STORE, SOURCE, POLICY, REPORT, AWS, OPERATION)

# The innermost folder decides.
LAYERS = (
    Layer(BASELINE, standard_library=PURE, pure=True),
    Layer(SCHEDULE),
    # boto3 comes in through amazon.aws
    Layer(
        SSM,
        imports=(BASELINE, SCHEDULE),
        foreign=("ansible_collections.amazon.aws", "ansible.module_utils.common.warnings"),
    ),
    Layer(NODE, foreign=("ansible",)),
    Layer(f"{NODE}/payload", foreign=("dnf", "rpm", "yum"), standard_library=STANDARD_LIBRARY | PYTHON_2),
    Layer(STORE, imports=(BASELINE,), foreign=("sqlalchemy",)),
    Layer(SOURCE, imports=(BASELINE,), foreign=("yaml", "ansible.module_utils.urls", "ansible.errors")),
    Layer(POLICY, imports=(BASELINE, SCHEDULE, SOURCE), foreign=("yaml",)),
    Layer(REPORT, imports=(BASELINE, STORE)),
    Layer(AWS, imports=(BASELINE, SSM), foreign=("boto3", "botocore")),
    Layer(OPERATION, imports=(BASELINE, NODE, STORE, SOURCE, POLICY, REPORT, AWS), foreign=("ansible",)),
    Layer(INVENTORY, imports=(SSM,)),
    Layer(
        "plugins/inventory",
        imports=(SSM, INVENTORY),
        foreign=("ansible", "ansible_collections.amazon.aws", "boto3", "botocore"),
    ),
    Layer("plugins/action", imports=EVERYTHING_BELOW_ACTIONS, foreign=("ansible",)),
    Layer("plugins/callback", imports=(BASELINE, STORE, REPORT), foreign=("ansible",)),
    Layer("plugins/modules", imports=(SSM,), standard_library=frozenset({"__future__"})),
    Layer("plugins/doc_fragments", standard_library=frozenset({"__future__"})),
)

AMBIENT_NAMES = {"open", "input", "print", "eval", "exec", "__import__"}
AMBIENT_CLOCKS = {"now", "utcnow", "today"}


def layer_of(path: str) -> Layer | None:
    found = [layer for layer in LAYERS if path.startswith(f"{layer.folder}/")]
    return max(found, key=lambda layer: len(layer.folder), default=None)


def imported_names(tree: ast.AST, path: str) -> Iterator[tuple[int, str]]:
    """Every import as (line, dotted name); imports of the collection as paths of this checkout."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                parts = path.split("/")[: -node.level]
                module = COLLECTION + ".".join([*parts, *([node.module] if node.module else [])])
            else:
                module = node.module or ""
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def is_allowed(name: str, layer: Layer) -> bool:
    if name.startswith(COLLECTION):
        target = layer_of(name.removeprefix(COLLECTION).replace(".", "/") + "/")
        return target is not None and target.folder in (layer.folder, *layer.imports)
    prefixes = {name.rsplit(".", count)[0] for count in range(name.count(".") + 1)}
    return bool(prefixes & (layer.standard_library | set(layer.foreign)))


def ambient_state(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Uses of the clock, of files and of the terminal that need no import of their own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in AMBIENT_NAMES:
            yield node.lineno, f"{node.id}()"
        elif isinstance(node, ast.Attribute) and node.attr in AMBIENT_CLOCKS:
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if owner in ("datetime", "date"):
                yield node.lineno, f"{owner}.{node.attr}()"
        elif isinstance(node, ast.Call) and ast.unparse(node).endswith(".astimezone()"):
            yield node.lineno, "astimezone() with this machine's time zone"


def find_violations(path: str, source: str) -> list[str]:
    layer = layer_of(path)
    if layer is None:
        return [f"{path} is in no layer"]
    tree = ast.parse(source)
    found = [
        f"{path}:{line} imports {name.removeprefix(COLLECTION)}"
        for line, name in imported_names(tree, path)
        if not is_allowed(name, layer)
    ]
    if layer.pure:
        found += [f"{path}:{line} uses {what}" for line, what in ambient_state(tree)]
    return found


def test_layers_import_only_what_the_design_allows() -> None:
    files = sorted(ROOT.glob("plugins/**/*.py"))
    assert files
    assert [
        violation
        for file in files
        for violation in find_violations(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8"))
    ] == []


def is_documentation(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign):
        return isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    return isinstance(node, ast.ImportFrom)


def test_modules_of_actions_are_documentation_only() -> None:
    assert [
        f"{file.name}:{node.lineno}"
        for file in ROOT.glob("plugins/modules/*.py")
        if not file.name.startswith("ssm_")
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if not is_documentation(node)
    ] == []


PLUGINS = f"{COLLECTION}plugins."


@pytest.mark.parametrize(
    ("path", "source"),
    [
        (f"{BASELINE}/a.py", "import os"),
        (f"{BASELINE}/a.py", "import urllib.request"),
        (f"{BASELINE}/a.py", "from ansible.errors import AnsibleError"),
        (f"{BASELINE}/a.py", f"from {PLUGINS}plugin_utils._store.errors import StoreError"),
        (f"{BASELINE}/a.py", f"from {PLUGINS}plugin_utils import _store"),
        (f"{BASELINE}/a.py", "from ...plugin_utils._store import errors"),
        (f"{BASELINE}/a.py", "def f():\n    import time"),
        (f"{BASELINE}/a.py", "from datetime import datetime\nx = datetime.now()"),
        (f"{BASELINE}/a.py", "import datetime\nx = datetime.datetime.utcnow"),
        (f"{BASELINE}/a.py", "import datetime\nx = datetime.date.today()"),
        (f"{BASELINE}/a.py", "def f(x):\n    return x.astimezone()"),
        (f"{BASELINE}/a.py", "x = open('x')"),
        (f"{SSM}/a.py", "import boto3"),
        (f"{SSM}/a.py", "from ansible_collections.amazon.other import x"),
        (f"{SSM}/a.py", f"from {PLUGINS}plugin_utils._store import store"),
        ("plugins/modules/ssm_a.py", f"from {PLUGINS}module_utils._baseline import model"),
        (f"{NODE}/a.py", f"from {PLUGINS}module_utils._baseline.model import Baseline"),
        (f"{NODE}/payload/a.py", "import ansible"),
        (f"{NODE}/payload/a.py", "from .. import transport"),
        (f"{STORE}/a.py", "import ansible.errors"),
        (f"{STORE}/a.py", f"from {PLUGINS}plugin_utils._report import model"),
        (f"{SOURCE}/a.py", "from ansible.plugins.action import ActionBase"),
        (f"{REPORT}/a.py", "import sqlalchemy"),
        (f"{OPERATION}/a.py", "import sqlalchemy"),
        (f"{OPERATION}/a.py", "import boto3"),
        (f"{AWS}/a.py", f"from {PLUGINS}plugin_utils._operation import settings"),
        (f"{INVENTORY}/a.py", "import ansible.errors"),
        (f"{INVENTORY}/a.py", "import boto3"),
        ("plugins/inventory/a.py", f"from {PLUGINS}plugin_utils._store import store"),
        ("plugins/action/a.py", "import requests"),
        ("plugins/modules/a.py", "import os"),
        ("plugins/new/a.py", ""),
    ],
)
def test_an_import_across_the_layers_is_found(path: str, source: str) -> None:
    assert len(find_violations(path, source)) == 1


@pytest.mark.parametrize(
    ("path", "source"),
    [
        (
            f"{BASELINE}/a.py",
            "from datetime import datetime\nfrom .model import Baseline\nfrom urllib.parse import quote",
        ),
        (f"{BASELINE}/a.py", "def f(now, x):\n    return x.astimezone(now.tzinfo)"),
        (f"{SSM}/a.py", "from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry"),
        (f"{SSM}/a.py", f"from {PLUGINS}module_utils._baseline.model import Baseline"),
        ("plugins/modules/ssm_a.py", f"from {PLUGINS}module_utils._ssm.module import run_info"),
        (f"{NODE}/payload/a.py", "import os\nfrom . import dpkg\nfrom .files import read_text"),
        (f"{STORE}/a.py", f"import sqlalchemy as sa\nfrom {PLUGINS}module_utils._baseline.model import Baseline"),
        (
            f"{OPERATION}/a.py",
            f"import ansible.errors\nfrom {PLUGINS}plugin_utils._node import transport",
        ),
    ],
)
def test_an_import_within_the_layers_passes(path: str, source: str) -> None:
    assert find_violations(path, source) == []
