# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Windows updates are judged by."""

from __future__ import annotations

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.dates import EPOCH
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import Package
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.view_windows import WindowsView
from tests.unit.plugins.module_utils._baseline.nodes import NOW

VIEW = WindowsView()


@pytest.mark.parametrize(
    ("family", "products", "patch_set"),
    [
        ("Windows", (), "OS"),
        ("Office", ("Office 2016",), "APPLICATION"),
        ("SQL Server", ("Windows Server 2019",), "APPLICATION"),
        ("", ("Windows Server 2019",), "OS"),
        ("", ("Microsoft Server operating system-21H2",), "OS"),
        ("", ("Office 2016",), "APPLICATION"),
        ("", (), "OS"),
    ],
)
def test_patch_set(family: str, products: tuple[str, ...], patch_set: str) -> None:
    (subject,) = VIEW.list_subjects(Package("KB1", product_family=family, products=products))
    assert subject.traits.attributes["PATCH_SET"] == (patch_set,)


def test_what_is_missing() -> None:
    (subject,) = VIEW.list_subjects(Package("KB1"))
    assert subject.traits.attributes == {"PATCH_SET": ("OS",), "MSRC_SEVERITY": ("Unspecified",)}
    assert subject.dated == EPOCH
    assert subject.traits.security, "the non-security switch means nothing on Windows"


def test_the_last_revision_dates_an_update() -> None:
    (subject,) = VIEW.list_subjects(Package("KB1", released_at=NOW))
    assert subject.dated == NOW


def test_details() -> None:
    details = VIEW.describe(Package("KB1", classification="Security Updates", bulletin_ids=("MS17-023",)))
    assert (details.security, details.severity, details.advisory_ids) == (True, "Unspecified", ("MS17-023",))
    assert not VIEW.describe(Package("KB1", classification="CriticalUpdates", msrc_severity="Critical")).security
