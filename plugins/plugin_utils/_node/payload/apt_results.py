# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of each wanted package: dpkg's word, and the reason where it is not the one hoped for."""

from . import commands, dpkg, wanted

ALREADY_THERE = "was already there"
INSTALLED, FAILED, NOT_TRIED, DEPENDENCY = "installed", "failed", "not_tried", "dependency"


def read_packages():
    """dpkg's packages as they are now, by (name, arch)."""
    result = commands.run(dpkg.QUERY)
    return dict((package.key, package) for package in dpkg.parse_packages(result.out))


def is_done(package, packages):
    """Whether a wanted package is on the node at its version, configured."""
    found = package.find(packages)
    return found is not None and found.works and found.version == package.version


def describe_state(package):
    """A package dpkg has not finished with, in words."""
    return "dpkg left it %s at version %s" % (package.state, package.version)


def judge(packages, before, after, reasons, otherwise):
    """RESULT entries for the wanted ``packages``, then for what came along with them.

    ``reasons`` holds (status, reason) by key for those that are known not to have worked; the rest has ``otherwise``.
    """
    results = []
    for package in packages:
        old, new = package.find(before), package.find(after)
        from_version = old.good_version if old else ""
        if is_done(package, after):
            reason = ALREADY_THERE if from_version == package.version else ""
            results.append(package.result(INSTALLED, reason, from_version))
        elif package.key in reasons:
            status, reason = reasons[package.key]
            results.append(package.result(status, reason, from_version))
        elif new is not None and not new.works:
            results.append(package.result(FAILED, describe_state(new), from_version))
        else:
            results.append(package.result(otherwise[0], otherwise[1], from_version))
    return results + find_dependencies(packages, before, after)


def find_dependencies(packages, before, after):
    """RESULT entries for packages nobody asked for that are new or at another version."""
    asked = set(package.find(after).key for package in packages if package.find(after))
    results = []
    for key in sorted(after):
        old, new = before.get(key), after[key]
        if key in asked or (old is not None and old.version == new.version):
            continue
        entry = wanted.Wanted(new.name, new.arch, new.version)
        reason = "" if new.works else describe_state(new)
        results.append(entry.result(DEPENDENCY, reason, old.good_version if old else ""))
    return results


def judge_interrupted(document):
    """RESULT entries of an operation whose process was killed: what dpkg has now, and what was noted at the start."""
    packages = wanted.read_wanted(document["command"].get("packages") or [])
    before = document.get("before") or {}
    after = read_packages()
    results = []
    for package in packages:
        found = package.find(after)
        from_version = before.get("%s.%s" % package.key, "")
        if is_done(package, after):
            results.append(package.result(INSTALLED, "", from_version))
        elif found is not None and not found.works:
            results.append(package.result(FAILED, "interrupted: " + describe_state(found), from_version))
        else:
            reason = "the operation was interrupted before it came to this package"
            results.append(package.result(NOT_TRIED, reason, from_version))
    return results
