# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.preflight import Check
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.preflight_table import (
    NodeChecks,
    render_preflight,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.cells import make_visible, measure_width
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.table import Style

REBOOT = Check("reboot", "warning", "No command that reboots", "Install one")
DEAD = Check("repository", "failed", "Failed to read repository 'dead': Connection refused", "Make it reachable")
NODES = [
    NodeChecks("web10", [], "Debian 12, apt"),
    NodeChecks("web9", [Check("system", "ok", "Debian")], "Debian 12, apt"),
    NodeChecks("db", [REBOOT]),
    NodeChecks("a-node-with-a-rather-long-name.example.org", [REBOOT, DEAD]),
]

NARROW = """\
NODE   CHECK       STATUS   FINDING -> WAY OUT
----------------------------------------------------------------------
a-node-with-a-rather-long-name.example.org
       repository  failed   Failed to read repository 'dead':
                            Connection refused
                            -> Make it reachable
       reboot      warning  No command that reboots
                            -> Install one
db     reboot      warning  No command that reboots
                            -> Install one
web9   all         ok       Debian 12, apt
web10  all         ok       Debian 12, apt
----------------------------------------------------------------------
4 nodes: 1 failed, 1 warning, 2 ok"""

WIDE = """\
NODE  CHECK       STATUS   FINDING                                      WAY OUT
-----------------------------------------------------------------------------------------------------
db    repository  failed   Failed to read repository 'dead':            Make it reachable
                           Connection refused
      reboot      warning  No command that reboots                      Install one
-----------------------------------------------------------------------------------------------------
1 node: 1 failed"""


def test_a_narrow_table_has_the_way_out_below_the_finding() -> None:
    assert render_preflight(NODES, Style(70, encoding="ascii")) == NARROW


def test_a_wide_table_has_them_side_by_side() -> None:
    nodes = [NodeChecks("db", [REBOOT, DEAD])]
    assert render_preflight(nodes, Style(101, encoding="ascii")) == WIDE


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@given(texts=st.lists(st.text(), min_size=3, max_size=3))
def test_nothing_that_a_node_says_breaks_the_table(width: int, texts: list[str]) -> None:
    host, finding, way_out = texts
    table = render_preflight([NodeChecks(host, [Check("lock", "warning", finding, way_out)])], Style(width))
    assert table.split("\n") == [make_visible(line) for line in table.split("\n")]
    assert all(measure_width(line) <= width for line in table.split("\n"))


def test_an_empty_play_has_a_table_too() -> None:
    assert render_preflight([], Style(80, encoding="ascii")).endswith("0 nodes:")
