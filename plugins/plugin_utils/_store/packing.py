# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How values become columns: documents as compressed JSON, times as text that sorts, text every database takes."""

from __future__ import annotations

import json
import zlib
from datetime import datetime, timezone
from typing import Any

_TIME_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"


def pack_document(document: object) -> bytes:
    """Compress a JSON value. ASCII only, so that any text survives, lone surrogates included."""
    return zlib.compress(json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii"))


def unpack_document(packed: bytes) -> Any:
    """Give the JSON value back."""
    return json.loads(zlib.decompress(packed))


def render_time(moment: datetime) -> str:
    """Write a time as UTC text of fixed width, so that order of text is order of time."""
    if moment.tzinfo is None:
        raise ValueError(f"time {moment.isoformat()} has no time zone")
    return moment.astimezone(timezone.utc).strftime(_TIME_FORMAT)


def parse_time(text: str) -> datetime:
    """Read a time back."""
    return datetime.strptime(text, _TIME_FORMAT).replace(tzinfo=timezone.utc)


def make_storable(text: str) -> str:
    """Escape what a database refuses: NUL (PostgreSQL) and lone surrogates (all; Ansible makes them of bad bytes)."""
    return text.replace("\x00", "\\x00").encode("utf-8", "backslashreplace").decode("utf-8")
