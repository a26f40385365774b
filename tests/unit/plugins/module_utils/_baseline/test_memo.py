# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was computed once is not computed again."""

from __future__ import annotations

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.memo import Memo


def test_each_key_is_computed_once() -> None:
    asked: list[int] = []

    def double(number: int) -> int:
        asked.append(number)
        return 2 * number

    memo = Memo(double)
    assert [memo[1], memo[2], memo[1]] == [2, 4, 2]
    assert asked == [1, 2]
