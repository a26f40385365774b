# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the emulated accounts hold, and which of it a read may see already."""

from __future__ import annotations

import copy
import secrets
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .predefined import predefined_baselines

Json = dict[str, Any]


@dataclass
class Region:
    """Everything of one account in one region, in the form in which the API answers it, where it has one."""

    account: str
    region: str
    baselines: dict[str, Json] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    groups: dict[tuple[str, str], str] = field(default_factory=dict)
    """(patch group, operating system) to baseline."""
    nodes: dict[str, Json] = field(default_factory=dict)
    compliance: dict[tuple[str, str], Json] = field(default_factory=dict)
    inventory: dict[tuple[str, str, str], Json] = field(default_factory=dict)
    """(node, type, compliance type of its context) to item."""
    deletions: dict[str, Json] = field(default_factory=dict)
    syncs: dict[tuple[str, str], Json] = field(default_factory=dict)
    windows: dict[str, Json] = field(default_factory=dict)
    window_targets: dict[str, Json] = field(default_factory=dict)
    window_tasks: dict[str, Json] = field(default_factory=dict)
    window_executions: dict[str, Json] = field(default_factory=dict)
    associations: dict[str, Json] = field(default_factory=dict)
    commands: dict[str, Json] = field(default_factory=dict)
    automations: dict[str, Json] = field(default_factory=dict)
    activations: dict[str, Json] = field(default_factory=dict)
    managers: dict[str, Json] = field(default_factory=dict)
    settings: Json = field(default_factory=dict)
    resource_groups: dict[str, list[str]] = field(default_factory=dict)
    tags: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    """(resource type, identifier) to tags; those of EC2 instances are moto's."""
    answered: dict[tuple[str, str], tuple[Json, Json]] = field(default_factory=dict)
    """(operation, idempotency token) to request and answer."""

    def __post_init__(self) -> None:
        for baseline in predefined_baselines(self.region):
            self.baselines[baseline["BaselineId"]] = baseline
            if baseline.pop("is_default"):
                self.defaults[baseline["OperatingSystem"]] = baseline["BaselineId"]


@dataclass
class _Place:
    truth: Region
    earlier: deque[tuple[int, Region]] = field(default_factory=deque)
    """How many more reads may see each former state, the oldest first."""


@dataclass
class Call:
    """One request, and what it may see and change."""

    service: str
    operation: str
    request: Json
    state: Region
    world: World
    endpoint: str

    @property
    def account(self) -> str:
        return self.state.account

    @property
    def region(self) -> str:
        return self.state.region

    @cached_property
    def now(self) -> float:
        """The time, the same for all that one request does."""
        return self.world.now()

    def age(self, *what: str) -> int:
        """How often this was asked for before: what takes time is done after some reads, whatever the clock says."""
        key = (self.account, self.region, *what)
        self.world.ages[key] += 1
        return self.world.ages[key] - 1


@dataclass
class World:
    """All accounts."""

    lag: int = 0
    """Reads after a write that do not see it yet."""
    clock: float | None = None
    """The time, if it stands still."""
    steps: int = 1
    """Reads after which a command, a deployment or a sync is done."""
    ends: Json = field(default_factory=dict)
    """How a `deployment` or a `sync` ends, if not well."""
    page_limit: int | None = None
    """Most items on a page, whatever was asked for; 0: an empty page between two pages."""
    places: dict[tuple[str, str], _Place] = field(default_factory=dict)
    ages: Counter[tuple[str, ...]] = field(default_factory=Counter)
    pages: dict[str, tuple[str, int, bool]] = field(default_factory=dict)

    def now(self) -> float:
        return self.clock if self.clock is not None else round(time.time(), 3)

    def truth(self, account: str, region: str) -> Region:
        return self._place(account, region).truth

    def to_write(self, account: str, region: str) -> Region:
        """The state as it is; what it is now stays visible to reads for as long as writes lag."""
        place = self._place(account, region)
        if self.lag:
            place.earlier.append((self.lag, copy.deepcopy(place.truth)))
        return place.truth

    def to_read(self, account: str, region: str) -> Region:
        place = self._place(account, region)
        seen = place.earlier[0][1] if place.earlier else place.truth
        place.earlier = deque((left - 1, state) for left, state in place.earlier if left > 1)
        return seen

    def forget_write(self, account: str, region: str) -> None:
        """A write that was refused changed nothing."""
        place = self._place(account, region)
        if self.lag and place.earlier:
            place.earlier.pop()

    def _place(self, account: str, region: str) -> _Place:
        key = (account, region)
        if key not in self.places:
            self.places[key] = _Place(Region(account, region))
        return self.places[key]

    def keep_page(self, digest: str, offset: int, empty: bool) -> str:
        token = secrets.token_hex(24)
        self.pages[token] = (digest, offset, empty)
        return token
