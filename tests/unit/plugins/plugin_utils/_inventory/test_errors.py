# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._inventory.errors import PlaceError, describe

WAYS_OUT = "Give the right to read it, leave it out of regions or accounts, or set allow_partial."


def test_what_failed_is_told_with_the_ways_out() -> None:
    assert describe([PlaceError("account 1", "no.")]) == f"Failed to read account 1: no. {WAYS_OUT}"


def test_of_many_failures_a_few_are_shown() -> None:
    text = describe([PlaceError(f"account {number}", "no") for number in range(7)])
    assert "account 4" in text
    assert "account 5" not in text
    assert text.endswith(f"2 more failed. {WAYS_OUT}")
