# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the node's clock is kept right by NTP."""

import os

SYNCHRONIZED = "/run/systemd/timesync/synchronized"
_SIZE_OF_TIMEX = 512  # struct timex has 208 bytes; all zero asks and changes nothing
_ERROR = 5  # TIME_ERROR: the kernel was not told that it is synchronised


def is_synchronized(path=SYNCHRONIZED):
    """True, False, or None where nobody can tell. The kernel knows it of chrony and ntpd as well."""
    if os.path.exists(path):
        return True
    try:
        import ctypes

        state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_SIZE_OF_TIMEX))
    except (ImportError, AttributeError, OSError, TypeError):
        return None
    return None if state < 0 else state != _ERROR
