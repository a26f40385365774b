# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was done on each node, as text, and as files: ``FOLDER/RUN/HOST/OPERATION.json``.

In a bucket it has Run Command's layout: ``_aws/log_objects.py``.
"""

from __future__ import annotations

import json
import os
import tempfile
import urllib.parse
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

LONGEST_NAME = 200
# for Ansible only, or said elsewhere
_LEFT_OUT = frozenset({"ansible_facts", "diff", "exception", "invocation"})


def write_log(folder: Path, run_id: str, host: str, operation: str, result: Mapping[str, Any]) -> Path:
    """Keep a task's result for those who may read the folder's owner's files; gives the file.

    Another result of the same run, host and operation gets a number. Raises OSError or ValueError.
    """
    place = folder / name_file(run_id) / name_file(host)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = render_log(host, operation, result)
    descriptor, temporary = tempfile.mkstemp(dir=place, prefix=".")  # with 0600
    try:
        with open(descriptor, "w", encoding="ascii") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(descriptor)
        return _link_free_name(Path(temporary), place, operation)
    finally:
        with suppress(OSError):
            Path(temporary).unlink()


def render_log(host: str, operation: str, result: Mapping[str, Any]) -> str:
    """A task's result as JSON in ASCII, without what is for Ansible only."""
    kept = {name: value for name, value in result.items() if name not in _LEFT_OUT and not name.startswith("_")}
    text = json.dumps({"host": host, "operation": operation, **kept}, indent=1, ensure_ascii=True, default=str)
    return f"{text}\n"


def name_file(text: str) -> str:
    """A name as the name of a file or folder: no separator, no ``..``, nothing hidden, not too long."""
    quoted = urllib.parse.quote(text, safe="", errors="surrogatepass")
    return f"%2E{quoted[1:]}"[:LONGEST_NAME] if quoted.startswith(".") else quoted[:LONGEST_NAME]


def _link_free_name(written: Path, place: Path, operation: str) -> Path:
    number = 1
    while True:
        path = place / (f"{operation}.json" if number == 1 else f"{operation}-{number}.json")
        try:
            os.link(written, path)  # unlike a renaming it fails where there is one
        except FileExistsError:
            number += 1
        else:
            return path
