# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# The collection is importable under its own name only below a folder `ansible_collections`; pytest's `pythonpath`
# (pyproject.toml) names the one that this makes. Ansible's own loader takes the path from the environment.
_collections = subprocess.run(
    ["sh", str(ROOT / "tools" / "collections.sh")],
    env={name: value for name, value in os.environ.items() if name != "CACHE"},
    capture_output=True,
    text=True,
    check=True,
).stdout.strip()
os.environ["ANSIBLE_COLLECTIONS_PATH"] = _collections
