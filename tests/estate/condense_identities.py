# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""python3 tests/estate/condense_identities.py FILE: makes identities.json again.

FILE is a JSON object: name of a system to `files`, path to text. What a system's image has besides, but FILE lacks,
is written as the system's release package ships it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

_CHOSEN = {
    "alma8": ("almalinux-8.10", "AlmaLinux release 8.10 (Cerulean Leopard)", ("almalinux", "redhat", "system")),
    "alma9": ("almalinux-9.4", "AlmaLinux release 9.4 (Seafoam Ocelot)", ("almalinux", "redhat", "system")),
    "rocky8": ("rocky-8.10", "Rocky Linux release 8.10 (Green Obsidian)", ("rocky", "redhat", "system", "centos")),
    "rocky9": ("rocky-9.4", "Rocky Linux release 9.4 (Blue Onyx)", ("rocky", "redhat", "system")),
    "rhel9": ("rhel-9.4", "Red Hat Enterprise Linux release 9.4 (Plow)", ("redhat", "system")),
    "oracle9": ("oracle-9.4", "Oracle Linux Server release 9.4", ("oracle", "system")),
    "centos9": ("centos-stream-9-chef", "CentOS Stream release 9", ("centos", "redhat", "system")),
    "amazon2023": ("amazon-2023", "Amazon Linux release 2023.8.20250818 (Amazon Linux)", ("amazon-linux", "system")),
    "sles15": ("sles-15.5", "", ()),
}
_REDHAT_OF = {"oracle9": "Red Hat Enterprise Linux release 9.4 (Plow)"}


def main() -> None:
    """Write the file."""
    systems = json.loads(Path(sys.argv[1]).read_text())
    identities = {}
    for name, (source, line, releases) in _CHOSEN.items():
        files = {"/etc/os-release": systems[source]["files"]["/etc/os-release"]}
        files |= {f"/etc/{release}-release": f"{line}\n" for release in releases}
        if name in _REDHAT_OF:
            files["/etc/redhat-release"] = f"{_REDHAT_OF[name]}\n"
        identities[name] = files
    Path(__file__).with_name("identities.json").write_text(json.dumps(identities, indent=1) + "\n")


if __name__ == "__main__":
    main()
