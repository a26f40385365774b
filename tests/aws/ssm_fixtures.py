# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fresh account in the emulator for each test, and the modules on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.aws.ssm_emulator import Emulator, running
from tests.aws.ssm_playbooks import Modules


@pytest.fixture(scope="session")
def emulator_process() -> Iterator[Emulator]:
    with running() as emulator:
        yield emulator


@pytest.fixture
def emulator(emulator_process: Emulator) -> Iterator[Emulator]:
    emulator_process.control(reset=True)
    yield emulator_process
    assert emulator_process.status()["bugs"] == []


@pytest.fixture
def modules(emulator: Emulator) -> Modules:
    return Modules(emulator.url)
