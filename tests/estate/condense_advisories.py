# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""python3 tests/estate/condense_advisories.py FOLDER: makes advisories/el8.json and el9.json again.

FOLDER holds AlmaLinux's OSV records as almalinux8.osv.ndjson.gz and almalinux9.osv.ndjson.gz, one a line. Only facts
are kept: ids, dates, severities, references, package versions.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_INTO = Path(__file__).with_name("advisories")
# What the nodes have, by the notice that brought it; anything else starts below its oldest notice.
_BASE = {
    "el9": "2024:2394 2024:2447 2024:2570",
    "el8": "2024:3138 2024:7848 2024:1784",
}
_CHOSEN = {
    "el9": (
        "2024:2758 2024:5363 2024:8617 2024:6783 2024:9333 2025:1330 2024:3339 2025:4244 2024:3513 2024:5231 "
        "2024:4312 2024:4457 2024:4078 2024:4083 2024:4726 2024:5138 2024:5529 2024:6754 2024:9541 2024:6166 "
        "2024:2679 2025:2679 2025:0324 2024:5999 2025:9978 2024:9405 2025:11992 2024:2463 2022:8256 2025:20841 "
    ),
    "el8": (
        "2024:4211 2025:8056 2025:11850 2024:3269 2025:8686 2024:4256 2024:5524 2024:3166 2024:4084 2024:5654 "
        "2024:6989 2024:8860 2024:3626 2025:12450 2025:0325 2025:10110 2025:12010 2024:3203 2021:4003 2021:4167 "
        "2021:4175 2021:4186 2021:4194 2021:4243 2021:4250 2024:5814 2024:6148 "
    ),
}
_KEEP = (
    "alsa-lib ansible-pcp bind bind-libs bind-license bind-utils curl expat freerdp freerdp-libs git git-core "
    "git-core-doc glibc glibc-common glibc-minimal-langpack gnutls httpd httpd-core httpd-filesystem httpd-tools "
    "kernel kernel-core kernel-modules kernel-modules-core kernel-tools krb5-libs less libcurl libxml2 nodejs "
    "nodejs-docs npm open-vm-tools openssh openssh-clients openssh-server openssl openssl-libs postgresql "
    "postgresql-server python3 python3-libs python3-libxml2 python3-unbound qatzip qatzip-libs rsync rsync-daemon "
    "socat sqlite sqlite-libs sudo systemd systemd-libs systemd-udev tzdata tzdata-java unbound vim-filesystem "
    "vim-minimal vsftpd "
).split()
# OSV does not say the architecture.
_NOARCH = re.compile(r"-(docs?|license|filesystem|java)$|^(tzdata|rsync-daemon|ansible-pcp)")
_APPSTREAM = re.compile(
    r"alsa|ansible|bind|freerdp|git|httpd|nodejs|npm|open-vm|postgresql|qatzip|socat|tzdata-java|unbound|vim|vsftpd"
)
_NOT_INSTALLED = re.compile(r"^(postgresql|freerdp|qatzip)|^nodejs-1:20")
_REBOOT = re.compile(r"kernel|glibc|systemd")
_TYPES = {"SA": "security", "BA": "bugfix", "EA": "enhancement"}


def _condense(record: dict[str, Any], base: bool) -> dict[str, Any]:
    kind, number = record["id"][2:4], record["id"][5:]
    packages = list(_packages(record))
    name = packages[0]
    urls = [reference["url"] for reference in record.get("references", [])]
    severity = re.match(r"(Critical|Important|Moderate|Low)\b", record["summary"])
    return {
        "id": f"{kind}-{number}",
        "type": _TYPES[kind],
        "severity": severity[1] if severity and kind == "SA" else "None",
        "issued": _date(record["published"]),
        "updated": _date(record["modified"]),
        "cves": sorted(record.get("related", []))[:6],
        "bugzillas": sorted(
            {match[1] for url in urls if (match := re.search(r"bugzilla\.redhat\.com/.*?(\d+)$", url))}
        )[:6],
        "reboot": bool(_REBOOT.match(name)),
        "repository": "appstream" if _APPSTREAM.match(name) else "baseos",
        "node": "absent" if _NOT_INSTALLED.search(name) else "fixed" if base else "old",
        **({"module": list(module.groups())} if (module := re.match(r"\w+: (\S+):(\S+) ", record["summary"])) else {}),
        "packages": packages,
    }


def _packages(record: dict[str, Any]) -> Iterator[str]:
    for affected in record["affected"]:
        name = affected["package"]["name"]
        if name in _KEEP:
            epoch, _colon, version = affected["ranges"][0]["events"][-1]["fixed"].rpartition(":")
            yield f"{name}-{epoch or 0}:{version}.{'noarch' if _NOARCH.search(name) else 'x86_64'}"


def _date(text: str) -> str:
    return text[:19].replace("T", " ")


def main() -> None:
    """Write both files."""
    for family, base in _BASE.items():
        chosen = {*base.split(), *_CHOSEN[family].split()}
        with gzip.open(Path(sys.argv[1]) / f"almalinux{family[2:]}.osv.ndjson.gz", "rt") as lines:
            records = [json.loads(line) for line in lines]
        kept = [_condense(record, record["id"][5:] in base) for record in records if record["id"][5:] in chosen]
        kept.sort(key=lambda advisory: (advisory["issued"], advisory["id"]))
        missing = chosen - {advisory["id"][3:] for advisory in kept}
        if missing:
            sys.exit(f"not in the records: {', '.join(sorted(missing))}")
        text = ",\n".join(json.dumps(advisory) for advisory in kept)
        (_INTO / f"{family}.json").write_text(f"[\n{text}\n]\n")


if __name__ == "__main__":
    main()
