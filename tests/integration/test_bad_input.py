# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a user may get wrong, and nodes that cannot be judged: each is named with the way out, and the others go on."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.conftest import GiveNode
from tests.integration.controller import Controller

BROKEN = """\
name: broken
operating_system: UBUNTU
default_baseline: true
approval_rules:
  - filters:
      - {key: PRIORITY, values: [Important]}
    approve_after_days: soon
"""
GOOD = "name: {name}\noperating_system: UBUNTU\npatch_groups: [web]\n"


@pytest.mark.smoke
def test_nodes_that_cannot_be_judged_are_named_and_the_others_go_on(node: GiveNode, controller: Controller) -> None:
    names = ("ubuntu", "nopython", "unsupported", "unreachable")
    variables: dict[str, dict[str, Any]] = {name: dict(node(name).host_vars) for name in names}
    variables["two-groups"] = {**variables["ubuntu"], "patch_group": ["web", "db"]}
    controller.inventory(variables)
    run = controller.play("patch")
    assert run.rc == 4, "ansible's exit status for unreachable hosts, failed ones included"
    assert {name: run.outcome(name) for name in variables} == {
        "ubuntu": "ok",
        "nopython": "failed",
        "unsupported": "failed",
        "unreachable": "unreachable",
        "two-groups": "failed",
    }
    said = {name: run.results("patch_summary")[name]["msg"] for name in variables if name != "ubuntu"}
    for name, words in {
        "nopython": ["nopython", "no Python", "ansible_python_interpreter"],
        "unsupported": ["unsupported", "gentoo", "patch_targets"],
        "unreachable": ["refused"],
        "two-groups": ["two-groups", "web", "db", "patch_group"],
    }.items():
        for word in words:
            assert word in said[name], (name, said[name])
    table = [line.split()[0] for line in run.stdout.splitlines() if any(f" {word} " in line for word in STATES)]
    assert sorted(set(table) & set(variables)) == sorted(variables), "every node has its line"


STATES = ("NON_COMPLIANT", "ERROR", "UNREACHABLE")


@pytest.mark.parametrize(
    ("files", "variables", "words"),
    [
        ({"patch_baselines/b.yml": BROKEN}, {}, ["b.yml:7", "approval_rules[0].approve_after_days", "soon"]),
        ({"patch_baselines/b.yml": "name: [\n"}, {}, ["b.yml:2", "not valid YAML"]),
        (
            {"patch_baselines/b.yml": BROKEN.replace("PRIORITY", "SEVERITY")},
            {},
            ["b.yml:6", "SEVERITY", "UBUNTU", "PRIORITY, PRODUCT, SECTION"],
        ),
        (
            {"patch_baselines/a.yml": GOOD.format(name="one"), "patch_baselines/b.yml": GOOD.format(name="two")},
            {},
            ["a.yml", "b.yml", "web", "UBUNTU"],
        ),
        ({}, {"patch_baseline_override": "missing.yml"}, ["patch_baseline_override", "missing.yml", "No such file"]),
        (
            {"o.yml": "[]", "l.yml": "patches: []"},
            {
                "patch_baseline_override": "o.yml",
                "patch_install_override_list": "l.yml",
                "patch_operation": "install",
            },
            ["patch_install_override_list", "patch_baseline_override"],
        ),
        ({}, {"patch_snapshot_id": "tuesday"}, ["tuesday", "GUID"]),
        ({}, {"patch_operation": "instal"}, ["patch_operation", "instal", "scan"]),
        (
            {},
            {"patch_operation": "install", "patch_reboot_option": "Never"},
            ["patch_reboot_option", "RebootIfNeeded", "NoReboot"],
        ),
        ({}, {"patch_step_timeout": 99999}, ["patch_step_timeout", "36000"]),
        ({}, {"patch_store_url": "nonsense"}, ["patch_store_url"]),
    ],
)
def test_bad_input_is_refused_with_its_place_and_the_way_out_before_anything_happens(
    files: dict[str, str], variables: dict[str, Any], words: list[str], node: GiveNode, controller: Controller
) -> None:
    ubuntu = node("ubuntu")
    controller.inventory({"ubuntu": {**ubuntu.host_vars, "patch_group": "web"}})
    for name, text in files.items():
        controller.write(name, text)
    before = ubuntu.run("dpkg-query -W").out
    run = controller.play("patch", **variables)
    assert run.rc != 0
    for word in words:
        assert word in run.output, run.output
    assert "Traceback" not in run.output
    assert ubuntu.run("dpkg-query -W").out == before
