# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds for every file of the project."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.unit.tree import ROOT, read_tree

HEADER = (
    "# Copyright (c) openpatch contributors\n"
    "# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)\n"
    "# SPDX-License-Identifier: GPL-3.0-or-later\n"
)
HOST = re.compile(r"https?://(?:[^/@\s]*@)?\[?([a-z0-9-]+(?:\.[a-z0-9-]+)+)", re.IGNORECASE)
COMMENT = re.compile(r"^\s*(#|//).*$", re.MULTILINE)


def read_hosts(text: str) -> set[str]:
    return {match.lower() for match in HOST.findall(text)}


def registry_hosts() -> Iterator[str]:
    """The hosts this machine's package managers are set to, and those they go to when nothing is set."""
    apt = Path("/etc/apt")
    for path in (apt / "sources.list", *apt.glob("sources.list.d/*"), *apt.glob("apt.conf.d/*")):
        if path.is_file():
            yield from read_hosts(COMMENT.sub("", path.read_text(encoding="utf-8")))
    for command in (["python3", "-m", "pip", "config", "list"], ["npm", "config", "get", "registry"]):
        try:
            yield from read_hosts(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
        except FileNotFoundError:
            continue
    yield ".".join(("pypi", "org"))


def test_no_file_names_a_registry() -> None:
    hosts = set(registry_hosts())
    assert [f"{path}: {host}" for path, text in read_tree() for host in hosts if host in text] == []


def test_hosts_of_registries_are_read_from_addresses() -> None:
    text = "deb [signed-by=/x] http://User:pw@Mirror.example.net:80/debian x\nURIs: https://a.example.org/d"
    assert read_hosts(text) == {"mirror.example.net", "a.example.org"}


def test_no_file_names_this_checkout() -> None:
    place = f"{ROOT}/"
    assert [path for path, text in read_tree() if place in text] == []


def test_python_files_start_with_the_licence() -> None:
    assert [path for path, text in read_tree() if path.endswith(".py") and text and not text.startswith(HEADER)] == []


def test_no_file_of_the_sanity_tests_ignores_anything() -> None:
    assert list(ROOT.glob("tests/sanity/ignore*")) == []


@pytest.mark.parametrize("name", ["COPYING", "LICENSES/GPL-3.0-or-later.txt"])
def test_the_licence_is_whole(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "Version 3, 29 June 2007" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_the_action_group_holds_every_action() -> None:
    runtime = yaml.safe_load((ROOT / "meta/runtime.yml").read_text(encoding="utf-8"))
    assert runtime["action_groups"]["patch"] == sorted(path.stem for path in ROOT.glob("plugins/modules/patch_*.py"))
    first, *others = runtime["action_groups"]["aws"]
    assert first == {"metadata": {"extend_group": ["amazon.aws.aws"]}}
    assert others == sorted(path.stem for path in ROOT.glob("plugins/modules/ssm_*.py"))
