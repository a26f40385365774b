# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the judge relies on in every view: there is a subject, and a signature stands for it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import PackageManager
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import Package
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.subjects import View
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.view_apt import AptView
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.view_macos import MacosView
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.view_notices import NoticeView
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.view_windows import WindowsView
from tests.unit.plugins.module_utils._baseline.nodes import NOW, make_facts, notice

NOTICES = {"A": notice("security", "Low"), "B": notice("bugfix", issued="")}
RPM_FACTS = make_facts("CENTOS", notices=NOTICES)
VIEWS: dict[str, View] = {
    "apt": AptView(make_facts("UBUNTU")),
    "rpm": NoticeView(RPM_FACTS, PackageManager.RPM, "issued"),
    "zypper": NoticeView(RPM_FACTS, PackageManager.ZYPPER, "issued"),
    "macos": MacosView(make_facts("MACOS")),
    "windows": WindowsView(),
}
WORDS = st.sampled_from(["", "x", "y"])
MOMENTS = st.sampled_from([None, NOW])
PACKAGES = st.builds(
    Package,
    name=st.sampled_from("ab"),
    version=WORDS,
    repositories=st.sampled_from([(), ("jammy",), ("jammy-security",)]),
    section=WORDS,
    priority=WORDS,
    notices=st.sampled_from([(), ("A",), ("B",), ("A", "B"), ("C",)]),
    built_at=MOMENTS,
    products=st.sampled_from([(), ("x",)]),
    product_family=WORDS,
    classification=WORDS,
    msrc_severity=WORDS,
    released_at=MOMENTS,
    is_security=st.booleans(),
)


@pytest.mark.parametrize("name", VIEWS)
@settings(max_examples=100, deadline=None)
@given(one=PACKAGES, other=PACKAGES)
def test_packages_of_one_signature_have_the_same_subjects(name: str, one: Package, other: Package) -> None:
    view = VIEWS[name]
    subjects = [view.list_subjects(package) for package in (one, other)]
    assert all(subjects)
    if view.sign(one) == view.sign(other):
        seen = [[(item.traits, item.place, item.dated) for item in found] for found in subjects]
        assert seen[0] == seen[1]
