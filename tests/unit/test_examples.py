# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every example of the documentation is one that the documented options allow.

The examples of the ``ssm_*`` modules and of the inventory are run as well, against the emulator (``tests/aws``).
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from tests.unit.tree import ROOT, read_tree

COLLECTION = "openpatch.patch_manager."
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
# In an expression, which is known when a play runs; a test of a type or a choice would ask too early.
TEMPLATE = re.compile(r"\{\{|\{%")
# The rest of a task is Ansible's.
KEYWORDS = {
    *("name", "register", "vars", "when", "loop", "delegate_to", "run_once", "become", "check_mode", "diff"),
    *("changed_when", "failed_when", "ignore_errors", "no_log", "until", "retries", "delay", "tags", "environment"),
}


@cache
def documentation() -> dict[str, dict[str, Any]]:
    """What ``ansible-doc`` shows of every module, fragments and all."""
    shown = subprocess.run(
        ["ansible-doc", "--json", *(COLLECTION + name for name in MODULES)], capture_output=True, text=True, check=True
    )
    found: dict[str, dict[str, Any]] = json.loads(shown.stdout)
    return found


def make_spec(options: dict[str, Any]) -> dict[str, Any]:
    """The argument spec of documented options."""
    kept = ("type", "elements", "choices", "required", "default", "aliases")
    return {
        name: {key: option[key] for key in kept if option.get(key) is not None}
        | ({"options": make_spec(option["suboptions"])} if option.get("suboptions") else {})
        for name, option in options.items()
    }


def find_errors(options: dict[str, Any], given: dict[str, Any]) -> list[str]:
    spec = make_spec(options)
    for name, value in given.items():
        if name in spec and TEMPLATE.search(json.dumps(value, default=str)):
            spec[name] = {"type": "raw"}
    found: list[str] = ArgumentSpecValidator(spec).validate(given).error_messages
    return found


def calls_of(tasks: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Module or role of this collection, and its options, of each task, also in plays and blocks."""
    for task in tasks:
        for nested in ("tasks", "pre_tasks", "post_tasks", "block", "rescue", "always"):
            yield from calls_of(task.get(nested) or [])
        for role in task.get("roles") or []:
            yield "role " + role["role"], task.get("vars", {}) | role.get("vars", {})
        for name in set(task) - KEYWORDS:
            if name.startswith(COLLECTION):
                yield name, task[name] or {}
            elif name in ("ansible.builtin.include_role", "ansible.builtin.import_role"):
                yield "role " + task[name]["name"], task.get("vars", {})


def options_of_role(role: str) -> dict[str, Any]:
    spec = yaml.safe_load((ROOT / "roles" / role / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    options: dict[str, Any] = spec["argument_specs"]["main"]["options"]
    return options


def check_call(name: str, given: dict[str, Any]) -> list[str]:
    if not name.startswith("role "):
        return find_errors(documentation()[name]["doc"].get("options", {}), given)
    options = options_of_role(name.removeprefix("role ").removeprefix(COLLECTION))
    return find_errors(options, {key: value for key, value in given.items() if key.startswith("patch_")})


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_examples_of_itself_that_its_options_allow(module: str) -> None:
    calls = list(calls_of(yaml.safe_load(documentation()[COLLECTION + module]["examples"])))
    assert COLLECTION + module in [name for name, _given in calls]
    assert [(name, error) for name, given in calls for error in check_call(name, given)] == []


GUIDES = [(path, text) for path, text in read_tree() if path.endswith(".md") and "```yaml+jinja" in text]


@pytest.mark.parametrize(("path", "text"), GUIDES, ids=[path for path, _text in GUIDES])
def test_tasks_of_the_guides_are_allowed(path: str, text: str) -> None:
    blocks = [yaml.safe_load(block) for block in re.findall(r"^```yaml\+jinja\n(.*?)^```", text, re.M | re.S)]
    calls = [call for block in blocks if isinstance(block, list) for call in calls_of(block)]
    assert calls
    assert [(name, error) for name, given in calls for error in check_call(name, given)] == []


PLAYBOOKS = {path.stem for path in (ROOT / "playbooks").glob("*.yml")}
# By hosts or by ansible-playbook itself, not by a role.
OF_PLAYBOOKS = {"patch_targets": {"type": "str"}, "patch_policy": {"type": "str"}}


def options_of_playbook(name: str) -> dict[str, Any]:
    """The options of the roles that a playbook runs."""
    plays = yaml.safe_load((ROOT / "playbooks" / f"{name}.yml").read_text(encoding="utf-8"))
    roles = [role["role"].removeprefix(COLLECTION) for play in plays for role in play["roles"]]
    return OF_PLAYBOOKS | {name: option for role in roles for name, option in options_of_role(role).items()}


def commands_of_guides() -> Iterator[str]:
    """Each command of the guides that runs a playbook of this collection, as one line."""
    for path, text in read_tree():
        if path.endswith(".md"):
            for block in re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S):
                joined = block.replace("\\\n", " ")
                yield from (line for line in joined.splitlines() if line.startswith("ansible-playbook "))


def test_commands_of_the_guides_are_allowed() -> None:
    commands = list(commands_of_guides())
    assert {re.findall(rf"{COLLECTION}(\w+)", command)[0] for command in commands} == PLAYBOOKS
    for command in commands:
        playbook = re.findall(rf"{COLLECTION}(\w+)", command)[0]
        given = dict(re.findall(r"-e (\w+)=(\S*)", command))
        options = {name: option | {"required": False} for name, option in options_of_playbook(playbook).items()}
        assert find_errors(options, given) == [], command


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ({"patch_reboot_option": "Never"}, "must be one of: RebootIfNeeded"),
        ({"patch_reboot_options": "NoReboot"}, "Supported parameters include"),
        ({"patch_lock_timeout": "soon"}, "cannot be converted"),
    ],
)
def test_an_example_that_is_not_allowed_is_found(given: dict[str, Any], part: str) -> None:
    (error,) = check_call(COLLECTION + "patch_install", given)
    assert part in error
