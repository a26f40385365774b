# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.preflight import Check
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.preflight_result import (
    end_node,
    read_preflight,
    shape_preflight,
)

OK = Check("system", "ok", "Debian")
WARNING = Check("reboot", "warning", "none", "Install one")
FAILED = Check("space", "failed", "full", "Free some")


@pytest.mark.parametrize(
    ("checks", "lost", "ends"),
    [
        ([OK], False, {}),
        ([OK, WARNING], False, {}),
        ([OK, WARNING, FAILED], False, {"failed": True}),
        ([FAILED], True, {"unreachable": True}),
    ],
)
def test_failed_checks_fail_the_task_and_the_node_and_warnings_do_not(
    checks: list[Check], lost: bool, ends: dict[str, bool]
) -> None:
    result = shape_preflight(checks, "a node", lost=lost)
    node = read_preflight("web1", result)
    for ended in (result, end_node(node, result)):
        assert {key: ended[key] for key in ("failed", "unreachable") if key in ended} == ends
    assert list(node.checks) == [check for check in checks if check.status != "ok"]


def test_the_result_tells_what_is_wrong_and_names_what_is_not() -> None:
    space = Check("space", "ok", "9 GB free under /boot")
    result = shape_preflight([FAILED, OK, space], "Debian")
    assert result["checks"] == [FAILED.to_dict()]
    assert result["passed"] == ["system"]
    assert result["msg"] == "failed: space: full"
    assert result["status"] == "failed"
    assert end_node(read_preflight("web1", result), result)["msg"] == "failed: space"


def test_what_acts_on_a_terminal_is_escaped() -> None:
    hostile = Check("lock", "warning", "held by \x1b[31mred", "\u202eWait")
    result = shape_preflight([hostile], "\x07")
    assert result["checks"][0]["finding"] == "held by \\x1b[31mred"
    assert result["checks"][0]["way_out"] == "\\u202eWait"
    assert result["summary"] == "\\x07"
    assert "\x1b" not in result["msg"]


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (None, "did not get to this node"),
        ({}, "did not get to this node"),
        ({"failed": True, "msg": "patch_preflight_region is bad"}, "patch_preflight_region is bad"),
        ({"checks": [{"name": "x"}], "msg": "odd"}, "odd"),
        ({"checks": [{"name": "x", "status": "fine", "finding": ""}]}, "did not get to this node"),
    ],
)
def test_a_node_without_checks_is_failed(result: Any, said: str) -> None:
    node = read_preflight("web1", result)
    assert node.status == "failed"
    assert said in node.checks[0].finding
    assert end_node(node, result)["failed"] is True


@given(
    st.recursive(
        st.none() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["checks", "name", "status", "msg"]), inner),
    )
)
def test_whatever_was_registered_can_be_read(result: Any) -> None:
    assert read_preflight("web1", result).host == "web1"
