# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which baseline serves a node, and which registrations contradict each other (section 6)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.errors import (
    BaselineDocumentError,
    BaselineError,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import Baseline, OperatingSystem
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.resolve import (
    PATCH_GROUP_TAGS,
    check_registrations,
    resolve_baseline,
    resolve_patch_group,
)

WINDOWS, RHEL = OperatingSystem.WINDOWS, OperatingSystem.REDHAT_ENTERPRISE_LINUX
UBUNTU, DEBIAN = OperatingSystem.UBUNTU, OperatingSystem.DEBIAN


def _baseline(name: str, os: OperatingSystem, *groups: str, default: bool = False) -> Baseline:
    return Baseline(name=name, id=name, operating_system=os, patch_groups=groups, default_baseline=default)


CANDIDATES = (
    _baseline("dev-windows", WINDOWS, "DEV"),
    _baseline("dev-rhel", RHEL, "DEV", "TEST"),
    _baseline("our-rhel", RHEL, default=True),
    _baseline("unused", UBUNTU),
)


@pytest.mark.parametrize(
    ("os", "group", "name", "source", "reason"),
    [
        pytest.param(
            UBUNTU,
            "QA",
            "AWS-UbuntuDefaultPatchBaseline",
            "predefined",
            "predefined default of UBUNTU: patch group 'QA' has no baseline for UBUNTU",
            id="baselines-20",
        ),
        pytest.param(RHEL, "DEV", "dev-rhel", "group", "registered for patch group 'DEV'", id="baselines-21"),
        pytest.param(
            WINDOWS, "DEV", "dev-windows", "group", "registered for patch group 'DEV'", id="baselines-21-windows"
        ),
        (
            RHEL,
            "QA",
            "our-rhel",
            "default",
            f"default of {RHEL.value}: patch group 'QA' has no baseline for {RHEL.value}",
        ),
        (RHEL, None, "our-rhel", "default", f"default of {RHEL.value}: the node has no patch group"),
        (RHEL, "", "our-rhel", "default", f"default of {RHEL.value}: the node has no patch group"),
        (
            RHEL,
            "dev",
            "our-rhel",
            "default",
            f"default of {RHEL.value}: patch group 'dev' has no baseline for {RHEL.value}",
        ),
        (
            WINDOWS,
            None,
            "AWS-DefaultPatchBaseline",
            "predefined",
            "predefined default of WINDOWS: the node has no patch group",
        ),
        (
            UBUNTU,
            None,
            "AWS-UbuntuDefaultPatchBaseline",
            "predefined",
            "predefined default of UBUNTU: the node has no patch group",
        ),
    ],
)
def test_the_group_is_asked_first_then_the_default_then_the_predefined_one(
    os: OperatingSystem, group: str | None, name: str, source: str, reason: str
) -> None:
    found = resolve_baseline(os, group, CANDIDATES)
    assert (found.baseline.name, found.source, found.reason) == (name, source, reason)


def test_the_example_of_the_documentation_with_three_groups() -> None:
    candidates = (_baseline("pb-0", WINDOWS, default=True), _baseline("pb-9", WINDOWS, "DEV"))
    names = [resolve_baseline(WINDOWS, group, candidates).baseline.name for group in ("DEV", None, "QA")]
    assert names == ["pb-9", "pb-0", "pb-0"]


@pytest.mark.parametrize(
    ("group", "candidates", "conflict"),
    [
        (
            "web",
            (_baseline("one", DEBIAN, "web"), _baseline("two", DEBIAN, "db", "web")),
            "patch group 'web' of DEBIAN is claimed by 'one' and 'two'",
        ),
        (
            None,
            (_baseline("one", DEBIAN, default=True), _baseline("two", DEBIAN, default=True)),
            "the default of DEBIAN is claimed by 'one' and 'two'",
        ),
    ],
)
def test_two_baselines_that_claim_a_node_are_refused(
    group: str | None, candidates: tuple[Baseline, ...], conflict: str
) -> None:
    with pytest.raises(BaselineError, match=conflict):
        resolve_baseline(DEBIAN, group, candidates)


def test_a_conflict_about_other_nodes_does_not_matter_to_a_node() -> None:
    candidates = (
        _baseline("one", DEBIAN, "web"),
        _baseline("two", DEBIAN, "web"),
        _baseline("db", DEBIAN, "db"),
        _baseline("three", UBUNTU, "db"),
    )
    assert resolve_baseline(DEBIAN, "db", candidates).baseline.name == "db"


def test_registrations_without_contradiction_are_accepted() -> None:
    check_registrations(CANDIDATES)
    check_registrations([_baseline("full", DEBIAN, *(f"g{number}" for number in range(25)))])
    check_registrations([dataclasses.replace(_baseline("same", os), id="") for os in (DEBIAN, DEBIAN)])


def test_every_contradiction_is_named_with_both_sides_and_their_places() -> None:
    candidates = [
        _baseline("one", DEBIAN, "web", "db", default=True),
        _baseline("two", DEBIAN, "web", default=True),
        _baseline("two", UBUNTU, "web"),
        _baseline("big", SUSE := OperatingSystem.SUSE, *(f"g{number}" for number in range(26))),
        _baseline("third", DEBIAN, "web"),
    ]
    with pytest.raises(BaselineError) as caught:
        check_registrations(candidates, ["a.yml", "b.yml", "c.yml", "d.yml", "e.yml"])
    assert str(caught.value).splitlines() == [
        "Failed to use the patch baselines together, change one of each pair:",
        "- the default of DEBIAN is claimed by 'one' (a.yml) and 'two' (b.yml)",
        "- patch group 'web' of DEBIAN is claimed by 'one' (a.yml) and 'two' (b.yml)",
        "- the id 'two' is claimed by 'two' (b.yml) and 'two' (c.yml)",
        "- 'big' (d.yml) has 26 patch groups, 25 are allowed",
        "- patch group 'web' of DEBIAN is claimed by 'one' (a.yml) and 'third' (e.yml)",
    ]
    assert SUSE.value not in str(caught.value)


@pytest.mark.parametrize(
    ("values", "group"),
    [
        ({}, None),
        ({"patch_group": None}, None),
        ({"Patch Group": ""}, None),
        ({"Patch Group": "DEV"}, "DEV"),
        ({"PatchGroup": "DEV", "Patch Group": "DEV"}, "DEV"),
        ({"PatchGroup": None, "patch_group": "Web Servers"}, "Web Servers"),
        ({"patch_group": 7}, "7"),
    ],
)
def test_the_patch_group_of_a_node_is_what_its_tags_and_variables_agree_on(
    values: Mapping[str, object], group: str | None
) -> None:
    assert resolve_patch_group(values) == group


def test_two_groups_on_one_node_are_refused_and_both_named() -> None:
    with pytest.raises(BaselineError) as caught:
        resolve_patch_group({**dict.fromkeys(PATCH_GROUP_TAGS, "DEV"), "patch_group": "QA"})
    assert str(caught.value) == (
        "Failed to find the patch group, it is 'DEV' (Patch Group) and 'QA' (patch_group). "
        "A node is in one group: leave one only."
    )


@pytest.mark.parametrize("value", [["a", "b"], "$(id)", "x" * 257, True, {"name": "a"}])
def test_what_cannot_be_the_name_of_a_group_is_refused(value: object) -> None:
    with pytest.raises(BaselineDocumentError, match="Failed to read patch group: 1 error\n- patch_group: found "):
        resolve_patch_group({"patch_group": value})
