# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from tests.aws.conftest import Aws
from tests.aws.ssm_playbooks import Case, Modules, documentation_of, hold_to_matrix, modules

__all__ = ["modules"]


@pytest.fixture
def ids(modules: Modules) -> dict[str, str]:
    """Two baselines for Debian and one for Windows."""
    systems = {"old": "DEBIAN", "new": "DEBIAN", "win": "WINDOWS"}
    return {
        name: modules.result("ssm_patch_baseline", name=f"{name}-one", operating_system=system)["patch_baseline"][
            "baseline_id"
        ]
        for name, system in systems.items()
    }


def identity(baseline_id: str, name: str, system: str = "DEBIAN", default: bool = False) -> dict[str, object]:
    return {
        "baseline_id": baseline_id,
        "baseline_name": name,
        "operating_system": system,
        "baseline_description": "",
        "default_baseline": default,
    }


def test_a_patch_group_holds_to_the_matrix_and_keeps_its_baselines_of_other_systems(
    modules: Modules, ids: dict[str, str]
) -> None:
    win = identity(ids["win"], "win-one", "WINDOWS")
    modules.result("ssm_patch_group", patch_group="web servers", baseline_id=ids["win"])
    group = {"patch_group": "web servers"}
    hold_to_matrix(
        modules,
        "ssm_patch_group",
        "patch_group",
        [
            Case(
                "create",
                group | {"baseline_name": "old-one"},
                {"baseline_identities": [identity(ids["old"], "old-one"), win]},
            ),
            Case(
                "change",
                group | {"baseline_id": ids["new"]},
                {"baseline_identities": [identity(ids["new"], "new-one"), win]},
            ),
            Case("delete", group | {"state": "absent", "operating_system": "DEBIAN"}, {"baseline_identities": [win]}),
            Case("delete the last", group | {"state": "absent"}, {}),
        ],
    )


def test_a_group_is_taken_from_the_baseline_that_is_named_only(modules: Modules, ids: dict[str, str]) -> None:
    modules.result("ssm_patch_group", patch_group="web", baseline_id=ids["old"])
    assert not modules.result("ssm_patch_group", patch_group="web", baseline_name="new-one", state="absent")["changed"]
    assert not modules.result("ssm_patch_group", patch_group="we", state="absent")["changed"]
    assert modules.result("ssm_patch_group", patch_group="web", baseline_name="old-one", state="absent")["changed"]


def test_a_group_keeps_its_baseline_if_it_cannot_have_the_other(
    modules: Modules, aws: Aws, ids: dict[str, str]
) -> None:
    for number in range(25):
        aws.client().register_patch_baseline_for_patch_group(BaselineId=ids["new"], PatchGroup=f"group {number}")
    modules.result("ssm_patch_group", patch_group="web", baseline_id=ids["old"])
    refused = modules.failure("ssm_patch_group", patch_group="web", baseline_id=ids["new"])
    assert refused["error_code"] == "ResourceLimitExceededException"
    assert refused["msg"].startswith(f"Failed to register patch group 'web' for patch baseline '{ids['new']}': ")
    assert refused["msg"].endswith("Remove what is not needed any more, or ask AWS for a higher quota.")
    aws.control(page_limit=0)
    found = modules.result("ssm_patch_group_info")["patch_groups"]
    assert len(found) == 26
    assert found[-1] == {"patch_group": "web", "baseline_identities": [identity(ids["old"], "old-one")]}


def test_information_about_groups_is_what_was_asked_for(modules: Modules, ids: dict[str, str]) -> None:
    for group, baseline in (("web", "old"), ("web", "win"), ("web2", "win")):
        made = modules.result("ssm_patch_group", patch_group=group, baseline_id=ids[baseline])["patch_group"]
    questions: list[dict[str, Any]] = [
        {},
        {"patch_group": "web"},
        {"patch_group": "web", "operating_system": "WINDOWS"},
        {"patch_group": "we"},
    ]
    both, one, narrowed, none = (
        modules.result("ssm_patch_group_info", **options)["patch_groups"] for options in questions
    )
    assert [group["patch_group"] for group in both] == ["web", "web2"]
    assert [found["operating_system"] for found in one[0]["baseline_identities"]] == ["DEBIAN", "WINDOWS"]
    assert [found["operating_system"] for found in narrowed[0]["baseline_identities"]] == ["WINDOWS"]
    assert none == []
    contains = documentation_of("ssm_patch_group")["RETURN"]["patch_group"]["contains"]
    assert list(contains) == list(made)
    assert list(contains["baseline_identities"]["contains"]) == list(made["baseline_identities"][0])
    assert documentation_of("ssm_patch_group_info")["RETURN"]["patch_groups"]["contains"] == contains


def test_a_default_holds_to_the_matrix_and_goes_back_to_the_one_of_aws(modules: Modules, ids: dict[str, str]) -> None:
    hold_to_matrix(
        modules,
        "ssm_default_patch_baseline",
        "default_patch_baseline",
        [
            Case("create", {"baseline_name": "old-one"}, identity(ids["old"], "old-one", default=True)),
            Case("change", {"baseline_id": ids["new"]}, identity(ids["new"], "new-one", default=True)),
            Case(
                "delete",
                {"state": "absent", "operating_system": "DEBIAN"},
                {"baseline_name": "AWS-DebianDefaultPatchBaseline", "default_baseline": True},
            ),
        ],
    )


def test_information_about_defaults_is_what_was_asked_for(modules: Modules, ids: dict[str, str]) -> None:
    made = modules.result("ssm_default_patch_baseline", baseline_id=ids["old"])["default_patch_baseline"]
    every = modules.result("ssm_default_patch_baseline_info")["default_patch_baselines"]
    one = modules.result("ssm_default_patch_baseline_info", operating_system="DEBIAN")["default_patch_baselines"]
    assert one == [made]
    assert made in every
    assert len({found["operating_system"] for found in every}) == len(every) > 10
    contains = documentation_of("ssm_default_patch_baseline")["RETURN"]["default_patch_baseline"]["contains"]
    assert list(contains) == list(made)
    documented = documentation_of("ssm_default_patch_baseline_info")["RETURN"]["default_patch_baselines"]
    assert documented["contains"] == contains


@pytest.mark.parametrize(
    ("module", "options", "message"),
    [
        (
            "ssm_patch_group",
            {"patch_group": "web"},
            "state is present but any of the following are missing: baseline_id",
        ),
        (
            "ssm_patch_group",
            {"patch_group": "web", "baseline_name": "no-such"},
            "Failed to find patch baseline 'no-such'. Create it first.",
        ),
        (
            "ssm_patch_group",
            {"patch_group": "a;b", "baseline_name": "AWS-DebianDefaultPatchBaseline"},
            "Failed to register patch group 'a;b'",
        ),
        (
            "ssm_default_patch_baseline",
            {"baseline_name": "win-one", "operating_system": "DEBIAN"},
            "Failed to find patch baseline 'win-one' for DEBIAN.",
        ),
        ("ssm_default_patch_baseline", {"state": "absent"}, "missing: operating_system"),
        (
            "ssm_patch_group",
            {"patch_group": "", "baseline_name": "old-one"},
            "Failed to read patch_group: it is empty.",
        ),
        (
            "ssm_default_patch_baseline",
            {"baseline_id": "pb-0123456789abcdef0"},
            "Failed to find patch baseline 'pb-0123456789abcdef0'.",
        ),
    ],
)
def test_what_cannot_be_is_refused(
    modules: Modules, ids: dict[str, str], module: str, options: dict[str, Any], message: str
) -> None:
    assert message in modules.failure(module, **options)["msg"]


def test_a_baseline_of_another_system_is_refused(modules: Modules, ids: dict[str, str]) -> None:
    refused = modules.failure("ssm_default_patch_baseline", baseline_id=ids["win"], operating_system="DEBIAN")
    assert refused["msg"] == f"Failed to use patch baseline '{ids['win']}' for DEBIAN: it is for WINDOWS."


def test_an_empty_id_does_not_mean_all_baselines_of_a_group(modules: Modules, ids: dict[str, str]) -> None:
    modules.result("ssm_patch_group", patch_group="web", baseline_id=ids["old"])
    refused = modules.failure("ssm_patch_group", patch_group="web", baseline_id="", state="absent")["msg"]
    assert refused == "Failed to read baseline_id: it is empty. Set it, or leave it out."
    assert len(modules.result("ssm_patch_group_info")["patch_groups"]) == 1


@pytest.mark.parametrize("check", [True, False])
def test_a_name_that_no_group_can_have_is_refused_in_check_mode_too(
    modules: Modules, ids: dict[str, str], check: bool
) -> None:
    refused = modules.failure("ssm_patch_group", check=check, patch_group="a;b", baseline_id=ids["old"])["msg"]
    assert refused.startswith(f"Failed to register patch group 'a;b' for patch baseline '{ids['old']}': ")
