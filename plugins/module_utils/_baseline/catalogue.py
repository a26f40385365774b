# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a Windows node's own search leaves of a catalogue (``selection-and-install.md`` 7.2, ``baselines.md`` 5.3).

Patch Manager's service drops superseded updates before any rule sees them. Here the updates themselves say what they
supersede. That an update is superseded by one that no rule approves does not bring it back: neither is installed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.dates import EPOCH
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.groups import Group, choose_last
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import NodeFacts, Package


def is_patch(package: Package) -> bool:
    """Tell whether an update can be part of a patch operation: those without a KB id, such as drivers, never are."""
    return bool(package.kb_ids)


def group_updates(facts: NodeFacts) -> list[Group]:
    """Return what is installed or offered, one group per line of a KB, without what something offered supersedes.

    A line are the versions of one update. A KB may have several: language packs, or the same fix for two products. An
    update that is installed stays on offer until the reboot that ends it.
    """
    held = frozenset(facts.held)
    present = [*facts.installed, *(package for package in facts.candidates if package.reboot_required)]
    offered = [package for package in facts.candidates if is_patch(package) and not package.reboot_required]
    reach = _Reach(facts.candidates)
    by_installed = reach.follow(present)
    # What an administrator has hidden takes nothing's place: the node goes on offering what it would supersede.
    by_offer = reach.follow(_list_heads([item for item in offered if item.applicable and item.name not in held]))
    groups = []
    for line in _make_lines(filter(is_patch, present), offered):
        versions = line.sort()
        newest = versions[-1] if versions else None
        installed = by_installed.get(newest.update_id) if newest else None
        replaced_by = installed.title or installed.name if installed else ""
        superseded = newest is not None and by_offer.get(newest.update_id, newest) not in versions
        if not superseded or replaced_by:
            groups.append(Group(line.installed, versions, replaced_by))
        elif line.installed is not None:
            groups.append(Group(line.installed, ()))
    return groups


class _Reach:
    """Follows what updates supersede through what is offered, over any number of generations.

    What is installed is no step on the way: whatever it supersedes is superseded by something installed anyway.
    """

    def __init__(self, packages: Iterable[Package]) -> None:
        self._supersedes: dict[str, set[str]] = {}
        for package in packages:
            if package.update_id:
                self._supersedes.setdefault(package.update_id, set()).update(package.superseded_update_ids)

    def follow(self, packages: Iterable[Package]) -> dict[str, Package]:
        """Return, by id, every update that one of the packages supersedes, each with the first that does."""
        found: dict[str, Package] = {}
        for package in packages:
            waiting = [*package.superseded_update_ids]
            while waiting:
                update_id = waiting.pop()
                if update_id and update_id not in found:
                    found[update_id] = package
                    waiting += self._supersedes.get(update_id, ())
        return found


@dataclass(slots=True, eq=False)
class _Line:
    """Versions of one update of a KB; ``into`` is the line it turned out to be a part of."""

    installed: Package | None = None
    offered: list[Package] = field(default_factory=list)
    into: _Line | None = None

    def take(self, other: _Line) -> None:
        if other.installed is not None:
            self.installed = choose_last(self.installed, other.installed)
        self.offered += other.offered
        other.into = self

    def sort(self) -> list[Package]:
        """Return what is offered, the newest last: what others supersede is older, whatever its date."""
        superseded = _name_superseded(self.offered)
        return sorted(
            self.offered,
            key=lambda item: (
                item.update_id not in superseded,
                item.released_at or EPOCH,
                _read_revision(item.version),
            ),
        )


class _Kb:
    """The lines of one KB. Every update is looked up by its ids: of one KB a node may name as many as it likes."""

    def __init__(self) -> None:
        self._lines: list[_Line] = []
        self._by_id: dict[str, _Line] = {}
        self._by_superseded: dict[str, list[_Line]] = {}

    def list_lines(self) -> list[_Line]:
        return [line for line in self._lines if line.into is None]

    def add(self, package: Package, line: _Line) -> None:
        kin = [*dict.fromkeys(_find_end(other) for other in self._list_kin(package))]
        for other in kin[1:]:
            kin[0].take(other)
        if kin:
            kin[0].take(line)
            line = kin[0]
        else:
            self._lines.append(line)
        if package.update_id:
            self._by_id[package.update_id] = line
            self._by_superseded.pop(package.update_id, None)  # they are all of this line now
            for update_id in package.superseded_update_ids:
                self._by_superseded.setdefault(update_id, []).append(line)

    def _list_kin(self, package: Package) -> Iterator[_Line]:
        if not package.update_id or not self._by_id:
            yield from self._lines[:1]  # sources that know no ids can only tell of one line
            return
        for update_id in (package.update_id, *package.superseded_update_ids):
            if update_id in self._by_id:
                yield self._by_id[update_id]
        yield from self._by_superseded.get(package.update_id, ())


def _find_end(line: _Line) -> _Line:
    """Return the line that a line is a part of by now; the way there is made shorter."""
    while line.into is not None:
        if line.into.into is not None:
            line.into = line.into.into
        line = line.into
    return line


def _list_heads(packages: Collection[Package]) -> list[Package]:
    """Return what none of the others supersedes; of a ring, in which nothing is the newest, none."""
    superseded = _name_superseded(packages)
    return [package for package in packages if package.update_id not in superseded]


def _name_superseded(packages: Iterable[Package]) -> set[str]:
    return {
        update_id
        for package in packages
        for update_id in package.superseded_update_ids
        if update_id and update_id != package.update_id
    }


def _make_lines(installed: Iterable[Package], offered: Iterable[Package]) -> Iterator[_Line]:
    by_kb: dict[str, _Kb] = {}
    for package in installed:
        by_kb.setdefault(package.name, _Kb()).add(package, _Line(package))
    for package in offered:
        by_kb.setdefault(package.name, _Kb()).add(package, _Line(None, [package]))
    for kb in by_kb.values():
        yield from kb.list_lines()


def _read_revision(version: str) -> int:
    return int(version) if version.isdecimal() else 0
