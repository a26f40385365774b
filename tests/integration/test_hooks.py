# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hooks around an install: tables A and B of the reference and its rules for failures, on nodes that reboot."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.estate.node import Node
from tests.integration.conftest import GiveNode
from tests.integration.controller import Controller, PlaybookRun
from tests.integration.test_ubuntu import version_on

BASELINE = """\
name: one
operating_system: UBUNTU
default_baseline: true
approved_patches: [sec-required]
"""
# raw: a hook may run where Ansible's own modules cannot. A boot begins with an empty /run.
HOOK = """\
- name: Note that the hook ran and whether the node booted before it
  ansible.builtin.raw: >-
    if [ -e /run/marked ]; then echo {name}; else echo booted {name}; fi >> /root/hooks.log
- name: Fail if asked to
  ansible.builtin.fail:
    msg: "asked to"
  when: fail_hook | default('') == '{name}'
"""
HOOKS = {f"patch_{name}_hook": f"hooks/{name}.yml" for name in ("pre_install", "post_install", "on_exit")}
# host: option, hook that fails
HOSTS = {
    "if-needed": ("RebootIfNeeded", ""),
    "no-reboot": ("NoReboot", ""),
    "required": ("WhenRequired", ""),
    "pre-fails": ("RebootIfNeeded", "pre_install"),
    "post-fails": ("RebootIfNeeded", "post_install"),
    "exit-fails": ("NoReboot", "on_exit"),
}


@pytest.fixture
def nodes(node: GiveNode, controller: Controller) -> dict[str, Node]:
    given = {host: node(f"ubuntu-{number:02}") for number, host in enumerate(HOSTS, start=1)}
    controller.inventory(
        {
            host: {**found.host_vars, "patch_reboot_option": HOSTS[host][0], "fail_hook": HOSTS[host][1]}
            for host, found in given.items()
        }
    )
    controller.write("patch_baselines/one.yml", BASELINE)
    for name in ("pre_install", "post_install", "on_exit"):
        controller.write(f"hooks/{name}.yml", HOOK.format(name=name))
    controller.environment["ANSIBLE_FORKS"] = str(len(HOSTS))
    return given


def play(controller: Controller, nodes: dict[str, Node], *hosts: str, operation: str = "install") -> PlaybookRun:
    for node in nodes.values():
        node.run("rm -f /root/hooks.log; touch /run/marked")
    variables: dict[str, Any] = {"patch_operation": operation, "patch_targets": ",".join(hosts or HOSTS), **HOOKS}
    return controller.play("patch", **variables)


def hooks_run(node: Node) -> list[str]:
    return node.run("cat /root/hooks.log 2>/dev/null").out.splitlines()


def pending(controller: Controller, run: PlaybookRun, host: str) -> int:
    pending: int = run.results("patch_install")[host]["counts"]["installed_pending_reboot_count"]
    return pending


def test_hooks_run_in_order_and_by_the_tables(controller: Controller, nodes: dict[str, Node]) -> None:
    scan = play(controller, nodes, operation="scan")
    assert scan.rc == 0, scan.output
    assert {host: hooks_run(node) for host, node in nodes.items()} == {host: [] for host in HOSTS}, "none on a scan"

    first = play(controller, nodes)
    assert {host: hooks_run(node) for host, node in nodes.items()} == {
        "if-needed": ["pre_install", "post_install", "booted on_exit"],
        "no-reboot": ["pre_install", "post_install", "on_exit"],
        "required": ["pre_install", "post_install", "on_exit"],
        "pre-fails": ["pre_install", "on_exit"],
        "post-fails": ["pre_install", "post_install", "on_exit"],
        "exit-fails": ["pre_install", "post_install", "on_exit"],
    }, first.output
    assert first.rc == 2, first.output
    ended = {host: first.outcome(host) for host in HOSTS}
    assert ended == {host: "failed" if fails else "ok" for host, (_option, fails) in HOSTS.items()}
    before = version_on(nodes["pre-fails"], "sec-required")
    assert before != version_on(nodes["no-reboot"], "sec-required"), "a failing hook before it keeps the install away"
    assert {host: pending(controller, first, host) for host in ("if-needed", "no-reboot", "post-fails")} == {
        "if-needed": 0,
        "no-reboot": 1,
        "post-fails": 1,
    }
    for hook in ("pre-fails", "post-fails", "exit-fails"):
        assert re.search(rf"{hook} +ERROR +Fail if asked to: asked to", first.stdout), "the table names the hook's task"

    # nothing is missing any more: whether something waits for a reboot decides (rule A)
    second = play(controller, nodes, "if-needed", "no-reboot", "required")
    assert second.rc == 0, second.output
    assert {host: hooks_run(nodes[host]) for host in ("if-needed", "no-reboot", "required")} == {
        "if-needed": ["on_exit"],
        "no-reboot": ["on_exit"],
        "required": ["on_exit"],
    }
    nodes["required"].run("touch /run/reboot-required")
    third = play(controller, nodes, "post-fails", "required")
    assert hooks_run(nodes["required"]) == ["pre_install", "post_install", "booted on_exit"], third.output
    assert hooks_run(nodes["post-fails"]) == ["pre_install", "post_install", "on_exit"], "pending, so rule A goes on"


def test_a_hook_that_is_not_there_is_found_before_anything_begins(node: GiveNode, controller: Controller) -> None:
    ubuntu = node("ubuntu")
    controller.inventory({"ubuntu": ubuntu.host_vars})
    controller.write("patch_baselines/one.yml", BASELINE)
    before = version_on(ubuntu, "sec-required")
    run = controller.play("patch", patch_operation="install", patch_post_install_hook="hooks/typo.yml")
    assert run.rc == 2, run.output
    assert "patch_post_install_hook" in run.output
    assert str(controller.folder / "hooks/typo.yml") in run.output
    assert version_on(ubuntu, "sec-required") == before
