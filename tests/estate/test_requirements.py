# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine that cannot carry an estate says why; under CI that is a failure, elsewhere a skip."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from .errors import NodeError
from .fixtures import skip_without_estate
from .mirror import read_mirror
from .network import address_of
from .requirements import estate_available

_NOBODY = 65534


@pytest.fixture
def ordinary_user() -> Iterator[None]:
    before = os.geteuid()
    if before == 0:
        os.seteuid(_NOBODY)
    yield
    os.seteuid(before)


@pytest.mark.usefixtures("ordinary_user")
def test_an_ordinary_user_is_told_what_is_missing() -> None:
    available, reason = estate_available()
    assert not available
    assert "root" in reason or "apt-get" in reason


@pytest.mark.usefixtures("ordinary_user")
def test_without_an_estate_tests_are_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="the estate needs"):
        skip_without_estate()


@pytest.mark.usefixtures("ordinary_user")
def test_without_an_estate_ci_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="the estate needs"):
        skip_without_estate()


def test_the_environment_names_a_mirror_before_the_machine_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESTATE_MIRROR", "http://m.test/debian/")
    monkeypatch.setenv("ESTATE_SECURITY_MIRROR", "http://m.test/security")
    monkeypatch.setenv("ESTATE_MIRROR_BULLSEYE", "http://archive.test/debian")
    read_mirror.cache_clear()
    mirror = read_mirror()
    read_mirror.cache_clear()
    assert (mirror.archive, mirror.security) == ("http://m.test/debian", "http://m.test/security")
    assert mirror.for_release("bullseye").archive == "http://archive.test/debian"
    assert mirror.for_release("bookworm") == mirror


def test_estates_in_different_directories_have_different_networks() -> None:
    assert address_of(Path("/a"), 10) != address_of(Path("/b"), 10)
    with pytest.raises(NodeError, match="has 254"):
        address_of(Path("/a"), 255)
