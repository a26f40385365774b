# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ``softwareupdate --list`` offers, in the layouts of macOS 10.13 to 15, and what a profile defers.

::

    * Label: Safari18.3.1VenturaAuto-18.3.1
            Title: Safari, Version: 18.3.1, Size: 175218KiB, Recommended: YES, Deferred: YES

       * BridgeOSUpdateCustomer
            BridgeOSUpdateCustomer (10.14.4.1.1), 328394K, [recommended] [shut down]
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_LABEL = re.compile(r"([*-]) Label: (.*)|   ([*-]) (.*)")
# after the size come those of them that there are, and whatever a later macOS adds
_DETAILS = re.compile(
    r"\s+Title: (?P<title>.*), Version: (?P<version>.*?), Size: [^,]*(?P<more>(?:, \w[\w ]*: [^,]*)*),?\s*"
)
_MORE = re.compile(r", (\w[\w ]*): ([^,]*)")
_OLD_DETAILS = re.compile(
    r"\s+(?P<title>.*?),? \((?P<version>[^()]*)\), \d+K,?(?P<recommended> \[recommended\])?"
    r"(?: \[(?P<action>restart|shut down)\])?\s*"
)
_NOTHING = "No new software available"
_FOUND = "Software Update found the following new or updated software"
_SYSTEM = re.compile(r"(?:macOS|OS X|Mac OS X)\b.*", re.IGNORECASE)
_FIELD_END = re.compile(r",(?=\w+:|$)")


@dataclass(frozen=True, slots=True)
class Offer:
    """One update: ``label`` is what softwareupdate installs it by, to the last blank."""

    label: str
    title: str
    version: str = ""
    recommended: bool = False
    action: str = ""
    deferred: bool = False

    @property
    def is_system(self) -> bool:
        """Whether it is another version of macOS itself."""
        return _SYSTEM.fullmatch(self.title) is not None


@dataclass(frozen=True, slots=True)
class Deferral:
    """One update of ``mdmclient AvailableOSUpdates``; ``until`` is empty where nothing defers it."""

    title: str
    version: str
    until: str = ""


def is_complete(text: str) -> bool:
    """Whether the command came to its end: either there is something or it says that there is nothing."""
    return _NOTHING in text or _FOUND in text


def parse_offers(text: str) -> list[Offer]:
    """The updates of a list in its order; lines of other programs between them are nobody's."""
    offers: list[Offer] = []
    pending: tuple[str, str] | None = None
    for line in text.splitlines():
        label = _LABEL.fullmatch(line)
        if label:
            offers += _read_bare(pending)
            pending = (label[1] or label[3], label[2] if label[1] else label[4])
        elif pending:
            offer = _read_details(pending[1], line)
            if offer:
                offers.append(offer)
                pending = None
    return [*offers, *_read_bare(pending)]


def _read_details(label: str, line: str) -> Offer | None:
    details = _DETAILS.fullmatch(line)
    if details:
        more = {name: value.strip() for name, value in _MORE.findall(details["more"])}
        return Offer(
            label,
            details["title"].strip(),
            details["version"].strip(),
            recommended=more.get("Recommended") == "YES",
            action=more.get("Action", ""),
            deferred=more.get("Deferred") == "YES",
        )
    details = _OLD_DETAILS.fullmatch(line)
    if details:
        recommended = details["recommended"] is not None
        return Offer(label, details["title"].strip(), details["version"].strip(), recommended, details["action"] or "")
    return None


def _read_bare(pending: tuple[str, str] | None) -> Iterator[Offer]:
    """A label without a line of details: title and version are in it."""
    if pending:
        title, _dash, version = pending[1].rpartition("-")
        yield Offer(pending[1], title or version, version if title else "", recommended=pending[0] == "*")


def parse_recommended(text: str) -> frozenset[tuple[str, str]]:
    """(title, version) of what softwareupdate's settings call an update of the system; empty if they cannot tell."""
    try:
        entries = json.loads(text)
    except ValueError:
        return frozenset()
    if not isinstance(entries, list):
        return frozenset()
    return frozenset(
        (str(entry.get("Display Name", "")), str(entry.get("Display Version", "")))
        for entry in entries
        if isinstance(entry, dict) and entry.get("MobileSoftwareUpdate")
    )


def parse_deferrals(text: str) -> list[Deferral]:
    """The updates of ``mdmclient``, one on a line: ``DeferredUntil:2025-04-10 07:00:00,Title:...,Version:15.3.2,``."""
    found = []
    for line in text.splitlines():
        parts = (part.partition(":") for part in _FIELD_END.split(line.strip()))
        fields = {name: value.strip() for name, _colon, value in parts}
        if "Title" in fields and "Version" in fields:
            found.append(Deferral(fields["Title"], fields["Version"], fields.get("DeferredUntil", "")))
    return found


def find_deferral(offer: Offer, deferrals: Iterable[Deferral]) -> str:
    """Until when an update is deferred; empty if it is not."""
    for deferral in deferrals:
        if deferral.until and deferral.version == offer.version and _is_same(deferral.title, offer):
            return deferral.until
    return ""


def _is_same(title: str, offer: Offer) -> bool:
    # of the system the title has the version in it in some lists and not in others
    return title == offer.title or f"{title} {offer.version}" == offer.title
