# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the prerequisites demand of a node (``patch-manager-prerequisites``): from observations to checks. Pure.

Observations are the node's own words, so nothing in them is trusted to have the shape that it should have.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, NamedTuple

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import (
    PACKAGE_MANAGERS,
    OperatingSystem,
    PackageManager,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.predefined import predefined_default
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.aws_endpoints import (
    PORT,
    REGIONS,
    list_endpoints,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.supported_systems import (
    Support,
    find_support,
)

Status = Literal["failed", "warning", "unknown", "ok"]
SEVERITY: tuple[Status, ...] = ("failed", "warning", "unknown", "ok")  # worst first
Seen = Mapping[str, Any]

MB = 10**6
GB = 10**9
DAY = 86400

OLDEST_PYTHON, NEWEST_PYTHON = (2, 6), (3, 14)
NEEDED_PROGRAMS = {
    "apt": ("apt-get", "apt-cache", "dpkg", "dpkg-query"),
    "dnf": ("rpm",),
    "macos": ("softwareupdate", "sw_vers", "pkgutil", "plutil"),
    "yum": ("rpm",),
    "zypper": ("rpm", "zypper"),
}
# what repositories may be packed with and this program unpacks itself; dnf's library unpacks everything alone
UNPACKERS = {"yum": ("xz",), "zypper": ("xz", "zstd")}

LEAST_MEMORY = GB  # patch-manager-troubleshooting: below it the package manager may be ended
LEAST_AVAILABLE = 256 * MB  # what dnf takes for the metadata of the large distributions
MOST_SECONDS_OFF = 60
MOST_SECONDS_OFF_AT_ALL = DAY  # certificates and signatures of repositories look expired, or not valid yet


class Limit(NamedTuple):
    """Free space below which installs fail, or may fail, and why it is needed there."""

    failed: int
    warning: int
    reason: str


LIMITS = {
    "/var": Limit(500 * MB, GB, "package database, logs and downloads"),
    "/var/cache": Limit(500 * MB, GB, "downloads"),
    "/usr": Limit(100 * MB, 500 * MB, "the packages' own files"),
    "/": Limit(100 * MB, 500 * MB, "the packages' own files"),
    "/tmp": Limit(0, 100 * MB, "scripts of packages"),
    "/boot": Limit(0, 100 * MB, "a new kernel beside the old one"),
}
# where a file system that cannot be written stops every install
WRITTEN_ALWAYS = ("/", "/usr", "/var")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: what was found, and the way out if it is not as it should be."""

    name: str
    status: Status
    finding: str
    way_out: str = ""

    def to_dict(self) -> dict[str, str]:
        return asdict(self)


def find_worst(checks: Iterable[Check]) -> Status:
    """The gravest status of all, ``ok`` if there is none."""
    return min((check.status for check in checks), key=SEVERITY.index, default="ok")


def measure_offset(before: float, after: float, started: float, ended: float) -> float:
    """Seconds by which the node's clock is ahead, at the least.

    ``before`` and ``after`` are the controller's times around the remote execution, the others the node's within it.
    """
    most, least = started - before, ended - after
    return 0.0 if least <= 0 <= most else min(most, least, key=abs)


def judge_node(seen: Seen, *, offset: float | None = None, region: str | None = None) -> list[Check]:
    """Judge all observations of a node, worst first; those that cannot be read are ``unknown``."""
    checks: list[Check] = []
    clock = ("clock", "clock", lambda found: _judge_clock(found, offset))
    for name, needed, rule in (*_RULES, clock):
        problem = _problem_of(seen, needed)
        if problem:
            checks.append(Check(name, "unknown", f"The node could not find out: {problem}"))
            continue
        try:
            checks += rule(seen)
        except (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError) as error:
            checks.append(Check(name, "unknown", f"The node's answer cannot be read: {type(error).__name__}: {error}"))
    if region:
        checks += judge_endpoints(seen, region)
    return sort_checks(checks)


def sort_checks(checks: Iterable[Check]) -> list[Check]:
    """Worst first, else as they came."""
    return sorted(checks, key=lambda check: SEVERITY.index(check.status))


def judge_lost(message: str, *, name: str = "connection", way_out: str = "") -> list[Check]:
    """The one check of a node that could not be asked at all."""
    finding, found = split_way_out(_PLACE.sub("", message))
    return [Check(name, "failed", finding, way_out or found)]


# the table names the node already
_PLACE = re.compile(r"^Failed to run the node program on host '.*?': ")


def split_way_out(message: str) -> tuple[str, str]:
    """Cause and way out of one of our own messages: ``Failed to ...: cause. Way out``."""
    match = re.fullmatch(r"(.+?\S)\. ([A-Z][^.]*(?:\.\S[^.]*)*)\.?", message, re.DOTALL)
    return (match[1], match[2]) if match else (message, "")


def describe_node(seen: Seen) -> str:
    """What a person wants to know of a node of which everything is as it should be."""
    try:
        system = seen["os"]
        python = None if seen["manager"] == "macos" else seen["python"]
        words = [str(system.get("name") or system.get("id")), str(seen["manager"])]
        if python is not None:
            words.append("Python " + ".".join(map(str, python["version"][:2])))
        words += [f"{_show_size(place['free'])} free under /var" for place in seen["space"] if place["path"] == "/var"]
    except (AttributeError, KeyError, TypeError):
        return ""
    return ", ".join(words)


def _problem_of(seen: Seen, needed: str) -> str:
    problems = seen.get("problems")
    return str(problems.get(needed) or "") if isinstance(problems, Mapping) else ""


# the rules


def _judge_system(seen: Seen) -> Iterator[Check]:
    system = seen["os"]
    name = str(system.get("name") or system.get("id") or "unknown system")
    if not system.get("operating_system"):
        yield Check(
            "system",
            "failed",
            f"{name} is not a system that Patch Manager knows",
            "Leave the host out of patch_targets",
        )
        return
    support = find_support(str(system.get("id")), str(system.get("version")))
    if support is Support.CURRENT:
        yield Check("system", "ok", name)
    elif support is Support.EARLIER:
        yield Check(
            "system",
            "warning",
            f"{name} is no longer on Patch Manager's list: without updates it looks compliant",
            "Upgrade the system, or make sure that its repositories still get updates",
        )
    else:
        yield Check(
            "system",
            "warning",
            f"{name} is not on Patch Manager's list of versions; it may work all the same",
            "Try it on one node, or use a version on the list",
        )


def _judge_python(seen: Seen) -> Iterator[Check]:
    if seen.get("manager") == "macos":
        yield Check("python", "ok", "Not needed on macOS")
        return
    version = tuple(int(part) for part in seen["python"]["version"][:2])
    shown = f"Python {'.'.join(map(str, version))} ({seen['python']['path']})"
    if version < OLDEST_PYTHON:
        yield Check("python", "failed", f"{shown} is too old", "Install Python 2.6 or newer")
    elif version > NEWEST_PYTHON:
        newest = ".".join(map(str, NEWEST_PYTHON))
        yield Check(
            "python",
            "warning",
            f"{shown} is newer than {newest}, the newest that was tried",
            "Set ansible_python_interpreter to another one if a scan fails",
        )
    else:
        yield Check("python", "ok", shown)


def _judge_manager(seen: Seen) -> Iterator[Check]:
    manager = seen.get("manager")
    if manager not in NEEDED_PROGRAMS:
        yield Check(
            "manager",
            "failed",
            "Neither apt, dnf, yum nor zypper is there",
            "Install the system's package manager, or leave the host out of patch_targets",
        )
        return
    programs, bindings = seen["tools"]["programs"], seen["tools"]["bindings"]
    missing = [name for name in NEEDED_PROGRAMS[manager] if not programs.get(name)]
    if missing:
        yield Check("manager", "failed", f"{manager} lacks {', '.join(missing)}", "Install what is missing")
    unbound = _list_unbound(seen)
    if unbound:
        yield Check(
            "manager",
            "failed",
            f"{seen['python']['path']} cannot import {', '.join(unbound)}, with which it would work {manager}",
            f"Install python3-{manager}, or unset ansible_python_interpreter so that {manager}'s own Python is taken",
        )
    if manager == "apt" and not (programs.get("gpgv") or programs.get("sqv")):
        yield Check(
            "manager",
            "warning",
            "Neither gpgv nor sqv is there: apt cannot verify signatures",
            "apt-get install gpgv",
        )
    for name in UNPACKERS.get(manager, ()):
        if not programs.get(name) and not (name == "xz" and bindings.get("lzma")):
            yield Check(
                "manager",
                "warning",
                f"{name} is missing: repositories that are packed with it cannot be read",
                f"{manager} install {name}",
            )
    if not missing and not unbound:
        yield Check("manager", "ok", str(manager))


def _list_unbound(seen: Seen) -> list[str]:
    bindings: Mapping[str, Any] = seen["tools"]["bindings"]
    return sorted(name for name, version in bindings.items() if not version and name != "lzma")


_REPOSITORY_WAYS = {
    "repository_unreachable": "Make it reachable from the node (mirror, route, proxy), or disable it there",
    "repository_unsigned": "Install the key that the repository is signed with, or disable it there",
    "repository_signature": "Install the key that the repository is signed with",
    "repository_expired": "Look at the node's clock, and whether the mirror is still updated",
    "refresh_timeout": "Look at the network between the node and its repositories",
}
# what other checks say, or no check
_NOT_OF_REPOSITORIES = ("not_root", "package_not_configured", "lock_stale")


def _judge_repositories(seen: Seen) -> Iterator[Check]:
    facts = seen["facts"]
    error = facts.get("error")
    if error:
        yield from _judge_error(seen, str(error["code"]), str(error["message"]))
        return
    repositories = facts["repositories"]
    if not repositories:
        yield Check(
            "repository",
            "failed",
            "No repository is enabled: the node would look as if it had all updates",
            "Enable the system's repositories, or give the node its subscription",
        )
        return
    failed = 0
    for warning in facts.get("warnings", ()):
        code, message = str(warning["code"]), str(warning["message"])
        if code in _NOT_OF_REPOSITORIES:
            continue
        finding, way_out = split_way_out(message)
        is_failure = code.startswith("repository_") and code != "repository_signature"
        if code == "repository_unreachable":
            finding = f"{finding}; {_say_proxies(seen)}"
        failed += is_failure
        yield Check(
            "repository", "failed" if is_failure else "warning", finding, _REPOSITORY_WAYS.get(code, "") or way_out
        )
    lost = [repository for repository in repositories if repository.get("reachable") is False]
    if lost and not failed:
        for repository in lost:
            finding = f"Repository '{repository['name']}' could not be read; {_say_proxies(seen)}"
            yield Check("repository", "failed", finding, _REPOSITORY_WAYS["repository_unreachable"])
    read = len(repositories) - len(lost)
    if read:
        yield Check("repository", "ok", f"{read} {'repository' if read == 1 else 'repositories'} could be read")


def _judge_error(seen: Seen, code: str, message: str) -> Iterator[Check]:
    """What a scan would fail with. What another check has found already is not told twice."""
    if code == "locked":
        if not seen["locks"]["held"]:
            finding, _way_out = split_way_out(re.sub(r", and still was after 0 seconds", "", message))
            yield Check("lock", "warning", finding, _LOCK_WAY)
        yield Check(
            "repository", "unknown", "Not looked at, because the package manager is locked", "Run the preflight again"
        )
    elif code == "unsupported" or (code == "crash" and _list_unbound(seen)):
        return
    elif code == "crash":
        yield Check(
            "manager", "failed", f"A scan would fail: {message}", "Run a scan with -vvv and report what it says"
        )
    else:
        finding, way_out = split_way_out(message)
        yield Check("manager", "failed", finding, way_out or "Repair the package manager's database")


def _say_proxies(seen: Seen) -> str:
    proxies = seen.get("proxies") or ()
    if not proxies:
        return "no proxy is set"
    named = dict.fromkeys(f"{proxy['address']} ({proxy['place']})" for proxy in proxies)
    return f"{'proxy' if len(named) == 1 else 'proxies'} {', '.join(named)}"


def _judge_notices(seen: Seen) -> Iterator[Check]:
    """On rpm systems what is security, and how grave, is in the repositories' update notices only."""
    system = seen["os"].get("operating_system")
    if system not in OperatingSystem.__members__:
        return
    operating_system = OperatingSystem[system]
    if PACKAGE_MANAGERS[operating_system] not in (PackageManager.RPM, PackageManager.ZYPPER):
        return
    known = [repository for repository in seen["facts"].get("repositories", ()) if "has_notices" in repository]
    without = [str(repository["name"]) for repository in known if not repository["has_notices"]]
    # one that approves everything serves CentOS, none of whose repositories has notices
    needed = not all(rule.enable_non_security for rule in predefined_default(operating_system).approval_rules)
    if not without or (not needed and len(without) < len(known)):
        return
    named = f"{', '.join(without[:3])}{f' and {len(without) - 3} more' if len(without) > 3 else ''}"
    default = "" if needed else "; the predefined baseline approves all updates"
    yield Check(
        "notices",
        "warning",
        f"No update notices in {named}: rules that ask for security, class or severity find nothing there{default}",
        "Set enable_non_security: true in the rules of the baseline, or approve packages by name",
    )


def _judge_space(seen: Seen) -> Iterator[Check]:
    worst: dict[Any, Check] = {}
    places: Sequence[Mapping[str, Any]] = seen["space"]
    for place in places:
        check = _judge_place(place)
        known = worst.get(place["device"])
        # what shares a file system shares its trouble
        if known is None or SEVERITY.index(check.status) < SEVERITY.index(known.status):
            worst[place["device"]] = check
    yield from worst.values()


def _judge_place(place: Mapping[str, Any]) -> Check:
    path, free = str(place["path"]), int(place["free"])
    limit = LIMITS.get(path, Limit(0, 0, ""))
    if place["read_only"]:
        return Check(
            "space",
            "failed" if path in WRITTEN_ALWAYS else "warning",
            f"{path} is mounted read-only",
            "Mount it for writing; systems that are updated as an image cannot be patched by package",
        )
    shown = f"{_show_size(free)} free under {path}"
    if free < limit.failed:
        need = f"installs need {_show_size(limit.failed)} ({limit.reason})"
        return Check("space", "failed", f"{shown}: {need}", f"Free some space under {path}, or enlarge it")
    if free < limit.warning:
        need = f"{_show_size(limit.warning)} are better ({limit.reason})"
        way_out = "Remove old kernels, or enlarge it" if path == "/boot" else f"Free some space under {path}"
        return Check("space", "warning", f"{shown}: {need}", way_out)
    return Check("space", "ok", shown)


def _show_size(size: int) -> str:
    return f"{size / GB:.1f} GB" if size >= GB else f"{size // MB} MB"


def _judge_memory(seen: Seen) -> Iterator[Check]:
    memory = seen["memory"]
    total = int(memory["total"])
    left = int(memory.get("available", total)) + int(memory.get("swap_free", 0))
    way_out = "Give the node more memory, or swap"
    if total < LEAST_MEMORY:
        yield Check(
            "memory",
            "warning",
            f"{_show_size(total)} in all: with less than {_show_size(LEAST_MEMORY)} the kernel may end an install",
            way_out,
        )
    elif left < LEAST_AVAILABLE:
        yield Check("memory", "warning", f"{_show_size(left)} left of {_show_size(total)}, swap included", way_out)
    else:
        yield Check("memory", "ok", f"{_show_size(left)} left of {_show_size(total)}")


_LOCK_WAY = "Wait for that process: scans and installs do, for patch_lock_timeout seconds"
# macOS has no lock that could be waited for.
_BUSY_WAY = "Wait for that process: what is installed beside it may fail"


def _judge_locks(seen: Seen) -> Iterator[Check]:
    locks = seen["locks"]
    way_out = _BUSY_WAY if seen.get("manager") == "macos" else _LOCK_WAY
    by_holder: dict[str, list[str]] = {}
    for lock in locks["held"]:
        by_holder.setdefault(str(lock["holder"]), []).append(str(lock["path"]))
    for holder, paths in by_holder.items():
        yield Check("lock", "warning", f"{', '.join(dict.fromkeys(paths))}: held by {holder}", way_out)
    if not by_holder and locks["unreadable"]:
        yield Check("lock", "unknown", "Only root can see who holds the package manager's locks", _BECOME)
    elif not by_holder:
        yield Check("lock", "ok", "Nobody holds the package manager's locks")


_BECOME = "Set become: true for the host, or use --become"


def _judge_user(seen: Seen) -> Iterator[Check]:
    user = seen["user"]
    if int(user["uid"]) == 0:
        yield Check("privileges", "ok", "root")
        return
    name = user.get("name") or user["uid"]
    yield Check("privileges", "warning", f"Asked as user '{name}': scans work, installs need root", _BECOME)


def _judge_reboot(seen: Seen) -> Iterator[Check]:
    command = seen["reboot"]["command"]
    if command:
        yield Check("reboot", "ok", str(command))
        return
    yield Check(
        "reboot",
        "warning",
        "No command that reboots: neither systemctl with systemd, shutdown nor reboot",
        "Install one, or set patch_reboot_option: NoReboot",
    )


_NAMED_PACKAGES = 3


def _judge_unfinished(seen: Seen) -> Iterator[Check]:
    way_out = "The next install finishes it first" + (
        "; by hand: dpkg --configure -a" if seen.get("manager") == "apt" else ""
    )
    interrupted = seen["interrupted"]
    packages = [str(name) for name in (seen.get("facts") or {}).get("unfinished") or ()]
    if interrupted:
        yield Check("unfinished", "warning", str(interrupted), way_out)
    if packages:
        more = len(packages) - _NAMED_PACKAGES
        named = ", ".join(packages[:_NAMED_PACKAGES]) + (f" and {more} more" if more > 0 else "")
        yield Check("unfinished", "warning", f"The package manager has not finished with {named}", way_out)
    if not interrupted and not packages:
        yield Check("unfinished", "ok", "Nothing was broken off")


def _judge_operation(seen: Seen) -> Iterator[Check]:
    last = seen.get("operation")
    if not last or last["state"] == "finished":
        yield Check("operation", "ok", "No install is running")
    elif last["state"] == "running":
        yield Check(
            "operation",
            "warning",
            f"Install {last['id']} is running since {last['started_at']} (process {last['pid']})",
            "Wait for its end: no second one starts before",
        )
    else:
        yield Check(
            "operation",
            "warning",
            f"Install {last['id']} of {last['started_at']} was interrupted",
            "The next install finishes what it left",
        )


# name of the check, the observation it cannot do without, the rule
_RULES: tuple[tuple[str, str, Callable[[Seen], Iterable[Check]]], ...] = (
    ("system", "os", _judge_system),
    ("python", "python", _judge_python),
    ("manager", "tools", _judge_manager),
    ("repository", "facts", _judge_repositories),
    ("notices", "facts", _judge_notices),
    ("space", "space", _judge_space),
    ("memory", "memory", _judge_memory),
    ("lock", "locks", _judge_locks),
    ("unfinished", "interrupted", _judge_unfinished),
    ("operation", "operation", _judge_operation),
    ("reboot", "reboot", _judge_reboot),
    ("privileges", "user", _judge_user),
)


def _judge_clock(seen: Seen, offset: float | None) -> Iterator[Check]:
    if offset is None:
        yield Check("clock", "unknown", "The node's answer has no time that could be compared")
        return
    synchronized = seen["clock"].get("synchronized")
    ntp = "NTP keeps it right" if synchronized is True else "not kept right by NTP"
    if synchronized is None:
        ntp = "nothing is known of NTP"
    if abs(offset) <= MOST_SECONDS_OFF:
        yield Check("clock", "ok", f"As the controller's; {ntp}")
        return
    shown = f"{show_seconds(abs(offset))} {'ahead of' if offset > 0 else 'behind'} the controller's; {ntp}"
    if synchronized is True:
        way_out = "Look at the controller's clock"
    else:
        way_out = "Start chronyd or systemd-timesyncd on the node, and let it reach a time server"
    if abs(offset) > MOST_SECONDS_OFF_AT_ALL:
        yield Check("clock", "failed", f"{shown}; certificates and signatures fail", way_out)
    else:
        yield Check("clock", "warning", shown, way_out)


def show_seconds(seconds: float) -> str:
    """A span of time in the largest unit of which it has two."""
    for size, unit in ((DAY, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"


def judge_endpoints(seen: Seen, region: str) -> Iterator[Check]:
    """Whether the node reached what it needs of AWS in a Region."""
    lost: dict[tuple[bool, str, str], list[str]] = {}
    try:
        tried = {str(answer["host"]): answer for answer in seen["endpoints"]}
        for endpoint in list_endpoints(region):
            answer = tried[endpoint.host]
            if not answer["reachable"]:
                proxy = f"through proxy {answer['proxy']}" if answer.get("proxy") else "without a proxy"
                reason = (endpoint.needed, proxy, str(answer.get("error")))
                lost.setdefault(reason, []).append(f"{endpoint.host} ({endpoint.purpose})")
        for (needed, proxy, error), hosts in lost.items():
            yield Check(
                "aws",
                "failed" if needed else "warning",
                f"Not reached {proxy}: {', '.join(hosts)}: {error}",
                f"Open TCP {PORT} to them, or give the node VPC endpoints or a proxy",
            )
        reached = sum(bool(answer["reachable"]) for answer in tried.values())
        if reached:
            yield Check("aws", "ok", f"{reached} of {len(tried)} endpoints and buckets of {region} were reached")
    except (KeyError, TypeError) as error:
        yield Check("aws", "unknown", f"The node's answer cannot be read: {type(error).__name__}: {error}")
    if region not in REGIONS:
        yield Check(
            "aws",
            "unknown",
            f"The names of Patch Manager's buckets in {region} are not known",
            "Find them in AWS's guide, under the page of S3 buckets for patching operations",
        )
