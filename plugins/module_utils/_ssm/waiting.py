# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for what AWS does after it has answered: ask again, in growing steps, for so long."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.errors import StateError

_FIRST, _LONGEST = 0.2, 15.0  # seconds


def wait_until(is_done: Callable[[], bool], *, seconds: float, doing: str, way_out: str) -> None:
    """Ask until the answer is yes. Raises ``StateError`` when the time is over."""
    begun, pause = time.monotonic(), _FIRST
    while not is_done():
        left = seconds - (time.monotonic() - begun)
        if left <= 0:
            raise StateError(f"Failed to {doing} within {seconds:.0f} s. {way_out}")
        time.sleep(min(pause * random.uniform(0.8, 1), left))
        pause = min(pause * 1.5, _LONGEST)
