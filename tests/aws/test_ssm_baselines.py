# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest

from tests.aws.conftest import Aws
from tests.aws.ssm_playbooks import Case, Modules, documentation_of, hold_to_matrix, modules, without

__all__ = ["modules"]

GENERATED = ("baseline_id", "created_date", "modified_date")
RULES: list[dict[str, Any]] = [
    {
        "filters": [{"key": "PRIORITY", "values": ["Important", "Required"]}, {"key": "PRODUCT", "values": ["*"]}],
        "approve_after_days": 0,
        "compliance_level": "HIGH",
    },
    {"filters": [{"key": "SECTION", "values": ["net"]}], "approve_after_days": 0},
]
WEB: dict[str, Any] = {"name": "web", "operating_system": "UBUNTU"}
FULL = {
    **WEB,
    "description": "Web servers",
    "approval_rules": RULES,
    "approved_patches": ["openssl", "bash"],
    "approved_patches_compliance_level": "CRITICAL",
    "approved_patches_enable_non_security": True,
    "rejected_patches": ["mysql"],
    "rejected_patches_action": "BLOCK",
    "global_filters": [{"key": "PRODUCT", "values": ["Ubuntu22.04", "Ubuntu24.04"]}],
    "sources": [
        {"name": "mirror", "products": ["Ubuntu22.04"], "configuration": "deb https://mirror.example.com/ubuntu x main"}
    ],
    "tags": {"team": "web", "cost centre": "7"},
}


def test_a_baseline_holds_to_the_matrix(modules: Modules) -> None:
    change = {"approved_patches": [], "description": "", "approval_rules": RULES[:1], "tags": {"team": "shop"}}
    hold_to_matrix(
        modules,
        "ssm_patch_baseline",
        "patch_baseline",
        [
            Case("create", FULL, {**without(FULL, ["approval_rules"]), "patch_groups": [], "default_baseline": False}),
            Case(
                "change",
                {**WEB, **change},
                {**without(FULL, ["approval_rules"]), **without(change, ["approval_rules"])},
            ),
            Case(
                "replace",
                {**WEB, "replace": True},
                {"rejected_patches": [], "rejected_patches_action": "ALLOW_AS_DEPENDENCY"},
            ),
            Case("delete", {**WEB, "state": "absent"}, {}),
        ],
        GENERATED,
    )


def test_order_and_defaults_make_no_difference(modules: Modules) -> None:
    turned: dict[str, Any] = {
        **FULL,
        "approved_patches": ["bash", "openssl"],
        "approval_rules": [
            {**RULES[1], "compliance_level": "UNSPECIFIED", "enable_non_security": False},
            {
                **RULES[0],
                "filters": [{**RULES[0]["filters"][1]}, {"key": "PRIORITY", "values": ["required", "Important"]}],
            },
        ],
        "available_security_updates_compliance_status": "COMPLIANT",
        "replace": True,
    }
    made, again = (modules.result("ssm_patch_baseline", **FULL), modules.result("ssm_patch_baseline", **turned))
    assert (made["changed"], again["changed"]) == (True, False)


def test_what_is_not_given_stays_as_it_is_and_tags_can_be_added(modules: Modules) -> None:
    made, changed = (
        modules.result("ssm_patch_baseline", **FULL),
        modules.result("ssm_patch_baseline", **WEB, rejected_patches=["vim"], tags={"new": "1"}, purge_tags=False),
    )
    assert changed["patch_baseline"]["tags"] == {**FULL["tags"], "new": "1"}
    expected = made["patch_baseline"] | {"rejected_patches": ["vim"]}
    ignored = ("tags", "modified_date")
    assert without(changed["patch_baseline"], ignored) == without(expected, ignored)


def test_by_its_id_a_baseline_can_be_renamed(modules: Modules) -> None:
    made = modules.result("ssm_patch_baseline", **FULL)["patch_baseline"]
    renamed = modules.result("ssm_patch_baseline", baseline_id=made["baseline_id"], name="shop")
    assert renamed["changed"]
    assert renamed["patch_baseline"]["name"] == "shop"
    assert renamed["patch_baseline"]["baseline_id"] == made["baseline_id"]


def test_one_in_use_is_deleted_by_force_only_and_everything_falls_back_to_the_default_of_aws(modules: Modules) -> None:
    modules.result("ssm_patch_baseline", **WEB)
    modules.result("ssm_patch_group", patch_group="b", baseline_name="web")
    modules.result("ssm_patch_group", patch_group="a", baseline_name="web")
    modules.result("ssm_default_patch_baseline", baseline_name="web")
    refused = modules.failure("ssm_patch_baseline", **WEB, state="absent")
    assert refused["msg"] == (
        "Failed to delete patch baseline 'web': it is registered for the patch groups 'a', 'b' and the default of "
        "UBUNTU. Set force to take it out of use first."
    )
    predicted, gone, groups, defaults = (
        modules.result("ssm_patch_baseline", check=True, **WEB, state="absent", force=True),
        modules.result("ssm_patch_baseline", **WEB, state="absent", force=True),
        modules.result("ssm_patch_group_info"),
        modules.result("ssm_default_patch_baseline_info", operating_system="UBUNTU"),
    )
    assert predicted["diff"] == gone["diff"]
    assert groups["patch_groups"] == []
    assert defaults["default_patch_baselines"][0]["baseline_name"] == "AWS-UbuntuDefaultPatchBaseline"


def test_what_stood_before_is_back_when_a_forced_deletion_fails(modules: Modules, aws: Aws) -> None:
    modules.result("ssm_patch_baseline", **WEB)
    modules.result("ssm_patch_group", patch_group="a", baseline_name="web")
    aws.control(deny=["DeletePatchBaseline"])
    refused = modules.failure("ssm_patch_baseline", **WEB, state="absent", force=True)
    assert refused["msg"].startswith("Failed to delete patch baseline 'web': User: ")
    assert refused["error_code"] == "AccessDeniedException"
    assert modules.result("ssm_patch_group_info")["patch_groups"][0]["patch_group"] == "a"


def test_a_name_that_several_baselines_have_needs_the_id(modules: Modules, aws: Aws) -> None:
    made = modules.result("ssm_patch_baseline", **WEB)["patch_baseline"]
    other = modules.result("ssm_patch_baseline", **{**WEB, "name": "web2"})["patch_baseline"]
    modules.result("ssm_patch_baseline", baseline_id=other["baseline_id"], name="web")
    refused = modules.failure("ssm_patch_baseline", **WEB, description="x")
    assert refused["msg"].endswith("Set baseline_id.")
    assert made["baseline_id"] in refused["msg"]
    assert other["baseline_id"] in refused["msg"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"name": "x"}, ["patch baseline 'x'", "name"]),
        (
            {**WEB, "approval_rules": [{"approve_after_days": 400}]},
            ["approval_rules[0].approve_after_days", "0 to 360"],
        ),
        ({**WEB, "global_filters": [{"key": "SEVERITY", "values": ["x"]}]}, ["global_filters[0]", "PRIORITY"]),
        ({"baseline_id": "pb-0123456789abcdef0"}, ["Failed to find patch baseline 'pb-0123456789abcdef0'"]),
        ({"baseline_id": "x"}, ["Failed to read patch baseline 'x'"]),
        ({"operating_system": "UBUNTU"}, ["one of the following is required: name, baseline_id"]),
        ({"name": ""}, ["Failed to read name: it is empty."]),
        ({**WEB, "tags": {"team": None}}, ["Failed to read tags: team cannot be None."]),
        ({**WEB, "tags": {"team": ["a"]}}, ["Failed to read tags: team cannot be ['a']."]),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(modules: Modules, options: dict[str, Any], words: list[str]) -> None:
    message = modules.failure("ssm_patch_baseline", **options)["msg"]
    assert [word for word in words if word not in message] == [], message


def test_a_throttled_call_is_repeated_until_it_is_answered(modules: Modules, aws: Aws) -> None:
    aws.control(failures=[{"operation": "CreatePatchBaseline", "code": "ThrottlingException", "times": 6}])
    assert modules.result("ssm_patch_baseline", **WEB)["changed"]
    assert aws.status()["calls"]["ssm:CreatePatchBaseline"] == 7
    assert len(modules.result("ssm_patch_baseline_info", owner="Self")["patch_baselines"]) == 1


def test_a_baseline_is_returned_as_it_was_made_although_reads_lag_behind(modules: Modules, aws: Aws) -> None:
    aws.control(lag=4)
    made = modules.result("ssm_patch_baseline", **FULL)["patch_baseline"]
    assert made["baseline_id"]
    assert made["tags"] == FULL["tags"]


def test_information_has_the_shape_of_the_module_and_of_a_baseline_file(modules: Modules) -> None:
    made, found, of_aws, none = (
        modules.result("ssm_patch_baseline", **FULL),
        modules.result("ssm_patch_baseline_info", owner="Self"),
        modules.result("ssm_patch_baseline_info", owner="AWS"),
        modules.result("ssm_patch_baseline_info", name="we"),
    )
    assert found["patch_baselines"] == [made["patch_baseline"]]
    assert len(of_aws["patch_baselines"]) > 10
    assert none["patch_baselines"] == []
    contains = documentation_of("ssm_patch_baseline")["RETURN"]["patch_baseline"]["contains"]
    assert list(contains) == list(made["patch_baseline"])
    assert documentation_of("ssm_patch_baseline_info")["RETURN"]["patch_baselines"]["contains"] == contains
    again = {key: value for key, value in made["patch_baseline"].items() if key in FULL}
    assert not modules.result("ssm_patch_baseline", **again)["changed"]


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"description": "x"}, "change"),
        ({"tags": {"a": "b"}}, "change"),
        ({"state": "absent", "force": True}, "delete"),
    ],
)
@pytest.mark.parametrize("check", [True, False])
def test_a_baseline_of_aws_is_not_changed_nor_said_to_be(
    modules: Modules, options: dict[str, Any], what: str, check: bool
) -> None:
    name = "AWS-UbuntuDefaultPatchBaseline"
    found = modules.result("ssm_patch_baseline_info", name=name)["patch_baselines"][0]["baseline_id"]
    refused = modules.failure("ssm_patch_baseline", check=check, baseline_id=found, **options)["msg"]
    assert refused == f"Failed to {what} patch baseline '{name}': it is one of AWS. Create one of your own."
    assert not modules.result("ssm_patch_baseline", check=check, baseline_id=found)["changed"]


@pytest.mark.parametrize("change", [{"description": "other"}, {"description": "", "approved_patches": []}])
def test_what_was_changed_is_back_when_the_tags_cannot_be_set(
    modules: Modules, aws: Aws, change: dict[str, Any]
) -> None:
    made = modules.result("ssm_patch_baseline", **FULL)["patch_baseline"]
    aws.control(deny=["AddTagsToResource"])
    refused = modules.failure("ssm_patch_baseline", **WEB, **change, tags={"new": "1"}, purge_tags=False)
    assert refused["error_code"] == "AccessDeniedException"
    (found,) = modules.result("ssm_patch_baseline_info", owner="Self")["patch_baselines"]
    assert without(found, ["modified_date"]) == without(made, ["modified_date"])


def test_another_one_whose_name_begins_so_being_the_default_does_not_count(modules: Modules) -> None:
    modules.result("ssm_patch_baseline", **{**WEB, "name": "web2"})
    modules.result("ssm_default_patch_baseline", baseline_name="web2")
    made = modules.result("ssm_patch_baseline", **WEB)["patch_baseline"]
    assert made["default_baseline"] is False
    assert modules.result("ssm_patch_baseline", **WEB, state="absent")["changed"]


def test_tags_that_are_being_changed_by_somebody_else_are_tried_again(modules: Modules, aws: Aws) -> None:
    modules.result("ssm_patch_baseline", **WEB)
    aws.control(failures=[{"operation": "AddTagsToResource", "code": "TooManyUpdates", "times": 1}])
    assert modules.result("ssm_patch_baseline", **WEB, tags={"a": "1"})["patch_baseline"]["tags"] == {"a": "1"}
