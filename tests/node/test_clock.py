# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Times of the facts."""

import os
import time
import unittest

import context
from payload import clock

PAYLOAD = context.PAYLOAD  # the import puts it on the path


class TestClock(unittest.TestCase):
    def test_times_are_utc_whatever_the_zone_of_the_node(self):
        old = os.environ.get("TZ")
        os.environ["TZ"] = "XXX-9"
        time.tzset()
        try:
            self.assertEqual("1970-01-02T00:00:01Z", clock.utc(86401.9))
        finally:
            del os.environ["TZ"]
            if old is not None:
                os.environ["TZ"] = old
            time.tzset()
