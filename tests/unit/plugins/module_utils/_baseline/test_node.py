# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Facts are values: they cannot be changed, and what is not known has a value of its own."""

from __future__ import annotations

import dataclasses

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import (
    NodeFacts,
    Package,
    Repository,
)


def test_facts_cannot_be_changed() -> None:
    package = Package("a")
    with pytest.raises(dataclasses.FrozenInstanceError):
        package.name = "b"  # type: ignore[misc]  # that is what is tested


def test_an_absent_epoch_is_zero_and_an_absent_answer_is_no_answer() -> None:
    assert Package("a").epoch == "0"
    assert Repository("r").reachable is None
    assert NodeFacts().reboot_required is None
