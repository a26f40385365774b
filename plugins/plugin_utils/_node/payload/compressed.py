# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading files as repositories compress them: gzip, bzip2, xz, zstd, zchunk or not at all, by their first bytes."""

import bz2
import gzip
import subprocess
import zlib

from . import commands

try:
    import lzma  # novm: looked for
except ImportError:  # Python 2 has none
    lzma = None

_GZIP, _BZIP2, _XZ, _ZSTD, _ZCHUNK = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", b"\x00ZCK1"
# what reading a damaged file raises, by any of the readers
BROKEN = (IOError, OSError, EOFError, ValueError, zlib.error) + ((lzma.LZMAError,) if lzma else ())
_TOOLS = {_XZ: ["xz", "-dc"], _ZSTD: ["zstd", "-dcq"], _ZCHUNK: ["unzck", "--stdout"]}


def read_compressed(path):
    """The bytes in a file. ValueError says why they cannot be had."""
    try:
        stream = open_compressed(path)
        try:
            return stream.read()
        finally:
            stream.close()
    except BROKEN as error:
        raise ValueError("%s cannot be read: %s" % (path, error))


def open_compressed(path):
    """A file to be read as it was before; opening it and reading raise one of ``BROKEN`` when that cannot be."""
    mark = _look(path)
    if mark == _GZIP:
        return gzip.open(path, "rb")
    if mark == _BZIP2:
        return bz2.BZ2File(path, "rb")
    if mark == _XZ and lzma:
        return lzma.open(path, "rb")
    return _Unpacked(_TOOLS[mark] + [path]) if mark else open(path, "rb")


def _look(path):
    with open(path, "rb") as stream:
        first = stream.read(6)
    for mark in (_GZIP, _BZIP2, _XZ, _ZSTD, _ZCHUNK):
        if first.startswith(mark):
            return mark
    return None


class _Unpacked(object):
    """What a command writes, as a file."""

    def __init__(self, argv):
        self._name = argv[0]
        try:
            self._process = commands.open_process(argv, commands.environment(), subprocess.PIPE, subprocess.PIPE)
        except OSError:
            raise ValueError("that needs '%s', which is not on this node" % self._name)

    def read(self, size=-1):
        data = self._process.stdout.read(size)
        if size < 0 or len(data) < size:
            said = self._process.stderr.read().decode("utf-8", "replace").strip()
            if self._process.wait() != 0:
                raise ValueError("'%s' failed: %s" % (self._name, said))
        return data

    def close(self):
        self._process.stdout.close()
        self._process.stderr.close()
        self._process.wait()
