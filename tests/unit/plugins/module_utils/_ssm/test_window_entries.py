# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.fields import defaults_of
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.window_entries import match_entries
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.window_targets import TARGETS

WEB = [{"key": "tag:Patch Group", "values": ["web"]}]
SHOP = [{"key": "tag:Patch Group", "values": ["shop"]}]


def there(target_id: str, name: str, targets: list[dict[str, Any]]) -> dict[str, Any]:
    return {"window_target_id": target_id, **defaults_of(TARGETS.fields), "name": name, "targets": targets}


def match(options: list[dict[str, Any]], found: list[dict[str, Any]]) -> list[str | None]:
    given = [{"window_target_id": None, **option} for option in options]
    entries = match_entries(TARGETS, "change it", given, found, replace=False)
    return [entry.found["window_target_id"] if entry.found else None for entry in entries]


def test_a_name_tells_more_than_what_a_target_is_of() -> None:
    found = [there("a", "", WEB), there("b", "web", SHOP)]
    assert match([{"name": "web", "targets": WEB}], found) == ["b"]


def test_two_that_are_of_the_same_are_matched_one_each() -> None:
    found = [there("a", "", WEB), there("b", "", WEB)]
    assert match([{"name": "one", "targets": WEB}, {"name": "two", "targets": WEB}], found) == ["a", "b"]


def test_one_with_another_name_is_another_one() -> None:
    assert match([{"name": "one", "targets": WEB}], [there("a", "other", WEB)]) == [None]
