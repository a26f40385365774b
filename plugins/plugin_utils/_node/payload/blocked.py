# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether an entry of a rejected list names a package: texts are made from templates and compared with the entry."""

import re


class Blocked(object):
    """``entries`` are texts with ``*`` for any characters, ``shapes`` templates such as ``{name}-{version}.{arch}``."""

    def __init__(self, entries, shapes):
        self._shapes = [re.sub(r"\{(\w+)\}", r"%(\1)s", shape.replace("%", "%%")) for shape in shapes]
        self._exact = set(entry for entry in entries if "*" not in entry)
        globs = [entry for entry in entries if "*" in entry]
        self._globs = [(compile_globs([entry]), entry) for entry in globs]
        # most packages are named by none: one look tells
        self._any = compile_globs(globs) if globs else None

    def find(self, name, arch, epoch, version, release):
        """The entry that names a package, or None."""
        values = {"name": name, "arch": arch, "epoch": epoch, "version": version, "release": release}
        for shape in self._shapes:
            text = shape % values
            if text in self._exact:
                return text
            if self._any is not None and self._any.match(text):
                return [entry for pattern, entry in self._globs if pattern.match(text)][0]
        return None


def compile_globs(globs):
    """A regular expression that matches what one of the globs does; only ``*`` means something in them."""
    # of neighbours one is enough, and would cost a power of them
    alternatives = [re.escape(re.sub(r"\*+", "*", glob)).replace("\\*", ".*") for glob in globs]
    return re.compile("(?:%s)\\Z" % "|".join(alternatives), re.DOTALL)
