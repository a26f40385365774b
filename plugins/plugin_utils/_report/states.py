# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The states of a node in a report and their order, worst first.

+------------------+----------------------------------------------------------------------------+
| State            | Meaning                                                                    |
+==================+============================================================================+
| NON_COMPLIANT    | at least one patch is missing, failed, rejected or waits for a reboot      |
| ERROR            | reached, but it could not be assessed                                      |
| UNREACHABLE      | no connection, so no word from it                                          |
| TERMINATED       | not started, because too many other nodes of the run had failed            |
| METADATA_MISSING | assessed, but its repositories cannot prove that nothing is missing        |
| STALE            | the last assessment is too old to be relied on, or not of the run asked for|
| OUTSIDE_WINDOW   | not started, because its window took no more nodes; the next one does      |
| NEVER_SCANNED    | known from the inventory only                                              |
| COMPLIANT        | meets its baseline                                                         |
+------------------+----------------------------------------------------------------------------+

Within a state: more failed patches first, then more critical, security and missing ones, then by host name.
"""

from __future__ import annotations

from collections.abc import Mapping

NON_COMPLIANT = "NON_COMPLIANT"
ERROR = "ERROR"
UNREACHABLE = "UNREACHABLE"
TERMINATED = "TERMINATED"
METADATA_MISSING = "METADATA_MISSING"
STALE = "STALE"
OUTSIDE_WINDOW = "OUTSIDE_WINDOW"
NEVER_SCANNED = "NEVER_SCANNED"
COMPLIANT = "COMPLIANT"

WORST_FIRST = (
    NON_COMPLIANT,
    ERROR,
    UNREACHABLE,
    TERMINATED,
    METADATA_MISSING,
    STALE,
    OUTSIDE_WINDOW,
    NEVER_SCANNED,
    COMPLIANT,
)

_DECIDING_COUNTERS = ("failed_count", "critical_non_compliant_count", "security_non_compliant_count", "missing_count")

SortKey = tuple[int, tuple[int, ...], str]


def rank(state: str, counts: Mapping[str, int] | None, host: str) -> SortKey:
    """Give the sort key of a node; a state nobody knows ranks as the worst."""
    place = WORST_FIRST.index(state) if state in WORST_FIRST else -1
    known = counts or {}
    return place, tuple(-known.get(name, 0) for name in _DECIDING_COUNTERS), host
