# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files as repositories compress them."""

import base64
import bz2
import gzip
import os
import shutil
import tempfile
import unittest

import context
from payload import compressed

PAYLOAD = context.PAYLOAD  # the import puts it on the path
# <updates/>
XZ = base64.b64decode("/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAJPHVwZGF0ZXMvPgAAANUnaP9KGiWqAAEiChUa4WcftvN9AQAAAAAEWVo=")


class TestCompressed(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp()
        self.path = os.path.join(self.directory, "updateinfo")

    def tearDown(self):
        shutil.rmtree(self.directory)

    def read(self, data):
        with open(self.path, "wb") as stream:
            stream.write(data)
        return compressed.read_compressed(self.path)

    def zip(self, data):
        stream = gzip.open(self.path, "wb")
        stream.write(data)
        stream.close()
        with open(self.path, "rb") as stream:
            return stream.read()

    def test_all_kinds(self):
        for data in (b"<updates/>", self.zip(b"<updates/>"), bz2.compress(b"<updates/>"), XZ):
            self.assertEqual(b"<updates/>", self.read(data))
        self.assertEqual(b"", self.read(b""))

    def test_xz_without_pythons_help(self):
        real, compressed.lzma = compressed.lzma, None
        try:
            self.assertEqual(b"<updates/>", self.read(XZ))
            self.assertRaises(ValueError, self.read, XZ[:40])
        finally:
            compressed.lzma = real

    def test_what_is_broken_or_not_there_is_told(self):
        for data in (self.zip(b"<updates/>" * 99)[:30], b"\x1f\x8bno", b"BZhno", XZ[:40]):
            self.assertRaises(ValueError, self.read, data)
        self.assertRaises(ValueError, compressed.read_compressed, self.path + ".gone")
