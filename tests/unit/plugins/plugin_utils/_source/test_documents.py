# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.documents import read_documents
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.errors import DocumentError

TEXT = """\
name: web
approval_rules:
  - approve_after_days: 7
    filters:
      - {key: SEVERITY, values: [Critical]}
  - approve_after_days: x
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("name", 1),
        ("approval_rules[0].filters[0].values", 5),
        ("approval_rules[1].approve_after_days", 6),
        ("approval_rules[1].approve_until_date", 6),  # not there: the rule around it
        ("approved_patches[3]", 1),
        ("", 1),
    ],
)
def test_a_path_leads_to_the_line_of_the_value_or_of_what_holds_it(path: str, line: int) -> None:
    (document,) = read_documents(TEXT, "web.yml")
    assert document.line_of(path) == line
    assert document.place_of(path) == f"web.yml:{line}"


def test_json_is_read_with_the_same_places() -> None:
    (document,) = read_documents(
        '{"Name": "web",\n "ApprovalRules": {"PatchRules": [\n {"ApproveAfterDays": 1}]}}', "b.json"
    )
    assert document.data == {"Name": "web", "ApprovalRules": {"PatchRules": [{"ApproveAfterDays": 1}]}}
    assert document.line_of("ApprovalRules.PatchRules[0].ApproveAfterDays") == 3


def test_several_documents_are_read_and_empty_ones_left_out() -> None:
    assert [document.data for document in read_documents("---\na: 1\n---\n---\nb: 2\n", "x.yml")] == [
        {"a": 1},
        {"b": 2},
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name: web\nrules: [a, b\n", ["x.yml:3:1", "not valid YAML", "Correct it there"]),
        ("name: web\n\tbad: 1\n", ["x.yml:2:1", "not valid YAML"]),
        ("name: a\nname: b\n", ["x.yml:2", "'name' stands twice"]),
        ("rules:\n  - {key: A, key: B}\n", ["x.yml:2", "'key' stands twice"]),
        ("a: 1\nwhen:\n  - 2026-13-45\n", ["x.yml:3:5", "month must be in 1..12", "quotes"]),
        ("a: !!python/object/apply:os.system ['true']\n", ["x.yml:1", "not valid YAML"]),
        ("a: &a [*a]\n", ["x.yml:1", "contains itself"]),
        ("a: !!timestamp x\n", ["x.yml:1:4", "quotes"]),
        ("a: !!bool x\n", ["x.yml:1:4", "quotes"]),
        ('a: !!int ""\n', ["x.yml:1:4", "quotes"]),
        ("[" * 999, ["x.yml", "nested too deeply"]),
        ("a: \x00\n", ["x.yml", "not valid YAML"]),
    ],
)
def test_what_is_no_usable_yaml_is_refused_with_its_place(text: str, words: list[str]) -> None:
    with pytest.raises(DocumentError) as caught:
        read_documents(text, "x.yml")
    for word in words:
        assert word in str(caught.value)


def test_aliases_of_aliases_are_not_written_out() -> None:
    lines = ["l0: &l0 [x]", *(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 12))]
    (document,) = read_documents("\n".join(lines), "x.yml")
    assert len(document.lines) < 200
    assert document.line_of("l3[1]") == 3, "an alias is where its anchor is"
    assert document.line_of("l3[1][8][8]") == 3, "and what is below it as well"
