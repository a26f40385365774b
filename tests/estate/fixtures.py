# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pytest's way to an estate: `pytest_plugins = ["tests.estate.fixtures"]` in the root conftest, or an import."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from .estate import Estate
from .paths import cache_dir, locked, state_dir
from .requirements import estate_available


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "estate: starts real nodes; skipped where the machine cannot, an error under CI")


@pytest.fixture(scope="session")
def estate() -> Iterator[Estate]:
    """An empty estate of this test session; call `estate.up([...])`. Everything ends with the session."""
    skip_without_estate()
    sessions = state_dir().with_name("openpatch-estate-tests")
    remove_dead_sessions(sessions)
    with Estate(sessions / str(os.getpid())) as fresh:
        yield fresh
    with suppress(OSError):  # another session may be running
        sessions.rmdir()


def skip_without_estate() -> None:
    """Skip the test, with the reason, where no node can be started; under CI that is a failure."""
    available, reason = estate_available()
    if not available and os.environ.get("CI"):
        pytest.fail(f"CI must run the tests on real nodes: {reason}", pytrace=False)
    if not available:
        pytest.skip(reason)


def remove_dead_sessions(sessions: Path) -> None:
    """Take down what a session left that was killed. Several sessions may begin at once: one of them does it."""
    with locked(cache_dir() / "locks" / "dead-sessions"):
        for left in sessions.glob("*"):
            if not Path("/proc", left.name.partition("-")[0]).exists():
                Estate(left).down()
