# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Debian and Ubuntu packages are judged by."""

from __future__ import annotations

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import Package
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.view_apt import AptView
from tests.unit.plugins.module_utils._baseline.nodes import make_facts

ESM = [
    {"id": "esm", "origin": "UbuntuESM", "suite": "jammy-infra-security", "codename": "jammy"},
    {"id": "updates", "origin": "Ubuntu", "suite": "jammy-updates", "codename": "jammy"},
    {"id": "security", "origin": "Ubuntu", "suite": "jammy-security", "codename": "jammy"},
    {"id": "universe", "origin": "Ubuntu", "suite": "jammy-security", "codename": "jammy"},
    {"id": "off", "origin": "Ubuntu", "suite": "jammy-security", "codename": "jammy", "enabled": False},
]
VIEW = AptView(make_facts("UBUNTU", repositories=ESM))


@pytest.mark.parametrize(
    ("repositories", "place", "miss"),
    [
        (("security", "updates"), "in jammy-security", ""),
        (("security", "universe"), "in jammy-security", ""),
        (("esm",), "in jammy-infra-security (ESM)", ""),
        (("updates",), "in jammy-updates", "not in a security archive (only jammy-updates)"),
        (("off", "updates"), "in jammy-updates", "not in a security archive (only jammy-updates)"),
        (("off",), "", "not in a security archive (in no enabled archive)"),
        ((), "", "not in a security archive (in no enabled archive)"),
        (("unheard of",), "", "not in a security archive (in no enabled archive)"),
    ],
)
def test_security_content_is_what_a_security_archive_carries(
    repositories: tuple[str, ...], place: str, miss: str
) -> None:
    package = Package("a", repositories=repositories)
    (subject,) = VIEW.list_subjects(package)
    assert (subject.place, subject.traits.security_miss) == (place, miss)
    secure = not miss
    assert subject.traits.security is secure
    details = VIEW.describe(package)
    assert (details.classification, details.security) == ("Security" if secure else "", secure)


def test_attributes() -> None:
    (subject,) = VIEW.list_subjects(Package("a", section="libs", priority="optional"))
    assert subject.traits.attributes == {"PRODUCT": ("Ubuntu22.04",), "SECTION": ("libs",), "PRIORITY": ("optional",)}
    (bare,) = VIEW.list_subjects(Package("a"))
    assert bare.traits.attributes == {"PRODUCT": ("Ubuntu22.04",)}
