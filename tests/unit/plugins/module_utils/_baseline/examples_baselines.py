# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The worked examples of ``baselines.md``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.install_override import OverrideEntry
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import OperatingSystem
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.predefined import predefined_default
from tests.unit.plugins.module_utils._baseline.examples import Example, utc
from tests.unit.plugins.module_utils._baseline.nodes import (
    BEFORE_BOOT,
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

RHEL, AL2023, UBUNTU, WINDOWS = "REDHAT_ENTERPRISE_LINUX", "AMAZON_LINUX_2023", "UBUNTU", "WINDOWS"
GRAVE: dict[str, Any] = {"CLASSIFICATION": ["Security"], "SEVERITY": ["Critical", "Important"]}
OLD, NEW = "openssl-1:3.0.7-24.el9.x86_64", "openssl-1:3.0.7-27.el9.x86_64"
NEW_TITLE = "openssl.x86_64:1:3.0.7-27.el9"


def list_examples() -> Iterator[Example]:
    """Every example of a decision."""
    yield from _list_dates()
    yield from _list_filters()
    yield from _list_lists()
    yield from _list_dependencies()
    yield from _list_windows()
    yield from _list_overrides()


def _list_dates() -> Iterator[Example]:
    week = make_baseline(RHEL, rule(7, **GRAVE))
    until = make_baseline(RHEL, rule(until="2025-11-16", **GRAVE))
    rows = (
        ("1", week, "2025-11-09T18:00:00Z", "2025-11-16T17:59:59Z", "pending", "2025-11-16T18:00:00Z"),
        ("1-exactly", week, "2025-11-09T18:00:00Z", "2025-11-16T18:00:00Z", "approved", "2025-11-16T18:00:00Z"),
        ("2", week, "2025-11-09T18:00:00Z", "2025-11-16T18:00:01Z", "approved", "2025-11-16T18:00:00Z"),
        ("3", until, "2025-11-16T23:59:59Z", "2025-11-17T00:00:00Z", "approved", "2025-11-16T23:59:59Z"),
        ("3-later", until, "2025-11-16T23:59:59Z", "2035-01-01T00:00:00Z", "approved", "2025-11-16T23:59:59Z"),
        ("4", until, "2025-11-17T00:00:00Z", "2035-01-01T00:00:00Z", "not approved", None),
        ("5", until, "2025-11-16T16:30:00-08:00", "2035-01-01T00:00:00Z", "not approved", None),
    )
    for number, baseline, issued, now, verdict, moment in rows:
        approved = verdict == "approved"
        yield Example(
            id=f"baselines-{number}",
            baseline=baseline,
            facts=make_facts(
                RHEL, [rpm(OLD)], [rpm(NEW, "RHSA-1")], notices={"RHSA-1": notice("security", "Important", issued)}
            ),
            now=utc(now),
            verdicts={NEW_TITLE: verdict},
            approved_at={NEW_TITLE: moment},
            states={"openssl.x86_64": "MISSING" if approved else "INSTALLED_OTHER"},
            installs=[NEW_TITLE] if approved else [],
        )


def _list_filters() -> Iterator[Example]:
    one_rule = make_baseline(RHEL, rule(CLASSIFICATION=["Security", "Bugfix"], SEVERITY=["Critical", "Important"]))
    rows = (
        ("6", RHEL, one_rule, notice("bugfix"), "approved", "SEVERITY not published"),
        ("6-None", RHEL, one_rule, notice("bugfix", "None"), "approved", "SEVERITY not published"),
        ("7", RHEL, one_rule, notice("bugfix", "Low"), "not approved", "SEVERITY Low is not Critical or Important"),
        (
            *("8", "AMAZON_LINUX_2", predefined_default(OperatingSystem.AMAZON_LINUX_2)),
            *(notice("bugfix", "Low", days_ago(8)), "approved", "approval_rules[1]: CLASSIFICATION Bugfix"),
        ),
    )
    for number, os, baseline, published, verdict, reason in rows:
        yield Example(
            id=f"baselines-{number}",
            baseline=baseline,
            facts=make_facts(os, [rpm(OLD)], [rpm(NEW, "BA-1")], notices={"BA-1": published}),
            verdicts={NEW_TITLE: verdict},
            reasons={NEW_TITLE: reason},
        )
    required = make_baseline(UBUNTU, rule(PRIORITY=["Required"]))
    yield Example(
        id="baselines-25",
        baseline=required,
        facts=make_facts(UBUNTU, [deb("bash", "1")], [deb("bash", "2", "jammy-security")]),
        verdicts={"bash.amd64:2": "not approved"},
        reasons={"bash.amd64:2": "no rule accepts it: approval_rules[0]: PRIORITY optional is not Required"},
        states={"bash.amd64": "INSTALLED_OTHER"},
        installs=[],
    )


def _list_lists() -> Iterator[Example]:
    globally = make_baseline(
        AL2023,
        rule(CLASSIFICATION=["Bugfix"]),
        global_filters=[{"key": "CLASSIFICATION", "values": ["Security"]}],
        approved_patches=["dbus*"],
    )
    bugfix = {"ALAS2023-2025-1": notice("bugfix")}
    dbus = "dbus-1:1.12.28-1.amzn2023.0.1.x86_64"
    yield Example(
        id="baselines-9",
        baseline=globally,
        facts=make_facts(AL2023, [rpm("dbus-1:1.12.20-1.x86_64")], [rpm(dbus, "ALAS2023-2025-1")], notices=bugfix),
        installs=["dbus.x86_64:1:1.12.28-1.amzn2023.0.1"],
        reasons={"dbus.x86_64": "approved_patches[0] 'dbus*'"},
    )
    yield Example(
        id="baselines-10",
        baseline=globally,
        facts=make_facts(AL2023, [rpm("curl-8-1.x86_64")], [rpm("curl-9-1.x86_64", "ALAS2023-2025-1")], notices=bugfix),
        verdicts={"curl.x86_64:0:9-1": "not approved"},
        reasons={"curl.x86_64:0:9-1": "global_filters: CLASSIFICATION Bugfix is not Security"},
        installs=[],
    )
    yield Example(
        id="baselines-11",
        baseline=make_baseline(AL2023, approved_patches=["dbus"], rejected_patches=["dbus-1.12.2*"]),
        facts=make_facts(AL2023, [rpm("dbus-1:1.12.10-1.x86_64")], [rpm(dbus, "ALAS2023-2025-1")], notices=bugfix),
        verdicts={"dbus.x86_64:1:1.12.28-1.amzn2023.0.1": "rejected"},
        reasons={"dbus.x86_64:1:1.12.28-1.amzn2023.0.1": "rejected_patches[0] 'dbus-1.12.2*'"},
        installs=[],
    )
    yield Example(
        id="baselines-12",
        baseline=make_baseline(RHEL, approved_patches=["1463241"]),
        facts=make_facts(
            RHEL,
            [rpm("a-1-1.x86_64"), rpm("b-1-1.x86_64"), rpm("c-1-1.x86_64")],
            # the last one has the number for a version, which a digits-only entry never means
            [rpm("a-2-1.x86_64", "RHSA-1"), rpm("b-2-1.x86_64", "RHSA-1"), rpm("c-1463241-1.x86_64", "RHSA-2")],
            notices={"RHSA-1": notice("security", bugzilla_ids=["1463241"]), "RHSA-2": notice("security")},
        ),
        states={"a.x86_64": "MISSING", "b.x86_64": "MISSING", "c.x86_64": "INSTALLED_OTHER"},
    )
    for letter, switch, installs in (("a", False, []), ("b", True, ["internal-tool.x86_64:0:2-1"])):
        yield Example(
            id=f"baselines-13{letter}",
            baseline=make_baseline(
                RHEL, approved_patches=["internal-tool"], approved_patches_enable_non_security=switch
            ),
            facts=make_facts(RHEL, [rpm("internal-tool-1-1.x86_64")], [rpm("internal-tool-2-1.x86_64")]),
            installs=installs,
        )


def _list_dependencies() -> Iterator[Example]:
    approved = rule(PRIORITY=["*"])
    allow = make_baseline(UBUNTU, approved, rejected_patches=["libfoo"])
    block = make_baseline(UBUNTU, approved, rejected_patches=["libfoo"], rejected_patches_action="BLOCK")
    before = make_facts(
        UBUNTU,
        [deb("bar", "1"), deb("libfoo", "1")],
        [deb("bar", "2", "jammy-security"), deb("libfoo", "2", "jammy-security")],
    )
    after = make_facts(
        UBUNTU, [deb("bar", "2", "jammy-security"), deb("libfoo", "2", "jammy-security", installed_at=SINCE_BOOT)]
    )
    yield Example(
        id="baselines-14",
        baseline=allow,
        facts=after,
        operation="Install",
        results=[result("bar", "2", "installed"), result("libfoo", "2", "dependency")],
        states={"bar.amd64": "INSTALLED", "libfoo.amd64": "INSTALLED_OTHER"},
        status="COMPLIANT",
    )
    yield Example(
        id="baselines-15-scan",
        baseline=block,
        facts=before,
        states={"bar.amd64": "MISSING", "libfoo.amd64": "INSTALLED_REJECTED"},
        installs=["bar.amd64:2"],
    )
    yield Example(
        id="baselines-15-install",
        baseline=block,
        facts=before,
        operation="Install",
        results=[result("bar", "2", "failed", "needs libfoo 2, which is blocked")],
        states={"bar.amd64": "FAILED", "libfoo.amd64": "INSTALLED_REJECTED"},
        reasons={"bar.amd64": "failed: needs libfoo 2, which is blocked"},
        counts={"failed_count": 1, "installed_rejected_count": 1, "missing_count": 0},
    )


def _list_windows() -> Iterator[Example]:
    week = make_baseline(WINDOWS, rule(7, CLASSIFICATION=["*"]), rejected_patches=["KB5000001"])
    yield Example(
        id="baselines-16",
        baseline=week,
        facts=make_facts(WINDOWS, [], [kb("KB5000002", released_at=days_ago(8))]),
        installs=["Update (KB5000002)"],
        states={"KB5000002": "MISSING"},
    )
    yield Example(
        id="baselines-17",
        baseline=make_baseline(WINDOWS, rule(45, CLASSIFICATION=["*"])),
        facts=make_facts(WINDOWS, [], [kb("KB5000004", "Updates", released_at="2026-01-31T00:00:00Z")]),
        now=utc("2026-02-16T00:00:00Z"),  # day 46, counted from the first of January; the successor is of day 30
        verdicts={"Update (KB5000004)": "pending"},
        approved_at={"Update (KB5000004)": "2026-03-17T00:00:00Z"},  # day 75
        states={},
        installs=[],
        status="COMPLIANT",
    )
    yield Example(
        id="baselines-18",
        baseline=make_baseline(WINDOWS, rule(7, PATCH_SET=["APPLICATION"], PRODUCT=["Office 2016"])),
        facts=make_facts(WINDOWS, [], [kb("KB1", "Updates", product_family="Office", products=["Office 2016"])]),
        verdicts={"Update (KB1)": "approved"},
        approved_at={"Update (KB1)": "1970-01-08T00:00:00Z"},
        installs=["Update (KB1)"],
    )
    yield Example(
        id="baselines-19",
        baseline=make_baseline(RHEL, rule(30, wide=True)),
        facts=make_facts(RHEL, [rpm("tool-1-1.x86_64")], [rpm("tool-2-1.x86_64")]),
        approved_at={"tool.x86_64:0:2-1": "1970-01-31T00:00:00Z"},
        installs=["tool.x86_64:0:2-1"],
    )


def _list_overrides() -> Iterator[Example]:
    yield Example(
        id="baselines-23",
        baseline=predefined_default(OperatingSystem.ROCKY_LINUX),
        facts=make_facts("ROCKY_LINUX", [rpm("bash-5-1.x86_64")], [rpm("nginx-1-1.x86_64")]),
        override=[OverrideEntry("nginx.x86_64", None)],
        installs=[],
    )
    yield Example(
        id="baselines-24-windows",
        baseline=make_baseline(WINDOWS, rule(0, CLASSIFICATION=["CriticalUpdates"])),
        facts=make_facts(WINDOWS, [], [kb("KB5031361", released_at=BEFORE_BOOT)]),
        override=[OverrideEntry("KB5031361", None)],
        installs=[],
    )
    yield Example(
        id="baselines-24-linux",
        baseline=make_baseline(RHEL, rejected_patches=["curl"]),
        facts=make_facts(RHEL, [rpm("curl-1-1.x86_64")], [rpm("curl-2-1.x86_64")]),
        override=[OverrideEntry("curl.x86_64", None)],
        installs=["curl.x86_64:0:2-1"],
    )
