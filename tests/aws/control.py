# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control endpoint: switches, counts, nodes."""

from __future__ import annotations

from typing import Any

from . import moto_bridge
from .errors import ApiError, ControlError
from .faults import Faults
from .seeding import ACCOUNT, REGION, seed
from .snapshots import FILES
from .window_executions import run_window
from .world import Call, Json, World

_FAULTS = ("throttle", "deny", "hang", "failures")
_WORLD = {"lag": "lag", "now": "clock", "steps": "steps", "ends": "ends", "page_limit": "page_limit"}
_OFF: Json = {"lag": 0, "now": None, "steps": 1, "ends": {}, "page_limit": None}


class Control:
    """What the tester may see and change."""

    def __init__(self) -> None:
        self.world = World()
        self.faults = Faults()
        self.bugs: list[str] = []

    def status(self) -> Json:
        """Calls by operation, how many of them got an error on purpose, and answers that were none of AWS's."""
        return {"calls": dict(self.faults.calls), "refused": dict(self.faults.refused), "bugs": self.bugs}

    def release(self, orders: Any) -> None:
        if isinstance(orders, dict) and (orders.get("reset") or "hang" in orders):
            self.faults.end()

    def obey(self, orders: Any) -> Json:
        """Do what a request says: `reset` first, `seed` last."""
        if not isinstance(orders, dict):
            raise ControlError("Failed to read the request: it is not a JSON object.")
        unknown = sorted(set(orders) - {"reset", "reset_counts", "seed", "run_windows", *_FAULTS, *_WORLD})
        if unknown:
            raise ControlError(f"Failed to read the request: '{unknown[0]}' is not known.")
        self._switch(orders)
        answer: Json = {}
        if "seed" in orders:
            answer["nodes"] = seed(self.world, orders["seed"])
        if "run_windows" in orders:
            answer["executions"] = self._run_windows(orders["run_windows"])
        return answer

    def _switch(self, orders: Json) -> None:
        if orders.get("reset"):
            self._reset()
        if orders.get("reset_counts"):
            self.faults.calls.clear()
            self.faults.refused.clear()
        for name in _FAULTS:
            if name in orders:
                self.faults.set(name, orders[name])
        for name, attribute in _WORLD.items():
            if name in orders:
                setattr(self.world, attribute, _OFF[name] if orders[name] is None else orders[name])

    def _run_windows(self, order: Json) -> list[str]:
        state = self.world.truth(order.get("account", ACCOUNT), order.get("region", REGION))
        call = Call("ssm", "", {}, state, self.world, "")
        try:
            return [run_window(call, window_id) for window_id in order["windows"]]
        except ApiError as error:
            raise ControlError(f"Failed to run a window: {error}") from error

    def file(self, path: str) -> Json | None:
        """What a pre-signed URL leads to."""
        return FILES.get(path)

    def _reset(self) -> None:
        moto_bridge.reset()
        FILES.clear()
        self.faults.end()
        self.world, self.faults, self.bugs = World(), Faults(), []
