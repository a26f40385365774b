# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The order of rpm's versions (``rpmvercmp``), for systems whose bindings do not give it and for tests without any."""

import re

_PARTS = re.compile(r"\d+|[a-zA-Z]+|[~^]")


class Version(object):
    """(epoch, version, release) that compares as rpm compares; sortable also on Python 2.6."""

    def __init__(self, epoch, version, release):
        self.parts = (epoch or "0", version, release)
        self._key = (int(epoch or 0), make_key(version), make_key(release))

    def __lt__(self, other):
        return self._key < other._key

    def __ge__(self, other):
        return self._key >= other._key

    def __eq__(self, other):
        return self._key == other._key

    def __ne__(self, other):
        return self._key != other._key

    def __hash__(self):
        return hash(self._key)


# What stands at a place of a version, in ascending order: a tilde is before the end, a caret after it, then letters and
# then numbers.
_TILDE, _END, _CARET, _LETTERS, _NUMBER = range(5)
_KEYS = {}


def make_key(version):
    """A key that orders the versions, or releases, of one package."""
    key = _KEYS.get(version)
    if key is None:
        key = _KEYS[version] = tuple([_describe(part) for part in _PARTS.findall(version)]) + ((_END,),)
    return key


def _describe(part):
    if part == "~":
        return (_TILDE,)
    if part == "^":
        return (_CARET,)
    return (_NUMBER, int(part)) if part.isdigit() else (_LETTERS, part)
