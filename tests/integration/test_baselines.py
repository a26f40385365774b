# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which baseline a node gets, and how it stays the same over nodes, runs and what-ifs."""

from __future__ import annotations

import csv
import json
import uuid

from tests.integration.conftest import GiveNode
from tests.integration.controller import Controller
from tests.integration.test_ubuntu import MISSING, patches_of, version_on

WEB = """\
name: web
operating_system: UBUNTU
patch_groups: [web]
approval_rules:
  - filters:
      - {key: PRIORITY, values: [Required]}
    compliance_level: CRITICAL
"""
EVERYTHING = """\
name: everything
operating_system: UBUNTU
default_baseline: true
approval_rules:
  - filters: []
    enable_non_security: true
"""
NOTHING = "- {name: nothing, operating_system: UBUNTU}\n"


def test_group_then_default_then_predefined(node: GiveNode, controller: Controller) -> None:
    web, other = node("ubuntu"), node("ubuntu2")
    hosts = {"web1": {**web.host_vars, "patch_group": "web"}, "plain": dict(other.host_vars)}
    controller.inventory(hosts)
    controller.write("patch_baselines/web.yml", WEB)
    predefined = controller.play("patch")
    controller.write("patch_baselines/everything.yml", EVERYTHING)
    custom = controller.play("patch")
    assert predefined.results("patch_scan")["plain"]["baseline"] == "AWS-UbuntuDefaultPatchBaseline"
    assert custom.results("patch_scan")["plain"]["baseline"] == "everything"
    assert "updates-only" in patches_of(custom, "plain", "MISSING")
    for run in (predefined, custom):
        result = run.results("patch_scan")["web1"]
        assert (result["baseline"], result["patch_group"]) == ("web", "web")
        assert patches_of(run, "web1", "MISSING") == {"sec-required": "1.0-1ubuntu0.1"}
        assert result["counts"]["critical_non_compliant_count"] == 1


def test_a_snapshot_gives_what_was_tested_whatever_has_changed_since(node: GiveNode, controller: Controller) -> None:
    ubuntu = node("ubuntu")
    controller.inventory({"ubuntu": {**ubuntu.host_vars, "patch_group": "web"}})
    controller.write("patch_baselines/web.yml", WEB)
    snapshot = str(uuid.uuid4())
    first = controller.play("patch", patch_snapshot_id=snapshot)
    controller.write("patch_baselines/web.yml", WEB.replace("Required", "Optional"))
    again = controller.play("patch", patch_snapshot_id=snapshot)
    fresh = controller.play("patch")
    assert (
        patches_of(again, "ubuntu", "MISSING")
        == patches_of(first, "ubuntu", "MISSING")
        == {"sec-required": "1.0-1ubuntu0.1"}
    )
    assert "sec-required" not in patches_of(fresh, "ubuntu", "MISSING")
    assert fresh.results("patch_scan")["ubuntu"]["snapshot_id"] != snapshot


def test_all_forks_of_a_run_share_one_snapshot(node: GiveNode, controller: Controller) -> None:
    ubuntu = node("ubuntu")
    controller.inventory({f"node{number}": dict(ubuntu.host_vars) for number in range(8)})
    run = controller.play("patch", "--forks", "8")
    assert run.rc == 0, run.output
    assert len({result["snapshot_id"] for result in run.results("patch_scan").values()}) == 1
    assert len({result["run_id"] for result in run.results("patch_scan").values()}) == 1


def test_a_baseline_override_is_shown_but_does_not_become_the_compliance(
    node: GiveNode, controller: Controller
) -> None:
    """compliance example 9."""
    ubuntu = node("ubuntu")
    controller.inventory({"ubuntu": ubuntu.host_vars})
    controller.write("nothing.yml", NOTHING)
    controller.play("patch")
    override = controller.play("patch", patch_baseline_override="nothing.yml")
    assert override.results("patch_scan")["ubuntu"]["counts"]["missing_count"] == 0
    controller.play("report", patch_report_path="report.json")
    states = controller.states_in_report("report.json", "ubuntu")
    assert sum(state == "MISSING" for state in states.values()) >= len(MISSING)


def test_an_install_override_list_installs_what_it_names_and_compliance_stays_the_baselines(
    node: GiveNode, controller: Controller
) -> None:
    """operations examples 11 and 12."""
    ubuntu = node("ubuntu")
    controller.inventory({"ubuntu": ubuntu.host_vars})
    controller.write(
        "list.yml",
        "patches:\n"
        "  - {id: 'updates-only*'}\n"
        "  - {id: 'two-pockets.*', title: '*1.2-3ubuntu0.2'}\n"
        "  - {id: 'not-installed*'}\n",
    )
    run = controller.play("patch", patch_operation="install", patch_install_override_list="list.yml")
    assert run.rc == 0, run.output
    assert version_on(ubuntu, "updates-only") == "1.0-1ubuntu0.1"
    assert version_on(ubuntu, "two-pockets") == "1.2-3ubuntu0.2"
    assert version_on(ubuntu, "sec-required") == "1.0-1"
    assert version_on(ubuntu, "not-installed") == ""
    assert "sec-required" in patches_of(run, "ubuntu", "MISSING")
    assert any("not-installed" in warning for warning in run.results("patch_install")["ubuntu"]["warnings"])
    assert run.results("patch_install")["ubuntu"]["reboot"]["performed"]
    controller.play("report", patch_report_path="report.json")
    assert controller.states_in_report("report.json", "ubuntu")["updates-only.all"] == "INSTALLED_OTHER"


def test_a_list_that_pins_a_dependency_lower_than_needed_fails_what_needs_it(
    node: GiveNode, controller: Controller
) -> None:
    """baselines 7.3, topic Dependencies."""
    ubuntu = node("ubuntu")
    controller.inventory({"ubuntu": ubuntu.host_vars})
    controller.write("list.yml", "patches:\n  - {id: 'bar.*'}\n  - {id: 'libfoo.*', title: '*:1.0-1'}\n")
    run = controller.play("patch", patch_operation="install", patch_install_override_list="list.yml")
    (entry,) = run.results("patch_install")["ubuntu"]["transaction"]
    assert (entry["name"], entry["status"]) == ("bar", "failed")
    assert "libfoo" in entry["reason"]
    assert (version_on(ubuntu, "bar"), version_on(ubuntu, "libfoo")) == ("1.0-1", "1.0-1")


def test_a_blocked_package_keeps_out_what_needs_it_and_an_allowed_one_comes_along(
    node: GiveNode, controller: Controller
) -> None:
    """baselines examples 14 and 15."""
    ubuntu = node("ubuntu")
    controller.inventory({"ubuntu": ubuntu.host_vars})
    rejecting = (
        "name: rejecting\noperating_system: UBUNTU\ndefault_baseline: true\nrejected_patches: [libfoo]\n"
        "rejected_patches_action: {action}\n"
        "approval_rules:\n  - filters:\n      - {{key: SECTION, values: [utils]}}\n"
    )
    controller.write("patch_baselines/b.yml", rejecting.format(action="BLOCK"))
    scan = controller.play("patch")
    assert "bar" in patches_of(scan, "ubuntu", "MISSING")
    assert "libfoo" in patches_of(scan, "ubuntu", "INSTALLED_REJECTED")
    blocked = controller.play("patch", patch_operation="install", patch_reboot_option="NoReboot")
    assert "bar" in patches_of(blocked, "ubuntu", "FAILED")
    assert (version_on(ubuntu, "bar"), version_on(ubuntu, "libfoo")) == ("1.0-1", "1.0-1")

    controller.write("patch_baselines/b.yml", rejecting.format(action="ALLOW_AS_DEPENDENCY"))
    allowed = controller.play("patch", patch_operation="install", patch_reboot_option="NoReboot")
    assert (version_on(ubuntu, "bar"), version_on(ubuntu, "libfoo")) == ("2.0-1", "2.0-1")
    assert allowed.results("patch_install")["ubuntu"]["counts"]["installed_rejected_count"] == 0


def test_the_report_holds_every_node_as_json_and_csv(node: GiveNode, controller: Controller) -> None:
    ubuntu = node("ubuntu")
    controller.inventory({"ubuntu": dict(ubuntu.host_vars), "never": {"ansible_host": "127.0.0.1", "ansible_port": 9}})
    controller.play("patch", "--limit", "ubuntu")
    done = controller.play("report", patch_report_path="report.json")
    assert done.rc == 0, done.output
    report = json.loads((controller.folder / "report.json").read_text(encoding="utf-8"))
    assert {entry["host"]: entry["compliance_status"] for entry in report["nodes"]} == {
        "ubuntu": "NON_COMPLIANT",
        "never": "NEVER_SCANNED",
    }
    done = controller.play("report", patch_report_format="csv", patch_report_path="report.csv")
    assert done.rc == 0, done.output
    with (controller.folder / "report.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["Instance ID"]: row["Compliance status"] for row in rows} == {
        "ubuntu": "NON_COMPLIANT",
        "never": "NEVER_SCANNED",
    }
    assert (controller.folder / "report-patches.csv").exists()
