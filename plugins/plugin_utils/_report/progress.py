# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far a run is, in words: one line of a terminal, or a sentence for a file.

Pure: times are seconds of any clock that only goes forward, given by the caller.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.cells import (
    make_visible,
    measure_width,
    shorten,
)

# Fewer hosts say little about the others, unless they took long.
_ENOUGH_HOSTS = 3
_ENOUGH_SECONDS = 30.0
_ROTATION = 2.0  # seconds the line shows one of several hosts
_GAP = "   "
_DETAIL_ROOM = 16  # columns below which a host's own words are left out
_MINUTE, _HOUR = 60, 3600

# Words of ansible-core from 2.19 on that say no more than that it failed.
_NO_NEWS = ("Task failed: ", "Action failed: ")

# What a host lacks or has, in the order of a reader's interest.
_REMARKS = (
    ("missing_count", "missing"),
    ("failed_count", "failed"),
    ("installed_rejected_count", "rejected"),
    ("installed_pending_reboot_count", "pending reboot"),
)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many hosts of a run stand where; each host is in one of them, ``total`` apart."""

    total: int = 0
    waiting: int = 0
    running: int = 0
    done: int = 0
    failed: int = 0
    unreachable: int = 0
    terminated: int = 0
    outside_window: int = 0
    interrupted: int = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do."""
        return not self.waiting and not self.running


@dataclass(frozen=True, slots=True)
class Working:
    """A host that is worked on: what it does, and since when."""

    host: str
    text: str
    since: float


def estimate_left(durations: Sequence[float], counts: Counts, working: Iterable[Working], now: float) -> float | None:
    """Seconds until the run ends, if every host takes as long as those before it; None if too little is known."""
    if not durations or counts.is_over:
        return None
    if len(durations) < _ENOUGH_HOSTS and max(durations) < _ENOUGH_SECONDS:
        return None
    usual = sum(durations) / len(durations)
    under_way = [max(usual - (now - host.since), 0.0) for host in working]
    width = max(counts.running, 1)
    shared = (sum(under_way) + usual * counts.waiting) / width
    return max([shared, *under_way])


def describe_left(seconds: float | None) -> str:
    """Round an estimate to what it is worth; nothing if there is none."""
    if seconds is None:
        return ""
    if seconds < _MINUTE:
        return "under 1 min left"
    if seconds < 90 * _MINUTE:
        return f"about {round(seconds / _MINUTE)} min left"
    return f"about {round(seconds / _HOUR)} h left"


def describe_duration(seconds: float) -> str:
    """Write how long something took."""
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"


def choose_working(working: Sequence[Working], now: float) -> Working | None:
    """The host whose turn it is to be shown: each for a moment, who works longest first."""
    if not working:
        return None
    ordered = sorted(working, key=lambda host: (host.since, host.host))
    return ordered[int(now / _ROTATION) % len(ordered)]


def list_counts(counts: Counts) -> list[str]:
    """The parts of a line, zeros left out."""
    numbers = (
        (counts.running, "running"),
        (counts.waiting, "waiting"),
        (counts.failed, "failed"),
        (counts.unreachable, "unreachable"),
        (counts.terminated, "terminated"),
        (counts.outside_window, "outside the window"),
        (counts.interrupted, "interrupted"),
    )
    return [f"{counts.done} of {counts.total} done", *(f"{number} {word}" for number, word in numbers if number)]


def render_line(counts: Counts, left: str, shown: Working | None, *, width: int, encoding: str = "utf-8") -> str:
    """One line of at most ``width`` columns. What matters least goes first where the room is small."""
    is_unicode = codecs.lookup(encoding).name.startswith("utf")
    separator, mark = (" · ", "…") if is_unicode else (" | ", "...")
    parts = list_counts(counts)
    begun = next(iter(parts))
    for kept in ([*parts, left] if left else parts, parts, parts[:1], []):
        text = separator.join(kept) if kept else shorten(begun, width, mark)
        if measure_width(text) <= width:
            break
    room = width - measure_width(text) - len(_GAP)
    if shown is None or room < _DETAIL_ROOM:
        return text
    return text + _GAP + _cut(_describe_working(shown, encoding), room, mark)


def render_sentence(counts: Counts, left: str, shown: Working | None, *, encoding: str = "utf-8") -> str:
    """The same for a file, whose lines may be long."""
    text = ", ".join([*list_counts(counts), *([left] if left else [])])
    return f"{text}; {_describe_working(shown, encoding)}" if shown else text


def describe_result(host: str, result: Mapping[str, Any], encoding: str = "utf-8") -> str:
    """How a host ended, from the result of its scan or install."""
    counts = result.get("counts")
    numbers = [(counts.get(key), word) for key, word in _REMARKS] if isinstance(counts, Mapping) else []
    transaction = result.get("transaction")
    installed = (
        sum(1 for entry in transaction if isinstance(entry, Mapping) and entry.get("status") == "installed")
        if isinstance(transaction, list)
        else 0
    )
    remarks = [f"{number} {word}" for number, word in [(installed, "installed"), *numbers] if number]
    status = str(result.get("compliance_status") or "")
    words = ", ".join([status, *remarks] if status else remarks)
    return make_visible(f"{host} done: {words}" if words else f"{host} done", encoding)


def describe_failure(host: str, word: str, result: Mapping[str, Any], encoding: str = "utf-8") -> str:
    """A failure in one line, whatever the message holds."""
    reason = " ".join(str(result.get("msg") or "").split())
    for words in (f"{word}: ", *_NO_NEWS):
        reason = reason.removeprefix(words)
    return make_visible(f"{host} {word}: {reason}" if reason else f"{host} {word}", encoding)


def render_end(ok: int, failed: int, unreachable: int, seconds: float) -> str:
    """The last line of a run."""
    return f"{ok} ok, {failed} failed, {unreachable} unreachable in {describe_duration(seconds)}"


def _describe_working(working: Working, encoding: str) -> str:
    text = " ".join(working.text.split())
    return make_visible(f"{working.host}: {text}" if text else working.host, encoding)


def _cut(text: str, width: int, mark: str) -> str:
    """Cut visible text at its end; a sentence's beginning says more than its end."""
    if measure_width(text) <= width:
        return text
    room = width - measure_width(mark)
    while measure_width(text) > room:
        text = text[:-1]
    return text.rstrip() + mark
