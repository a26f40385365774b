# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import importlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.blocked import Blocked, list_blocked
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.lists import PatchLists
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import PackageManager
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.names import SHAPES
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import Package
from tests.unit.plugins.module_utils._baseline.nodes import make_baseline, make_facts, notice, rpm

# node code is not typed, so it is not shown to the type checker
node: Any = importlib.import_module(
    "ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.payload.blocked"
)
UBUNTU, WINDOWS, RHEL, SUSE = "UBUNTU", "WINDOWS", "REDHAT_ENTERPRISE_LINUX", "SUSE"
NOTICES = {
    "RHSA-2026:1": notice("security", cve_ids=["CVE-2026-1"], bugzilla_ids=["1234567"]),
    "RHBA-2026:2": notice("bugfix"),
}
CANDIDATES = [
    rpm("a-1:2.0-1.x86_64", "RHSA-2026:1"),
    rpm("a-1:3.0-1.x86_64", "RHBA-2026:2"),
    rpm("b-2.0-1.noarch", "RHSA-2026:1", "RHBA-2026:2"),
    rpm("gone-2.0-1.noarch", "RHSA-2026:1", available=False),
]


def block(os: str, *rejected: str, **more: Any) -> Blocked:
    facts = make_facts(os, [], CANDIDATES if os in (RHEL, SUSE) else [], notices=NOTICES if os in (RHEL, SUSE) else {})
    fields = {"rejected_patches_action": "BLOCK", **more}
    return list_blocked(make_baseline(os, rejected_patches=list(rejected), **fields), facts)


def test_packages_are_told_as_the_list_names_them_with_the_texts_to_compare_them_with() -> None:
    entries = ("dbus", "dbus-1.12.2*", "1.12.28", "*.x86_64")
    assert block(RHEL, *entries) == Blocked(entries, SHAPES[PackageManager.RPM])
    assert block(UBUNTU, "libfoo", "java-*") == Blocked(("libfoo", "java-*"), ("{name}",))


@pytest.mark.parametrize(
    ("entry", "kept"),
    [
        ("RHSA-2026:1", True),
        ("rhsa-2026:1", True),
        ("CVE-2026-1", True),
        ("1234567", False),  # digits are no version: were they compared, package 1234567 would be kept out
    ],
)
def test_an_id_is_told_as_the_exact_packages_of_its_notices(entry: str, kept: bool) -> None:
    expanded = ("a.x86_64:1:2.0-1", "b.noarch:0:2.0-1")
    assert block(RHEL, entry).entries == ((entry, *expanded) if kept else expanded)


def test_a_patch_of_zypper_is_told_as_its_packages() -> None:
    blocked = block(SUSE, "RHSA-2026:*")
    assert blocked.entries == ("RHSA-2026:*", "a-2.0-1.x86_64", "b-2.0-1.noarch")
    assert blocked.shapes == SHAPES[PackageManager.ZYPPER]


def test_only_rejections_are_told() -> None:
    assert block(RHEL, "dbus", approved_patches=["RHSA-2026:1"]).entries == ("dbus",)


@pytest.mark.parametrize(
    ("os", "rejected", "fields"),
    [
        (RHEL, (), {}),
        (RHEL, ("dbus",), {"rejected_patches_action": "ALLOW_AS_DEPENDENCY"}),
        (WINDOWS, ("KB1",), {}),
    ],
)
def test_nothing_is_told_where_nothing_is_blocked(os: str, rejected: tuple[str, ...], fields: dict[str, Any]) -> None:
    assert block(os, *rejected, **fields) == Blocked()


WORDS = st.text("a1.-:", min_size=1, max_size=3)
ENTRIES = st.text("a1.-:*", min_size=1, max_size=7)


@settings(max_examples=500, deadline=None)
@given(st.sampled_from([RHEL, SUSE, UBUNTU]), ENTRIES, WORDS, WORDS, WORDS, WORDS, WORDS)
def test_the_node_finds_what_the_engine_finds(
    os: str, entry: str, name: str, arch: str, epoch: str, version: str, release: str
) -> None:
    package = Package(name, arch, version, epoch, release)
    # the parser would refuse some of these
    baseline = replace(make_baseline(os, rejected_patches_action="BLOCK"), rejected_patches=(entry,))
    entries, shapes = list_blocked(baseline, make_facts(os))
    found = node.Blocked(entries, shapes).find(name, arch, epoch, version, release)
    assert (found is None) == (PatchLists(baseline, {}).find(package) is None)
