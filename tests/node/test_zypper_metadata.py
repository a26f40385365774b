# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The metadata that zypper keeps."""

import gzip
import os
import shutil
import tempfile
import unittest

import context
from payload import zypper_metadata

PAYLOAD = context.PAYLOAD  # the import puts it on the path
INDEX = (
    '<repomd xmlns="http://linux.duke.edu/metadata/repo"><data type="primary"><location href="repodata/p.xml.gz"/></data>'
    '<data type="updateinfo_zck"><location href="repodata/u.xml"/></data><data type="other"><size>1</size></data></repomd>'
)


class TestMetadata(unittest.TestCase):
    def setUp(self):
        self.raw = tempfile.mkdtemp()

    def tearDown(self):
        shutil.rmtree(self.raw)

    def write(self, place, index=INDEX):
        home = os.path.join(self.raw, place, "repodata")
        os.makedirs(home)
        with open(os.path.join(home, "repomd.xml"), "w") as stream:
            stream.write(index)
        packed = gzip.open(os.path.join(home, "p.xml.gz"), "wb")
        packed.write(b"<metadata/>")
        packed.close()
        with open(os.path.join(home, "u.xml"), "w") as stream:
            stream.write("<updates/>")

    def test_files_by_what_they_are(self):
        for place in ("plain", "below/its/address"):
            self.write(place)
            found = zypper_metadata.Repository(place.partition("/")[0], self.raw)
            self.assertTrue(found.is_there and found.has("primary") and found.has("updateinfo"))
            self.assertFalse(found.has("other") or found.has("filelists"))
            for kind, text in (("primary", b"<metadata/>"), ("updateinfo", b"<updates/>")):
                stream = found.open(kind)
                self.assertEqual(text, stream.read())
                stream.close()

    def test_nothing_there_or_broken(self):
        self.assertFalse(zypper_metadata.Repository("gone", self.raw).is_there)
        self.write("broken", "<repomd")
        self.assertFalse(zypper_metadata.Repository("broken", self.raw).is_there)

    def test_directories_are_named_as_zypper_does(self):
        for alias, name in (("a:b c", "a:b c"), ("a/b", "a_b"), (".a", "_a")):
            self.assertEqual(name, zypper_metadata.escape_alias(alias))
