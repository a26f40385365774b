# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Put amazon.aws, on which the ssm_* modules stand, into a folder of collections.

``python tools/amazon_aws.py FOLDER``. It is taken out of the package ``ansible`` on PyPI, whose other collections are
half a gigabyte that nobody needs here.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

# The newest release with an amazon.aws that still runs on ansible-core 2.16.
PACKAGE = "ansible==11.13.0"
PREFIX = "ansible_collections/amazon/aws/"
KEPT = Path(__file__).resolve().parent.parent / ".cache/collections" / PREFIX


def is_there(place: Path) -> bool:
    stamp = place / ".package"
    return stamp.exists() and stamp.read_text(encoding="utf-8") == PACKAGE


def install(collections: Path) -> None:
    """Unpack the collection below ``ansible_collections`` of a folder, unless that very one is there."""
    place = collections / PREFIX
    if is_there(place):
        return
    if is_there(KEPT):
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(KEPT, place)
        return
    print(f"Fetching amazon.aws out of {PACKAGE} (once) ...", file=sys.stderr)
    with tempfile.TemporaryDirectory(dir=collections) as scratch:
        subprocess.run(
            [
                *(sys.executable, "-m", "pip", "--quiet", "--quiet", "--no-input", "--disable-pip-version-check"),
                *("download", "--no-deps", "--only-binary", ":all:", "--dest", scratch, PACKAGE),
            ],
            check=True,
        )
        (wheel,) = Path(scratch).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(scratch, [name for name in archive.namelist() if name.startswith(PREFIX)])
        # Tools that ask git which files there are would ask the checkout's, which ignores .cache.
        subprocess.run(["git", "init", "--quiet", str(Path(scratch) / PREFIX)], check=True)
        (Path(scratch) / PREFIX / ".package").write_text(PACKAGE, encoding="utf-8")
        shutil.rmtree(place, ignore_errors=True)
        place.parent.mkdir(parents=True, exist_ok=True)
        (Path(scratch) / PREFIX).rename(place)


if __name__ == "__main__":
    install(Path(sys.argv[1]))
