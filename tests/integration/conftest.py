# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fresh nodes and a user's working folder for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.estate.estate import Estate
from tests.estate.fixtures import estate, pytest_configure
from tests.estate.node import Node
from tests.integration.controller import Controller

__all__ = ["estate", "pytest_configure"]

GiveNode = Callable[[str], Node]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "estate" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.estate)


@pytest.fixture
def node(estate: Estate) -> Iterator[GiveNode]:
    """Gives a fresh node by its name; what a test did to it is thrown away before the next one."""
    given: list[Node] = []

    def give(name: str) -> Node:
        (found,) = estate.up([name])
        if found.spec.runs:
            found.reset()
        given.append(found)
        return found

    yield give
    for used in given:
        used.stop()


@pytest.fixture
def controller(tmp_path: Path) -> Controller:
    return Controller(tmp_path)
