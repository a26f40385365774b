# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A store on disk with and without the sample estate; golden files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store
from tests.unit.plugins.plugin_utils._report.estate import NOW, Clock, fill, open_empty

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    with open_empty(tmp_path, clock) as opened:
        yield opened


@pytest.fixture
def estate(store: Store, clock: Clock) -> Store:
    fill(store, clock)
    return store


@pytest.fixture
def check_golden() -> Callable[[str, str], None]:
    """Compare a text with a golden file; UPDATE_GOLDEN=1 in the environment writes it instead."""

    def check(name: str, text: str) -> None:
        if os.environ.get("UPDATE_GOLDEN"):
            (GOLDEN / name).write_text(text, encoding="utf-8", newline="")
        assert text == (GOLDEN / name).read_bytes().decode("utf-8")

    return check
