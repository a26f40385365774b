# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which versions of which operating systems Patch Manager supports (``patch-manager-prerequisites``).

A system that is on no list may be patched all the same: AWS does not test it, and one past its end of life looks
compliant because nobody publishes updates for it any more.
"""

from __future__ import annotations

import enum
import re
from typing import NamedTuple

Version = tuple[int, ...]


class Support(enum.Enum):
    """What the lists say of a system."""

    CURRENT = "on the current list"
    EARLIER = "on an earlier list"
    NONE = "on no list"


class Row(NamedTuple):
    """Versions from ``first`` to ``last``; ``last`` may be shorter and then holds all that begin with it."""

    first: Version
    last: Version

    def holds(self, version: Version) -> bool:
        return self.first <= version and version[: len(self.last)] <= self.last


def _only(*version: int) -> Row:
    return Row(version, version)


# By the id of os-release. CentOS from 8 on without a minor version is CentOS Stream.
CURRENT: dict[str, tuple[Row, ...]] = {
    "almalinux": (Row((8,), (9,)),),
    "amzn": (_only(2), _only(2023)),
    "centos": (_only(9),),
    "debian": (Row((11,), (12,)),),
    "macos": (Row((13,), (13, 7)), Row((14,), (15,))),
    "ol": (Row((7, 5), (9,)),),
    "rhel": (Row((7,), (10,)),),
    "rocky": (Row((8,), (9,)),),
    "sles": (Row((15, 3), (15,)),),
    "sles_sap": (Row((15, 3), (15,)),),
    "ubuntu": (_only(18, 4), _only(20, 4), _only(22, 4), _only(24, 4), _only(25, 4)),
}
EARLIER: dict[str, tuple[Row, ...]] = {  # January 2025
    "amzn": (Row((2012, 3), (2018, 3)), _only(2022)),
    "centos": (Row((6, 5), (8,)),),
    "debian": (Row((8,), (10,)),),
    "macos": (Row((11, 3, 1), (12, 6)),),
    "raspbian": (_only(9),),
    "rhel": (Row((6, 5), (6,)),),
    "sles": (_only(12), Row((15,), (15, 2))),
    "sles_sap": (_only(12), Row((15,), (15, 2))),
    "ubuntu": (_only(14, 4), _only(16, 4), _only(20, 10), _only(23, 4), _only(23, 10), _only(24, 10)),
}


def find_support(system_id: str, version: str) -> Support:
    """Look a system up in the lists."""
    numbers = tuple(int(part) for part in version.split(".")) if re.fullmatch(r"\d{1,9}(\.\d{1,9})*", version) else ()
    for support, rows in ((Support.CURRENT, CURRENT), (Support.EARLIER, EARLIER)):
        if numbers and any(row.holds(numbers) for row in rows.get(system_id, ())):
            return support
    return Support.NONE
