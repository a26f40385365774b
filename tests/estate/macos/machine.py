# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that make a Linux machine answer as a recorded Mac: commands, and what they know."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

from .recordings import RECORDINGS, list_offers, show_recommended, show_system

PLACE = "/usr/local/lib/recorded-mac"
PROGRAMS = "/usr/local/bin"
BREW = "/opt/homebrew/bin/brew"
_SOURCES = ("__init__.py", "commands.py", "recordings.py", "recordings.json")
_APPLE = ("sw_vers", "softwareupdate", "plutil", "pkgutil", "scutil", "sysctl", "ps")
_UNAME = """\
#!/bin/sh
case ${1-} in
-m) echo arm64 ;;
-r) echo 21.6.0 ;;
-n) exec /bin/uname -n ;;
*) echo Darwin ;;
esac
"""
LONG_AGO = 1700000000


def describe_apple() -> dict[str, Any]:
    """A macOS 12 with what several recorded lists offer: Safari, Command Line Tools in three versions, new systems, and
    something after which it has to be shut down."""
    offers = [
        *(offer for offer in list_offers("softwareupdate-list.12-clt.txt") if "Xcode" in offer.title),
        *list_offers("softwareupdate-list.12.txt"),
        *(
            offer
            for offer in list_offers("softwareupdate-list.10.15.txt")
            if offer.title in ("iCal", "BridgeOSUpdateCustomer")
        ),
    ]
    return {
        "sw_vers": show_system("12.6.7", "21G651"),
        "offers": offers,
        "recommended": show_recommended(),
        "history": {
            "macOS 12.6.7": ["12.6.7", LONG_AGO],
            "Safari": ["17.5", LONG_AGO],
            "Command Line Tools for Xcode": ["13.1", LONG_AGO],
            "iCal": ["1.0.1", LONG_AGO],
            "XProtectPlistConfigData": ["2170", 2 * LONG_AGO],
        },
        "config_data": ["XProtectPlistConfigData"],
        "receipts": {"com.apple.pkg.Safari": ["17.5", LONG_AGO], "org.example.agent": ["1.2", LONG_AGO]},
    }


def describe_brew() -> dict[str, Any]:
    """The recorded formulae and casks, with those that are outdated."""
    brew: dict[str, Any] = json.loads(json.dumps(RECORDINGS["brew"]))
    for kind in ("formulae", "casks"):
        brew[kind].update({name: [old] for name, (old, _new) in brew[f"outdated_{kind}"].items()})
    return brew


def list_files(
    place: str = PLACE, programs: str = PROGRAMS, brew: str = BREW, python: str = "/usr/bin/python3"
) -> dict[str, str]:
    """Path to text; what begins with ``#!`` is a program. Homebrew's are to be owned by somebody else than root."""
    here = Path(__file__).parent

    def wrap(name: str) -> str:
        words = shlex.join([python, "-sS", "-m", "macos.commands", place, name])
        return f'#!/bin/sh\nPYTHONPATH={shlex.quote(place)} exec {words} "$@"\n'

    return {
        **{f"{place}/macos/{name}": (here / name).read_text(encoding="utf-8") for name in _SOURCES},
        f"{place}/apple.json": json.dumps(describe_apple()),
        f"{place}/brew.json": json.dumps(describe_brew()),
        f"{programs}/uname": _UNAME,
        **{f"{programs}/{name}": wrap(name) for name in _APPLE},
        brew: wrap("brew"),
    }


def list_brew_files(place: str = PLACE, brew: str = BREW) -> tuple[str, ...]:
    """Those of Homebrew's owner."""
    return (f"{place}/brew.json", brew)
