# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the reference says of Windows in rules and tables rather than in numbered examples, a row each.

``selection-and-install.md`` 7, ``baselines.md`` 1.5, 1.7, 3.4, 4.5, 5.3 and 7.3, ``compliance.md`` 1 to 3.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.install_override import OverrideEntry
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import InstallResult
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.predefined import predefined_baselines
from tests.unit.plugins.module_utils._baseline.examples import Example, utc
from tests.unit.plugins.module_utils._baseline.nodes import (
    SINCE_BOOT,
    days_ago,
    kb,
    make_baseline,
    make_facts,
    rule,
)

WINDOWS = "WINDOWS"
EVERYTHING = make_baseline(WINDOWS, rule(0))
WITH_APPLICATIONS = next(
    baseline
    for baseline in predefined_baselines()
    if baseline.name == "AWS-WindowsPredefinedPatchBaseline-OS-Applications"
)
OFFICE: dict[str, Any] = {"product_family": "Office", "products": ["Office 2016"]}
SQL: dict[str, Any] = {"product_family": "SQL Server", "products": ["Microsoft SQL Server 2019"]}


def list_examples() -> Iterator[Example]:
    """Every row."""
    yield from _list_supersedence()
    yield from _list_versions()
    yield from _list_sets()
    yield from _list_classifications()
    yield from _list_rejections()
    yield from _list_available()
    yield from _list_overrides()
    yield from _list_reboots()
    yield Example(
        id="windows-hidden-on-the-node",
        baseline=EVERYTHING,
        facts=make_facts(WINDOWS, [], [kb("KB1"), kb("KB2")], held=["KB1"]),
        states={"KB1": "MISSING", "KB2": "MISSING"},
        reasons={"KB1": "held on the node; approval_rules[0]"},
        installs=["Update (KB2)"],
    )


def _list_supersedence() -> Iterator[Example]:
    replaced = kb("KB3135456", update_id="old", released_at="2016-02-09T00:00:00Z")
    replacing = kb("KB4012214", update_id="new", superseded_update_ids=["old"], released_at="2017-03-14T00:00:00Z")
    yield Example(
        id="windows-superseded",
        baseline=EVERYTHING,
        facts=make_facts(WINDOWS, [], [replaced, replacing]),
        states={"KB4012214": "MISSING"},
        installs=["Update (KB4012214)"],
    )
    yield Example(
        id="windows-superseded-by-installed",
        baseline=EVERYTHING,
        facts=make_facts(WINDOWS, [replacing], [replaced]),
        states={"KB4012214": "INSTALLED", "KB3135456": "NOT_APPLICABLE"},
        counts={"installed_count": 1, "not_applicable_count": 1, "missing_count": 0},
        installs=[],
        status="COMPLIANT",
    )
    yield Example(
        id="windows-superseded-by-rejected",
        baseline=make_baseline(WINDOWS, rule(0), rejected_patches=["KB4012214"]),
        facts=make_facts(WINDOWS, [], [replaced, replacing]),
        states={},
        installs=[],
    )
    # baselines.md 5.3: delay 45 days, successor of day 30; the search still offers what it supersedes
    for letter, now, states in (
        ("neither", "2026-02-16T00:00:00Z", {"KB2": "AVAILABLE_SECURITY_UPDATE"}),
        ("later", "2026-03-17T00:00:00Z", {"KB2": "MISSING"}),
    ):
        yield Example(
            id=f"windows-delay-gap-{letter}",
            baseline=make_baseline(WINDOWS, rule(45)),
            facts=make_facts(
                WINDOWS,
                [],
                [
                    kb("KB1", update_id="a", released_at="2026-01-01T00:00:00Z"),
                    kb("KB2", update_id="b", superseded_update_ids=["a"], released_at="2026-01-31T00:00:00Z"),
                ],
            ),
            now=utc(now),
            states=states,
            installs=["Update (KB2)"] if states["KB2"] == "MISSING" else [],
        )


def _list_versions() -> Iterator[Example]:
    first = kb("KB890830", "UpdateRollups", "", update_id="a", title="August", released_at=days_ago(30))
    second = kb(
        *("KB890830", "UpdateRollups", ""),
        update_id="b",
        title="September",
        superseded_update_ids=["a"],
        released_at=days_ago(2),
    )
    yield Example(
        id="windows-newest-version",
        baseline=make_baseline(WINDOWS, rule(7)),
        facts=make_facts(WINDOWS, [], [second, first]),
        verdicts={"August": "approved", "September": "pending"},
        states={"KB890830": "MISSING"},
        reasons={"KB890830": "newest version of a KB of which an earlier one is approved: approval_rules[0]"},
        installs=["September"],
    )
    security = {"classification": "SecurityUpdates"}
    yield Example(
        id="windows-newest-version-available",
        baseline=make_baseline(WINDOWS, rule(60)),
        facts=make_facts(WINDOWS, [], [first | security, second | security]),
        states={"KB890830": "AVAILABLE_SECURITY_UPDATE"},
        reasons={"KB890830": f"pending until {days_ago(2 - 60).removesuffix('+00:00')}Z"},
        installs=[],
    )
    yield Example(
        id="windows-newest-version-rejected",
        baseline=make_baseline(WINDOWS, rule(7), rejected_patches=["MS26-002"]),
        facts=make_facts(WINDOWS, [], [{**second, "bulletin_ids": ["MS26-002"]}, first]),
        states={},
        installs=[],
    )
    yield Example(
        id="windows-installed-version-is-not-the-newest",
        baseline=make_baseline(WINDOWS, rule(0)),
        facts=make_facts(WINDOWS, [first], [second]),
        states={"KB890830": "MISSING"},
        installs=["September"],
    )


def _list_sets() -> Iterator[Example]:
    offered = [kb("KB1", "Updates", "", **OFFICE), kb("KB2", "SecurityUpdates", "Critical", **SQL), kb("KB3")]
    for name, baseline, installs in (
        ("default-is-the-system", make_baseline(WINDOWS, rule(0, PRODUCT=["*"])), ["KB3"]),
        ("applications", make_baseline(WINDOWS, rule(0, PATCH_SET=["APPLICATION"], PRODUCT=["*"])), ["KB1", "KB2"]),
        ("product", make_baseline(WINDOWS, rule(0, PATCH_SET=["APPLICATION"], PRODUCT=["Office 2016"])), ["KB1"]),
        (
            "family",
            make_baseline(WINDOWS, rule(0, PATCH_SET=["APPLICATION"], PRODUCT_FAMILY=["SQL Server"], PRODUCT=["*"])),
            ["KB2"],
        ),
        (
            "family-without-the-product",
            make_baseline(
                WINDOWS, rule(0, PATCH_SET=["APPLICATION"], PRODUCT_FAMILY=["Office"], PRODUCT=["Microsoft SQL*"])
            ),
            [],
        ),
        (
            "both",
            make_baseline(WINDOWS, rule(0, PATCH_SET=["OS", "APPLICATION"], PRODUCT=["*"])),
            ["KB1", "KB2", "KB3"],
        ),
        ("predefined", WITH_APPLICATIONS, ["KB1", "KB2", "KB3"]),
        ("switch-means-nothing", make_baseline(WINDOWS, rule(0, wide=True)), ["KB3"]),
    ):
        yield Example(
            id=f"windows-set-{name}",
            baseline=baseline,
            facts=make_facts(WINDOWS, [], offered),
            installs=[f"Update ({name})" for name in installs],
        )


def _list_classifications() -> Iterator[Example]:
    pack = kb("KB976932", "ServicePacks", "")
    rows: tuple[tuple[str, dict[str, Any], bool], ...] = (
        ("named", {"CLASSIFICATION": ["ServicePacks"], "MSRC_SEVERITY": ["*"]}, True),
        ("all", {"CLASSIFICATION": ["*"]}, True),
        ("not-named", {"CLASSIFICATION": ["SecurityUpdates"]}, False),
        ("unspecified", {"CLASSIFICATION": ["ServicePacks"], "MSRC_SEVERITY": ["Unspecified"]}, True),
        ("grave", {"CLASSIFICATION": ["ServicePacks"], "MSRC_SEVERITY": ["Critical"]}, False),
    )
    for name, filters, installs in rows:
        yield Example(
            id=f"windows-service-pack-{name}",
            baseline=make_baseline(WINDOWS, rule(0, **filters)),
            facts=make_facts(WINDOWS, [], [pack]),
            installs=["Update (KB976932)"] if installs else [],
        )
    yield Example(
        id="windows-driver-with-a-kb",
        baseline=make_baseline(WINDOWS, rule(0, CLASSIFICATION=["Drivers"])),
        facts=make_facts(WINDOWS, [], [kb("KB1", "Drivers", "")]),
        installs=["Update (KB1)"],
    )
    yield Example(
        id="windows-driver-installed",
        baseline=EVERYTHING,
        facts=make_facts(WINDOWS, [kb("5b1c3f1e", "Drivers", "", kb_ids=[])], []),
        states={},
        counts={"installed_count": 0, "installed_other_count": 0},
    )


def _list_rejections() -> Iterator[Example]:
    for action, installed_state in (
        ("ALLOW_AS_DEPENDENCY", "INSTALLED_OTHER"),
        ("BLOCK", "INSTALLED_REJECTED"),
    ):
        yield Example(
            id=f"windows-rejected-{action}",
            baseline=make_baseline(
                WINDOWS, rule(0), rejected_patches=["kb1", "MS17-023", "KB31"], rejected_patches_action=action
            ),
            facts=make_facts(
                WINDOWS,
                [kb("KB1")],
                # the second by its bulletin; of the third only a child is named, which changes nothing
                [kb("KB2", bulletin_ids=["MS17-023"]), kb("KB3", kb_ids=["KB3", "KB31"])],
            ),
            states={"KB1": installed_state, "KB3": "MISSING"},
            installs=["Update (KB3)"],
        )
    yield Example(
        id="windows-approved-by-bulletin",
        baseline=make_baseline(
            WINDOWS, approved_patches=["MS10-048", "KB2032276"], approved_patches_compliance_level="HIGH"
        ),
        facts=make_facts(
            WINDOWS,
            [],
            [kb("KB2160329", bulletin_ids=["MS10-048"]), kb("KB2032276"), kb("KB5")],
        ),
        states={"KB2160329": "MISSING", "KB2032276": "MISSING", "KB5": "AVAILABLE_SECURITY_UPDATE"},
        severity="HIGH",
    )


def _list_available() -> Iterator[Example]:
    offered = [
        kb("KB1", released_at=days_ago(1)),
        kb("KB2", "Updates", released_at=days_ago(1)),
        kb("KB3", **SQL),
        kb("KB4", released_at=days_ago(1)),
        kb("KB5", applicable=False, released_at=days_ago(1)),
    ]
    for setting, security, status in (("COMPLIANT", 0, "COMPLIANT"), ("NON_COMPLIANT", 2, "NON_COMPLIANT")):
        yield Example(
            id=f"windows-available-{setting}",
            baseline=make_baseline(
                WINDOWS,
                rule(7, level="CRITICAL"),
                rejected_patches=["KB4"],
                available_security_updates_compliance_status=setting,
            ),
            facts=make_facts(WINDOWS, [], offered),
            # security only, what applies only, and nothing that is rejected; of applications too
            states={"KB1": "AVAILABLE_SECURITY_UPDATE", "KB3": "AVAILABLE_SECURITY_UPDATE"},
            counts={
                "available_security_update_count": 2,
                "security_non_compliant_count": security,
                "critical_non_compliant_count": 0,
                "other_non_compliant_count": 0,
                "missing_count": 0,
            },
            status=status,
            severity="UNSPECIFIED",
        )


def _list_overrides() -> Iterator[Example]:
    facts = make_facts(WINDOWS, [], [kb("KB1"), kb("KB2", bulletin_ids=["MS17-023"]), kb("KB3", "Updates")])
    yield Example(
        id="windows-override-list",
        baseline=make_baseline(WINDOWS, rule(0, CLASSIFICATION=["SecurityUpdates"])),
        facts=facts,
        # by bulletin, with a title that is information only, and one that no rule approves
        override=[OverrideEntry("ms17-023", "some title"), OverrideEntry("KB3", None)],
        installs=["Update (KB2)"],
        states={"KB1": "MISSING", "KB2": "MISSING"},
    )


def _list_reboots() -> Iterator[Example]:
    waiting = kb("KB1", update_id="a", version="200", reboot_required=True)
    yield Example(
        id="windows-waits-for-the-reboot",
        baseline=EVERYTHING,
        facts=make_facts(WINDOWS, [], [waiting]),
        operation="Install",
        results=[InstallResult("KB1", "installed", version="200", update_id="a")],
        states={"KB1": "INSTALLED_PENDING_REBOOT"},
        counts={"installed_pending_reboot_count": 1, "missing_count": 0, "failed_count": 0},
        installs=[],
        status="NON_COMPLIANT",
    )
    yield Example(
        id="windows-installed-since-the-boot",
        baseline=EVERYTHING,
        facts=make_facts(WINDOWS, [kb("KB1", installed_at=SINCE_BOOT)]),
        states={"KB1": "INSTALLED_PENDING_REBOOT"},
    )
    packs = [kb("KB2483139", "Updates", "", update_id=name, version="1", title=name) for name in ("de", "ja")]
    yield Example(
        id="windows-one-of-two-updates-of-a-kb-failed",
        baseline=EVERYTHING,
        facts=make_facts(WINDOWS, [], packs[:1]),
        operation="Install",
        results=[
            InstallResult("KB2483139", status, version="1", reason=reason, update_id=name)
            for name, status, reason in (("de", "failed", "0x80240022"), ("ja", "installed", ""))
        ],
        states={"KB2483139": "FAILED"},
        reasons={"KB2483139": "failed: 0x80240022"},
    )
