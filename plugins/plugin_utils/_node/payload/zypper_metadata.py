# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The metadata of a repository as zypper keeps it: ``<raw cache>/<alias>/.../repodata``."""

import glob
import os

from .compressed import open_compressed

try:
    from xml.etree import cElementTree as ElementTree
except ImportError:
    from xml.etree import ElementTree

RAW_CACHE = "/var/cache/zypp/raw"


class Repository(object):
    """The files of one repository."""

    def __init__(self, alias, raw_cache=RAW_CACHE):
        place = os.path.join(raw_cache, escape_alias(alias))
        self._files = {}
        # a repository may begin below its address
        for depth in ("", "*", "*/*", "*/*/*"):
            for path in sorted(glob.glob(os.path.join(place, depth, "repodata", "repomd.xml"))):
                self._files = _read_index(path)
                return

    @property
    def is_there(self):
        return bool(self._files)

    def has(self, kind):
        return self._find(kind) is not None

    def open(self, kind):
        """Read a file (``primary``, ``updateinfo``) as it was before it was packed."""
        return open_compressed(self._find(kind))

    def _find(self, kind):
        for name in (kind, kind + "_zck"):
            if name in self._files and os.path.exists(self._files[name]):
                return self._files[name]
        return None


def escape_alias(alias):
    """The directory of a repository."""
    name = alias.replace("/", "_")
    return "_" + name[1:] if name.startswith(".") else name


def _read_index(path):
    """Paths by kind, from ``repomd.xml``."""
    try:
        root = ElementTree.parse(path).getroot()
    except Exception:
        # each version of Python has another name for XML that is broken; so much is known: there is nothing to read
        return {}
    base = os.path.dirname(os.path.dirname(path))
    files = {}
    for data in root:
        for child in data:
            if child.tag.endswith("}location") and child.get("href"):
                files[data.get("type") or ""] = os.path.join(base, child.get("href"))
    return files
