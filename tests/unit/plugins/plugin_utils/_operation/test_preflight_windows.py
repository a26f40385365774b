# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy
from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.preflight import (
    MOST_SECONDS_OFF,
    find_worst,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.preflight_windows import (
    describe_windows,
    judge_windows,
    read_clock,
)

NAME = "Microsoft Windows Server 2022 Datacenter"
GOOD: dict[str, Any] = {
    "os": {
        "name": NAME,
        "version": "10.0.20348.2227",
        "product": "WindowsServer2022",
        "powershell": "5.1.20348.2227",
    },
    "boot_id": "41",
    "collected_at": "2026-03-09T02:00:12Z",
    "reboot_required": {"required": False, "reasons": []},
    "update_source": {"effective": "wsus", "wsus_url": "http://wsus.example.com:8530", "other_products": True},
    "warnings": [],
}


def judge(change: dict[str, Any], *, offset: float | None = 0.0, region: str | None = None) -> dict[str, str]:
    """Everything that is not as it should be, with the place of ``change`` changed."""
    facts = copy.deepcopy(GOOD)
    for place, value in change.items():
        part, _dot, name = place.partition(".")
        if name:
            facts[part][name] = value
        else:
            facts[part] = value
    checks = judge_windows(facts, offset=offset, region=region)
    assert checks[0].status == find_worst(checks), "worst first"
    return {check.name: f"{check.status}: {check.finding}" for check in checks if check.status != "ok"}


def test_a_node_that_is_as_it_should_be() -> None:
    assert judge({}) == {}
    assert (
        describe_windows(GOOD)
        == "Microsoft Windows Server 2022 Datacenter, PowerShell 5.1.20348.2227, updates from wsus"
    )
    assert describe_windows({}) == ""
    assert read_clock(GOOD) == 1773021612


@pytest.mark.parametrize(
    ("change", "name", "finding"),
    [
        (
            {"os.product": "Windows10"},
            "system",
            f"warning: {NAME} (10.0.20348.2227) is not",
        ),
        ({"os.product": None}, "system", "warning: "),
        ({"os.powershell": "5.0.1"}, "powershell", "failed: PowerShell 5.0.1 is too old"),
        ({"os.powershell": "?"}, "powershell", "unknown: The node's answer cannot be read: ValueError"),
        ({"os": None}, "system", "unknown: The node's answer cannot be read: AttributeError"),
        (
            {"update_source.policy": ["DisableWindowsUpdateAccess"]},
            "source",
            "failed: A policy forbids access to Windows Update (DisableWindowsUpdateAccess)",
        ),
        (
            {"update_source.other_products": False},
            "source",
            "warning: Updates come from wsus http://wsus.example.com:8530,",
        ),
        (
            {"reboot_required": {"required": True, "reasons": ["a component waits", "files are in use"]}},
            "reboot",
            "warning: The node waits for a reboot: a component waits; files are in use",
        ),
        (
            {"reboot_required": {"required": True}},
            "reboot",
            "warning: The node waits for a reboot: it does not say why",
        ),
        ({"boot_id": ""}, "reboot", "warning: The node has no boot id"),
        (
            {"last_operation": {"id": "op-1", "state": "running", "started_at": "2026-03-09T01:00:00Z"}},
            "operation",
            "warning: Install op-1 has been running since 2026-03-09T01:00:00Z",
        ),
        ({"warnings": [{"code": "search_warning", "message": "0x80240"}]}, "facts", "warning: 0x80240"),
    ],
)
def test_what_is_found(change: dict[str, Any], name: str, finding: str) -> None:
    found = judge(change)
    assert found[name].startswith(finding), found


@pytest.mark.parametrize(
    ("offset", "finding"),
    [
        (59.0, None),
        (-MOST_SECONDS_OFF, None),
        (-120.0, "warning: 2 minutes behind the controller's"),
        (200_000.0, "failed: 2 days ahead of the controller's"),
        (None, "unknown: The node's answer has no time that could be compared"),
    ],
)
def test_clock(offset: float | None, finding: str | None) -> None:
    assert judge({}, offset=offset).get("clock") == finding


def test_what_is_told_elsewhere_is_not_told_twice() -> None:
    assert judge({"warnings": [{"code": "policy", "message": "told above"}]}) == {}


def test_endpoints_of_aws_are_not_tried() -> None:
    assert judge({}, region="eu-central-1") == {
        "endpoint": "unknown: What a node reaches of Region eu-central-1 is not tried on Windows"
    }


@pytest.mark.parametrize("release", ["2012", "2012R2", "2016", "2019", "2022", "2025"])
def test_every_server_of_the_list_is_one(release: str) -> None:
    assert judge({"os.product": f"WindowsServer{release}"}) == {}


def test_a_source_that_a_policy_forbids_is_not_told_as_a_good_one_too() -> None:
    facts = copy.deepcopy(GOOD)
    facts["update_source"]["policy"] = ["DisableWindowsUpdateAccess"]
    assert [check.status for check in judge_windows(facts, offset=0.0) if check.name == "source"] == ["failed"]
