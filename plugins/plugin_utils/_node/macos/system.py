# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which macOS a node has, in its own words and in those of Patch Manager's API, and which boot it is in."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.macos.blocks import Blocks

NAMES = {11: "BigSur", 12: "Monterey", 13: "Ventura", 14: "Sonoma", 15: "Sequoia"}
OLDEST = (11, 3, 1)
_BOOT_TIME = re.compile(r"\{ sec = (\d{1,12}), usec = (\d{1,6}) \}")


def describe_system(blocks: Blocks) -> dict[str, Any]:
    """The ``os`` part of the facts, boot, name and time; what is not known is absent."""
    facts: dict[str, Any] = {"schema": 1, "os": identify(blocks["sw_vers"].text)}
    for key, name in (("arch", "machine"), ("kernel", "kernel")):
        if blocks.line(name):
            facts["os"][key] = blocks.line(name)
    for key in ("hostname", "boot_id"):
        if blocks.line(key):
            facts[key] = blocks.line(key)
    booted = find_boot_time(blocks.line("boot_time"))
    if booted is not None:
        facts["booted_at"] = format_time(booted)
    now = blocks.number("now")
    if now is not None:
        facts["collected_at"] = format_time(now)
    return facts


def identify(said: str) -> dict[str, Any]:
    """The system by what ``sw_vers`` says."""
    fields = dict(re.findall(r"(?m)^(\w+):\s+(.*?)\s*$", said))
    version = fields.get("ProductVersion", "")
    system = {"id": "macos", "name": f"{fields.get('ProductName', 'macOS')} {version}".strip()}
    if version:
        system["version"] = version
    numbers = tuple(int(part) for part in version.split(".")) if re.fullmatch(r"\d{1,9}(\.\d{1,9})*", version) else ()
    if numbers and numbers[0] in NAMES:
        system["codename"] = NAMES[numbers[0]]
        if numbers >= OLDEST:
            system["operating_system"], system["product"] = "MACOS", NAMES[numbers[0]] + version
    return system


def find_boot_time(said: str) -> int | None:
    """Seconds after the epoch; rounded up, as times of installation are rounded down."""
    match = _BOOT_TIME.search(said)
    return int(match[1]) + (int(match[2]) > 0) if match else None


def format_time(seconds: int) -> str:
    """A time as the facts have it: UTC, ISO 8601."""
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
