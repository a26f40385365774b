# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""zypper's XML, element by element.

Patterns, not a parser: the answer of a zypper that was killed ends in the middle, and the words of package scripts
stand in it as they came, control characters included.
"""

import re

_ELEMENT = r"<(%s)((?:\s+[\w:-]+=(?:\"[^\"]*\"|'[^']*'))*)\s*(?:/>|>(.*?)</\1\s*>)"
_ATTRIBUTE = re.compile(r"([\w:-]+)=(?:\"([^\"]*)\"|'([^']*)')")
_ENTITY = re.compile(r"&(#x[0-9a-fA-F]{1,6}|#\d{1,7}|\w{2,4});")
_NAMED = {"lt": u"<", "gt": u">", "amp": u"&", "quot": u'"', "apos": u"'"}
_TAG = re.compile(r"<[^>]*>")
_PATTERNS = {}


class Element(object):
    """``attributes``, and what stands between start and end: ``inner`` as it is, ``text`` to be read."""

    def __init__(self, match):
        self.name = match.group(1)
        self.attributes = dict(
            (name, unescape(quoted or apostrophed)) for name, quoted, apostrophed in _ATTRIBUTE.findall(match.group(2))
        )
        self.inner = match.group(3) or u""
        self.end = match.end()

    def get(self, name, default=u""):
        return self.attributes.get(name, default)

    @property
    def text(self):
        return unescape(_TAG.sub(u"", self.inner))


def find(text, *names):
    """The elements of these names, in order. One within another of these names is not seen."""
    if names not in _PATTERNS:
        _PATTERNS[names] = re.compile(_ELEMENT % "|".join(names), re.DOTALL)
    return [Element(match) for match in _PATTERNS[names].finditer(text)]


def unescape(text):
    return _ENTITY.sub(_replace, text)


def _replace(match):
    word = match.group(1)
    if word[0] != "#":
        return _NAMED.get(word, match.group(0))
    number = int(word[2:], 16) if word[1] == "x" else int(word[1:])
    # a number beyond this plane is no letter of any message; older Pythons cannot make it
    return (u"%c" % number) if 0 < number < 0x10000 else u"?"
