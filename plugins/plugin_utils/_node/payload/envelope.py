# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The answer's way home: JSON, compressed, in printable lines between two marks that hold the asker's nonce.

What a login script, sudo or sshd prints before, after or on the other stream is none of our business, and a long answer
is never cut short. The plain form of a program without Python is in ``bundle.py``.
"""

import base64
import json
import os
import zlib

MARK = "@@openpatch"
LINE_LENGTH = 76


def seal(answer, nonce):
    """The lines of an answer."""
    data = base64.b64encode(zlib.compress(json.dumps(answer, separators=(",", ":")).encode("utf-8"), 6)).decode("ascii")
    lines = [data[start : start + LINE_LENGTH] for start in range(0, len(data), LINE_LENGTH)]
    return "\n".join(["", "%s %s begin" % (MARK, nonce)] + lines + ["%s %s end %d" % (MARK, nonce, len(data)), ""])


def send(answer, nonce, descriptor=1):
    """Write an answer as a whole, whatever the terminal or pipe takes at a time."""
    data = seal(answer, nonce).encode("ascii")
    while data:
        data = data[os.write(descriptor, data) :]
