# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What rpm packages inherit from notices and patches."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Literal

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.dates import EPOCH
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import PackageManager
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import Package
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.view_notices import NoticeView
from tests.unit.plugins.module_utils._baseline.nodes import Json, make_facts, notice

RPM, ZYPPER = PackageManager.RPM, PackageManager.ZYPPER
RHEL, AL2023 = "REDHAT_ENTERPRISE_LINUX", "AMAZON_LINUX_2023"
ISSUED = datetime(2026, 1, 1, tzinfo=timezone.utc)
UPDATED = ISSUED + timedelta(days=30)
BUILT = ISSUED - timedelta(days=9)


def view(
    *notices: Json, os: str = RHEL, manager: PackageManager = RPM, by: Literal["issued", "updated"] = "issued"
) -> NoticeView:
    facts = make_facts(os, notices={f"N{number}": item for number, item in enumerate(notices)})
    return NoticeView(facts, manager, by)


BOTH = notice("security", issued=ISSUED.isoformat(), updated=UPDATED.isoformat())


@pytest.mark.parametrize(
    ("published", "manager", "by", "dated"),
    [
        (BOTH, RPM, "issued", ISSUED),
        (BOTH, RPM, "updated", UPDATED),
        (BOTH, ZYPPER, "updated", ISSUED),
        (notice("security", issued="", updated=UPDATED.isoformat()), RPM, "issued", UPDATED),
        (notice("security", issued=ISSUED.isoformat()), RPM, "updated", ISSUED),
        (notice("security", issued=""), RPM, "issued", None),
    ],
)
def test_date_of_a_notice(
    published: Json, manager: PackageManager, by: Literal["issued", "updated"], dated: datetime | None
) -> None:
    (subject,) = view(published, manager=manager, by=by).list_subjects(Package("a", notices=("N0",), built_at=BUILT))
    assert (subject.dated, subject.fallback, subject.place) == (dated, BUILT, "notice N0")


@pytest.mark.parametrize(("manager", "miss"), [(RPM, "no update notice names it"), (ZYPPER, "no patch contains it")])
def test_a_package_outside_notices_is_dated_by_its_building(manager: PackageManager, miss: str) -> None:
    (subject,) = view(manager=manager).list_subjects(Package("a", built_at=BUILT))
    assert (subject.dated, subject.traits.security, subject.traits.security_miss) == (BUILT, False, miss)
    (undated,) = view(manager=manager).list_subjects(Package("a"))
    assert undated.dated == EPOCH


@pytest.mark.parametrize(
    ("os", "severity", "attribute"),
    [
        (RHEL, "important", ("Important",)),
        (RHEL, "None", None),
        (RHEL, "none", None),
        (RHEL, "unspecified", None),
        (RHEL, "", None),
        (AL2023, "None", ("None",)),
        (AL2023, "medium", ("Medium",)),
    ],
)
def test_none_is_a_severity_on_amazon_linux_2023_only(os: str, severity: str, attribute: tuple[str] | None) -> None:
    seen = view(notice("bugfix", severity), os=os)
    (subject,) = seen.list_subjects(Package("a", notices=("N0",)))
    assert subject.traits.attributes.get("SEVERITY") == attribute
    assert seen.describe(Package("a", notices=("N0",))).severity == (attribute or ("",))[0]


def test_a_notice_that_is_not_told_is_an_incomplete_one() -> None:
    (subject,) = view().list_subjects(Package("a", notices=("N7",)))
    assert subject.traits.security
    assert set(subject.traits.attributes) == {"PRODUCT"}
    assert subject.dated is None


def test_the_gravest_notice_describes_a_package() -> None:
    seen = view(
        notice("bugfix", "Critical", cve_ids=["CVE-1"]),
        notice("security", "low", cve_ids=["CVE-2", "CVE-1"]),
        notice("security", "moderate"),
    )
    details = seen.describe(Package("a", notices=("N0", "N1", "N2")))
    assert (details.classification, details.severity, details.security) == ("Security", "Moderate", True)
    assert details.cve_ids == ("CVE-1", "CVE-2")
    assert details.advisory_ids == ("N0", "N1", "N2")
    assert seen.describe(Package("a")).classification == ""


def test_severities_have_an_order() -> None:
    severities = ("Critical", "Important", "Moderate", "Low", "None")
    seen = view(*(notice("security", severity) for severity in severities))
    for gravest, expected in enumerate(("Critical", "Important", "Moderate", "Low")):
        ids = tuple(f"N{number}" for number in range(gravest, len(severities)))
        assert seen.describe(Package("a", notices=ids[::-1])).severity == expected


def test_the_time_of_building_is_part_of_the_signature_only_if_it_can_count() -> None:
    seen = view(BOTH, notice("security", issued=""))
    for notices, counts in (((), True), (("N0",), False), (("N1",), True), (("N0", "N1"), True)):
        one, other = (seen.sign(Package("a", notices=notices, built_at=built)) for built in (BUILT, ISSUED))
        assert (one != other) is counts
