# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""python3 tests/estate/condense_alas.py FILE: makes advisories/amazon2023.json again.

FILE holds ALAS records as JSON, one a line, in either of two spellings. There are few of Amazon Linux 2023, so two of
its preview, Amazon Linux 2022, are among them under their own ids and versions.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

_INTO = Path(__file__).with_name("advisories") / "amazon2023.json"
_CHOSEN = {
    # id: the release it comes with, how the node stands to it, the packages
    "ALAS2022-2021-001": ("core", "old", "vim-common vim-enhanced vim-filesystem vim-minimal"),
    "ALAS2022-2021-003": ("core", "old", "log4j"),
    "ALAS2023-2023-001": ("core", "old", "rsyslog rsyslog-logrotate rsyslog-openssl"),
    "ALAS2023LIVEPATCH-2023-001": ("livepatch", "absent", "kernel-livepatch-6.1.12-19.43"),
    "ALAS2023-2025-935": ("latest", "old", "bpftool kernel-tools kernel6.12"),
}
# Known from its bulletin only.
_BULLETIN = {
    "id": "ALAS2023-2023-126",
    "type": "security",
    "severity": "Important",
    "issued": "2023-03-07 00:29:00",
    "updated": "2023-03-08 00:51:00",
    "cves": ["CVE-2022-3787", "CVE-2022-41973", "CVE-2022-41974"],
    "bugzillas": [],
    "repository": "latest",
    "node": "old",
    "packages": [
        f"{name}-0:0.8.7-16.amzn2023.0.1.x86_64"
        for name in ("device-mapper-multipath", "device-mapper-multipath-libs", "kpartx")
    ],
}


def _lower(value: Any) -> Any:
    if isinstance(value, dict):
        return {key.lower(): _lower(inner) for key, inner in value.items()}
    return [_lower(inner) for inner in value] if isinstance(value, list) else value


def _condense(record: dict[str, Any]) -> dict[str, Any]:
    repository, node, names = _CHOSEN[record["id"]]
    packages = record.get("packages") or record["pkglist"]["collection"]["package"]
    return {
        "id": record["id"],
        "type": record.get("type", "security"),
        "severity": record["severity"],
        "issued": _date(record["issued"]["date"]),
        "updated": _date(record["updated"]["date"]),
        "cves": sorted(set(re.findall(r"CVE-\d+-\d+", json.dumps(record.get("references", ""))))),
        "bugzillas": [],
        "reboot": "kernel6" in names,
        "repository": repository,
        "node": node,
        "packages": sorted(
            "{name}-{epoch}:{version}-{release}.{arch}".format(**package)
            for package in packages
            if package["name"] in names.split() and package["arch"] in ("x86_64", "noarch")
        ),
    }


def _date(text: str) -> str:
    return text if text.count(":") > 1 else f"{text}:00"


def main() -> None:
    """Write the file."""
    records = [_lower(json.loads(line)) for line in Path(sys.argv[1]).read_text().splitlines()]
    found = {record["id"]: _condense(record) for record in records if record["id"] in _CHOSEN}
    chosen = sorted([*found.values(), _BULLETIN], key=lambda advisory: str(advisory["issued"]))
    _INTO.write_text("[\n" + ",\n".join(map(json.dumps, chosen)) + "\n]\n")


if __name__ == "__main__":
    main()
