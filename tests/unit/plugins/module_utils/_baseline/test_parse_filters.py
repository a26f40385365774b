# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters of rules and global filters: keys, values, limits."""

from __future__ import annotations

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import PatchFilter
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse import parse_baseline
from tests.unit.plugins.module_utils._baseline.baseline_documents import (
    list_errors,
    only_error,
    write_baseline,
    write_filters,
)

ANY = {"key": "PRODUCT", "values": ["*"]}
PATH = "approval_rules[0].filters[0]"
RPM_KEYS = "CLASSIFICATION, PRODUCT, SEVERITY"


def _filter(key: object, *values: object) -> dict[str, object]:
    return {"key": key, "values": list(values)}


@pytest.mark.parametrize(
    ("os", "entry", "error"),
    [
        (
            "REDHAT_ENTERPRISE_LINUX",
            _filter("PRIORITY", "High"),
            (f"{PATH}.key", "'PRIORITY', no filter key of REDHAT_ENTERPRISE_LINUX", RPM_KEYS),
        ),
        (
            "SUSE",
            _filter("product", "*"),
            (f"{PATH}.key", "'product' (did you mean 'PRODUCT'?), no filter key of SUSE", RPM_KEYS),
        ),
        (
            "DEBIAN",
            _filter("SEVERITY", "Low"),
            (f"{PATH}.key", "'SEVERITY', no filter key of DEBIAN", "PRIORITY, PRODUCT, SECTION"),
        ),
        (
            "MACOS",
            _filter("CVE_ID", "CVE-1"),
            (f"{PATH}.key", "'CVE_ID', no filter key of MACOS", "CLASSIFICATION, PRODUCT"),
        ),
        (
            "DEBIAN",
            _filter("PRIORITY", "Required", "Importent"),
            (
                f"{PATH}.values[1]",
                "'Importent' (did you mean 'Important'?), no PRIORITY of DEBIAN",
                "Required, Important, Standard, Optional, Extra, *",
            ),
        ),
        (
            "WINDOWS",
            _filter("PATCH_SET", "Apps"),
            (f"{PATH}.values[0]", "'Apps', no PATCH_SET of WINDOWS", "OS, APPLICATION, *"),
        ),
        ("DEBIAN", _filter("SECTION", ""), (f"{PATH}.values[0]", "''", "a text of 1 to 64 characters")),
        (
            "DEBIAN",
            _filter("SECTION", "x" * 65),
            (f"{PATH}.values[0]", f"'{'x' * 60}…'", "a text of 1 to 64 characters"),
        ),
        ("DEBIAN", _filter("SECTION"), (f"{PATH}.values", "0 items", "a list of 1 to 20 items")),
        ("DEBIAN", _filter("SECTION", *["x"] * 21), (f"{PATH}.values", "21 items", "a list of 1 to 20 items")),
        ("DEBIAN", {"key": "SECTION", "values": "libs"}, (f"{PATH}.values", "'libs'", "a list of 1 to 20 items")),
        ("DEBIAN", {"key": "SECTION"}, (f"{PATH}.values", "nothing", "a list of 1 to 20 items")),
        ("DEBIAN", "PRODUCT", (PATH, "'PRODUCT'", "a mapping with the keys key, values")),
        (
            "ALMA_LINUX",
            _filter("PRODUCT", 9.4),
            (
                f"{PATH}.values[0]",
                "the number 9.4",
                "a text of 1 to 64 characters (write it in quotes, YAML reads it as something else)",
            ),
        ),
    ],
)
def test_a_wrong_filter_is_refused(os: str, entry: object, error: tuple[str, str, str]) -> None:
    assert only_error(write_filters(os, entry)) == error


def test_a_rule_has_at_most_four_filters() -> None:
    document = write_filters("SUSE", *[ANY] * 5)
    assert only_error(document) == ("approval_rules[0].filters", "5 items", "a list of 0 to 4 items")


def test_values_get_the_spelling_of_the_api() -> None:
    document = write_filters("ROCKY_LINUX", _filter("CLASSIFICATION", "security"), _filter("SEVERITY", "moderate", "*"))
    [rule] = parse_baseline(document).baseline.approval_rules
    assert rule.filters == (PatchFilter("CLASSIFICATION", ("Security",)), PatchFilter("SEVERITY", ("Medium", "*")))


def test_a_second_filter_with_the_same_key_is_kept_with_a_warning() -> None:
    parsed = parse_baseline(write_filters("SUSE", ANY, _filter("PRODUCT", "Suse15.5")))
    assert len(parsed.baseline.approval_rules[0].filters) == 2
    assert parsed.warnings == (
        "approval_rules[0].filters[1]: a second filter with the key PRODUCT; a patch must pass both",
    )


def test_global_filters_follow_the_same_rules() -> None:
    document = write_baseline("SUSE", global_filters=[_filter("PRIORITY", "Extra")])
    assert only_error(document)[:2] == ("global_filters[0].key", "'PRIORITY', no filter key of SUSE")


def test_without_a_known_operating_system_only_the_limits_are_checked() -> None:
    document = write_filters("SUZE", _filter("PRIORITY", "anything"), _filter("SEVERITY", "x" * 65))
    assert [path for path, _found, _allowed in list_errors(document)] == [
        "operating_system",
        "approval_rules[0].filters[1].values[0]",
    ]


@pytest.mark.parametrize("group", [[ANY], {"filters": [ANY]}, {"patch_filters": [ANY]}, {"PatchFilters": [ANY]}])
def test_filters_are_a_list_or_an_object_that_holds_one(group: object) -> None:
    parsed = parse_baseline(write_baseline(global_filters=group))
    assert parsed.baseline.global_filters == (PatchFilter("PRODUCT", ("*",)),)
