# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Packages of a repository."""

import io
import unittest

from context import golden
from payload import rpm_primary

ONE = (
    b'<?xml version="1.0"?>\n<metadata xmlns="x" packages="%d">\n<package type="rpm">\n  <name>a+b</name>\n  <arch>i686</arch>\n'
    b"  <version epoch='2' rel='3' ver='1~rc1'/>\n  <time file=\"9\" build=\"7\"/>\n<format><rpm:provides>"
    b'<rpm:entry name="z" epoch="0" ver="1" rel="1"/></rpm:provides></format></package>\n</metadata>'
)


def read(data, names=None):
    return list(rpm_primary.read_packages(io.BytesIO(data), names))


def count(number):
    return ONE.replace(b"%d", str(number).encode("ascii"))


class TestPackages(unittest.TestCase):
    def setUp(self):
        self.recorded = golden("sles-15.primary.xml").encode("utf-8")

    def test_recorded(self):
        found = read(self.recorded)
        self.assertTrue(["python3-rpm", "x86_64", "0", "4.14.3", "150400.59.3.1", 1700000000] in found, found)
        self.assertEqual(["cloud-regionsrv-client"], [row[0] for row in read(self.recorded, set(["cloud-regionsrv-client"]))])

    def test_in_whatever_pieces_it_comes(self):
        real, rpm_primary._CHUNK = rpm_primary._CHUNK, 11
        try:
            self.assertEqual(5, len(read(self.recorded)))
        finally:
            rpm_primary._CHUNK = real

    def test_epoch_and_order_of_attributes(self):
        self.assertEqual([["a+b", "i686", "2", "1~rc1", "3", 7]], read(count(1)))

    def test_what_is_not_whole_or_not_known_is_not_taken_for_an_answer(self):
        for data in (count(2), count(1).replace(b"</package>", b""), count(1).replace(b"name>", b"x:name>"), b"<html/>", b""):
            self.assertRaises(rpm_primary.Unreadable, read, data)
        self.assertRaises(rpm_primary.Unreadable, read, count(1).replace(b"<version", b"<edition"))
