# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the commands of real Macs were seen to say: facts in `recordings.json`, put into the layouts they came in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

_FILE = Path(__file__).with_name("recordings.json")
RECORDINGS: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
BANNER = "Software Update Tool\n\nFinding available software\n"
FOUND = "Software Update found the following new or updated software:\n"
NOTHING = "No new software available.\n"
NOISE = "2024-09-09 11:07:46.969 softwareupdate[25532:32872565] XType: com.apple.fonts is not accessible.\n"


class Offer(NamedTuple):
    """One update of a list, as it was written: a version may be a blank."""

    label: str
    title: str
    version: str
    size: str
    recommended: bool
    action: str


def list_offers(name: str) -> list[Offer]:
    """The updates of a recorded list."""
    return [Offer(*row) for row in RECORDINGS["lists"][name]["offers"]]


def show_list(name: str) -> str:
    """A recorded list as softwareupdate printed it."""
    return show_offers(list_offers(name), RECORDINGS["lists"][name]["layout"])


def show_offers(offers: list[Offer], layout: str = "new") -> str:
    """Updates in one of the layouts: ``new`` since macOS 10.15, ``old`` before, ``bare`` without details."""
    if not offers:
        return BANNER + NOTHING
    show = {"new": _show_new, "old": _show_old, "bare": _show_bare}[layout]
    return BANNER + NOISE + FOUND + "".join(map(show, offers))


def _show_new(offer: Offer) -> str:
    recommended = " Recommended: YES," if offer.recommended else ""
    action = f" Action: {offer.action}," if offer.action else ""
    mark = "*" if offer.recommended else "-"
    return (
        f"{mark} Label: {offer.label}\n"
        f"\tTitle: {offer.title}, Version: {offer.version}, Size: {offer.size},{recommended}{action} \n"
    )


def _show_old(offer: Offer) -> str:
    recommended = " [recommended]" if offer.recommended else ""
    action = f" [{offer.action}]" if offer.action else ""
    mark = "*" if offer.recommended else "-"
    return f"   {mark} {offer.label}\n    {offer.title} ({offer.version}), {offer.size}{recommended}{action}\n"


def _show_bare(offer: Offer) -> str:
    return f"   * {offer.label}\n"


def show_system(version: str, build: str) -> str:
    """What sw_vers prints: one tab up to macOS 12, two since."""
    tabs = "\t" if int(version.partition(".")[0]) <= 12 else "\t\t"
    return f"ProductName:{tabs}macOS\nProductVersion:{tabs}{version}\nBuildVersion:{tabs}{build}\n"


def show_recommended() -> str:
    """The updates that softwareupdate's settings hold, as JSON."""
    return json.dumps(
        [
            {"Display Name": name, "Display Version": version, **({"MobileSoftwareUpdate": 1} if is_system else {})}
            for name, version, is_system in RECORDINGS["recommended"]
        ]
    )


def show_deferrals() -> str:
    """The updates of mdmclient, one on a line."""
    return "".join(
        f"{f'DeferredUntil:{until},' if until else ''}Title:{title},Version:{version},\n"
        for title, version, until in RECORDINGS["deferrals"]
    )


def show_versions(kind: str) -> str:
    """``brew list --versions``."""
    return "".join(f"{name} {' '.join(versions)}\n" for name, versions in RECORDINGS["brew"][kind].items())


def show_outdated(kind: str) -> str:
    """``brew outdated --json=v2``: installed versions are a list of formulae, and a text of casks."""
    entries = [
        {
            "name": name,
            "installed_versions": [old] if kind == "formulae" else old,
            "current_version": new,
            **({"pinned": False, "pinned_version": None} if kind == "formulae" else {}),
        }
        for name, (old, new) in RECORDINGS["brew"][f"outdated_{kind}"].items()
    ]
    return json.dumps({"formulae": [], "casks": [], kind: entries}, indent=2) + "\n"
