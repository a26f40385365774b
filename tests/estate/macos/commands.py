# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of a recorded Mac, all in one program: `python3 -m macos.commands FOLDER NAME WORD...`.

What is installed and offered is in `apple.json` and `brew.json` of the folder; an install moves it. `faults` of either
holds what a command says instead: text, exit status, seconds before.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from .recordings import BANNER, Offer, show_offers

State = dict[str, Any]
_RESTART = (
    "You have installed one or more updates that requires that you restart your\n"
    "computer.  Please restart immediately.\n"
)


def main(arguments: Sequence[str]) -> int:
    folder, name, *words = arguments
    place = Path(folder) / ("brew.json" if name == "brew" else "apple.json")
    state: State = json.loads(place.read_text(encoding="utf-8"))
    log = Path(folder) / "calls.log"
    if os.access(log, os.W_OK):
        with log.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps([name, *words]) + "\n")
    fault = state.get("faults", {}).get(" ".join([name, *words[:1]]))
    if fault:
        time.sleep(fault[2])
        sys.stdout.write(fault[0])
        return int(fault[1])
    before = json.dumps(state)
    status = COMMANDS[name](state, words)
    if json.dumps(state) != before:
        place.write_text(json.dumps(state), encoding="utf-8")
    return status


def sw_vers(state: State, _words: Sequence[str]) -> int:
    sys.stdout.write(state["sw_vers"])
    return 0


def softwareupdate(state: State, words: Sequence[str]) -> int:
    offers = [Offer(*row) for row in state["offers"]]
    if list(words) == ["--list"]:
        sys.stdout.write(show_offers(offers))
        return 0
    if len(words) != 2 or words[0] != "--install":
        sys.stderr.write(f"softwareupdate: unrecognized option `{' '.join(words)}'\n")
        return 1
    found = [offer for offer in offers if offer.label == words[1]]
    if not found:
        # it ends well all the same
        sys.stdout.write(f"{BANNER}\n{words[1]}: No such update\nNo updates are available.\n")
        return 0
    (offer,) = found
    time.sleep(state.get("install_seconds", 0))
    state["history"][offer.title] = [offer.version, int(time.time())]
    newer = [list(other) for other in offers if other.title == offer.title][offers_before(offers, offer) :]
    state["offers"] = [list(other) for other in offers if other.title != offer.title] + newer
    sys.stdout.write(f"{BANNER}\nDownloaded {offer.title}\nInstalling {offer.title}\nDone with {offer.title}\nDone.\n")
    if offer.action == "restart":
        sys.stdout.write(_RESTART)
    return 0


def offers_before(offers: Sequence[Offer], offer: Offer) -> int:
    """How many updates of the same title are gone with this one: itself and those before it."""
    return [other.label for other in offers if other.title == offer.title].index(offer.label) + 1


def plutil(state: State, words: Sequence[str]) -> int:
    import plistlib  # the others are to be quick

    wanted = words[-1].rpartition("/")[2]
    if wanted == "com.apple.SoftwareUpdate.plist":
        sys.stdout.write(state["recommended"])
    elif wanted == "InstallHistory.plist":
        sys.stdout.write(plistlib.dumps(list_history(state)).decode("utf-8"))
    elif wanted == "Info.plist":
        sys.stdout.write(plistlib.dumps(state["history"]["Safari"][0]).decode("utf-8"))
    else:
        sys.stdout.write(f"{words[-1]}: file does not exist or is not readable or is not a regular file\n")
        return 1
    return 0


def list_history(state: State) -> list[State]:
    from datetime import datetime, timezone

    data = state.get("config_data", ())
    return [
        {
            "date": datetime.fromtimestamp(moment, timezone.utc).replace(tzinfo=None),
            "displayName": title,
            "displayVersion": version,
            "packageIdentifiers": [f"com.apple.pkg.{title.replace(' ', '')}"],
            "processName": "softwareupdated",
            **({"contentType": "config-data"} if title in data else {}),
        }
        for title, (version, moment) in state["history"].items()
    ]


def pkgutil(state: State, words: Sequence[str]) -> int:
    if words[0] == "--pkgs":
        sys.stdout.write("".join(f"{name}\n" for name in [*state.get("lost_receipts", ()), *state["receipts"]]))
        return 0
    if words[1] not in state["receipts"]:
        sys.stdout.write(f"No receipt for '{words[1]}' found at '/'.\n")
        return 1
    version, moment = state["receipts"][words[1]]
    sys.stdout.write(f"package-id: {words[1]}\nversion: {version}\nvolume: /\nlocation: /\ninstall-time: {moment}\n")
    return 0


def sysctl(_state: State, words: Sequence[str]) -> int:
    ticks = int(stat("1")[19])
    if words[-1] == "kern.bootsessionuuid":
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        print(f"{boot.upper()}-{ticks}")
    elif words[-1] == "kern.boottime":
        kernel = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
        started = kernel + ticks / os.sysconf("SC_CLK_TCK")
        print(f"{{ sec = {int(started)}, usec = 500000 }} {time.ctime(started)}")
    elif words[-1] == "hw.memsize":
        print(8 * 2**30)
    else:
        sys.stderr.write(f"sysctl: unknown oid '{words[-1]}'\n")
        return 1
    return 0


def scutil(state: State, _words: Sequence[str]) -> int:
    """`scutil --proxy`: the proxies of the network that is in use."""
    entries = {**state.get("proxies", {}), "FTPPassive": 1}
    sys.stdout.write("<dictionary> {\n" + "".join(f"  {name} : {entries[name]}\n" for name in sorted(entries)) + "}\n")
    return 0


def ps(_state: State, words: Sequence[str]) -> int:
    """`ps -o lstart= -p PROCESS`: to a tick, which that of Linux is not, and by the clock of a time zone.

    One that nobody has reaped is gone, as launchd does it at once.
    """
    try:
        fields = stat(words[-1])
    except OSError:
        return 1
    if fields[0] != "Z":
        print(fields[19], os.environ.get("TZ", ""))
    return 0


def stat(process: str) -> list[str]:
    """What the kernel says of a process, from its state on."""
    return Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()


def brew(state: State, words: Sequence[str]) -> int:
    if int(os.environ.get("RECORDED_UID") or os.geteuid()) == 0:
        sys.stderr.write("Error: Running Homebrew as root is extremely dangerous and no longer supported.\n")
        return 1
    command, kind = words[0], {"--formula": "formulae", "--cask": "casks"}.get(words[-1] if len(words) > 1 else "", "")
    if command == "--version":
        print("Homebrew 4.3.9")
    elif command == "list":
        sys.stdout.write("".join(f"{name} {' '.join(versions)}\n" for name, versions in state[kind].items()))
    elif command == "outdated":
        sys.stdout.write("Warning: something that brew has to say\n" + json.dumps(show_outdated(state, kind), indent=2))
    elif command == "upgrade":
        return upgrade(state, {"--formula": "formulae", "--cask": "casks"}[words[1]], words[2])
    return 0


def show_outdated(state: State, kind: str) -> State:
    entries = [
        {
            "name": name,
            "installed_versions": [old] if kind == "formulae" else old,
            "current_version": new,
            **({"pinned": name in state.get("pinned", ()), "pinned_version": None} if kind == "formulae" else {}),
        }
        for name, (old, new) in state[f"outdated_{kind}"].items()
    ]
    return {"formulae": [], "casks": [], kind: entries}


def upgrade(state: State, kind: str, name: str) -> int:
    if name not in state[f"outdated_{kind}"]:
        sys.stderr.write(f'Error: No available {kind} with the name "{name}".\n')
        return 1
    new = state[f"outdated_{kind}"].pop(name)[1]
    state[kind][name] = [new]
    # what such an upgrade brings along
    state[kind].update({other: [version] for other, version in state.get("brings", {}).items()})
    print(f"==> Upgrading 1 outdated package:\n==> Pouring {name}--{new}.bottle.tar.gz")
    return 0


COMMANDS: dict[str, Callable[[State, Sequence[str]], int]] = {
    command.__name__: command for command in (sw_vers, softwareupdate, plutil, pkgutil, scutil, sysctl, ps, brew)
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
