# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Put the pip that ansible-test asks for into an empty virtual environment: tools/sanity.sh hands it this file."""

from __future__ import annotations

import os
import subprocess
import sys

OF_THE_ORIGINAL = ("--no-setuptools", "--no-wheel")

os.environ.pop("GET_PIP", None)  # ansible-test's own pip wrapper would start this file again
wanted = [argument for argument in sys.argv[1:] if argument not in OF_THE_ORIGINAL]
subprocess.run([sys.executable, "-m", "ensurepip"], check=True, stdout=subprocess.DEVNULL)
subprocess.run([sys.executable, "-m", "pip", "install", *wanted], check=True)
