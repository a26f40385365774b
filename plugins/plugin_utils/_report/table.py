# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table at the end of a play: a node per line, worst first, then why, then what to do."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report import states
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.attention import list_remarks, list_steps
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.cells import (
    make_visible,
    measure_width,
    shorten,
    wrap,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.columns import (
    COLUMNS,
    NODE,
    STATE,
    Column,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.model import HostRow, Report

_GAP = "  "
_INDENT = " " * 6
_OVERLONG = 30  # columns a node's name may take before it is shortened like the others
_ROOM = 60  # columns a reason needs beside its node; with less it goes on below
_REASON_LINES = 4

_RED, _YELLOW, _GREEN, _BOLD, _FAINT = "31", "33", "32", "1", "2"
_COLOURS = {
    states.NON_COMPLIANT: _RED,
    states.ERROR: _RED,
    states.UNREACHABLE: _RED,
    states.TERMINATED: _RED,
    states.METADATA_MISSING: _YELLOW,
    states.STALE: _YELLOW,
    states.OUTSIDE_WINDOW: _YELLOW,
    states.NEVER_SCANNED: _YELLOW,
    states.COMPLIANT: _GREEN,
}


@dataclass(frozen=True, slots=True)
class Style:
    """How to draw: columns available, whether ANSI colours are wanted, and what the output can show."""

    width: int = 120
    colour: bool = False
    encoding: str = "utf-8"

    @property
    def is_unicode(self) -> bool:
        return codecs.lookup(self.encoding).name.startswith("utf")

    @property
    def mark(self) -> str:
        """What stands for text that was cut."""
        return "…" if self.is_unicode else ".."

    def show(self, text: str) -> str:
        """Make foreign text harmless."""
        return make_visible(text, self.encoding)

    def paint(self, text: str, code: str | None) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and code else text


def render_table(
    report: Report, style: Style | None = None, *, max_rows: int | None = None, max_remarks: int = 10
) -> str:
    """Draw the report as text of several lines, without a newline at its end.

    ``max_rows``: nodes to show at most, the worst; ``max_remarks``: lines of reasons at most.
    """
    style = style or Style()
    shown = report.rows[:max_rows]
    lines = [*_draw_grid(report, shown, style), *_draw_tally(report, shown, style)]
    remarks = list(_draw_remarks(report, style, max_remarks))
    steps = [line for step in list_steps(report) for line in _hang(_GAP, _INDENT, step, style)]
    for title, block in (("Needs attention", remarks), ("Next", steps)):
        if block:
            lines += ["", style.paint(title, _BOLD), *block]
    return "\n".join(line.rstrip() for line in lines)


def _draw_grid(report: Report, shown: Sequence[HostRow], style: Style) -> Iterator[str]:
    cells = {column: [style.show(column.cell(row)) for row in shown] for column in COLUMNS}
    totals = {column: style.show(column.total(report)) for column in COLUMNS}
    titles, widths = _fit(cells, totals, style.width)
    rule = ("─" if style.is_unicode else "-") * (sum(widths.values()) + len(_GAP) * (len(widths) - 1))

    def draw(texts: dict[Column, str], codes: dict[Column, str | None]) -> str:
        return _GAP.join(
            style.paint(_pad(shorten(texts[column], width, style.mark), width, column), codes.get(column))
            for column, width in widths.items()
        )

    yield draw(titles, dict.fromkeys(COLUMNS, _BOLD))
    yield style.paint(rule, _FAINT)
    for index, row in enumerate(shown):
        texts = {column: cells[column][index] for column in widths}
        codes: dict[Column, str | None] = {
            column: _FAINT for column, text in texts.items() if column.is_number and text in ("0", "-")
        }
        yield draw(texts, {**codes, STATE: _COLOURS.get(row.compliance_status, _RED)})
    yield style.paint(rule, _FAINT)
    yield draw(totals, dict.fromkeys(COLUMNS, _BOLD))


def _fit(
    cells: dict[Column, list[str]], totals: dict[Column, str], width: int
) -> tuple[dict[Column, str], dict[Column, int]]:
    """Choose titles, columns and their widths: short titles first, then shorter names, then fewer columns."""

    def measure(titles: dict[Column, str]) -> dict[Column, int]:
        return {
            column: max(map(measure_width, (title, totals[column], *cells[column]))) for column, title in titles.items()
        }

    titles = {column: column.title for column in COLUMNS}
    widths = measure(titles)
    if _is_within(widths, width):
        return titles, widths
    titles = {column: column.short for column in COLUMNS}
    leaving = sorted((column for column in COLUMNS if column.give_way), key=lambda column: column.give_way or 0)
    while True:
        widths = _squeeze(measure(titles), width)
        if _is_within(widths, width) or not leaving:
            return titles, widths
        del titles[leaving.pop(0)]


def _squeeze(widths: dict[Column, int], width: int) -> dict[Column, int]:
    """Shorten names until the table fits or none can be shorter; a node's name last, once it is not overlong."""
    squeezed = dict(widths)

    def weigh(column: Column) -> tuple[bool, int]:
        return column is not NODE or squeezed[NODE] > _OVERLONG, squeezed[column]

    while not _is_within(squeezed, width):
        able = [column for column in squeezed if column.narrowest and squeezed[column] > column.narrowest]
        if not able:
            break
        squeezed[max(able, key=weigh)] -= 1
    return squeezed


def _is_within(widths: dict[Column, int], width: int) -> bool:
    return sum(widths.values()) + len(_GAP) * (len(widths) - 1) <= width


def _pad(text: str, width: int, column: Column) -> str:
    blank = " " * (width - measure_width(text))
    return blank + text if column.is_number else text + blank


def _draw_tally(report: Report, shown: Sequence[HostRow], style: Style) -> Iterator[str]:
    if len(shown) < len(report.rows):
        yield f"{len(report.rows) - len(shown)} more nodes are not shown; the report holds them all"
    line, used = "", 0
    for state, count in report.count_states().items():
        text = f"{count} {state}"
        if not count:
            continue
        if line and used + 2 + len(text) > style.width:
            yield f"{line},"
            line, used = "", 0
        line += (", " if line else "") + style.paint(text, _COLOURS.get(state, _RED))
        used += len(text) + 2
    yield line
    if any(not row.current for row in report.rows):
        yield "Check mode or a baseline override: kept, but not as the nodes' compliance"


def _draw_remarks(report: Report, style: Style, limit: int) -> Iterator[str]:
    remarks = list_remarks(report)
    shown = [
        (shorten(style.show(remark.host), style.width // 3, style.mark), style.show(remark.kind), remark.text)
        for remark in islice(remarks, limit)
    ]
    host_width = max((measure_width(host) for host, _kind, _text in shown), default=0)
    kind_width = max((measure_width(kind) for _host, kind, _text in shown), default=0)
    is_narrow = style.width - host_width - kind_width - 3 * len(_GAP) < _ROOM
    for host, kind, text in shown:
        lead = f"{_GAP}{host}{' ' * (host_width - measure_width(host))}{_GAP}{kind.ljust(kind_width)}{_GAP}"
        clean = style.show(" ".join(text.split()))
        if is_narrow:
            yield from _hang(_GAP, _INDENT, f"{host}  {kind}: {clean}", style)
        else:
            yield from _hang(lead, " " * measure_width(lead), clean, style)
    left = sum(1 for _remark in remarks)
    if left:
        yield f"{_GAP}{style.mark} and {left} more, all in the report"


def _hang(lead: str, indent: str, text: str, style: Style) -> Iterator[str]:
    """Wrap text after a lead; further lines are indented."""
    for index, line in enumerate(wrap(text, max(20, style.width - measure_width(indent)), _REASON_LINES, style.mark)):
        yield (indent if index else lead) + line
