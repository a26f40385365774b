# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The worked examples of ``compliance.md`` 17 that are decisions; 9 and 12 have tests of their own."""

from __future__ import annotations

from collections.abc import Iterator

from tests.unit.plugins.module_utils._baseline.examples import Example, utc
from tests.unit.plugins.module_utils._baseline.nodes import (
    SINCE_BOOT,
    days_ago,
    deb,
    kb,
    make_baseline,
    make_facts,
    notice,
    result,
    rpm,
    rule,
)

RHEL, UBUNTU, WINDOWS = "REDHAT_ENTERPRISE_LINUX", "UBUNTU", "WINDOWS"
DAY = "2026-06-{:02d}T00:00:00Z".format


def list_examples() -> Iterator[Example]:
    """Every example of a decision."""
    for number, action, state_of_d, counts in (
        ("1", "BLOCK", "INSTALLED_REJECTED", {"installed_rejected_count": 1, "installed_other_count": 1}),
        ("2", "ALLOW_AS_DEPENDENCY", "INSTALLED_OTHER", {"installed_rejected_count": 0, "installed_other_count": 2}),
    ):
        yield _mix_on_linux(number, action, state_of_d, counts)
        yield _mix_on_windows(number, action, state_of_d, counts)
    yield from _list_reboots()
    yield from _list_counters()
    yield from _list_waiting()
    yield from _list_not_applicable()


COMMON = {"installed_count": 1, "failed_count": 1, "missing_count": 1}


def _mix_on_linux(number: str, action: str, state_of_d: str, counts: dict[str, int]) -> Example:
    last = [
        {"name": "b", "arch": "amd64", "version": "2", "status": "failed", "reason": "post-installation script"},
        {"name": "c", "arch": "amd64", "version": "2", "status": "not_tried"},
    ]
    return Example(
        id=f"compliance-{number}-linux",
        baseline=make_baseline(UBUNTU, rule(PRIORITY=["*"]), rejected_patches=["d"], rejected_patches_action=action),
        facts=make_facts(
            UBUNTU,
            [deb("a", "1", "jammy-security"), *(deb(name, "1") for name in "bcde")],
            [deb("b", "2", "jammy-security"), deb("c", "2", "jammy-security")],
            last_operation={"results": last},
        ),
        states={
            "a.amd64": "INSTALLED",
            "b.amd64": "FAILED",
            "c.amd64": "MISSING",
            "d.amd64": state_of_d,
            "e.amd64": "INSTALLED_OTHER",
        },
        counts={**COMMON, **counts},
        status="NON_COMPLIANT",
    )


def _mix_on_windows(number: str, action: str, state_of_d: str, counts: dict[str, int]) -> Example:
    return Example(
        id=f"compliance-{number}-windows",
        baseline=make_baseline(
            WINDOWS,
            rule(CLASSIFICATION=["SecurityUpdates"]),
            rejected_patches=["KB4", "KB6"],
            rejected_patches_action=action,
        ),
        facts=make_facts(
            WINDOWS,
            [kb("KB1"), kb("KB4"), kb("KB5", "Updates")],
            [kb("KB2"), kb("KB3"), kb("KB6")],
            # the sixth is rejected and not installed: skipped, not listed
            last_operation={"results": [{"name": "KB2", "status": "failed", "reason": "0x80240022"}]},
        ),
        states={
            "KB1": "INSTALLED",
            "KB2": "FAILED",
            "KB3": "MISSING",
            "KB4": state_of_d,
            "KB5": "INSTALLED_OTHER",
        },
        counts={**COMMON, **counts},
        status="NON_COMPLIANT",
    )


def _list_reboots() -> Iterator[Example]:
    baseline = make_baseline(UBUNTU, rule(PRIORITY=["*"]))
    new = [deb(name, "2", "jammy-security", installed_at=SINCE_BOOT) for name in "bc"]
    results = [result(name, "2", "installed") for name in "bc"]
    pending = {"b.amd64": "INSTALLED_PENDING_REBOOT", "c.amd64": "INSTALLED_PENDING_REBOOT"}
    for letter, operation, installed in (("install", "Install", results), ("scan", "Scan", [])):
        yield Example(
            id=f"compliance-3-{letter}",
            baseline=baseline,
            facts=make_facts(UBUNTU, new),
            operation=operation,
            results=installed,
            states=pending,
            counts={"installed_pending_reboot_count": 2, "missing_count": 0},
            status="NON_COMPLIANT",
        )
    yield Example(
        id="compliance-3-rebooted",
        baseline=baseline,
        facts=make_facts(UBUNTU, new, booted_at=days_ago(0.5)),
        states={"b.amd64": "INSTALLED", "c.amd64": "INSTALLED"},
        status="COMPLIANT",
    )


def _list_counters() -> Iterator[Example]:
    yield Example(
        id="compliance-4",
        baseline=make_baseline(
            RHEL,
            rule(level="CRITICAL", SEVERITY=["Critical"], CLASSIFICATION=["Security"]),
            rule(level="HIGH", SEVERITY=["Important"], CLASSIFICATION=["Security"]),
            rule(CLASSIFICATION=["Bugfix"]),
        ),
        facts=make_facts(
            RHEL,
            [rpm(f"p{number}-1-1.x86_64") for number in (1, 2, 3)],
            [rpm(f"p{number}-2-1.x86_64", f"N{number}") for number in (1, 2, 3)],
            notices={
                "N1": notice("security", "Critical"),
                "N2": notice("security", "Important"),
                "N3": notice("bugfix"),
            },
        ),
        counts={
            "critical_non_compliant_count": 1,
            "security_non_compliant_count": 2,
            "other_non_compliant_count": 1,
            "missing_count": 3,
        },
        severity="CRITICAL",
    )
    for letter, setting, security, status in (
        ("a", "COMPLIANT", 0, "COMPLIANT"),
        ("b", "NON_COMPLIANT", 1, "NON_COMPLIANT"),
    ):
        yield Example(
            id=f"compliance-5{letter}",
            baseline=make_baseline(
                WINDOWS,
                rule(7, level="CRITICAL", CLASSIFICATION=["SecurityUpdates"]),
                available_security_updates_compliance_status=setting,
            ),
            facts=make_facts(WINDOWS, [], [kb("KB1", released_at=days_ago(3))]),
            states={"KB1": "AVAILABLE_SECURITY_UPDATE"},
            reasons={"KB1": "pending until 2026-11-27T18:00:00Z"},
            counts={
                "available_security_update_count": 1,
                "security_non_compliant_count": security,
                "critical_non_compliant_count": 0,
                "missing_count": 0,
            },
            status=status,
            severity="UNSPECIFIED",
        )


def _list_waiting() -> Iterator[Example]:
    young = {"N1": notice("security", "Important", days_ago(3))}
    yield Example(
        id="compliance-6-rpm",
        baseline=make_baseline(RHEL, rule(7, CLASSIFICATION=["Security"])),
        facts=make_facts(RHEL, [], [rpm("a-2-1.x86_64", "N1")], notices=young),
        states={},
        status="COMPLIANT",
    )
    yield Example(
        id="compliance-6-apt",
        baseline=make_baseline(UBUNTU, rule(7, PRIORITY=["*"])),
        facts=make_facts(UBUNTU, [deb("a", "1")], [deb("a", "2", "jammy-security")]),
        states={"a.amd64": "MISSING"},
    )
    fortnight = make_baseline(RHEL, rule(14, CLASSIFICATION=["Security"]))
    notices = {"V1": notice("security", issued=DAY(1)), "V2": notice("security", issued=DAY(11))}
    gone = rpm("a-1-1.x86_64", "V1", available=False)
    for letter, now, installs in (("a", DAY(24), []), ("b", DAY(25), ["a.x86_64:0:2-1"])):
        yield Example(
            id=f"compliance-16{letter}",
            baseline=fortnight,
            facts=make_facts(RHEL, [rpm("a-0-1.x86_64")], [gone, rpm("a-2-1.x86_64", "V2")], notices=notices),
            now=utc(now),
            installs=installs,
        )


def _list_not_applicable() -> Iterator[Example]:
    yield Example(
        id="compliance-13-windows",
        baseline=make_baseline(WINDOWS, rule(CLASSIFICATION=["SecurityUpdates"])),
        facts=make_facts(WINDOWS, [], [kb("KB1", title="IIS (KB1)", applicable=False)]),
        states={"KB1": "NOT_APPLICABLE"},
        counts={"not_applicable_count": 1},
        installs=[],
        status="COMPLIANT",
    )
    yield Example(
        id="compliance-13-linux",
        baseline=make_baseline(RHEL, rule(CLASSIFICATION=["Security"])),
        facts=make_facts(RHEL, [], [rpm("httpd-2-1.x86_64", "N1")], notices={"N1": notice("security")}),
        states={},
        counts={"not_applicable_count": 1},
        installs=[],
        status="COMPLIANT",
    )
    by_child = make_baseline(WINDOWS, rule(CLASSIFICATION=["SecurityUpdates"]), rejected_patches=["KB2"])
    yield Example(
        id="compliance-15-before",
        baseline=by_child,
        facts=make_facts(WINDOWS, [], [kb("KB1", kb_ids=["KB1", "KB2"])]),
        installs=["Update (KB1)"],
    )
    yield Example(
        id="compliance-15-after",
        baseline=by_child,
        facts=make_facts(WINDOWS, [kb("KB1", kb_ids=["KB1", "KB2"])]),
        states={"KB1": "INSTALLED"},
    )
