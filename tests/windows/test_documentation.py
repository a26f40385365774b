# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation of the Windows modules, which is a file of its own, says what the modules take and give."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.windows.play import PLUGINS, Step, needs_powershell, run_all

FIND_NEEDS = """
import pathlib, sys
from ansible.executor.powershell.module_manifest import PSModuleDepFinder
from ansible.plugins.loader import init_plugin_loader

init_plugin_loader([])
finder = PSModuleDepFinder()
path = pathlib.Path(sys.argv[1])
name = f"ansible_collections.openpatch.patch_manager.plugins.modules.{path.stem}"
finder.scan_module(path.read_bytes(), fqn=name, powershell=True)
print(vars(finder))
"""
NAMES = ["win_patch_facts", "win_patch_install"]

Json = dict[str, Any]


def read_documentation(name: str, block: str) -> Json:
    tree = ast.parse((PLUGINS / "modules" / f"{name}.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == block:
            found: Json = yaml.safe_load(ast.literal_eval(node.value))
            return found
    raise AssertionError(f"{name} has no {block}")


def condense(options: Json, inner: str) -> Json:
    """Options without prose and without what is the default anyway."""
    return {
        name: {
            "type": option.get("type", "str"),
            "default": option.get("default"),
            "choices": option.get("choices") or [],
            "required": option.get("required", False),
            "elements": option.get("elements"),
            "options": condense(option.get(inner) or {}, inner),
        }
        for name, option in options.items()
    }


def list_answers() -> Iterator[Step]:
    for steps in run_all()["results"].values():
        yield from (Step(raw) for raw in steps)


def collect_keys(rows: Iterator[Json]) -> set[str]:
    return {key for row in rows for key in row}


@needs_powershell
@pytest.mark.parametrize("name", NAMES)
def test_options_are_documented(name: str) -> None:
    spec = run_all()["specs"][name]
    assert spec["supports_check_mode"]
    documented = condense(read_documentation(name, "DOCUMENTATION")["options"], "suboptions")
    assert condense(spec["options"], "options") == documented


@needs_powershell
def test_facts_are_documented() -> None:
    documented = read_documentation("win_patch_facts", "RETURN")["facts"]["contains"]
    found = [step.answer["facts"] for step in list_answers() if "facts" in step.answer]
    assert collect_keys(iter(found)) == documented.keys()
    candidates = collect_keys(row for facts in found for row in facts["candidates"])
    assert candidates - {"installed_at"} == documented["candidates"]["contains"].keys()


@needs_powershell
def test_operations_are_documented() -> None:
    documented = read_documentation("win_patch_install", "RETURN")["operation"]["contains"]
    found = [step.answer["operation"] for step in list_answers() if "operation" in step.answer]
    assert collect_keys(iter(found)) == documented.keys()
    results = collect_keys(row for operation in found for row in operation["results"])
    assert results == documented["results"]["contains"].keys()


@needs_powershell
@pytest.mark.parametrize("name", NAMES)
def test_other_values_are_documented(name: str) -> None:
    answers = [step.answer for step in list_answers()]
    own = [answer for answer in answers if ("request" in answer["invocation"]["module_args"]) == (name == NAMES[1])]
    general = {"changed", "failed", "msg", "invocation", "exception"}
    assert collect_keys(iter(own)) - general == read_documentation(name, "RETURN").keys()


@pytest.mark.parametrize("name", NAMES)
def test_ansible_core_finds_what_a_module_needs(name: str) -> None:
    path = PLUGINS / "modules" / f"{name}.ps1"
    done = subprocess.run([sys.executable, "-c", FIND_NEEDS, str(path)], capture_output=True, text=True, check=False)
    assert "module_utils.WindowsUpdateAgent" in done.stdout, done.stderr
    assert "Ansible.Basic" in done.stdout
