# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the store raises.

::

    StoreError
    ├── StoreUnavailableError    cannot be opened, reached, read or written
    ├── StoreVersionError        made by a newer version of this collection
    └── StoreValueError          an argument cannot be stored: not a GUID, a run or state nobody knows
"""

from __future__ import annotations


class StoreError(Exception):
    """Root of everything the store raises on purpose."""


class StoreUnavailableError(StoreError):
    """The database cannot be opened, reached, read or written."""


class StoreVersionError(StoreError):
    """The database was made by a newer version of this collection."""


class StoreValueError(StoreError):
    """An argument cannot be stored."""
