# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``InstallOverrideList``: which shapes are read, and which are refused (section 7.3)."""

from __future__ import annotations

import datetime
import os
from pathlib import Path

import pytest
import yaml

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.errors import BaselineDocumentError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.install_override import (
    OverrideEntry,
    parse_install_override_list,
)

REFERENCE = Path(os.environ.get("OPENPATCH_REFERENCE", Path(__file__).parents[6] / "shared/reference"))
SAMPLES = REFERENCE.parent / "data/aws/install-override-lists.yaml"
LINE = "a text on one line"
QUOTES = f"{LINE} (write it in quotes, YAML reads it as something else)"


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        pytest.param({"id": "nginx.x86_64"}, OverrideEntry("nginx.x86_64", None), id="baselines-23"),
        pytest.param({"id": "KB5031361"}, OverrideEntry("KB5031361", None), id="baselines-24"),
        ({"id": "kernel.x86_64", "title": None}, OverrideEntry("kernel.x86_64", None)),
        (
            {"id": "bind*.x86_64", "title": "*32:9.11.4-26.P2.amzn2.5.2"},
            OverrideEntry("bind*.x86_64", "*32:9.11.4-26.P2.amzn2.5.2"),
        ),
        ({"id": "dhcp*1.*"}, OverrideEntry("dhcp*1.*", None)),
        ({"id": "Command Line Tools for Xcode.11.5"}, OverrideEntry("Command Line Tools for Xcode.11.5", None)),
        ({"id": "bash", "title": 5, "severity": "Low", "Title2": []}, OverrideEntry("bash", "5")),
    ],
)
def test_an_entry_has_an_id_and_perhaps_a_title_and_other_keys_are_ignored(
    entry: object, expected: OverrideEntry
) -> None:
    assert parse_install_override_list({"patches": [entry], "comment": "x"}) == (expected,)


def test_entries_keep_their_order_and_may_be_none_at_all() -> None:
    patches = [{"id": "b"}, {"id": "a"}, {"id": "b"}]
    assert [entry.id for entry in parse_install_override_list({"patches": patches})] == ["b", "a", "b"]
    assert parse_install_override_list({"patches": []}) == ()


@pytest.mark.parametrize(
    ("data", "path", "found", "allowed"),
    [
        ([{"id": "a"}], "", "a list", "a mapping with the keys patches"),
        ("patches", "", "'patches'", "a mapping with the keys patches"),
        ({"patch": []}, "patches", "nothing", "a list"),
        ({"patches": {"id": "a"}}, "patches", "a mapping", "a list"),
        ({"patches": [{"id": "a"}, "b"]}, "patches[1]", "'b'", "a mapping with the keys id, title"),
        ({"patches": [{"title": "a"}]}, "patches[0].id", "nothing", LINE),
        ({"patches": [{"id": ""}]}, "patches[0].id", "''", LINE),
        ({"patches": [{"id": "a\nb"}]}, "patches[0].id", r"'a\nb'", LINE),
        ({"patches": [{"id": ["a"]}]}, "patches[0].id", "a list", LINE),
        ({"patches": [{"id": "a", "title": 1.10}]}, "patches[0].title", "the number 1.1", QUOTES),
        (
            {"patches": [{"id": "a", "title": datetime.date(2025, 1, 1)}]},
            "patches[0].title",
            "the date 2025-01-01",
            QUOTES,
        ),
    ],
)
def test_a_wrong_list_is_refused(data: object, path: str, found: str, allowed: str) -> None:
    with pytest.raises(BaselineDocumentError) as caught:
        parse_install_override_list(data, where="list.yml")
    assert str(caught.value).startswith("Failed to read install override list 'list.yml': 1 error\n- ")
    [error] = caught.value.errors
    assert (error.path, error.found, error.allowed) == (path, found, allowed)


@pytest.mark.skipif(not SAMPLES.exists(), reason="the published samples are not here")
def test_published_samples_are_read() -> None:
    lists = [parse_install_override_list(data) for data in yaml.safe_load_all(SAMPLES.read_text(encoding="utf-8"))]
    assert [len(entries) for entries in lists if entries]
    assert OverrideEntry("grub2.x86_64", "grub2.x86_64:1:*-0.81.0.1.el7") in [
        entry for found in lists for entry in found
    ]
