# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether NTP keeps the clock right."""

import os
import tempfile
import unittest

import context
from payload import ntp

PAYLOAD = context.PAYLOAD  # the import puts it on the path


class TestNtp(unittest.TestCase):
    def test_timesyncd_says_so_by_a_file(self):
        handle, path = tempfile.mkstemp()
        os.close(handle)
        try:
            self.assertEqual(True, ntp.is_synchronized(path))
        finally:
            os.unlink(path)

    def test_else_the_kernel_is_asked_which_may_not_know(self):
        self.assertTrue(ntp.is_synchronized("/no/such/file") in (True, False, None))
