# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The program for macOS as Macs run it: by real shells, among commands that say what those of real Macs said."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.facts import parse_facts
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.bundle import build_script
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.errors import (
    BadAnswerError,
    NodeRefusedError,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.macos.script import PROGRAM
from tests.unit.plugins.plugin_utils._node.macos.conftest import NONCE, SHELLS, Mac

SAFARI = {
    "classification": "softwareupdate",
    "name": "Safari",
    "version": "17.6",
    "from_version": "17.5",
    "title": "Safari17.6MontereyAuto-17.6",
}
RAV1E = {"classification": "brew", "name": "rav1e", "version": "0.3.4", "from_version": "0.3.3", "title": ""}
ELECTRUM = {"classification": "brew cask", "name": "electrum", "version": "4.0.3", "from_version": "4.0.2", "title": ""}


def pick(entries: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return [entry for entry in entries if entry["name"] == name]


def codes(facts: dict[str, Any]) -> list[str]:
    return [warning["code"] for warning in facts["warnings"]]


def results(answer: dict[str, Any]) -> dict[str, str]:
    return {entry["name"]: entry["status"] for entry in answer["results"]}


@pytest.mark.parametrize("shell", SHELLS)
def test_one_execution_brings_home_all_facts(mac: Mac, shell: str) -> None:
    facts = mac.ask(command="collect", refresh=True)["facts"]
    parse_facts(facts)
    assert facts["os"]["product"] == "Monterey12.6.7"
    assert (facts["os"]["arch"], facts["package_manager"]) == ("arm64", "macos")
    assert facts["boot_id"] and facts["booted_at"] < facts["collected_at"]
    assert pick(facts["candidates"], "Safari") == [
        {
            "name": "Safari",
            "version": "17.6",
            "title": "Safari17.6MontereyAuto-17.6",
            "classification": "softwareupdate",
            "is_security": True,
            "repositories": ["softwareupdate"],
        }
    ]
    assert [entry["version"] for entry in pick(facts["candidates"], "Command Line Tools for Xcode")] == [
        *("13.2", "13.4", "14.2")
    ]
    assert pick(facts["installed"], "Safari")[0]["version"] == "17.5"
    assert pick(facts["installed"], "org.example.agent")[0]["classification"] == "installer"
    assert pick(facts["installed"], "com.apple.pkg.Safari") == [], "it is there by its name"
    assert pick(facts["candidates"], "rav1e")[0] == {
        "name": "rav1e",
        "version": "0.3.4",
        "classification": "brew",
        "repositories": ["homebrew"],
    }
    assert {repository["id"]: repository["reachable"] for repository in facts["repositories"]} == {
        "softwareupdate": True,
        "homebrew": True,
    }


def test_new_systems_are_no_candidates_and_what_shuts_down_is_held(mac: Mac) -> None:
    facts = mac.ask(command="collect")["facts"]
    assert not [entry for entry in facts["candidates"] if entry["name"].startswith("macOS")]
    said = [warning["message"] for warning in facts["warnings"]]
    assert any("macOS Monterey 12.7.6 (a new version of macOS)" in message for message in said), said
    assert any("macOS Sonoma 14.6.1 (an upgrade to another macOS)" in message for message in said), said
    assert facts["held"] == ["BridgeOSUpdateCustomer.10.15.0.1.1.1560926689"]


def test_homebrew_is_asked_as_its_owner_and_never_as_root(mac: Mac) -> None:
    mac.ask(command="collect", refresh=True)
    brewed = [words[1:] for words in mac.calls if words[0] == "brew"]
    assert ["update", "--quiet"] in brewed
    assert len(brewed) == 5
    if os.geteuid() == 0:
        os.chown(mac.folder / "brew_dir/brew", 0, 0)
        facts = mac.ask(command="collect")["facts"]
        assert facts["repositories"][1]["reachable"] is False
        assert "belongs to root" in facts["warnings"][-1]["message"]


def test_homebrew_asks_nobody_and_takes_the_proxies_of_the_task(mac: Mac) -> None:
    mac.environment = {"https_proxy": "http://a:b@proxy", "no_proxy": "x,y", "HTTPS_PROXY": "http://c d", "OTHER": "1"}
    mac.write(mac.folder / "brew_dir/brew", f"#!/bin/sh\nenv > '{mac.place}/seen'\n")
    seen = dict(line.split("=", 1) for line in _see_environment(mac).splitlines())
    assert (seen["HOMEBREW_NO_ASK"], seen["SUDO_ASKPASS"]) == ("1", "/usr/bin/false")
    assert {name: seen.get(name) for name in mac.environment} == {**mac.environment, "OTHER": None}
    mac.environment = {"no_proxy": "x"}
    assert "no_proxy" not in _see_environment(mac), "sudo is asked to keep nothing where there is no proxy"


def _see_environment(mac: Mac) -> str:
    mac.ask(command="collect")
    return (mac.place / "seen").read_text()


def test_without_root_apple_is_asked_and_homebrew_only_by_its_owner(mac: Mac) -> None:
    facts = mac.ask(command="collect", uid=4711)["facts"]
    assert [repository["reachable"] for repository in facts["repositories"]] == [True, False]
    owner = (mac.folder / "brew_dir/brew").stat().st_uid
    mac.write(mac.folder / "bin/sudo", "#!/bin/sh\nexit 9\n")
    facts = mac.ask(command="collect", uid=owner)["facts"]
    assert [repository["reachable"] for repository in facts["repositories"]] == [True, True], facts["warnings"]


def test_a_mac_without_homebrew_has_apples_updates(mac: Mac) -> None:
    shutil.rmtree(mac.folder / "brew_dir")
    facts = mac.ask(command="collect", refresh=True)["facts"]
    assert [repository["id"] for repository in facts["repositories"]] == ["softwareupdate"]
    assert "repository_unreachable" not in codes(facts)


@pytest.mark.parametrize(
    "fault", [["Can't connect to the Apple Software Update server.\n", 1, 0], ["something new\n", 0, 0]]
)
def test_a_search_that_failed_is_never_nothing_to_do(mac: Mac, fault: list[Any]) -> None:
    mac.change("apple.json", faults={"softwareupdate --list": fault})
    facts = mac.ask(command="collect")["facts"]
    assert facts["repositories"][0]["reachable"] is False
    assert fault[0].strip() in facts["warnings"][0]["message"]


def test_a_receipt_that_cannot_be_read_is_told_and_the_others_are_there(mac: Mac) -> None:
    mac.change("apple.json", lost_receipts=["org.example.lost"])
    facts = mac.ask(command="collect")["facts"]
    assert codes(facts)[-1] == "receipts", facts["warnings"]
    assert pick(facts["installed"], "org.example.agent")
    mac.change("apple.json", faults={"pkgutil --pkgs": ["Error: no database\n", 1, 0]})
    facts = mac.ask(command="collect")["facts"]
    assert facts["warnings"][-1]["message"] == "pkgutil did not list all packages: Error: no database"


def test_a_brew_that_fails_is_told(mac: Mac) -> None:
    mac.change("brew.json", faults={"brew outdated": ["Error: No such file or directory\n", 1, 0]})
    facts = mac.ask(command="collect")["facts"]
    assert facts["repositories"][1]["reachable"] is False
    assert any("No such file" in warning["message"] for warning in facts["warnings"])
    assert pick(facts["installed"], "ack")


@pytest.mark.parametrize("shell", SHELLS)
def test_labels_and_names_are_installed_exactly_and_what_became_of_them_is_told(mac: Mac, shell: str) -> None:
    packages = [SAFARI, RAV1E, ELECTRUM]
    begun = mac.ask(command="install", operation_id="one", packages=packages, info={"run_id": "r'1"})
    assert begun["id"] == "one"
    answer = mac.wait_for("one")
    assert answer["state"] == "finished"
    assert answer["info"] == {"run_id": "r'1"}
    assert answer["results"] == [
        {
            **{key: package[key] for key in ("name", "version", "from_version")},
            "arch": "",
            "status": "installed",
            "reason": "",
        }
        for package in packages
    ]
    assert [words for words in mac.calls if words[0] != "brew" or words[1] == "upgrade"][-3:] != []
    changed = [words for words in mac.calls if "--install" in words or "upgrade" in words]
    assert changed == [
        ["softwareupdate", "--install", SAFARI["title"]],
        ["brew", "upgrade", "--formula", "rav1e"],
        ["brew", "upgrade", "--cask", "electrum"],
    ]
    facts = mac.ask(command="collect")["facts"]
    assert facts["last_operation"]["id"] == "one"
    assert pick(facts["candidates"], "Safari") == pick(facts["candidates"], "rav1e") == []
    assert pick(facts["installed"], "rav1e")[0]["version"] == "0.3.4"


def test_what_homebrew_brings_along_is_told(mac: Mac) -> None:
    mac.change("brew.json", brings={"bash": "5.2", "libnew": "1"})
    mac.ask(command="install", operation_id="more", packages=[RAV1E])
    answer = mac.wait_for("more")
    assert [
        (entry["name"], entry["status"], entry["from_version"], entry["version"]) for entry in answer["results"]
    ] == [
        ("rav1e", "installed", "0.3.3", "0.3.4"),
        ("bash", "dependency", "4.4.5", "5.2"),
        ("libnew", "dependency", "", "1"),
    ]


HOSTILE = [
    "Update'; touch hacked; '",
    "$(touch hacked)`touch hacked`",
    'a "quoted" \\label\\ *?[x] ',
    "macOS Mojave 10.14.6 Supplemental Update- ",
    "F\u00fcr \u65e5\u672c\u8a9e %s %d",
]


@pytest.mark.parametrize("shell", SHELLS)
def test_hostile_labels_arrive_as_they_are(mac: Mac, shell: str) -> None:
    mac.change("apple.json", offers=[[label, label, "1", "1K", True, ""] for label in HOSTILE])
    packages = [{**SAFARI, "name": label, "title": label, "version": "1"} for label in HOSTILE]
    mac.ask(command="install", operation_id="hostile", packages=packages)
    answer = mac.wait_for("hostile")
    assert results(answer) == dict.fromkeys(HOSTILE, "installed"), answer
    assert [words[2] for words in mac.calls if "--install" in words] == HOSTILE
    assert not list(mac.folder.rglob("hacked")) and not Path("/hacked").exists()


@pytest.mark.parametrize(
    "package",
    [
        {**SAFARI, "title": "--all"},
        {**SAFARI, "title": "a\nb"},
        {**SAFARI, "title": ""},
        {**SAFARI, "classification": "installer"},
        {**RAV1E, "name": "--HEAD"},
        {**RAV1E, "name": "a b"},
        {**RAV1E, "version": "1\x1f2"},
        {"name": "curl", "arch": "amd64", "version": "1"},
    ],
)
def test_what_cannot_be_a_package_stops_the_whole_command(mac: Mac, package: dict[str, str]) -> None:
    with pytest.raises(NodeRefusedError, match="Failed to read package") as caught:
        mac.ask(command="install", operation_id="bad", packages=[SAFARI, package])
    assert caught.value.code == "bad_command"
    assert not mac.state.exists()


def test_a_label_that_is_gone_and_an_installer_that_fails_are_failures_and_the_rest_goes_on(mac: Mac) -> None:
    gone = {**SAFARI, "name": "Gone", "title": "Gone-1"}
    unknown = {**RAV1E, "name": "nothing"}
    mac.ask(command="install", operation_id="mixed", packages=[gone, unknown, SAFARI])
    answer = mac.wait_for("mixed")
    assert results(answer) == {"Gone": "failed", "nothing": "failed", "Safari": "installed"}
    reasons = [entry["reason"] for entry in answer["results"]]
    assert reasons[0] == "Gone-1: No such update"
    assert "No available formulae" in reasons[1]


def test_a_restart_that_was_asked_for_is_a_reason_of_the_node(mac: Mac) -> None:
    mac.change("apple.json", offers=[["Fix-1", "Fix", "1", "1K", True, "restart"]])
    mac.ask(
        command="install", operation_id="fix", packages=[{**SAFARI, "name": "Fix", "title": "Fix-1", "version": "1"}]
    )
    mac.wait_for("fix")
    facts = mac.ask(command="collect")["facts"]
    assert facts["reboot_required"] == {"required": True, "reasons": ["Fix 1 asks for a restart"]}


@pytest.mark.parametrize("shell", SHELLS)
def test_an_installer_that_hangs_is_stopped_and_what_is_left_is_not_tried(mac: Mac, shell: str) -> None:
    mac.change("apple.json", install_seconds=50)
    mac.ask(command="install", operation_id="hung", packages=[SAFARI, RAV1E], step_timeout=2)
    answer = mac.wait_for("hung")
    assert results(answer) == {"Safari": "failed", "rav1e": "not_tried"}
    assert "patch_step_timeout" in answer["results"][0]["reason"]
    left = ["pgrep", "-f", f"{mac.place} softwareupdate --install"]
    assert subprocess.run(left, capture_output=True, check=False).stdout == b"", "what it had started goes on"


@pytest.mark.parametrize("shell", SHELLS)
def test_a_second_install_is_refused_a_repeated_start_is_not_and_a_killed_one_is_interrupted(
    mac: Mac, shell: str
) -> None:
    mac.change("apple.json", install_seconds=30)
    begun = mac.ask(command="install", operation_id="first", packages=[SAFARI, RAV1E])
    assert begun["state"] == "running"
    assert mac.ask(command="install", operation_id="first", packages=[SAFARI, RAV1E])["pid"] == begun["pid"]
    with pytest.raises(NodeRefusedError, match="operation 'first'") as caught:
        mac.ask(command="install", operation_id="second", packages=[RAV1E])
    assert caught.value.code == "operation_running"
    assert caught.value.details["pid"] == begun["pid"]
    with pytest.raises(NodeRefusedError, match="operation 'first'"):
        mac.ask(command="reboot", boot_id=mac.ask(command="identify")["facts"]["boot_id"])
    running = mac.ask(command="poll", operation_id="first", wait=0)
    while not running["progress"]["doing"]:
        running = mac.ask(command="poll", operation_id="first", wait=1)
    assert running["progress"] == {"doing": "Safari 17.6", "done": 0, "total": 2}
    kill_tree(begun["pid"])
    interrupted = mac.wait_for("first")  # what was killed is there until somebody reaps it
    assert interrupted["state"] == "interrupted"
    assert results(interrupted) == {"Safari": "failed", "rav1e": "not_tried"}
    facts = mac.ask(command="collect")["facts"]
    assert "install_interrupted" in codes(facts)
    parse_facts(facts)
    mac.change("apple.json", install_seconds=0)
    mac.ask(command="install", operation_id="third", packages=[SAFARI])
    assert results(mac.wait_for("third")) == {"Safari": "installed"}


def test_an_install_goes_on_while_the_mac_comes_into_another_time_zone(mac: Mac) -> None:
    mac.change("apple.json", install_seconds=2)
    mac.environment["TZ"] = "Europe/Berlin"
    mac.ask(command="install", operation_id="far", packages=[SAFARI])
    mac.environment["TZ"] = "America/New_York"
    assert mac.ask(command="poll", operation_id="far", wait=0)["state"] == "running"
    assert results(mac.wait_for("far")) == {"Safari": "installed"}


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ln", "exit 1"),
        ("mkdir", '/bin/mkdir "$@"; case $1 in *.new) exec /bin/mkdir "$1/progress" ;; esac'),
        ("mkdir", "exit 1"),
    ],
)
def test_a_record_that_cannot_be_written_stops_the_install(mac: Mac, shell: str, name: str, text: str) -> None:
    mac.write(mac.folder / "bin" / name, f"#!/bin/sh\n{text}\n")
    mac.write(mac.folder / "bin/sleep", "#!/bin/sh\n")
    with pytest.raises(NodeRefusedError, match="Free some space") as caught:
        mac.ask(command="install", operation_id="full", packages=[SAFARI])
    assert caught.value.code == "disk_full"
    assert not [words for words in mac.calls if "--install" in words]


def test_who_is_not_on_record_installs_nothing(mac: Mac) -> None:
    """Nobody could tell that it is at work, and a second install would start."""
    mac.write(mac.folder / "bin/mv", '#!/bin/sh\ncase $1 in */process.new) exit 1 ;; esac\nexec /bin/mv "$@"\n')
    mac.write(mac.folder / "bin/sleep", '#!/bin/sh\n[ "$1" = 0.2 ] || exec /bin/sleep "$@"\n')
    assert mac.ask(command="install", operation_id="lost", packages=[SAFARI])["state"] == "interrupted"
    worker = int((mac.state / "operation/process.new").read_text().split()[0])
    deadline = time.monotonic() + 30
    while _is_there(worker):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert not [words for words in mac.calls if "--install" in words]


def _is_there(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def kill_tree(pid: int) -> None:
    """Kill ``pid``, then what it had started: a shell that outlived its child would write how the child ended.

    A child that saw its parent die may be gone before its own turn.
    """
    children = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False).stdout.split()
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    for child in children:
        kill_tree(int(child))


def test_an_operation_nobody_knows_is_named(mac: Mac) -> None:
    with pytest.raises(NodeRefusedError, match="'x': the node knows of none") as caught:
        mac.ask(command="poll", operation_id="x", wait=0)
    assert caught.value.code == "unknown_operation"


@pytest.mark.parametrize("command", ["install", "poll", "reboot"])
def test_what_needs_root_is_refused_to_others(mac: Mac, command: str) -> None:
    with pytest.raises(NodeRefusedError, match="needs root") as caught:
        mac.ask(command=command, operation_id="x", packages=[], boot_id="", uid=501)
    assert caught.value.code == "not_root"


def test_a_mac_is_rebooted_once_and_only_in_the_boot_that_was_meant(mac: Mac) -> None:
    boot = mac.ask(command="identify")["facts"]["boot_id"]
    assert mac.ask(command="reboot", boot_id="another") == {"boot_id": boot, "command": []}
    assert mac.ask(command="reboot", boot_id=boot) == {"boot_id": boot, "command": ["shutdown", "-r", "now"]}
    down = mac.place / "down"
    deadline = time.monotonic() + 10
    while not down.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert down.read_text() == "shutdown -r now\n"


def test_a_plan_is_what_was_asked_for(mac: Mac) -> None:
    transaction = mac.ask(command="plan", packages=[SAFARI, RAV1E])["transaction"]
    assert [(entry["name"], entry["status"], entry["from_version"]) for entry in transaction] == [
        ("Safari", "planned", "17.5"),
        ("rav1e", "planned", "0.3.3"),
    ]
    assert mac.ask(command="plan", packages=[]) == {"transaction": [], "repair": []}


def test_ten_thousand_packages_are_ten_thousand_items(mac: Mac) -> None:
    packages = [{**RAV1E, "name": f"p{number}"} for number in range(10_000)]
    transaction = mac.ask(command="plan", packages=packages)["transaction"]
    assert [entry["name"] for entry in transaction] == [package["name"] for package in packages]


def test_a_preflight_observes_and_changes_nothing(mac: Mac) -> None:
    seen = mac.ask(command="preflight", endpoints=[["127.0.0.1", 9]])["observations"]
    assert seen["manager"] == "macos"
    assert seen["user"] == {"uid": 0, "name": "root"}
    assert [place["path"] for place in seen["space"]] == ["/", "/var", "/tmp"]
    assert seen["memory"] == {"total": 8 * 2**30}
    assert seen["reboot"] == {"command": "shutdown -r now"}
    assert [repository["reachable"] for repository in seen["facts"]["repositories"]] == [True, True]
    (endpoint,) = seen["endpoints"]
    assert (endpoint["host"], endpoint["port"], endpoint["reachable"]) == ("127.0.0.1", 9, False)
    assert not mac.state.exists()


@pytest.mark.parametrize("shell", SHELLS)
def test_a_preflight_names_proxies_without_their_passwords(mac: Mac, shell: str) -> None:
    mac.change("apple.json", proxies={"HTTPSEnable": 1, "HTTPSProxy": "proxy.example.com", "HTTPSPort": 3128})
    mac.environment = {"http_proxy": "http://me:a'/b@p.example.com:1", "HTTPS_PROXY": "you:w@q", "all_proxy": ""}
    assert [proxy["address"] for proxy in mac.ask(command="preflight")["observations"]["proxies"]] == [
        "http://***@p.example.com:1",
        "***@q",
        "proxy.example.com:3128",
    ]
    assert "a'/b" not in mac.run(mac.build(command="preflight")).stdout.decode()


def test_a_preflight_names_who_is_at_work(mac: Mac) -> None:
    place = f"{mac.folder}/Library/Homebrew/brew.sh"
    mac.write(Path(place), "sleep 60\n")
    with subprocess.Popen(["/bin/sh", place, "upgrade"]) as brew:
        try:
            held = mac.ask(command="preflight")["observations"]["locks"]["held"]
            assert {"path": "brew", "holder": f"brew (process {brew.pid})"} in held
        finally:
            kill_tree(brew.pid)


@pytest.mark.parametrize("name", ["dance", "'; exit 7; '", "$(exit 7)", "\n@@ x end 0", "\u201cf\u00fcr\u201d %s"])
def test_a_command_nobody_knows_is_refused(mac: Mac, name: str) -> None:
    with pytest.raises(NodeRefusedError) as caught:
        mac.ask(command=name)
    assert caught.value.code == "unknown_command"
    assert name in str(caught.value)


def test_an_answer_that_broke_off_is_none(mac: Mac) -> None:
    mac.write(mac.folder / "bin/gzip", "#!/bin/sh\nexec head -c 20\n")
    with pytest.raises(BadAnswerError, match="host 'mac1'"):
        mac.ask(command="identify")


def test_a_terminal_may_change_the_ends_of_lines(mac: Mac) -> None:
    script = mac.build(command="identify")
    (mac.folder / "node.sh").write_bytes(script)
    done = subprocess.run(
        [*mac.shell, str(mac.folder / "node.sh")],
        capture_output=True,
        env={"PATH": f"{mac.folder}/bin:{os.environ['PATH']}"},
        timeout=60,
        check=False,
    )
    assert done.stdout.count(b"@@openpatch") == 2


def test_a_python_that_is_there_is_not_asked(mac: Mac) -> None:
    trap = f"#!/bin/sh\ntouch '{mac.place}/asked'\n"
    for name in ("python3", "python"):
        mac.write(mac.folder / "bin" / name, trap)
    script = build_script({"command": "identify"}, NONCE, str(mac.folder / "bin/python3"))
    assert mac.run(script).returncode == 0
    mac.ask(command="identify")
    assert not (mac.place / "asked").exists()


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_shellcheck_has_nothing_to_say(tmp_path: Path) -> None:
    files = sorted(PROGRAM.glob("*.sh"))
    whole = tmp_path / "whole.sh"
    whole.write_text("#!/bin/sh\n" + "".join(path.read_text() for path in files))
    for paths in ([str(path) for path in files], [str(whole)]):
        done = subprocess.run(["shellcheck", "-s", "sh", *paths], capture_output=True, text=True, check=False)
        assert done.stdout == ""


def test_both_shells_are_there() -> None:
    assert [shutil.which(words[0]) is not None for words in SHELLS.values()] == [True, True]
