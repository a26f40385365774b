# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWS itself answered, against what the emulator answers."""

from __future__ import annotations

import gzip
import json
import os
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from tests.aws.conftest import Aws
from tests.aws.shapes import check_answer, has_error

_FOLDER = Path(os.environ.get("AWS_RECORDINGS", "/nonexistent"))
pytestmark = pytest.mark.skipif(
    not _FOLDER.is_dir(), reason="AWS_RECORDINGS does not name a folder with recorded answers of AWS"
)


def _load(name: str) -> Any:
    path = _FOLDER / name
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return json.loads(text)
