# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A file that grows."""

import os
import shutil
import tempfile
import unittest

import context
from payload.tail import Tail

PAYLOAD = context.PAYLOAD  # the import puts it on the path


class TestTail(unittest.TestCase):
    def test_what_was_added_since(self):
        directory = tempfile.mkdtemp()
        try:
            tail = Tail(os.path.join(directory, "output"))
            with open(tail.path, "ab") as stream:
                for data, text in ((b"", u""), (b"one", u"one"), (b" \xc3", u" "), (b"\xa4\xff", u"\xe4\ufffd")):
                    stream.write(data)
                    stream.flush()
                    self.assertEqual(text, tail.read())
            tail.close()
        finally:
            shutil.rmtree(directory)
