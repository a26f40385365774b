# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files keep what does not change, and mean what they are to mean afterwards."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.baseline_text import (
    Edit,
    edit_text,
    render_yaml,
)

PERSONS = """\
# Ask Jo before you change this
name: web   # the web servers
operating_system: UBUNTU

# since the incident
approved_patches:
  - openssl  # again
  - curl

rejected_patches: [nginx]  # see ticket 7
description: >
  Web servers

# the end
"""
WHOLE = {"name": "web", "operating_system": "UBUNTU", "approved_patches": ["vim"]}


def edit(text: str, name: str = "web.yml", document: int = 0, prefix: str = "", **changes: Any) -> tuple[str, int]:
    return edit_text(text, name, [Edit(document, prefix, changes, WHOLE)])


def test_only_the_lines_of_a_changed_key_change() -> None:
    text, lost = edit(PERSONS, approved_patches=["vim"])
    before, after = "  - openssl  # again\n  - curl\n", "  - vim\n"
    assert text == PERSONS.replace(before, after)
    assert lost == 1


def test_a_key_without_a_value_costs_no_comments() -> None:
    text = "name: web  # mine\ndescription:\napproved_patches: [curl]\n"
    assert edit(text, approved_patches=["vim"]) == (text.replace(" [curl]", "\n  - vim"), 0)


def test_a_key_that_is_gone_goes_with_its_lines_and_a_new_one_comes_last() -> None:
    text, lost = edit(PERSONS, rejected_patches=None, tags={"Team": "yes"})
    assert text == PERSONS.replace("rejected_patches: [nginx]  # see ticket 7\n", "").replace(
        "  Web servers\n", "  Web servers\ntags:\n  Team: 'yes'\n"
    )
    assert lost == 1


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (PERSONS.removesuffix("\n# the end\n").removesuffix("\n"), "web.yml"),
        ("{name: web, approved_patches: [openssl]}\n", "web.yml"),
        ('{"name": "web", "approved_patches": ["openssl"]}', "web.json"),
        ("name: web\ndescription: &d x\napproved_patches: [*d]\n", "web.yml"),
        ("---\nname: web\napproved_patches: [a]\n...\n", "web.yml"),
        ("name: web\napproved_patches: [a]\n---\nname: db\n", "web.yml"),
        ("\ufeffname: web\napproved_patches: [a]\n", "web.yml"),
        ("name: web\r\napproved_patches: [a]\r\n", "web.yml"),
        ("name: web\napproved_patches:\n- a\n# here\n- b\ndescription: |\n  # no comment\n\n", "web.yml"),
    ],
)
def test_whatever_the_file_looks_like_it_means_what_is_wanted(text: str, name: str) -> None:
    changes = {"approved_patches": ["a", "1463241"], "description": "new\nlines\n", "tags": None}
    edited, _lost = edit_text(text, name, [Edit(0, "", changes, WHOLE)])
    first, *others = yaml.safe_load_all(edited.removeprefix("\ufeff"))
    old, *old_others = yaml.safe_load_all(text.removeprefix("\ufeff"))
    assert first == {**old, "approved_patches": ["a", "1463241"], "description": "new\nlines\n"}
    assert others == old_others


def test_documents_of_one_file_are_told_apart() -> None:
    text = "# both\n---\nname: web\n# db now\n---\nname: db  # db\n"
    edited = edit_text(text, "two.yml", [Edit(1, "", {"tags": {"a": "b"}}, {}), Edit(0, "", {"name": "www"}, {})])
    assert edited.text == "# both\n---\nname: www\n# db now\n---\nname: db  # db\ntags:\n  a: b\n"
    assert edited.lost_comments == 0


LISTED = """\
# Jo's
- name: db  # the databases
  operating_system: DEBIAN
  description: |
    # no comment

    Databases
  # since the incident
  tags: {Team: db}

# the web servers
-   name: web  # in front
    operating_system: UBUNTU
    approved_patches:
      - curl
      # not yet
      - vim

# the end
"""


def test_in_a_list_only_the_lines_of_a_changed_key_change() -> None:
    text, lost = edit(LISTED, prefix="[1]", approved_patches=["nano"], tags={"Team": "web"})
    assert text == LISTED.replace(
        "      - curl\n      # not yet\n      - vim\n", "      - nano\n    tags:\n      Team: web\n"
    )
    assert lost == 1
    changes = {"name": "sql", "description": "a\nb\n", "tags": None}
    text, lost = edit_text(LISTED, "a.yml", [Edit(0, "[0]", changes, WHOLE)])
    assert text == LISTED.replace("- name: db  # the databases\n", "- name: sql\n").replace(
        "    # no comment\n\n    Databases\n", "    a\n    b\n"
    ).replace("  tags: {Team: db}\n", "")
    assert lost == 2, "the text that looks like one is none, but nobody can tell"


def test_all_of_a_list_that_change_are_changed_at_once() -> None:
    edits = [Edit(0, prefix, {"name": name}, WHOLE) for prefix, name in (("[0]", "sql"), ("[1]", "front"))]
    text, _lost = edit_text(LISTED, "a.yml", edits)
    wanted = LISTED.replace("name: db  # the databases", "name: sql").replace("name: web  # in front", "name: front")
    assert text == wanted


@pytest.mark.parametrize(
    "text",
    [
        "- {name: db}\n- {name: web}\n",
        "[{name: db}, {name: web}]\n",
        "-\n  name: db\n-\n  name: web\n",
        "  - name: db\n  - name: web\n",
        "- &a {name: db}\n- *a\n",
        "- name: db\n-\n  # here\n  name: web",
        "- name: db\r\n- name: web\r\n",
        "---\n- name: db\n- name: web\n...\n---\nname: other\n",
    ],
)
def test_however_a_list_is_written_it_means_what_is_wanted(text: str) -> None:
    before = list(yaml.safe_load_all(text))
    for number, prefix in enumerate(("[0]", "[1]")):
        changes = {"name": "x", "approved_patches": ["vim"]}
        edited, _lost = edit_text(text, "a.yml", [Edit(0, prefix, changes, WHOLE)])
        before_list = [dict(entry) for entry in before[0]]
        before_list[number] |= changes
        assert list(yaml.safe_load_all(edited)) == [before_list, *before[1:]]


def test_a_list_in_braces_is_written_anew_below_its_first_comments_and_the_others_of_it_stay() -> None:
    text = "# Jo's\n- name: db  # the databases\n- {name: web}\n"
    edited, lost = edit(text, prefix="[1]", approved_patches=["vim"])
    assert edited == "# Jo's\n- name: db\n- name: web\n  approved_patches:\n    - vim\n"
    assert lost == 1


def test_what_is_spelled_as_the_api_does_is_written_in_our_words() -> None:
    api = {"Name": "web", "OperatingSystem": "UBUNTU", "ApprovedPatches": ["a"]}
    assert json.loads(edit(json.dumps([api]), "web.json", prefix="[0]", approved_patches=["vim"])[0]) == [WHOLE]
    assert json.loads(edit(json.dumps(api), "web.json", approved_patches=["vim"])[0]) == WHOLE
    assert yaml.safe_load(edit(yaml.safe_dump(api), approved_patches=["vim"])[0]) == WHOLE


def test_dates_of_yaml_stay_dates_and_become_texts_in_json() -> None:
    rules = "approval_rules:\n- approve_until_date: 2026-01-31\n"
    assert (
        "2026-01-31"
        in edit_text(
            f"- name: web\n  {rules[:-1]}\n".replace("\n- a", "\n  - a"),
            "a.yml",
            [Edit(0, "[0]", {"name": "x"}, {})],
        ).text
    )
    written = edit_text('{"name": "web"}', "a.json", [Edit(0, "", yaml.safe_load(rules), {})]).text
    assert json.loads(written)["approval_rules"] == [{"approve_until_date": "2026-01-31"}]


@pytest.mark.parametrize(
    "text", ["a\x85b", "\u2028", "a\u2029\nb", "a\r\nb", " a\n", "\ta\n\n", "no", "1e3", "#", "é\x7f", "\ufeff", "😀"]
)
def test_every_text_is_read_back_as_it_was(text: str) -> None:
    assert yaml.safe_load(render_yaml({"description": text})) == {"description": text}


def test_texts_of_several_lines_stay_readable_and_lists_are_indented() -> None:
    text = render_yaml({"sources": [{"configuration": "[main]\nname=x\n"}], "n": "no"})
    assert text == "sources:\n  - configuration: |\n      [main]\n      name=x\nn: 'no'\n"
