# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""python3 tests/estate/condense_patches.py FOLDER: makes advisories/sles15.json again.

FOLDER holds what `zypper --quiet list-patches --all` and `zypper --quiet list-updates` said on a SLES 15 SP5 machine,
as sles-15.zypper-list-patches.stdout and sles-15.zypper-list-updates.stdout. Ids, categories, severities, flags and
versions come from there; which package belongs to which patch, what the listings no longer show and the CVEs from the
announcements; dates are made from the numbers, which SUSE counts up through the year.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

_INTO = Path(__file__).with_name("advisories") / "sles15.json"
_KERNEL = "kernel-default-0:5.14.21-150500.55.{}.1.x86_64"
_CURL = ("curl-0:8.0.1-150400.5.32.1.x86_64", "libcurl4-0:8.0.1-150400.5.32.1.x86_64")
# Number of a patch: the packages it updates. A full name where the listings do not have it.
_PACKAGES: dict[int, tuple[str, ...]] = {
    2240: ("systemd-presets-common-SUSE-0:15-150500.18.2.1.noarch",),
    2243: ("ucode-intel-0:20230512-150200.24.1.x86_64",),
    2430: ("supportutils-plugin-suse-public-cloud-0:1.0.7-150000.3.17.1.noarch",),
    3717: ("libapparmor1", "apparmor-parser"),
    3814: ("nscd",),
    3821: ("bind-utils", "python3-bind"),
    3823: _CURL,
    3828: ("python3", "python3-base", "libpython3_6m1_0"),
    3843: ("suse-build-key",),
    3954: ("libeconf0",),
    3970: ("dracut",),
    3971: (_KERNEL.format(28),),
    3973: ("libzypp", "zypper"),
    4024: ("shadow", "login_defs"),
    4044: ("curl", "libcurl4"),
    4071: (_KERNEL.format(31),),
    4073: ("rpm-ndb", "python3-rpm"),
    4105: ("libopenssl1_1", "openssl-1_1"),
    4110: ("glibc", "glibc-locale", "glibc-i18ndata"),
    4141: ("grub2", "grub2-i386-pc"),
    4153: ("systemd", "libsystemd0", "udev"),
    4154: ("aaa_base",),
    4194: ("python311-0:3.11.5-150400.9.20.2.x86_64",),
    4200: ("libnghttp2-14",),
    4215: ("libz1",),
    4304: ("cloud-regionsrv-client",),
    4375: ("kernel-default",),
    4382: ("release-notes-sles",),
    4610: ("google-guest-configs",),
}
_CVES = {
    3821: ("CVE-2023-3341",),
    3823: ("CVE-2023-38039",),
    3828: ("CVE-2022-48565", "CVE-2023-40217"),
    4044: ("CVE-2023-38545", "CVE-2023-38546"),
    4110: ("CVE-2023-4813",),
    4200: ("CVE-2023-44487",),
    4215: ("CVE-2023-45853",),
}
_FIXED = (2240, 2430)
_ABSENT = (2243, 4194)
_REPOSITORIES = {"Module-Basesystem": "basesystem", "Module-Public-Cloud": "public-cloud", "Product-SLES": "sles"}
_FIRST = (2233, datetime(2023, 5, 18, tzinfo=timezone.utc))
_LAST = (4670, datetime(2023, 12, 6, tzinfo=timezone.utc))


def _date(number: int) -> str:
    share = (number - _FIRST[0]) / (_LAST[0] - _FIRST[0])
    when = _FIRST[1] + timedelta(seconds=int(share * (_LAST[1] - _FIRST[1]).total_seconds()))
    return when.strftime("%Y-%m-%d %H:%M:%S")


def _rows(path: Path) -> list[list[str]]:
    return [[column.strip() for column in line.split("|")] for line in path.read_text().splitlines() if "|" in line]


def _condense(row: list[str], updates: dict[str, tuple[str, str]]) -> dict[str, Any] | None:
    _repository, name, category, severity, interactive = row[:5]
    number = int(name.rpartition("-")[2]) if name.startswith("SUSE-SLE") else 0
    part = next((key for key in _REPOSITORIES if key in name), "")
    packages = _PACKAGES.get(number)
    if not packages or not part or (number == 4073 and part != "Module-Public-Cloud"):
        return None
    return {
        "id": name,
        "type": category,
        "severity": severity,
        "title": row[6],
        "issued": _date(number),
        "updated": "",
        "cves": _CVES.get(number, ()),
        "bugzillas": [],
        "reboot": interactive == "reboot",
        "restart": interactive == "restart",
        "repository": _REPOSITORIES[part],
        "node": "fixed" if number in _FIXED else "absent" if number in _ABSENT else "old",
        "installed": [updates[package][0] for package in packages if package in updates],
        "packages": [updates[package][1] if package in updates else package for package in packages],
    }


def main() -> None:
    """Write the file."""
    folder = Path(sys.argv[1])
    updates = {}
    for _status, _repository, name, old, new, arch in _rows(folder / "sles-15.zypper-list-updates.stdout"):
        updates[name] = (f"{name}-0:{old}.{arch}", f"{name}-0:{new}.{arch}")
    rows = _rows(folder / "sles-15.zypper-list-patches.stdout")
    patches = [patch for row in rows if (patch := _condense(row, updates))]
    patches.sort(key=lambda patch: (patch["issued"], patch["id"]))
    _INTO.write_text("[\n" + ",\n".join(map(json.dumps, patches)) + "\n]\n")


if __name__ == "__main__":
    main()
