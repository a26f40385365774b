# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an install made of a package, by the results of this run and of the last one."""

from __future__ import annotations

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import PackageManager
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import (
    InstallResult,
    LastOperation,
    Package,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.outcomes import Outcomes
from tests.unit.plugins.module_utils._baseline.nodes import result

TARGET = Package("a", "amd64", "2")
BROKEN = result("a", "2", "failed", "disk full")
OLDER = result("a", "1", "failed", "disk full")


def outcomes(now: InstallResult | None = None, last: InstallResult | None = None) -> Outcomes:
    return Outcomes(PackageManager.APT, [now] if now else [], LastOperation(results=(last,)) if last else None)


@pytest.mark.parametrize(
    ("now", "last", "failure"),
    [
        (None, None, ""),
        (BROKEN, None, "failed: disk full"),
        (None, BROKEN, "failed: disk full"),
        (None, OLDER, ""),  # another version was tried then
        (OLDER, None, "failed (1): disk full"),  # this run tried the package, by an override list
        (result("a", "2", "installed"), None, "failed: reported as installed, yet the node does not have it"),
        (result("a", "2", "dependency"), None, "failed: reported as dependency, yet the node does not have it"),
        (result("a", "1", "installed"), None, ""),
        (result("a", "2", "not_tried", "out of time"), BROKEN, ""),  # this run hides the last one
        (None, result("a", "2", "installed"), ""),
        (None, result("a", "2", "not_tried"), ""),
        (result("b", "2", "failed"), None, ""),
        (result("a", "2", "failed", arch="i386"), None, ""),
    ],
)
def test_failure(now: InstallResult | None, last: InstallResult | None, failure: str) -> None:
    assert outcomes(now, last).explain_failure(TARGET) == failure


def test_what_was_not_tried_is_told_with_its_reason() -> None:
    late = result("a", "2", "not_tried", "out of time")
    assert outcomes(late).explain_delay(TARGET) == "not tried: out of time"
    assert outcomes(None, late).explain_delay(TARGET) == ""
    assert outcomes(BROKEN).explain_delay(TARGET) == ""


def test_versions_tried_in_vain() -> None:
    older = Package("a", "amd64", "1")
    assert outcomes(OLDER).find_tried([older, TARGET]) is older
    assert outcomes(OLDER).find_tried([TARGET]) is None
    assert outcomes(None, OLDER).find_tried([older]) is None
    assert outcomes(result("a", "1", "installed")).find_tried([older]) is None


def test_rpm_versions_have_epoch_and_release() -> None:
    target = Package("a", "x86_64", "2", release="1")
    wanted = result("a", "0:2-1", "failed", "no", arch="x86_64")
    assert Outcomes(PackageManager.RPM, [wanted], None).explain_failure(target) == "failed: no"


def test_updates_of_one_kb_are_told_apart() -> None:
    failed = InstallResult("KB1", "failed", version="200", reason="0x80240022", update_id="de")
    packs = [Package("KB1", version="200", update_id=name) for name in ("de", "ja")]
    found = Outcomes(PackageManager.WINDOWS, [failed], None)
    assert [found.explain_failure(pack) for pack in packs] == ["failed: 0x80240022", ""]
