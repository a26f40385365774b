# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is installed by the records of macOS: the history of installs, and the receipts of packages."""

from __future__ import annotations

import plistlib
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from typing import Any, NamedTuple
from xml.parsers.expat import ExpatError

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.macos.system import format_time

# what puts entries into the history on behalf of Apple's update service
_UPDATERS = re.compile(r"(?i)software ?update.*")
_END = "</plist>"
_FIELD = re.compile(r"(?m)^([\w-]+): (.*?)\s*$")


class Installed(NamedTuple):
    """One thing that was installed; ``at`` is a time of the facts or empty."""

    name: str
    version: str
    at: str = ""
    packages: tuple[str, ...] = ()


def read_plist(text: str) -> Any:
    """What a property list in XML holds; raises ValueError if it is none."""
    # whatever the command said before and after it
    start, end = text.find("<?xml"), text.rfind(_END)
    try:
        return plistlib.loads(text[max(start, 0) : end + len(_END)].encode("utf-8"))
    except (ExpatError, ValueError, TypeError, AttributeError, IndexError, OverflowError) as error:
        raise ValueError(f"it is no property list: {error}") from error


def parse_history(text: str) -> list[Installed]:
    """What Apple's update service installed, the last of each name, by ``InstallHistory.plist``.

    Data such as XProtect's has no time: macOS fetches it by itself day by day and uses it at once, so that no boot is
    waited for. Raises ValueError if it is no history.
    """
    entries = read_plist(text)
    if not isinstance(entries, list):
        raise ValueError("it is no list")
    latest: dict[str, tuple[datetime, Installed]] = {}
    for entry in entries:
        if not isinstance(entry, Mapping) or not _UPDATERS.fullmatch(str(entry.get("processName", ""))):
            continue
        name, date = str(entry.get("displayName") or "").strip(), entry.get("date")
        moment = (
            date.replace(tzinfo=timezone.utc)
            if isinstance(date, datetime)
            else datetime.min.replace(tzinfo=timezone.utc)
        )
        if not name or (name in latest and latest[name][0] > moment):
            continue
        is_dated = isinstance(date, datetime) and entry.get("contentType") != "config-data"
        packages = entry.get("packageIdentifiers")
        latest[name] = (
            moment,
            Installed(
                name,
                str(entry.get("displayVersion") or "").strip(),
                moment.strftime("%Y-%m-%dT%H:%M:%SZ") if is_dated else "",
                tuple(map(str, packages)) if isinstance(packages, list) else (),
            ),
        )
    return [installed for _moment, installed in latest.values()]


def parse_receipts(text: str) -> list[Installed]:
    """The packages of ``pkgutil --pkg-info``, one after the other."""
    return list(_read_receipts(text))


def _read_receipts(text: str) -> Iterator[Installed]:
    for part in re.split(r"(?m)^(?=package-id: )", text):
        fields = dict(_FIELD.findall(part))
        if fields.get("package-id"):
            at = fields.get("install-time", "")
            when = format_time(int(at)) if re.fullmatch(r"\d{1,11}", at) else ""
            yield Installed(fields["package-id"], fields.get("version", ""), when)
