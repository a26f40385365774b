# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nodes with dnf: their answers against dnf's own, and the worked examples on real repositories."""

from __future__ import annotations

import datetime
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.estate.estate import Estate
from tests.estate.node import Node
from tests.estate.rpm_packages import Notice, RpmPackage, RpmRepository
from tests.estate.rpm_repositories import RpmRepositories
from tests.integration.conftest import GiveNode
from tests.integration.controller import Controller, PlaybookRun
from tests.integration.rpm_answers import ask_updateinfo, patches_of, transaction_of, versions_on

SYSTEMS: dict[str, tuple[list[str], list[str]]] = {
    "alma8": (["Critical", "Important"], []),
    "alma9": (["Critical", "Important"], []),
    "rocky8": (["Critical", "Important"], []),
    "rocky9": (["Critical", "Important"], []),
    "rhel9": (["Critical", "Important"], []),
    "oracle9": (["Important", "Moderate"], []),
    "amazon2023": (["Critical", "Important"], ["--releasever=latest"]),
}
# Its notice says "critical", and dnf knows no other word than "Critical".
UNKNOWN_TO_DNF = {"amazon2023": {"log4j.noarch": "0:2.15.0-1.amzn2022.0.1"}}
DAY = 86400


def write_baseline(controller: Controller, system: str, rules: str = "[]", **fields: Any) -> None:
    lines = [f"{name}: {json.dumps(value)}\n" for name, value in fields.items()]
    controller.write(
        "patch_baselines/test.yml",
        f"name: test\noperating_system: {system}\ndefault_baseline: true\napproval_rules: {rules}\n{''.join(lines)}",
    )


def scan(controller: Controller, node: Node, **variables: Any) -> PlaybookRun:
    controller.inventory({node.name: node.host_vars})
    run = controller.play("patch", **variables)
    assert run.rc == 0, run.output
    return run


@pytest.fixture
def repositories(estate: Estate) -> Iterator[RpmRepositories]:
    """What a test publishes is gone after it."""
    yield estate.rpm_repositories
    estate.rpm_repositories.reset()


def test_what_is_missing_is_what_dnf_itself_would_say(node: GiveNode, controller: Controller) -> None:
    """Amazon Linux 2023 is selection-and-install example 8: the latest repository version, whatever is locked."""
    systems = {name: node(name) for name in SYSTEMS}
    expected = {name: ask_updateinfo(systems[name], rule, *options) for name, (rule, options) in SYSTEMS.items()}
    assert all(len(answer) >= 3 for answer in expected.values()), "the nodes have something to say"
    controller.inventory({name: system.host_vars for name, system in systems.items()})
    run = controller.play("patch")
    assert run.rc == 0, run.output
    for name, answer in expected.items():
        assert patches_of(run, name, "MISSING") == answer | UNKNOWN_TO_DNF.get(name, {}), name


def test_what_was_approved_is_installed_and_a_second_install_changes_and_reboots_nothing(
    node: GiveNode, controller: Controller
) -> None:
    rocky = node("rocky9")
    wanted = patches_of(scan(controller, rocky), "rocky9", "MISSING")
    run = controller.play("patch", patch_operation="install")
    assert run.rc == 0, run.output
    result = run.results("patch_install")["rocky9"]
    assert (result["compliance_status"], result["reboot"]["performed"]) == ("COMPLIANT", True), result
    for identity, version in wanted.items():
        assert version.partition(":")[2] in versions_on(rocky, identity)[identity].split(), identity
    assert len(versions_on(rocky, "kernel-core")["kernel-core"].split()) == 2, "a kernel comes beside the running one"
    again = controller.play("patch", patch_operation="install")
    assert (again.rc, again.results("patch_install")["rocky9"]["changed"]) == (0, False), again.output
    assert rocky.run("rpm --verifydb").rc == 0


@pytest.mark.smoke
def test_check_mode_and_diff_show_the_exact_transaction_and_change_nothing(
    node: GiveNode, controller: Controller
) -> None:
    hazards = node("rocky9-hazards")
    controller.inventory({"rocky9-hazards": hazards.host_vars})
    before = hazards.run("rpm -qa | sort").out
    run = controller.play("patch", "--check", "--diff", patch_operation="install")
    planned = transaction_of(run, "rocky9-hazards")
    assert planned["good-one"]["status"] == "planned"
    assert planned["brand-new-dep"]["status"] == "dependency"
    assert planned["missing-dep"]["status"] == "failed"
    assert "-good-one.noarch 0:1.0-1.el9" in run.stdout
    assert "+good-one.noarch 0:1.1-1.el9" in run.stdout
    assert hazards.run("rpm -qa | sort").out == before


FAILING = {
    "damaged": "download failed",
    "file-conflict": "conflicts with file from package file-owner",
    "missing-dep": "no-such-package",
    "not-signed": "not signed",
    "pre-fails": "pre cannot go on",
    "pusher": "conflicts with bystander",
    "signed-by-stranger": "signature",
}
REMARKS = {"post-fails": "post cannot go on", "post-hangs": "did not end within"}


def test_one_bad_package_does_not_sink_the_others(node: GiveNode, controller: Controller) -> None:
    """selection-and-install example 16 is among them: foo is updated under its own name."""
    hazards = node("rocky9-hazards")
    controller.inventory({"rocky9-hazards": hazards.host_vars})
    run = controller.play("patch", patch_operation="install", patch_reboot_option="NoReboot", patch_step_timeout=80)
    assert run.rc == 2, run.output
    entries = transaction_of(run, "rocky9-hazards")
    assert {name for name, entry in entries.items() if entry["status"] == "failed"} == set(FAILING)
    for name, words in {**FAILING, **REMARKS}.items():
        assert words in entries[name]["reason"], entries[name]
    assert {name for name, entry in entries.items() if entry["status"] == "installed"} == {
        *("bar", "foo", "good-one", "good-two", "kernel-core", "libfoo", "libmulti", "needs-new", "post-slow"),
        *("pre-reads", "well-signed", *REMARKS),
    }
    assert entries["brand-new-dep"]["status"] == "dependency"
    names = [*FAILING, "foo", "foo-ng", "bystander", "libmulti", "post-fails"]
    assert versions_on(hazards, *names) == {
        **dict.fromkeys(FAILING, "1.0-1.el9"),
        "foo": "1.1-1.el9",
        "foo-ng": "",
        "bystander": "1.1-1.el9",
        "libmulti": "1.1-1.el9 1.1-1.el9",
        "post-fails": "1.1-1.el9",
    }
    assert set(patches_of(controller.play("patch"), "rocky9-hazards", "FAILED")) == {
        f"{name}.noarch" for name in FAILING
    }
    assert hazards.run("rpm --verifydb").rc == 0
    assert hazards.run("ls /run /var/cache | grep openpatch").out == ""


SECURITY = "[{filters: [{key: CLASSIFICATION, values: [Security]}], approve_after_days: 0}]"
EVERYTHING = "[{filters: [], approve_after_days: 0, enable_non_security: true}]"


def test_a_rejected_package_comes_in_as_a_dependency_only_where_that_is_allowed(
    node: GiveNode, controller: Controller
) -> None:
    """baselines examples 14 and 15."""
    hazards = node("rocky9-hazards")
    controller.inventory({"rocky9-hazards": hazards.host_vars})
    approved: dict[str, Any] = {"approved_patches": ["bar"], "rejected_patches": ["libfoo"]}
    write_baseline(controller, "ROCKY_LINUX", **approved, rejected_patches_action="BLOCK")
    blocked = controller.play("patch", patch_operation="install", patch_reboot_option="NoReboot")
    entry = transaction_of(blocked, "rocky9-hazards")["bar"]
    assert entry["status"] == "failed"
    assert "libfoo" in entry["reason"], entry
    assert set(patches_of(blocked, "rocky9-hazards", "FAILED")) == {"bar.noarch"}
    assert set(patches_of(blocked, "rocky9-hazards", "INSTALLED_REJECTED")) == {"libfoo.noarch"}
    write_baseline(controller, "ROCKY_LINUX", **approved, rejected_patches_action="ALLOW_AS_DEPENDENCY")
    controller.play("patch", patch_operation="install", patch_reboot_option="NoReboot")
    assert versions_on(hazards, "bar", "libfoo") == {"bar": "1.1-1.el9", "libfoo": "1.1-1.el9"}
    controller.play("report", patch_report_path="report.json")
    assert controller.states_in_report("report.json", "rocky9-hazards")["libfoo.noarch"] == "INSTALLED_OTHER"


OPENSSL_25 = {
    f"{name}.x86_64": "1:3.0.7-25.el9" for name in ("openssl", "openssl-libs")
}  # RHSA Important; 27 is Moderate
OPENSSL_27 = dict.fromkeys(OPENSSL_25, "1:3.0.7-27.el9")


def test_the_latest_approved_version_is_wanted_and_not_the_latest(
    node: GiveNode, controller: Controller, repositories: RpmRepositories
) -> None:
    """selection-and-install examples 1, 2 and 3."""
    rhel, rocky = node("rhel9-only-newest"), node("rocky9-only-newest")
    assert patches_of(scan(controller, rhel), rhel.name, "MISSING") == {}, "25 is not there, 27 does not match"
    assert patches_of(scan(controller, rocky), rocky.name, "MISSING") == OPENSSL_27, "judged by the notice of 25"
    for system in (rhel, rocky):
        packages = [
            RpmPackage(f"{identity.partition('.')[0]}-{version}.x86_64") for identity, version in OPENSSL_25.items()
        ]
        repositories.publish(f"{system.name.partition('-')[0]}-newest", packages)
        assert patches_of(scan(controller, system), system.name, "MISSING") == OPENSSL_25
    controller.inventory({rhel.name: rhel.host_vars})
    controller.play("patch", patch_operation="install", patch_reboot_option="NoReboot")
    assert versions_on(rhel, "openssl") == {"openssl": "3.0.7-25.el9"}


def test_without_notices_nothing_is_visible_unless_non_security_is_on(node: GiveNode, controller: Controller) -> None:
    """selection-and-install example 4."""
    centos = node("centos9")
    write_baseline(controller, "CENTOS", SECURITY)
    result = scan(controller, centos).results("patch_scan")["centos9"]
    assert (result["counts"]["missing_count"], result["compliance_status"]) == (0, "COMPLIANT")


def test_what_no_notice_names_is_dated_by_its_build(
    node: GiveNode, controller: Controller, repositories: RpmRepositories
) -> None:
    """selection-and-install example 5, by the predefined baseline of CentOS Stream."""
    centos = node("centos9")
    now = int(time.time())
    for name, days in (("bash", 6), ("curl", 8)):
        package = RpmPackage(f"{name}-0:999-1.el9.x86_64", built=now - days * DAY)
        repositories.publish("centos9-baseos", [package])
    missing = patches_of(scan(controller, centos), "centos9", "MISSING")
    assert missing["curl.x86_64"] == "0:999-1.el9"
    assert missing.get("bash.x86_64") != "0:999-1.el9"


def test_a_repository_without_notices_counts_only_with_non_security(node: GiveNode, controller: Controller) -> None:
    """selection-and-install examples 6 and 7."""
    rocky = node("rocky9-thirdparty")
    only = rocky.run("dnf -q --repo=acme check-update | cut -d' ' -f1").out.split()
    assert only, "the third party has updates"
    write_baseline(controller, "ROCKY_LINUX", SECURITY)
    narrow = patches_of(scan(controller, rocky), rocky.name, "MISSING")
    assert not set(narrow) & set(only)
    write_baseline(controller, "ROCKY_LINUX", EVERYTHING)
    assert set(only) <= set(patches_of(scan(controller, rocky), rocky.name, "MISSING"))
    run = controller.play("patch", patch_operation="install", patch_reboot_option="NoReboot")
    assert set(only) <= set(patches_of(run, rocky.name, "INSTALLED_PENDING_REBOOT", "INSTALLED"))


def test_excludes_of_the_configuration_do_not_count_and_version_locks_hold(
    node: GiveNode, controller: Controller
) -> None:
    """selection-and-install example 15."""
    alma = node("alma9-locked")
    locked = alma.run("grep -v '^#' /etc/dnf/plugins/versionlock.list").out.split()
    assert locked
    run = scan(controller, alma)
    missing = patches_of(run, alma.name, "MISSING")
    assert any(identity.startswith("sudo.") for identity in missing), "exclude= of dnf.conf is not honoured"
    assert any("excludepkgs" in warning for warning in run.results("patch_scan")[alma.name]["warnings"])
    installed = controller.play("patch", patch_operation="install", patch_reboot_option="NoReboot")
    result = installed.results("patch_install")[alma.name]
    held = {entry["name"] for entry in result["held_back"]}
    assert held, result
    assert all(any(lock.startswith(name) or f":{name}" in lock for lock in locked) for name in held), (held, locked)
    assert {identity.rpartition(".")[0] for identity in patches_of(installed, alma.name, "MISSING")} == held
    assert patches_of(installed, alma.name, "FAILED") == {}


def test_an_unreachable_repository_is_skipped_or_ends_the_run_as_the_node_says(
    node: GiveNode, controller: Controller
) -> None:
    """selection-and-install example 24."""
    lenient, strict = node("rhel9-deadrepo"), node("rhel9-deadrepo-strict")
    controller.inventory({each.name: each.host_vars for each in (lenient, strict)})
    run = controller.play("patch")
    assert run.rc != 0
    assert (run.outcome(lenient.name), run.outcome(strict.name)) == ("ok", "failed")
    result = run.results("patch_scan")[lenient.name]
    assert any("dead" in warning for warning in result["warnings"]), result["warnings"]
    assert result["counts"]["missing_count"] > 0
    said = run.results("patch_summary")[strict.name]["msg"]
    for word in ("dead", "skip_if_unavailable", strict.name):
        assert word in said, said


def test_a_notice_of_yesterday_waits_and_says_until_when(
    node: GiveNode, controller: Controller, repositories: RpmRepositories
) -> None:
    rocky = node("rocky9")
    yesterday = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)
    notice = Notice("RLSA-2099:1", ("bash-0:999-1.el9.x86_64",), issued=f"{yesterday:%Y-%m-%d %H:%M:%S}")
    repositories.publish("rocky9-baseos", [RpmPackage("bash-0:999-1.el9.x86_64")], [notice])
    assert "bash.x86_64" not in patches_of(scan(controller, rocky), "rocky9", "MISSING")
    write_baseline(controller, "ROCKY_LINUX", SECURITY)
    assert patches_of(scan(controller, rocky), "rocky9", "MISSING")["bash.x86_64"] == "0:999-1.el9"


def test_a_held_lock_is_waited_for_with_a_limit_and_its_holder_is_named(node: GiveNode, controller: Controller) -> None:
    rocky = node("rocky9")
    controller.inventory({"rocky9": rocky.host_vars})
    rocky.run(
        "nohup python3 -c 'import dnf, dnf.lock, time\n"
        "base = dnf.Base(); base.conf.read()\n"
        "with dnf.lock.build_metadata_lock(base.conf.cachedir, True): time.sleep(300)' >/dev/null 2>&1 &"
    )
    time.sleep(2)
    run = controller.play("patch", patch_lock_timeout=2)
    assert run.rc != 0
    said = run.results("patch_summary")["rocky9"]["msg"]
    assert "python3" in said and "2 seconds" in said, said


def test_alternative_repositories_replace_the_nodes_own_for_the_run_and_leave_no_trace(
    node: GiveNode, controller: Controller, repositories: RpmRepositories
) -> None:
    rocky = node("rocky9")
    bash = "bash-0:999-1.el9.x86_64"
    other = RpmRepository("other")
    repositories.publish(other, [RpmPackage(bash)], [Notice("X-1", (bash,))])
    configuration = f"[main]\nname=other\nbaseurl={other.uri}\nenabled=1\ngpgcheck=0\n"
    sources = [{"name": "other", "products": ["*"], "configuration": configuration}]
    write_baseline(controller, "ROCKY_LINUX", SECURITY, sources=sources)
    controller.inventory({"rocky9": rocky.host_vars})
    everything = (
        "find /etc /var/cache/dnf /var/lib/dnf -type f ! -name '*history*' ! -name '*.pid' | sort | xargs md5sum; "
        "ls -d /run/openpatch* /var/cache/openpatch*"
    )
    before = rocky.run(everything).out
    run = controller.play("patch")
    assert patches_of(run, "rocky9", "MISSING") == {"bash.x86_64": "0:999-1.el9"}
    assert rocky.run(everything).out == before
    controller.play("patch", patch_operation="install", patch_reboot_option="NoReboot")
    assert versions_on(rocky, "bash") == {"bash": "999-1.el9"}
    assert rocky.run("ls /run /var/cache | grep openpatch; find / -xdev -path '*source*' -name '*.repo'").out == ""
