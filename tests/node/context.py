# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the payload's tests share: the way to the payload, the recordings, and the raw data where it is present."""

import gzip
import io
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PAYLOAD = os.path.join(ROOT, "plugins", "plugin_utils", "_node", "payload")
GOLDEN = os.path.join(HERE, "golden")
DATA = os.environ.get("OPENPATCH_DATA") or os.path.join(os.path.dirname(ROOT), "shared", "data")

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(PAYLOAD))


def read(path):
    with io.open(path, encoding="utf-8") as stream:
        return stream.read()


def golden(name):
    return read(os.path.join(GOLDEN, name))


def data(name):
    """A file of the raw data as JSON; None where the data is not present."""
    path = os.path.join(DATA, name)
    if not os.path.exists(path):
        return None
    if name.endswith(".gz"):
        stream = gzip.open(path)
        try:
            return json.loads(stream.read().decode("utf-8"))
        finally:
            stream.close()
    return json.loads(read(path))
