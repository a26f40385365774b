# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which of the wanted packages can be installed together, so that one bad package does not sink the others."""

import re


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
