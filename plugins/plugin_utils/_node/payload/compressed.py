# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading files as repositories compress them: gzip, bzip2, xz or not at all, told by their first bytes."""

import bz2
import gzip
import zlib

from . import commands

try:
    import lzma  # novm: looked for
except ImportError:  # Python 2 has none
    lzma = None

_GZIP, _BZIP2, _XZ = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00"
_BROKEN = (IOError, OSError, EOFError, ValueError, zlib.error) + ((lzma.LZMAError,) if lzma else ())


def read_compressed(path):
    """The bytes in a file. ValueError says why they cannot be had."""
    try:
        return _READERS.get(_look(path), _read_plain)(path)
    except _BROKEN as error:
        raise ValueError("%s cannot be read: %s" % (path, error))


def _look(path):
    with open(path, "rb") as stream:
        first = stream.read(6)
    for mark in (_GZIP, _BZIP2, _XZ):
        if first.startswith(mark):
            return mark
    return None


def _read_plain(path):
    with open(path, "rb") as stream:
        return stream.read()


def _read_gzip(path):
    stream = gzip.open(path, "rb")
    try:
        return stream.read()
    finally:
        stream.close()


def _read_bzip2(path):
    return bz2.decompress(_read_plain(path))


def _read_xz(path):
    if lzma:
        return lzma.decompress(_read_plain(path))
    result = commands.run(["xz", "--decompress", "--stdout", path])
    if result.status != 0:
        raise ValueError(result.reason())
    return result.out.encode("utf-8")


_READERS = {_GZIP: _read_gzip, _BZIP2: _read_bzip2, _XZ: _read_xz}
