# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation import preflight
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.aws_endpoints import list_endpoints
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.preflight import (
    Check,
    describe_node,
    find_worst,
    judge_lost,
    judge_node,
    measure_offset,
    split_way_out,
)

GB = 10**9
PLACES = ("/", "/usr", "/var", "/var/cache", "/tmp", "/boot")
GOOD: dict[str, Any] = {
    "problems": {},
    "clock": {"started": 1000.0, "ended": 1001.0, "synchronized": True},
    "os": {
        "id": "ubuntu",
        "version": "22.04",
        "name": "Ubuntu 22.04.5 LTS",
        "operating_system": "UBUNTU",
        "product": "Ubuntu22.04",
    },
    "user": {"uid": 0, "name": "root"},
    "python": {"path": "/usr/bin/python3", "version": [3, 10, 12]},
    "locks": {"held": [], "unreadable": []},
    "operation": None,
    "space": [
        {"path": path, "device": number, "free": 9 * GB, "total": 20 * GB, "read_only": False}
        for number, path in enumerate(PLACES)
    ],
    "memory": {"total": 4 * GB, "available": 3 * GB, "swap_free": 0},
    "proxies": [],
    "reboot": {"command": "/usr/bin/systemctl"},
    "interrupted": "",
    "facts": {
        "repositories": [{"id": "r1", "name": "http://archive/ubuntu jammy/main", "reachable": True}],
        "warnings": [],
        "unfinished": [],
    },
    "tools": {
        "programs": {name: f"/usr/bin/{name}" for name in ("apt-get", "apt-cache", "dpkg", "dpkg-query", "gpgv")},
        "bindings": {},
    },
    "manager": "apt",
}
RHEL = {
    "os": {"id": "rhel", "version": "9.4", "name": "RHEL 9.4", "operating_system": "REDHAT_ENTERPRISE_LINUX"},
    "manager": "dnf",
    "tools": {"programs": {"rpm": "/usr/bin/rpm"}, "bindings": {"dnf": "4.14.0", "rpm": "4.16"}},
}
MACOS: dict[str, Any] = {
    "os": {"id": "macos", "version": "14.6.1", "name": "macOS 14.6.1", "operating_system": "MACOS"},
    "manager": "macos",
    "tools": {
        "programs": dict.fromkeys(("softwareupdate", "sw_vers", "pkgutil", "plutil"), "/usr/bin/x"),
        "bindings": {},
    },
}
CENTOS = {**RHEL, "os": {"id": "centos", "version": "9", "name": "CentOS Stream 9", "operating_system": "CENTOS"}}
SLES = {
    "os": {"id": "sles", "version": "15.5", "name": "SLES 15 SP5", "operating_system": "SUSE"},
    "manager": "zypper",
    "tools": {
        "programs": {"rpm": "r", "zypper": "z", "xz": None, "zstd": None},
        "bindings": {"lzma": None},
    },
}


def see(**changes: Any) -> dict[str, Any]:
    """The observations of a good node, but for some; names with dots are places within."""
    seen = copy.deepcopy(GOOD)
    for name, value in changes.items():
        seen[name] = value
    return seen


def place(path: str, **changes: Any) -> list[dict[str, Any]]:
    return [{**entry, **changes} if entry["path"] == path else entry for entry in GOOD["space"]]


def facts(*repositories: dict[str, Any], warnings: tuple[tuple[str, str], ...] = (), **more: Any) -> dict[str, Any]:
    return {
        "repositories": list(repositories) or GOOD["facts"]["repositories"],
        "warnings": [{"code": code, "message": message} for code, message in warnings],
        "unfinished": [],
        **more,
    }


def troubles(seen: dict[str, Any], **options: Any) -> list[Check]:
    return [check for check in judge_node(seen, **{"offset": 0.0, **options}) if check.status != "ok"]


def test_a_mac_needs_no_python_and_its_own_programs() -> None:
    seen = see(**MACOS)
    del seen["python"]
    assert troubles(seen) == []
    assert describe_node(seen) == "macOS 14.6.1, macos, 9.0 GB free under /var"
    without = {**MACOS["tools"], "programs": {**MACOS["tools"]["programs"], "pkgutil": ""}}
    (check,) = troubles({**seen, "tools": without})
    assert (check.status, check.finding) == ("failed", "macos lacks pkgutil")


@pytest.mark.parametrize(
    "changes",
    [
        {"python": {"path": "/p", "version": [2, 6, 0]}},
        {"python": {"path": "/p", "version": [3, 14, 9]}},
        {"memory": {"total": GB}},
        {"memory": {"total": 4 * GB, "available": 256 * 10**6}},
    ],
)
def test_what_just_suffices_is_no_trouble(changes: dict[str, Any]) -> None:
    assert troubles(see(**changes)) == []


def test_who_sees_one_holder_needs_not_see_every_lock() -> None:
    held = {"held": [{"path": "/l", "holder": "process 7 (dnf)"}], "unreadable": ["/m"]}
    assert [(check.name, check.status) for check in troubles(see(locks=held))] == [("lock", "warning")]


def test_of_a_good_node_everything_is_ok() -> None:
    assert troubles(see()) == []
    assert {check.name for check in judge_node(see(), offset=0.0)} == {
        *(name for name, _needed, _rule in preflight._RULES if name != "notices"),
        "clock",
    }
    assert describe_node(see()) == "Ubuntu 22.04.5 LTS, apt, Python 3.10, 9.0 GB free under /var"


DEAD = ("repository_unreachable", "Failed to read repository 'dead': Connection refused")


@pytest.mark.parametrize(
    ("changes", "name", "status", "finding", "way_out"),
    [
        ({"os": {"id": "gentoo", "name": "Gentoo"}}, "system", "failed", "Gentoo is not a system", "patch_targets"),
        ({"os": {}}, "system", "failed", "unknown system", "patch_targets"),
        (
            {"os": {**GOOD["os"], "version": "16.04", "name": "Ubuntu 16.04"}},
            "system",
            "warning",
            "Ubuntu 16.04 is no longer on Patch Manager's list",
            "Upgrade",
        ),
        ({"os": {**GOOD["os"], "version": "26.04"}}, "system", "warning", "is not on Patch Manager's list", "one node"),
        ({"python": {"path": "/p", "version": [2, 5, 0]}}, "python", "failed", "Python 2.5 (/p) is too old", "2.6"),
        ({"python": {"path": "/p", "version": [3, 15, 0]}}, "python", "warning", "newer than 3.14", "interpreter"),
        ({"manager": None}, "manager", "failed", "Neither apt", "patch_targets"),
        (
            {"tools": {"programs": {**GOOD["tools"]["programs"], "apt-cache": None}, "bindings": {}}},
            "manager",
            "failed",
            "apt lacks apt-cache",
            "Install",
        ),
        (
            {"tools": {"programs": {**GOOD["tools"]["programs"], "gpgv": None, "sqv": None}, "bindings": {}}},
            "manager",
            "warning",
            "signatures",
            "apt-get install gpgv",
        ),
        (
            {**RHEL, "tools": {"programs": {"rpm": "/usr/bin/rpm"}, "bindings": {"dnf": None, "rpm": "4.16"}}},
            "manager",
            "failed",
            "/usr/bin/python3 cannot import dnf",
            "Install python3-dnf",
        ),
        ({"facts": {"repositories": []}}, "repository", "failed", "No repository is enabled", "subscription"),
        (
            {"facts": facts(warnings=(DEAD,))},
            "repository",
            "failed",
            "refused; no proxy is set",
            "mirror, route, proxy",
        ),
        (
            {
                "facts": facts(warnings=(DEAD,)),
                "proxies": [{"address": "http://***@p:3128", "place": "apt.conf", "scheme": "http"}],
            },
            "repository",
            "failed",
            "refused; proxy http://***@p:3128 (apt.conf)",
            "mirror, route, proxy",
        ),
        (
            {"facts": facts({"id": "r1", "name": "r1", "reachable": False})},
            "repository",
            "failed",
            "Repository 'r1' could not be read",
            "mirror, route, proxy",
        ),
        (
            {"facts": facts(warnings=(("repository_unsigned", "Failed to verify repository 'x': NO_PUBKEY 1"),))},
            "repository",
            "failed",
            "NO_PUBKEY",
            "Install the key",
        ),
        (
            {"facts": facts(warnings=(("repository_signature", "Failed to verify repository 'x': GPG error"),))},
            "repository",
            "warning",
            "GPG error",
            "Install the key",
        ),
        (
            {"facts": facts(warnings=(("repository_expired", "Failed to use repository 'x': expired"),))},
            "repository",
            "failed",
            "expired",
            "clock",
        ),
        (
            {"facts": facts(warnings=(("excludes_ignored", "dnf.conf has exclude=a. Use rejected_patches"),))},
            "repository",
            "warning",
            "dnf.conf has exclude=a",
            "Use rejected_patches",
        ),
        (
            {"facts": {"error": {"code": "rpm_unreadable", "message": "Failed to read rpm's database: bad"}}},
            "manager",
            "failed",
            "Failed to read rpm's database: bad",
            "Repair",
        ),
        (
            {"facts": {"error": {"code": "crash", "message": "KeyError: 'x'"}}},
            "manager",
            "failed",
            "A scan would fail: KeyError: 'x'",
            "-vvv",
        ),
        (
            {"space": place("/var", free=499 * 10**6)},
            "space",
            "failed",
            "499 MB free under /var: installs need 500",
            "Free",
        ),
        ({"space": place("/var", free=GB - 1)}, "space", "warning", "999 MB free under /var", "Free"),
        ({"space": place("/boot", free=99 * 10**6)}, "space", "warning", "99 MB free under /boot", "old kernels"),
        ({"space": place("/usr", read_only=True)}, "space", "failed", "/usr is mounted read-only", "image"),
        ({"space": place("/boot", read_only=True)}, "space", "warning", "/boot is mounted read-only", "Mount"),
        ({"memory": {"total": GB - 1}}, "memory", "warning", "999 MB in all", "memory"),
        (
            {"memory": {"total": 4 * GB, "available": 10**8, "swap_free": 10**8}},
            "memory",
            "warning",
            "200 MB left of 4.0 GB",
            "swap",
        ),
        (
            {"locks": {"held": [{"path": "/l", "pid": 7, "holder": "process 7 (apt-get upgrade)"}], "unreadable": []}},
            "lock",
            "warning",
            "/l: held by process 7 (apt-get upgrade)",
            "patch_lock_timeout",
        ),
        (
            {**MACOS, "locks": {"held": [{"path": "brew", "holder": "brew (process 7)"}], "unreadable": False}},
            "lock",
            "warning",
            "brew: held by brew (process 7)",
            "installed beside it",
        ),
        ({"locks": {"held": [], "unreadable": ["/l"]}}, "lock", "unknown", "Only root", "become"),
        ({"user": {"uid": 1000, "name": "ops"}}, "privileges", "warning", "user 'ops'", "--become"),
        ({"user": {"uid": 1000, "name": ""}}, "privileges", "warning", "user '1000'", "--become"),
        ({"reboot": {"command": None}}, "reboot", "warning", "No command that reboots", "NoReboot"),
        ({"interrupted": "dpkg was interrupted"}, "unfinished", "warning", "dpkg was", "dpkg --configure -a"),
        ({"facts": facts(unfinished=list("abcde"))}, "unfinished", "warning", "a, b, c and 2 more", "next install"),
        (
            {"operation": {"id": "o1", "state": "running", "started_at": "T", "pid": 9}},
            "operation",
            "warning",
            "Install o1 is running since T (process 9)",
            "Wait",
        ),
        (
            {"operation": {"id": "o1", "state": "interrupted", "started_at": "T", "pid": 9}},
            "operation",
            "warning",
            "was interrupted",
            "next install",
        ),
        ({"problems": {"memory": "OSError: no"}}, "memory", "unknown", "could not find out: OSError: no", ""),
        ({"memory": "much"}, "memory", "unknown", "cannot be read", ""),
    ],
)
def test_each_demand_is_checked_with_its_way_out(
    changes: dict[str, Any], name: str, status: str, finding: str, way_out: str
) -> None:
    (check,) = troubles(see(**changes))
    assert (check.name, check.status) == (name, status)
    assert finding in check.finding
    assert way_out in check.way_out


def test_every_dead_repository_has_its_line() -> None:
    dead = [("repository_unreachable", f"Failed to read repository '{name}': gone") for name in "ab"]
    lost = [{"id": name, "name": name, "reachable": False} for name in "ab"]
    checks = troubles(see(facts=facts(*lost, warnings=tuple(dead))))
    assert [check.finding for check in checks] == [f"{message}; no proxy is set" for _code, message in dead]


@pytest.mark.parametrize(
    ("system", "notices", "said"),
    [
        (RHEL, {"a": True, "b": True}, None),
        (RHEL, {"a": True, "b": False}, "No update notices in b:"),
        (RHEL, {"a": False, "b": False}, "No update notices in a, b:"),
        (CENTOS, {"a": False, "b": False}, "the predefined baseline approves all updates"),
        (CENTOS, {"a": True, "b": False}, None),
        (RHEL, dict.fromkeys("abcde", False), "in a, b, c and 2 more:"),
        ({}, {"a": False}, None),
    ],
)
def test_notices_are_missed_where_rules_need_them(
    system: dict[str, Any], notices: dict[str, bool], said: str | None
) -> None:
    repositories = [{"id": name, "name": name, "reachable": True, "has_notices": has} for name, has in notices.items()]
    found = troubles(see(**system, facts=facts(*repositories)))
    assert [check.name for check in found] == (["notices"] if said else [])
    if said:
        assert said in found[0].finding
        assert "enable_non_security: true" in found[0].way_out


def test_what_unpacks_repositories_is_missed_only_where_it_is_used() -> None:
    assert [check.way_out for check in troubles(see(**SLES))] == ["zypper install xz", "zypper install zstd"]
    with_lzma = copy.deepcopy(SLES)
    with_lzma["tools"]["bindings"] = {"lzma": "yes"}  # type: ignore[index]
    assert [check.way_out for check in troubles(see(**with_lzma))] == ["zypper install zstd"]


def test_places_on_one_file_system_are_told_once_and_the_worst_of_them() -> None:
    shared = [{**entry, "device": 1, "free": 400 * 10**6} for entry in GOOD["space"]]
    checks = [check for check in judge_node(see(space=shared), offset=0.0) if check.name == "space"]
    assert [(check.status, check.finding[:24]) for check in checks] == [("failed", "400 MB free under /var: ")]


def test_what_the_lock_hides_is_unknown_and_its_holder_is_named_once() -> None:
    error = {"code": "locked", "message": "Failed to lock 'x': it is held by process 7 (dnf). Wait for that process"}
    held = {"held": [{"path": "/x", "pid": 7, "holder": "process 7 (dnf)"}], "unreadable": []}
    checks = troubles(see(facts={"error": error}, locks=held))
    assert [(check.name, check.status) for check in checks] == [("lock", "warning"), ("repository", "unknown")]
    (lock, _repository) = troubles(see(facts={"error": error}))
    assert "process 7 (dnf)" in lock.finding


def test_a_crash_is_not_told_beside_the_binding_that_caused_it() -> None:
    tools = {"programs": {"rpm": "/usr/bin/rpm"}, "bindings": {"dnf": None}}
    crash = {"error": {"code": "crash", "message": "NameError"}}
    assert len(troubles(see(**{**RHEL, "tools": tools}, facts=crash))) == 1
    assert troubles(see(manager=None, facts={"error": {"code": "unsupported", "message": "no"}}))[0].name == "manager"


@pytest.mark.parametrize(
    ("offset", "synchronized", "status", "finding", "way_out"),
    [
        (0.0, True, "ok", "NTP keeps it right", ""),
        (60.0, None, "ok", "nothing is known of NTP", ""),
        (61.0, False, "warning", "61 seconds ahead of the controller's; not kept right by NTP", "chronyd"),
        (-600.0, True, "warning", "10 minutes behind", "the controller's clock"),
        (-86400.0, False, "warning", "24 hours behind", "chronyd"),
        (200000.0, False, "failed", "2 days ahead of the controller's; not kept right by NTP; certificates", "chronyd"),
        (None, False, "unknown", "no time that could be compared", ""),
    ],
)
def test_a_clock_that_is_off_is_told(
    offset: float | None, synchronized: bool | None, status: str, finding: str, way_out: str
) -> None:
    seen = see(clock={"synchronized": synchronized})
    (check,) = (check for check in judge_node(seen, offset=offset) if check.name == "clock")
    assert check.status == status
    assert finding in check.finding
    assert way_out in check.way_out


@given(
    ahead=st.floats(-1e6, 1e6),
    there=st.floats(0, 100),
    work=st.floats(0, 1000),
    back=st.floats(0, 100),
)
def test_the_offset_is_never_overstated(ahead: float, there: float, work: float, back: float) -> None:
    before = 5000.0
    started, ended = before + there + ahead, before + there + work + ahead
    measured = measure_offset(before, before + there + work + back, started, ended)
    assert abs(measured) <= abs(ahead) + 1e-3
    assert abs(measured) >= abs(ahead) - max(there, back) - 1e-3


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (
            "no Python found. Install Python there (2.6 or newer), or set x",
            ("no Python found", "Install Python there (2.6 or newer), or set x"),
        ),
        ("Failed to read 'a.b': 1.2.3. Wait", ("Failed to read 'a.b': 1.2.3", "Wait")),
        ("nothing to be done", ("nothing to be done", "")),
        ("", ("", "")),
    ],
)
def test_the_way_out_is_the_last_sentence_of_a_message(message: str, expected: tuple[str, str]) -> None:
    assert split_way_out(message) == expected


def test_a_node_that_cannot_be_asked_is_one_failed_check_without_its_name() -> None:
    message = "Failed to run the node program on host 'a': no Python found. Install Python there"
    assert judge_lost(message, name="python") == [Check("python", "failed", "no Python found", "Install Python there")]
    assert judge_lost("gone. Look", way_out="Ping") == [Check("connection", "failed", "gone", "Ping")]


def answers(**errors: str) -> list[dict[str, Any]]:
    """What a node reached of a Region; errors by the first word of the host."""
    found: list[dict[str, Any]] = []
    for endpoint in list_endpoints("eu-central-1"):
        error = errors.get(endpoint.host.partition(".")[0])
        found.append(
            {"host": endpoint.host, "port": 443, "reachable": not error, **({"error": error} if error else {})}
        )
    return found


def test_endpoints_that_fail_alike_share_a_line() -> None:
    seen = see(endpoints=answers(ssm="refused", ssmmessages="refused", s3="timed out"))
    failed, warning = troubles(seen, region="eu-central-1")
    assert (failed.status, warning.status) == ("failed", "warning")
    assert "ssm.eu-central-1.amazonaws.com (Systems Manager), ssmmessages" in failed.finding
    assert failed.finding.endswith(": refused")
    assert "443" in failed.way_out
    assert "timed out" in warning.finding


def test_endpoints_name_the_proxy_and_what_is_not_known() -> None:
    tried = [
        {"host": host.host, "port": 443, "reachable": False, "error": "no", "proxy": "http://***@p:1"}
        for host in list_endpoints("eu-central-1")
    ]
    assert "through proxy http://***@p:1" in troubles(see(endpoints=tried), region="eu-central-1")[0].finding
    assert troubles(see(endpoints=answers()), region="eu-central-1") == []
    elsewhere = [{"host": host.host, "port": 443, "reachable": True} for host in list_endpoints("xx-far-1")]
    assert [(check.name, check.status) for check in troubles(see(endpoints=elsewhere), region="xx-far-1")] == [
        ("aws", "unknown")
    ]
    assert [check.status for check in troubles(see(), region="eu-central-1")] == ["unknown"]


def test_checks_are_sorted_worst_first() -> None:
    checks = judge_node(see(reboot={"command": None}, space=place("/var", free=0)), offset=0.0)
    assert [check.status for check in checks][:3] == ["failed", "warning", "ok"]
    assert find_worst(checks) == "failed"
    assert find_worst([]) == "ok"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(sorted(GOOD)), VALUES), st.sampled_from([None, "eu-central-1"]))
def test_whatever_a_node_answers_is_judged(changes: dict[str, Any], region: str | None) -> None:
    seen = {**GOOD, **changes}
    assert all(isinstance(check, Check) for check in judge_node(seen, offset=0.0, region=region))
    assert isinstance(describe_node(seen), str)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_whatever_stands_inside_an_observation_is_judged(data: st.DataObject) -> None:
    seen = copy.deepcopy(GOOD | RHEL)
    name = data.draw(st.sampled_from([name for name in sorted(seen) if isinstance(seen[name], dict) and seen[name]]))
    seen[name][data.draw(st.sampled_from(sorted(seen[name])))] = data.draw(VALUES)
    assert judge_node(seen, offset=0.0)
    assert isinstance(describe_node(seen), str)
