# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text that a node got from elsewhere, made fit for one line of facts."""

import re

_UNPRINTABLE = re.compile(u"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
LONGEST = 1000


def to_word(text):
    """One printable line of bounded length."""
    return _UNPRINTABLE.sub(u" ", text).strip()[:LONGEST]


def to_text(thing):
    """The text of anything, also of an error in an old Python, whose text is bytes."""
    text = thing if isinstance(thing, bytes) else "%s" % (thing,)
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text


def to_lines(text):
    """Lines as commands end them; ``splitlines`` would also break at characters that a name may hold."""
    lines = text.replace(u"\r\n", u"\n").split(u"\n")
    return lines if lines[-1] else lines[:-1]
