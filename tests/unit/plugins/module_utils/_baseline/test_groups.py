# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is one package on Linux and macOS, and which of several installed versions stands for it."""

from __future__ import annotations

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.dates import EPOCH
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.groups import choose_last, group_by_arch
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import PackageManager
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import Package
from tests.unit.plugins.module_utils._baseline.nodes import NOW, deb, make_facts

OLD, NEW, UNDATED = Package("a", installed_at=EPOCH), Package("a", installed_at=NOW), Package("a")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [(None, OLD, OLD), (OLD, NEW, NEW), (NEW, OLD, NEW), (NEW, UNDATED, NEW), (UNDATED, NEW, NEW)],
)
def test_the_one_that_came_last_stands_for_the_package(one: Package | None, other: Package, expected: Package) -> None:
    assert choose_last(one, other) is expected


def test_installed_and_offered_meet_by_name_and_architecture() -> None:
    facts = make_facts("DEBIAN", [deb("a", "1"), deb("b", "1")], [deb("a", "2"), deb("a", "2", arch="i386")])
    groups = group_by_arch(facts, PackageManager.APT)
    assert [(group.installed and group.installed.name, len(group.candidates)) for group in groups] == [
        ("a", 1),
        ("b", 0),
        (None, 1),
    ]
