# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nodes with zypper: their answers against zypper's own, and the worked examples on real repositories."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.estate.estate import Estate
from tests.estate.node import Node
from tests.estate.packages import GONE_URI
from tests.estate.recipes import PASSWORDLESS_USER
from tests.estate.rpm_packages import Notice, RpmPackage, RpmRepository
from tests.estate.rpm_repositories import RpmRepositories
from tests.integration.conftest import GiveNode
from tests.integration.controller import Controller, PlaybookRun
from tests.integration.node_program import ask, kill_program
from tests.integration.rpm_answers import patches_of, transaction_of, versions_on
from tests.integration.zypper_answers import ask_patches, zypper

SECURITY = "[{filters: [{key: CLASSIFICATION, values: [Security]}], approve_after_days: 0}]"
ANY_PATCH = "[{filters: [], approve_after_days: 0}]"
EVERYTHING = "[{filters: [], approve_after_days: 0, enable_non_security: true}]"
# What a run may leave behind is looked for in all of these; zypper's own caches and histories change with any command.
SETTINGS = "find /etc -type f ! -name '*.solv' | sort | xargs md5sum; rpm -qa gpg-pubkey"
TRACES = f"{SETTINGS}; ls /run /var/cache/zypp /var/cache/zypp/raw"
PLACES = "ls /run /var/cache /var/cache/zypp /tmp"
KILLS = 20


def write_baseline(controller: Controller, rules: str = "[]", **fields: Any) -> None:
    lines = [f"{name}: {json.dumps(value)}\n" for name, value in fields.items()]
    controller.write(
        "patch_baselines/test.yml",
        f"name: test\noperating_system: SUSE\ndefault_baseline: true\napproval_rules: {rules}\n{''.join(lines)}",
    )


def scan(controller: Controller, node: Node, **variables: Any) -> PlaybookRun:
    controller.inventory({node.name: node.host_vars})
    run = controller.play("patch", **variables)
    assert run.rc == 0, run.output
    return run


@pytest.fixture
def repositories(estate: Estate) -> Iterator[RpmRepositories]:
    yield estate.rpm_repositories
    estate.rpm_repositories.reset()


@pytest.mark.smoke
def test_what_is_missing_is_what_zypper_itself_would_say(node: GiveNode, controller: Controller) -> None:
    sles = node("sles15")
    expected = ask_patches(sles, ["security"], ["critical", "important"])
    assert len(expected) >= 10, "the node has something to say"
    run = scan(controller, sles)
    assert patches_of(run, "sles15", "MISSING") == expected
    write_baseline(controller, ANY_PATCH)
    every = ask_patches(sles, ["security", "recommended"], ["critical", "important", "moderate", "low"])
    assert patches_of(scan(controller, sles), "sles15", "MISSING") == every


def test_what_was_approved_is_installed_and_a_second_install_changes_and_reboots_nothing(
    node: GiveNode, controller: Controller
) -> None:
    """selection-and-install example 13."""
    sles = node("sles15")
    wanted = patches_of(scan(controller, sles), "sles15", "MISSING")
    assert {"curl.x86_64", "libcurl4.x86_64"} <= set(wanted), "one patch, two packages"
    run = controller.play("patch", patch_operation="install")
    assert run.rc == 0, run.output
    result = run.results("patch_install")["sles15"]
    assert (result["compliance_status"], result["reboot"]["performed"]) == ("COMPLIANT", True), result
    for identity, version in wanted.items():
        assert version.partition(":")[2] in versions_on(sles, identity)[identity].split(), identity
    assert len(versions_on(sles, "kernel-default")["kernel-default"].split()) == 2, "a kernel comes beside the old one"
    assert ask_patches(sles, ["security"], ["critical", "important"]) == {}
    again = controller.play("patch", patch_operation="install")
    assert (again.rc, again.results("patch_install")["sles15"]["changed"]) == (0, False), again.output
    assert sles.run("rpm --verifydb").rc == 0


def test_the_latest_approved_version_is_installed_and_not_the_latest(
    node: GiveNode, controller: Controller, repositories: RpmRepositories
) -> None:
    sles = node("sles15")
    newer = "curl-0:8.0.1-150400.5.99.1.x86_64"
    repositories.publish("sles15-basesystem", [RpmPackage(newer)], [Notice("SUSE-2099-1", (newer,), severity="low")])
    assert patches_of(scan(controller, sles), "sles15", "MISSING")["curl.x86_64"] == "0:8.0.1-150400.5.36.1"
    controller.play("patch", patch_operation="install", patch_reboot_option="NoReboot")
    assert versions_on(sles, "curl") == {"curl": "8.0.1-150400.5.36.1"}


def test_the_administrators_lock_is_no_matter_to_a_scan_and_stops_an_install(
    node: GiveNode, controller: Controller
) -> None:
    """selection-and-install example 14."""
    sles = node("sles15-locked")
    write_baseline(controller, approved_patches=["libzypp", "zypper", "curl"])
    run = scan(controller, sles)
    assert "libzypp.x86_64" in patches_of(run, sles.name, "MISSING")
    locks = sles.run("cat /etc/zypp/locks").out
    installed = controller.play("patch", patch_operation="install", patch_reboot_option="NoReboot")
    assert set(patches_of(installed, sles.name, "FAILED")) == {"libzypp.x86_64"}
    assert "locked: libzypp" in transaction_of(installed, sles.name)["libzypp"]["reason"]
    assert transaction_of(installed, sles.name)["curl"]["status"] == "installed"
    assert sles.run("cat /etc/zypp/locks").out == locks


def test_check_mode_shows_the_exact_transaction_and_changes_nothing(node: GiveNode, controller: Controller) -> None:
    hazards = node("sles15-hazards")
    controller.inventory({hazards.name: hazards.host_vars})
    before = hazards.run("rpm -qa | sort").out
    run = controller.play("patch", "--check", "--diff", patch_operation="install")
    planned = transaction_of(run, hazards.name)
    assert planned["good-one"]["status"] == "planned"
    assert planned["brand-new-dep"]["status"] == "dependency"
    assert planned["missing-dep"]["status"] == "failed"
    assert "-good-one.noarch 0:1.0-1.el9" in run.stdout
    assert "+good-one.noarch 0:1.1-1.el9" in run.stdout
    assert hazards.run("rpm -qa | sort").out == before


FAILING = {
    "damaged": "corrupted during transfer",
    "file-conflict": "/usr/share/stub/shared conflicts with the one of file-owner",
    "missing-dep": "no-such-package",
    "not-signed": "unsigned",
    "pre-fails": "pre cannot go on",
    "pusher": "conflicts with bystander",
    "signed-by-stranger": "Signature verification failed",
}
REMARKS = {"post-fails": "post cannot go on", "post-hangs": "did not end within"}


def test_one_bad_package_does_not_sink_the_others(node: GiveNode, controller: Controller) -> None:
    hazards = node("sles15-hazards")
    controller.inventory({hazards.name: hazards.host_vars})
    before = hazards.run(SETTINGS).out
    run = controller.play("patch", patch_operation="install", patch_reboot_option="NoReboot", patch_step_timeout=130)
    assert run.rc == 2, run.output
    entries = transaction_of(run, hazards.name)
    assert {name for name, entry in entries.items() if entry["status"] == "failed"} == set(FAILING)
    for name, words in {**FAILING, **REMARKS}.items():
        assert words in entries[name]["reason"], entries[name]
    assert {name for name, entry in entries.items() if entry["status"] == "installed"} == {
        *("bar", "foo", "good-one", "good-two", "kernel-default", "libfoo", "needs-new", "post-slow", "pre-reads"),
        *("well-signed", *REMARKS),
    }
    assert entries["brand-new-dep"]["status"] == "dependency"
    names = [*FAILING, "foo", "foo-ng", "bystander", "post-fails"]
    assert versions_on(hazards, *names) == {
        **dict.fromkeys(FAILING, "1.0-1.el9"),
        "foo": "1.1-1.el9",
        "foo-ng": "",
        "bystander": "1.1-1.el9",
        "post-fails": "1.1-1.el9",
    }
    again = patches_of(controller.play("patch"), hazards.name, "FAILED")
    assert set(again) == {f"{name}.noarch" for name in FAILING}
    assert hazards.run("rpm --verifydb").rc == 0
    assert hazards.run(SETTINGS).out == before
    assert "openpatch-" not in hazards.run(PLACES).out


def test_a_rejected_package_comes_in_as_a_dependency_only_where_that_is_allowed(
    node: GiveNode, controller: Controller
) -> None:
    hazards = node("sles15-hazards")
    controller.inventory({hazards.name: hazards.host_vars})
    approved: dict[str, Any] = {"approved_patches": ["bar"], "rejected_patches": ["libfoo-1.1-*.noarch.rpm"]}
    write_baseline(controller, **approved, rejected_patches_action="BLOCK")
    blocked = controller.play("patch", patch_operation="install", patch_reboot_option="NoReboot")
    entry = transaction_of(blocked, hazards.name)["bar"]
    assert entry["status"] == "failed"
    assert "libfoo-1.1-1.el9.noarch is rejected by the baseline's entry" in entry["reason"], entry
    assert hazards.run("cat /etc/zypp/locks").out == "", "the locks were never in the node's file"
    write_baseline(controller, **approved, rejected_patches_action="ALLOW_AS_DEPENDENCY")
    controller.play("patch", patch_operation="install", patch_reboot_option="NoReboot")
    assert versions_on(hazards, "bar", "libfoo") == {"bar": "1.1-1.el9", "libfoo": "1.1-1.el9"}


def test_what_no_patch_contains_counts_only_with_non_security(
    node: GiveNode, controller: Controller, repositories: RpmRepositories
) -> None:
    sles = node("sles15")
    repositories.publish("sles15-basesystem", [RpmPackage("bash-0:4.4-150400.99.x86_64")])
    write_baseline(controller, ANY_PATCH)
    assert "bash.x86_64" not in patches_of(scan(controller, sles), "sles15", "MISSING")
    write_baseline(controller, EVERYTHING)
    assert patches_of(scan(controller, sles), "sles15", "MISSING")["bash.x86_64"] == "0:4.4-150400.99"


@pytest.mark.parametrize("mode", ["missing", "drop"])  # zypper tries an "error" again for two minutes
def test_an_unreachable_repository_is_told_and_never_taken_for_nothing_to_do(
    mode: Any, node: GiveNode, controller: Controller, repositories: RpmRepositories
) -> None:
    sles = node("sles15")
    repositories.set_mode("sles15-basesystem", mode)
    write_baseline(controller)
    result = scan(controller, sles).results("patch_scan")["sles15"]
    assert result["compliance_status"] == "METADATA_MISSING", result
    assert any("SLE-Module-Basesystem15-SP5-Updates" in warning for warning in result["warnings"]), result["warnings"]


def test_without_root_the_scan_reads_the_metadata_as_it_is(node: GiveNode, controller: Controller) -> None:
    sles = node("sles15")
    fresh = ask(sles, PASSWORDLESS_USER, command="collect")["facts"]
    assert {repository["reachable"] for repository in fresh["repositories"]} == {False}, "nothing was ever fetched"
    zypper(sles, "refresh")
    asroot = ask(sles, command="collect")["facts"]
    mine = ask(sles, PASSWORDLESS_USER, command="collect")["facts"]
    assert mine["candidates"] == asroot["candidates"]
    assert [warning["code"] for warning in mine["warnings"]] == ["not_root"]


def test_metadata_that_only_zypper_can_read_is_asked_of_zypper(node: GiveNode) -> None:
    sles = node("sles15")
    zypper(sles, "refresh")
    known = ask(sles, command="collect", refresh=False)["facts"]["candidates"]
    sles.run("rm /var/cache/zypp/raw/*/repodata/primary.xml.gz")
    found = ask(sles, command="collect", refresh=False)["facts"]["candidates"]
    for package in known:
        package.pop("built_at", None)  # zypper does not tell it
    assert found == known


def hold_lock(node: Node) -> None:
    node.run("nohup sleep 300 >/dev/null 2>&1 & echo $! > /run/zypp.pid")


def test_a_held_lock_is_waited_for_with_a_limit_and_its_holder_is_named(node: GiveNode, controller: Controller) -> None:
    sles = node("sles15")
    controller.inventory({"sles15": sles.host_vars})
    hold_lock(sles)
    run = controller.play("patch", patch_lock_timeout=2)
    assert run.rc != 0
    said = run.results("patch_summary")["sles15"]["msg"]
    assert "sleep 300" in said and "2 seconds" in said, said


def to_packages(wanted: Mapping[str, str]) -> list[dict[str, str]]:
    """Patches as the node program is asked for them."""
    return [
        {"name": name, "arch": arch, "version": version}
        for (name, _dot, arch), version in ((identity.rpartition("."), version) for identity, version in wanted.items())
    ]


def wait_for(node: Node, identity: str) -> dict[str, Any]:
    deadline = time.monotonic() + 180
    while True:
        answer = ask(node, command="poll", operation_id=identity, wait=5)
        if answer["state"] != "running":
            return answer
        assert time.monotonic() < deadline, answer


def test_a_lock_whose_holder_is_gone_and_packages_in_two_versions_are_repaired(node: GiveNode) -> None:
    sles = node("sles15")
    zypper(sles, "refresh")
    hold_lock(sles)
    sles.run("touch -d '-1 hour' /run/zypp.pid")
    sles.run("zypper --pkg-cache-dir /tmp/p -n download curl; rpm -i --force --nodeps $(find /tmp/p -name 'curl*.rpm')")
    sles.run("ZYPP_READONLY_HACK=1 zypper -n --pkg-cache-dir /tmp/p download curl >/dev/null")
    sles.run("rpm -i --force --nodeps --nosignature $(find /tmp/p -name 'curl*.rpm')")
    assert len(versions_on(sles, "curl")["curl"].split()) == 2
    packages = to_packages({"libcurl4.x86_64": "0:8.0.1-150400.5.36.1"})
    ask(sles, command="install", operation_id="repair", packages=packages, lock_timeout=10)
    answer = wait_for(sles, "repair")
    assert len(answer["repairs"]) == 2, answer
    assert "zypper's lock" in answer["repairs"][0]
    assert "curl-8.0.1-150400.5.26.1.x86_64" in answer["repairs"][1]
    assert versions_on(sles, "curl") == {"curl": "8.0.1-150400.5.36.1"}
    assert [entry["status"] for entry in answer["results"]] == ["installed"]


def test_a_full_disk_is_told_and_the_rest_is_not_tried(node: GiveNode) -> None:
    hazards = node("sles15-hazards")
    zypper(hazards, "refresh")
    hazards.run("mkdir -p /var/cache/zypp/packages; mount -t tmpfs -o size=4k tmpfs /var/cache/zypp/packages")
    hazards.run("head -c 4096 /dev/zero > /var/cache/zypp/packages/full")
    packages = to_packages({"good-one.noarch": "0:1.1-1.el9", "good-two.noarch": "0:1.1-1.el9"})
    ask(hazards, command="install", operation_id="full", packages=packages)
    answer = wait_for(hazards, "full")
    assert {entry["status"] for entry in answer["results"]} <= {"failed", "not_tried"}, answer
    assert any("space" in entry["reason"].lower() for entry in answer["results"]), answer


def test_alternative_repositories_replace_the_nodes_own_for_the_run_and_leave_no_trace(
    node: GiveNode, controller: Controller, repositories: RpmRepositories
) -> None:
    sles = node("sles15")
    newer = "bash-0:999-1.x86_64"
    other = RpmRepository("other", (RpmPackage(newer),), (Notice("X-1", (newer,)),), flavour="suse")
    repositories.publish(other, other.packages, other.notices or ())
    configuration = f"[main]\nname=other\nbaseurl={other.uri}\nenabled=1\ngpgcheck=0\n"
    sources = [{"name": "other", "products": ["*"], "configuration": configuration}]
    write_baseline(controller, SECURITY, sources=sources)
    controller.inventory({"sles15": sles.host_vars})
    before = sles.run(TRACES).out
    command: dict[str, Any] = {"sources": sources}
    facts = ask(sles, command="collect", **command)["facts"]
    assert [(package["name"], package["version"]) for package in facts["candidates"]] == [("bash", "999")]
    packages = to_packages({"bash.x86_64": "0:999-1", "curl.x86_64": "0:8.0.1-150400.5.36.1"})
    planned = ask(sles, command="plan", packages=packages, **command)["transaction"]
    assert {entry["name"]: entry["status"] for entry in planned} == {"bash": "planned", "curl": "failed"}
    ask(sles, command="install", operation_id="sources", packages=packages, **command)
    answer = wait_for(sles, "sources")
    assert {entry["name"]: entry["status"] for entry in answer["results"]} == {"bash": "installed", "curl": "failed"}
    left = set(sles.run(TRACES).out.splitlines()) - set(before.splitlines())
    assert left <= {"zypp.pid"}, left


def test_a_run_with_alternative_repositories_that_is_killed_leaves_no_trace(
    node: GiveNode, repositories: RpmRepositories
) -> None:
    sles = node("sles15")
    newer = RpmPackage("bash-0:999-1.x86_64", provides=("/bin/sh",), scripts={"post": "sleep 6\n"})
    repositories.publish(RpmRepository("other", flavour="suse"), [newer])
    configuration = f"[other]\nname=other\nbaseurl={RpmRepository('other').uri}\nenabled=1\ngpgcheck=0\n"
    sources = [{"name": "other", "configuration": configuration}]
    before = sles.run(TRACES).out
    packages = to_packages({"bash.x86_64": "0:999-1"})
    ask(sles, command="install", operation_id="killed", packages=packages, sources=sources, blocked=["nothing"])
    wait_until(lambda: "rpm-tmp" in sles.run("ps -eo args").out)
    assert kill_program(sles)
    wait_until(lambda: sles.run("pgrep -x zypper").out == "")
    assert versions_on(sles, "bash") == {"bash": "999-1"}, "what was begun is brought to its end"
    wait_until(lambda: "openpatch-" not in sles.run(PLACES).out)
    assert set(sles.run(TRACES).out.splitlines()) - set(before.splitlines()) <= {"zypp.pid"}
    assert ask(sles, command="poll", operation_id="killed")["state"] == "interrupted"


def wait_until(said: Any) -> None:
    deadline = time.monotonic() + 60
    while not said():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def kill_everything(node: Node) -> None:
    """The node program, zypper and rpm, all at once and without a word."""
    kill_program(node)
    node.run("pkill -KILL -x zypper; pkill -KILL -x rpm")


def test_an_install_killed_at_any_moment_leaves_a_database_that_verifies_and_the_next_run_finishes(
    node: GiveNode, controller: Controller
) -> None:
    sles = node("sles15")
    controller.inventory({"sles15": sles.host_vars})
    wanted = patches_of(controller.play("patch"), "sles15", "MISSING")
    packages = to_packages(wanted)
    chance = random.Random(15)
    begun = time.monotonic()
    ask(sles, command="install", operation_id="whole", packages=packages)
    wait_for(sles, "whole")
    takes = time.monotonic() - begun
    states = ["finished"]
    while states.count("interrupted") < KILLS:
        assert len(states) < 4 * KILLS, states
        if states[-1] == "finished":  # the kill came too late
            sles.reset()
        identity = f"killed-{len(states)}"
        ask(sles, command="install", operation_id=identity, packages=packages)
        time.sleep(chance.uniform(0.1, 0.9) * takes)
        kill_everything(sles)
        assert sles.run("rpm --verifydb && rpm -qa > /dev/null", timeout=60).rc == 0
        wait_until(lambda: "openpatch-" not in sles.run(PLACES).out)
        assert sles.run("cat /etc/zypp/locks").out == ""
        states.append(ask(sles, command="poll", operation_id=identity)["state"])
    run = controller.play("patch", patch_operation="install", patch_reboot_option="NoReboot")
    assert run.rc == 0, run.output
    result = run.results("patch_install")["sles15"]
    assert any("interrupted" in warning for warning in result["warnings"]), result["warnings"]
    assert patches_of(run, "sles15", "MISSING", "FAILED") == {}
    kept = sles.run("rpm -qa --queryformat '%{NAME}.%{ARCH}\\n' | grep -v ^kernel | sort | uniq -d").out
    assert kept == "", "no package is there twice"


def test_a_repository_nobody_serves_does_not_stop_the_others(node: GiveNode, controller: Controller) -> None:
    sles = node("sles15")
    sles.run(
        f"printf '[dead]\\nname=Nobody serves this\\nbaseurl={GONE_URI}\\nenabled=1\\n' > /etc/zypp/repos.d/dead.repo"
    )
    result = scan(controller, sles).results("patch_scan")["sles15"]
    assert result["counts"]["missing_count"] > 0
    assert any("Nobody serves this" in warning for warning in result["warnings"]), result["warnings"]
