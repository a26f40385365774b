# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each file of plugins/ has its test file, or a reason why not."""

from __future__ import annotations

import ast

import pytest

from tests.unit.tree import ROOT, read_tree

PAYLOAD = "plugins/plugin_utils/_node/payload/"
DOCUMENTATION = ("plugins/modules/", "plugins/doc_fragments/")

VALUES = "holds values and no decision; every test of its layer makes them"
RAISED = "raised in the tests of the files that raise them"

# What tests a file instead, or all files of a folder (which ends with "/") that have no test file.
WITHOUT_A_FILE_OF_ITS_OWN = {
    "plugins/action/": "tests/integration runs them on real nodes",
    "plugins/module_utils/_baseline/model.py": VALUES,
    "plugins/module_utils/_schedule/errors.py": RAISED,
    "plugins/module_utils/_ssm/": "what calls the API is run over HTTP by tests/aws",
    "plugins/plugin_utils/_aws/": "what asks AWS is run over HTTP by tests/aws",
    "plugins/plugin_utils/_inventory/reading.py": "what calls the API is run over HTTP by tests/aws",
    "plugins/plugin_utils/_node/errors.py": RAISED,
    "plugins/plugin_utils/_node/macos/": "tests/unit/.../_node/macos/test_answers.py runs all of it",
    "plugins/plugin_utils/_node/payload/": "what drives apt itself is run on real nodes by tests/integration",
    "plugins/plugin_utils/_node/sources.py": "what it reads is what tests/unit/.../_node/test_bundle.py runs",
    "plugins/plugin_utils/_operation/baseline_sync.py": "tests/aws/test_baselines_sync.py runs it against the API",
    "plugins/plugin_utils/_operation/errors.py": RAISED,
    "plugins/plugin_utils/_policy/errors.py": RAISED,
    "plugins/plugin_utils/_report/errors.py": RAISED,
    "plugins/plugin_utils/_source/errors.py": RAISED,
    "plugins/plugin_utils/_store/errors.py": RAISED,
}


def expected_tests(path: str) -> str:
    """Where the tests of a file are expected."""
    folder, _slash, name = path.rpartition("/")
    if path.startswith(PAYLOAD):
        return f"tests/node/test_{name}"
    return f"tests/unit/{folder}/test_{name}"


def is_empty(source: str) -> bool:
    """Whether a file holds nothing but its header and docstring."""
    return all(isinstance(node, ast.Expr | ast.ImportFrom) for node in ast.parse(source).body)


def is_excused(path: str, entry: str) -> bool:
    """Whether an entry of the table speaks of a file."""
    return path.startswith(entry) if entry.endswith("/") else path == entry


@pytest.fixture(scope="module")
def lacking() -> list[str]:
    """The files without a test file."""
    return [
        path
        for path, source in read_tree("plugins")
        if path.endswith(".py") and not path.startswith(DOCUMENTATION) and not is_empty(source)
        if not (ROOT / expected_tests(path)).exists()
    ]


def test_every_file_has_its_tests_or_a_reason(lacking: list[str]) -> None:
    assert [path for path in lacking if not any(is_excused(path, entry) for entry in WITHOUT_A_FILE_OF_ITS_OWN)] == []


@pytest.mark.parametrize("entry", WITHOUT_A_FILE_OF_ITS_OWN)
def test_no_reason_is_given_that_is_not_needed(lacking: list[str], entry: str) -> None:
    assert any(is_excused(path, entry) for path in lacking)


@pytest.mark.parametrize(
    ("path", "entry", "excused"),
    [
        ("plugins/action/patch_scan.py", "plugins/action/", True),
        ("plugins/action/patch_scan.py", "plugins/action", False),
        ("plugins/action/patch_scan.py", "plugins/action/patch_scan.py", True),
        ("plugins/action/patch_scanner.py", "plugins/action/patch_scan", False),
    ],
)
def test_an_entry_is_one_file_or_a_folder(path: str, entry: str, excused: bool) -> None:
    assert is_excused(path, entry) == excused
