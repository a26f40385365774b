# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which of the wanted packages apt can install together, found by simulating; nothing is changed."""

import os
import re

from . import apt_private, apt_results, dpkg, wanted
from .apt_simulate import Simulator


def choose(packages, object_to):
    """(packages that can be installed together, reasons by key for the others).

    ``object_to`` gives the reason why a list cannot be installed. All at once is one question; a culprit costs a few.
    """
    reason = object_to(packages)
    if reason is None:
        return list(packages), {}
    nothing_works = object_to([])
    if nothing_works is not None:
        return [], dict((package.key, nothing_works) for package in packages)
    accepted, refused = [], []
    _admit(packages, accepted, refused, object_to, reason)
    _look_again(accepted, refused, object_to)
    return accepted, dict((package.key, why) for package, why in refused)


def _admit(group, accepted, refused, object_to, reason=None):
    """Accept what can be accepted of a group: as a whole, or else in halves. ``reason``: already known to fail."""
    if reason is None:
        reason = object_to(accepted + group)
    if reason is None:
        accepted += group
    elif len(group) == 1:
        refused.append((group[0], reason))
    else:
        middle = len(group) // 2
        for half in (group[:middle], group[middle:]):
            _admit(half, accepted, refused, object_to)


def _look_again(accepted, refused, object_to):
    """Packages that need each other at just these versions were parted by the halving: try them together."""
    known = -1
    while refused and known != len(accepted):
        known = len(accepted)
        for package, reason in list(refused):
            words = set(re.findall(r"[a-z0-9A-Z][a-z0-9A-Z+.-]+", reason))
            partners = [other for other, _why in refused if other is not package and other.name in words]
            if object_to(accepted + [package] + partners) is None:
                together = [package] + partners
                accepted += together
                refused[:] = [entry for entry in refused if entry[0] not in together]
                break


def plan(command):
    """The exact transaction of an install, changing nothing: RESULT entries, ``planned`` for what would be done."""
    packages = wanted.read_wanted(command.get("packages") or [])
    private = apt_private.open_private_lists() if os.geteuid() != 0 else None
    try:
        before = apt_results.read_packages()
        simulator = Simulator(
            dpkg.find_native_arch(before.values()),
            command.get("blocked") or (),
            private.options if private else (),
            command.get("pinned") or (),
        )
        return _plan(packages, before, simulator)
    finally:
        if private:
            private.remove()


def _plan(packages, before, simulator):
    todo, reasons = sort_out(packages, before)
    accepted, refused = choose(todo, simulator.object_to) if todo else ([], {})
    reasons.update((key, (apt_results.FAILED, reason)) for key, reason in refused.items())
    results = [_describe(package, before, reasons) for package in packages]
    asked = set(package.name for package in packages)
    for name, arch, version, old in simulator.simulate(accepted).entries if accepted else ():
        if name not in asked:
            entry = wanted.Wanted(name, arch, version)
            results.append(entry.result(apt_results.DEPENDENCY, "comes in as a dependency", old))
    repair = sorted(package.name for package in before.values() if package.is_pending)
    return {"transaction": results, "repair": repair}


def _describe(package, before, reasons):
    found = package.find(before)
    from_version = found.good_version if found else ""
    if apt_results.is_done(package, before):
        return package.result(apt_results.INSTALLED, apt_results.ALREADY_THERE, from_version)
    status, reason = reasons.get(package.key, ("planned", ""))
    return package.result(status, reason, from_version)


def sort_out(packages, before):
    """(packages to install, (status, reason) by key for those there is nothing to do for)."""
    todo, reasons = [], {}
    for package in packages:
        found = package.find(before)
        if found is None:
            reasons[package.key] = (apt_results.NOT_TRIED, "it is not installed on this node")
        elif not apt_results.is_done(package, before):
            todo.append(package)
    return todo, reasons
