# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes wrong with the inventory.

::

    InventoryError          what was tried, the cause, and the way out where there is one
    ├── OptionError         the inventory file says what cannot be
    └── PlaceError          an account, or one of its regions, could not be read; .place
"""

from __future__ import annotations

from collections.abc import Sequence

_SHOWN = 5


class InventoryError(Exception):
    """The inventory could not be made."""


class OptionError(InventoryError):
    """The inventory file says what cannot be."""


class PlaceError(InventoryError):
    """An account, or one of its regions, could not be read."""

    def __init__(self, place: str, cause: str) -> None:
        super().__init__(f"Failed to read {place}: {cause}")
        self.place = place


def describe(failures: Sequence[PlaceError]) -> str:
    """Return what failed, and the ways out."""
    more = len(failures) - _SHOWN
    texts = [str(error).rstrip(".") + "." for error in failures[:_SHOWN]] + (
        [f"{more} more failed."] if more > 0 else []
    )
    return " ".join([*texts, "Give the right to read it, leave it out of regions or accounts, or set allow_partial."])
