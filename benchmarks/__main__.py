# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run all benchmarks, or those named: ``make bench ARGS="engine scan"``."""

from __future__ import annotations

import os
import subprocess
import sys

ALL = ("engine", "collector", "dnf_collector", "scan", "rate_control", "inventory")


def main() -> int:
    failed = 0
    # the collection under the name it is imported by, which outside of ansible only the path can give it
    path = os.pathsep.join([os.environ["ANSIBLE_COLLECTIONS_PATH"], os.environ.get("PYTHONPATH", "")])
    for name in sys.argv[1:] or ALL:
        print(f"== {name}", flush=True)
        failed |= subprocess.run(
            [sys.executable, "-m", f"benchmarks.{name}"], env={**os.environ, "PYTHONPATH": path}, check=False
        ).returncode
    return failed


if __name__ == "__main__":
    sys.exit(main())
