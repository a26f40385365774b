# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The text of a baseline file: written anew, or changed in as few lines as it takes.

A file is a person's: keys that do not change keep their lines, with comments and spelling. Where that cannot be done
(JSON, a mapping in braces), the file is written anew, and comments that get lost are counted.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import yaml

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.documents import read_documents
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.errors import SourceError

Json = dict[str, Any]


class Edit(NamedTuple):
    """What is to be of one baseline of a file: the keys that change (``None``: are to go), and the whole of it."""

    document: int
    prefix: str
    changes: Json
    whole: Json


class EditedText(NamedTuple):
    """A file's new text, and how many lines with comments it has lost."""

    text: str
    lost_comments: int


class _Dumper(yaml.SafeDumper):
    """Lists are indented below their key, and texts of several lines stay readable."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


# Ends of lines to YAML that PyYAML writes as they are where it may write Unicode: they would be read as spaces.
_OTHER_LINE_ENDS = frozenset("\x85\u2028\u2029")


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if _OTHER_LINE_ENDS.intersection(text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


def render_yaml(data: object) -> str:
    """Give plain data as a block of YAML."""
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    return text


def edit_text(text: str, name: str, edits: Sequence[Edit]) -> EditedText:
    """Give a file's text with some of its baselines changed. Raises DocumentError for what is no YAML."""
    wanted = _apply(text, name, edits)
    if not name.endswith(".json"):
        edited = _edit_lines(text, edits)
        if edited is not None and _means(edited, name, wanted):
            return EditedText(edited, max(_count_comments(text) - _count_comments(edited), 0))
    return _write_anew(text, name, wanted)


def _apply(text: str, name: str, edits: Sequence[Edit]) -> list[Any]:
    """The data of all documents as they are to be."""
    documents = [document.data for document in read_documents(text, name)]
    for edit in edits:
        old = documents[edit.document]
        if isinstance(old, list):
            old[_position(edit)] = _change(old[_position(edit)], edit)
        else:
            documents[edit.document] = _change(old, edit)
    return documents


def _position(edit: Edit) -> int:
    """Which baseline of a list it is."""
    return int(edit.prefix.strip("[]") or 0)


def _change(old: Any, edit: Edit) -> Json:
    if not isinstance(old, Mapping) or _is_spelled_otherwise(old):
        return edit.whole
    gone = {key for key, value in edit.changes.items() if value is None}
    return {key: value for key, value in {**old, **edit.changes}.items() if key not in gone}


def _is_spelled_otherwise(data: Mapping[str, object]) -> bool:
    """Whether keys are the API's or a node's (``ApprovalRules``): ours beside them would say the same thing twice."""
    return any(key != key.lower() for key in data)


def _edit_lines(text: str, edits: Sequence[Edit]) -> str | None:
    """Replace the lines of the keys that change; nothing if the file is not written in blocks."""
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    nodes = [node for node in yaml.compose_all(text, yaml.SafeLoader) if not _is_empty(node)]
    # from the end, so that numbers of lines stay true
    for edit in sorted(edits, key=lambda edit: (-edit.document, -_position(edit))):
        node = nodes[edit.document]
        end = node.end_mark.line if node.end_mark.column == 0 else len(lines)
        if isinstance(node, yaml.SequenceNode):
            following = node.value[_position(edit) + 1 :]
            end = following[0].start_mark.line if following else end
            node = node.value[_position(edit)]
        if not isinstance(node, yaml.MappingNode) or node.flow_style or not _edit_keys(lines, node, end, edit.changes):
            return None
    return "".join(lines)


def _edit_keys(lines: list[str], node: yaml.MappingNode, end: int, changes: Json) -> bool:
    """Replace the lines of some keys of a mapping that ends before a line; false if its keys are not in one column."""
    starts = [(str(key.value), key.start_mark.line) for key, _value in node.value]
    columns = {key.start_mark.column for key, _value in node.value}
    if len(columns) != 1:
        return False
    (column,) = columns
    ends = [*(line for _key, line in starts[1:]), end]
    regions = [(key, start, _trim(lines, start, end, column)) for (key, start), end in zip(starts, ends, strict=True)]

    def render(key: str) -> str:
        return textwrap.indent(render_yaml({key: changes[key]}), " " * column)

    last_end = regions[-1][2]
    known = {key for key, _start, _end in regions}
    lines[last_end:last_end] = [render(key) for key, value in changes.items() if value is not None and key not in known]
    for key, start, end in reversed(regions):
        if key in changes:
            before = lines[start][:column]  # the dash of a list, or spaces
            lines[start:end] = [] if changes[key] is None else [f"{before}{render(key)[column:]}"]
    return True


def _trim(lines: Sequence[str], start: int, end: int, column: int) -> int:
    """Where a key ends: empty lines and comments before the next one belong to that."""
    while end > start + 1 and _belongs_to_next(lines[end - 1], column):
        end -= 1
    return end


def _belongs_to_next(line: str, column: int) -> bool:
    text = line.lstrip()
    return not text or (text.startswith("#") and len(line) - len(text) <= column)


def _is_empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def _means(text: str, name: str, wanted: Sequence[Any]) -> bool:
    try:
        return [document.data for document in read_documents(text, name)] == list(wanted)
    except SourceError:
        return False


def _write_anew(text: str, name: str, documents: Sequence[Any]) -> EditedText:
    if name.endswith(".json"):
        return EditedText(json.dumps(documents[0], indent=2, ensure_ascii=False, default=_write_date) + "\n", 0)
    head: list[str] = []
    for line in text.splitlines(keepends=True):
        if not line.startswith(("#", "---")):
            break
        head.append(line)
    new = "".join(head) + "---\n".join(map(render_yaml, documents))
    return EditedText(new, max(_count_comments(text) - _count_comments(new), 0))


def _write_date(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"cannot write {type(value).__name__}")


def _count_comments(text: str) -> int:
    """How many lines have a comment; ``#`` within a text is taken for one where nobody can tell."""
    return sum(line.lstrip().startswith("#") or " #" in line for line in text.splitlines())
