# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""YAML and JSON text to plain data that still knows the line of each value.

A person who mistypes a baseline needs the line; the engine, which is pure and knows no files, only says the path.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.errors import (
    BaselineDocumentError,
    BaselineError,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.errors import DocumentError


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file: its data and where each value stands (``approval_rules[0].filters`` to line, from 1)."""

    file: str
    data: object
    lines: Mapping[str, int]

    def line_of(self, path: str) -> int:
        """Line of the value at a path, or of the nearest value around it."""
        while path and path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.lines.get(path, 1)

    def place_of(self, path: str) -> str:
        """``file:line`` of the value at a path."""
        return f"{self.file}:{self.line_of(path)}"

    def describe(self, error: BaselineError, what: str, prefix: str = "") -> str:
        """What the engine found wrong below ``prefix``, a line per value, each with its file and line."""
        if not isinstance(error, BaselineDocumentError):
            return f"Failed to read {what} '{self.place_of(prefix)}': {error}"
        return "\n".join(
            f"Failed to read {what} '{self.place_of(_join(prefix, value.path))}': {value}" for value in error.errors
        )


class _Loader(yaml.SafeLoader):
    """Says where a scalar stands that looks like a date but is none (2026-13-45), or has a tag it does not fit."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (ValueError, LookupError, AttributeError) as error:
            problem = f"{error}; what is meant as a text goes in quotes"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark) from error


def read_documents(text: str, file: str) -> list[Document]:
    """Parse all documents of a YAML (or JSON) text; empty ones are left out.

    Raises DocumentError with file, line and column for text that is no YAML, and for a key that stands twice: YAML
    would silently take the second, so that a rule could be lost without a word.
    """
    documents: list[Document] = []
    try:
        for node in yaml.compose_all(text, yaml.SafeLoader):
            lines = dict(_walk(node, "", file, set()))
            data = _Loader("").construct_document(node)
            if data is not None:
                documents.append(Document(file, data, lines))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{file}:{mark.line + 1}:{mark.column + 1}" if mark else file
        what = " ".join(part for part in (error.context, error.problem) if part)
        raise DocumentError(f"Failed to read '{place}': not valid YAML: {what}. Correct it there") from error
    except yaml.YAMLError as error:
        raise DocumentError(f"Failed to read '{file}': not valid YAML: {error}") from error
    except RecursionError as error:
        raise DocumentError(f"Failed to read '{file}': it is nested too deeply") from error
    return documents


def _join(prefix: str, path: str) -> str:
    return f"{prefix}.{path}" if prefix and path and not path.startswith("[") else f"{prefix}{path}"


def _walk(
    node: yaml.Node, path: str, file: str, walked: set[int], above: frozenset[int] = frozenset()
) -> Iterator[tuple[str, int]]:
    yield path, node.start_mark.line + 1
    if id(node) in above:
        raise DocumentError(
            f"Failed to read '{file}:{node.start_mark.line + 1}': an alias contains itself. Write it out"
        )
    if id(node) in walked:
        return  # an alias: aliases of aliases would make more paths than there is memory for
    walked.add(id(node))
    above = above | {id(node)}
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                line = key.start_mark.line + 1
                raise DocumentError(f"Failed to read '{file}:{line}': key '{name}' stands twice. Keep one of them")
            seen.add(name)
            yield from _walk(value, f"{path}.{name}" if path else name, file, walked, above)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _walk(value, f"{path}[{index}]", file, walked, above)
