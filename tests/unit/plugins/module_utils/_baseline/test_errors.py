# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the engine's errors say."""

from __future__ import annotations

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.errors import (
    BaselineDocumentError,
    BaselineError,
    BaselineValueError,
    EngineError,
    FactsError,
)

DAYS = BaselineValueError("approval_rules[2].approve_after_days", "the number 400", "a whole number from 0 to 360")
ROOT = BaselineValueError("", "a list", "a mapping")


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (DAYS, "approval_rules[2].approve_after_days: found the number 400; allowed: a whole number from 0 to 360"),
        (ROOT, "the document: found a list; allowed: a mapping"),
        (
            BaselineDocumentError("patch baseline 'a.yml'", [ROOT]),
            f"Failed to read patch baseline 'a.yml': 1 error\n- {ROOT}",
        ),
        (
            BaselineDocumentError("patch baseline", [DAYS, ROOT]),
            f"Failed to read patch baseline: 2 errors\n- {DAYS}\n- {ROOT}",
        ),
        (FactsError("os.id", "missing"), "Failed to read fact 'os.id': missing"),
    ],
)
def test_messages_name_the_place_what_was_found_and_what_is_allowed(error: EngineError, text: str) -> None:
    assert str(error) == text


def test_parts_of_an_error_are_attributes() -> None:
    assert (DAYS.path, DAYS.found, DAYS.allowed) == (
        "approval_rules[2].approve_after_days",
        "the number 400",
        "a whole number from 0 to 360",
    )
    assert BaselineDocumentError("x", [DAYS, ROOT]).errors == (DAYS, ROOT)
    assert FactsError("os.id", "missing").path == "os.id"


def test_every_error_of_a_baseline_is_caught_as_baseline_error() -> None:
    assert issubclass(BaselineValueError, BaselineError)
    assert issubclass(BaselineDocumentError, BaselineError)
    assert not issubclass(FactsError, BaselineError)
