# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading a file that a program writes meanwhile; the program works on when its reader is gone."""

import codecs
import io
import os


class Tail(object):
    """What was added to a file since it was last asked; the file is made anew."""

    def __init__(self, path):
        self.path = path
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        # not that of Python 2, which stays at an end once seen
        self._stream = io.open(path, "rb")
        # a letter may be written in two parts
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def read(self):
        return self._decoder.decode(self._stream.read())

    def close(self):
        self._stream.close()
