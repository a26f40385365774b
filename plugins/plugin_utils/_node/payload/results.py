# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What became of each wanted package: the package manager's word, and the reason where it is not the one hoped for.

What is on the node before and after comes as a ``Snapshot``; each package manager has its own.
"""

from . import wanted

ALREADY_THERE = "was already there"
INSTALLED, FAILED, NOT_TRIED, DEPENDENCY, PLANNED = "installed", "failed", "not_tried", "dependency", "planned"


class Snapshot(object):
    """The packages on a node at one moment."""

    def version(self, package):
        """The version a wanted package has; empty when it is not there."""
        raise NotImplementedError

    def is_done(self, package):
        """Whether a wanted package is there at its version, and works."""
        raise NotImplementedError

    def trouble(self, package):
        """What the package manager has not finished with a wanted package, in words; empty when nothing."""
        raise NotImplementedError

    def list_changed(self, before, packages):
        """(name, arch, version, version before, trouble) of what nobody asked for and has changed since."""
        raise NotImplementedError


def judge(packages, before, after, reasons, otherwise, remarks=None):
    """RESULT entries for the wanted ``packages``, then for what came along with them.

    ``reasons`` holds (status, reason) by key for those that are known not to have worked; the rest has ``otherwise``.
    ``remarks`` says by key what is not well with packages that are there.
    """
    results = []
    for package in packages:
        from_version = before.version(package)
        if after.is_done(package):
            reason = ALREADY_THERE if from_version == package.version else (remarks or {}).get(package.key, "")
            results.append(package.result(INSTALLED, reason, from_version))
        elif package.key in reasons:
            status, reason = reasons[package.key]
            results.append(package.result(status, reason, from_version))
        elif after.trouble(package):
            results.append(package.result(FAILED, after.trouble(package), from_version))
        else:
            results.append(package.result(otherwise[0], otherwise[1], from_version))
    for name, arch, version, old, trouble in after.list_changed(before, packages):
        results.append(wanted.Wanted(name, arch, version).result(DEPENDENCY, trouble, old))
    return results


def judge_interrupted(document, packages, after):
    """RESULT entries of an operation whose process was killed: what is there now, and what was noted at the start."""
    before = document.get("before") or {}
    results = []
    for package in packages:
        from_version = before.get("%s.%s" % package.key, "")
        if after.is_done(package):
            results.append(package.result(INSTALLED, "", from_version))
        elif after.trouble(package):
            results.append(package.result(FAILED, "interrupted: " + after.trouble(package), from_version))
        else:
            reason = "the operation was interrupted before it came to this package"
            results.append(package.result(NOT_TRIED, reason, from_version))
    return results


def describe_before(packages, before):
    """What an operation notes at its start, for ``judge_interrupted``: versions by ``name.arch``."""
    versions = [("%s.%s" % package.key, before.version(package)) for package in packages]
    return dict((key, version) for key, version in versions if version)


def sort_out(packages, before):
    """(packages to install, (status, reason) by key for those there is nothing to do for)."""
    todo, reasons = [], {}
    for package in packages:
        if not before.version(package) and not before.trouble(package):
            reasons[package.key] = (NOT_TRIED, "it is not installed on this node")
        elif not before.is_done(package):
            todo.append(package)
    return todo, reasons


def describe_plan(package, before, reasons):
    """RESULT entry of a wanted package before an install: ``planned``, or why not."""
    if before.is_done(package):
        return package.result(INSTALLED, ALREADY_THERE, before.version(package))
    status, reason = reasons.get(package.key, (PLANNED, ""))
    return package.result(status, reason, before.version(package))
