# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of a preflight: a line per thing that is not as it should be, and one line for a node without any."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.preflight import (
    SEVERITY,
    Check,
    Status,
    find_worst,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.cells import (
    measure_width,
    shorten,
    wrap,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.table import Style

_GAP = "  "
_MOST_LINES = 8  # of one cell
_LONGEST_NODE = 24
_ROOM = 64  # columns that finding and way out need side by side; with less, the way out goes below
_WAY_MARK = "-> "


@dataclass(frozen=True, slots=True)
class NodeChecks:
    """A node and all that was checked there; ``summary`` says what it is."""

    host: str
    checks: Sequence[Check]
    summary: str = ""

    @property
    def status(self) -> Status:
        return find_worst(self.checks)


def render_preflight(nodes: Sequence[NodeChecks], style: Style) -> str:
    """Draw the table as text of several lines, worst nodes first, without a newline at its end."""
    nodes = sorted(nodes, key=_weigh)
    rows = [(node, check) for node in nodes for check in _list_shown(node)]
    longest = max(len("NODE"), min(_LONGEST_NODE, style.width // 5))
    names = [len("NODE"), *(measure_width(style.show(node.host)) for node in nodes)]
    widths = [
        max(width for width in names if width <= longest),
        max(len(text) for text in ("CHECK", *(check.name for _node, check in rows))),
        max(len(text) for text in ("STATUS", *(check.status for _node, check in rows))),
    ]
    room = max(24, style.width - sum(widths) - 3 * len(_GAP))
    is_wide = room >= _ROOM
    if is_wide:
        finding = (room - len(_GAP)) * 3 // 5
        widths += [finding, room - len(_GAP) - finding]
    else:
        widths.append(room)
    titles = ["NODE", "CHECK", "STATUS", *(["FINDING", "WAY OUT"] if is_wide else [f"FINDING {_WAY_MARK}WAY OUT"])]
    rule = ("─" if style.is_unicode else "-") * (sum(widths) + len(_GAP) * (len(widths) - 1))
    lines = [_join(titles, widths), rule]
    shown_before = None
    for node, check in rows:
        host = style.show(node.host) if node is not shown_before else ""
        shown_before = node
        if measure_width(host) > widths[0]:
            # a name that is cut may be another node's
            lines.append(shorten(host, style.width, style.mark))
            host = ""
        lines += _draw(host, check, widths, is_wide, style)
    lines += [rule, _tally(nodes)]
    return "\n".join(line.rstrip() for line in lines)


def _weigh(node: NodeChecks) -> tuple[int, int, list[tuple[int, str]]]:
    """Worst first, then those with the most trouble, then by name with numbers by their value."""
    trouble = sum(check.status == node.status for check in node.checks)
    natural = [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", node.host)]
    return SEVERITY.index(node.status), -trouble, natural


def _list_shown(node: NodeChecks) -> list[Check]:
    """What is not as it should be, or one line that says that all is."""
    if node.status == "ok":
        return [Check("all", "ok", node.summary)]
    return sorted(
        (check for check in node.checks if check.status != "ok"), key=lambda check: SEVERITY.index(check.status)
    )


def _draw(host: str, check: Check, widths: Sequence[int], is_wide: bool, style: Style) -> Iterator[str]:
    finding = _wrap(check.finding, widths[3], style)
    if is_wide:
        way_out = _wrap(check.way_out, widths[4], style)
        height = max(len(finding), len(way_out), 1)
        cells = [[*column, *[""] * (height - len(column))] for column in (finding, way_out)]
    else:
        hung = _wrap(check.way_out, widths[3] - len(_WAY_MARK), style)
        marks = [_WAY_MARK, *[" " * len(_WAY_MARK)] * len(hung)]
        cells = [[*finding, *(mark + line for mark, line in zip(marks, hung, strict=False))] or [""]]
    for index, texts in enumerate(zip(*cells, strict=True)):
        first = index == 0
        lead = [host if first else "", check.name if first else "", check.status if first else ""]
        yield _join([*lead, *texts], widths)


def _wrap(text: str, width: int, style: Style) -> list[str]:
    return wrap(style.show(" ".join(text.split())), width, _MOST_LINES, style.mark)


def _join(texts: Sequence[str], widths: Sequence[int]) -> str:
    return _GAP.join(text + " " * (width - measure_width(text)) for text, width in zip(texts, widths, strict=True))


def _tally(nodes: Sequence[NodeChecks]) -> str:
    states = [node.status for node in nodes]
    counts = ", ".join(f"{states.count(status)} {status}" for status in SEVERITY if status in states)
    return f"{len(nodes)} node{'' if len(nodes) == 1 else 's'}: {counts}"
