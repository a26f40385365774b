# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The exact transaction of an install on a Debian-like node, found by simulating; nothing is changed."""

import os

from . import apt_results, apt_sources, results, wanted
from .apt_simulate import Simulator
from .choose import choose


def plan(command):
    """RESULT entries, ``planned`` for what would be done, and the packages that would be repaired before."""
    packages = wanted.read_wanted(command.get("packages") or [])
    sources = command.get("sources") or ()
    lists = apt_sources.open_lists(sources, os.geteuid() != 0)
    try:
        if sources:
            lists.update()
        before = apt_results.read_packages()
        simulator = Simulator(
            before.find_native_arch(),
            command.get("blocked") or (),
            lists.options,
            command.get("pinned") or (),
        )
        return _plan(packages, before, simulator)
    finally:
        lists.close()


def _plan(packages, before, simulator):
    todo, reasons = results.sort_out(packages, before)
    accepted, refused = choose(todo, simulator.object_to) if todo else ([], {})
    reasons.update((key, (results.FAILED, reason)) for key, reason in refused.items())
    planned = [results.describe_plan(package, before, reasons) for package in packages]
    asked = set(package.name for package in packages)
    for name, arch, version, old in simulator.simulate(accepted).entries if accepted else ():
        if name not in asked:
            entry = wanted.Wanted(name, arch, version)
            planned.append(entry.result(results.DEPENDENCY, "comes in as a dependency", old))
    return {"transaction": planned, "repair": sorted(package.name for package in before.list_pending())}
