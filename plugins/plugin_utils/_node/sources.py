# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The payload's modules, without what only people read."""

from __future__ import annotations

import ast
import functools
import io
import tokenize
from pathlib import Path

PAYLOAD = Path(__file__).parent / "payload"


@functools.cache
def read_sources() -> dict[str, str]:
    """Source texts by module name, without comments and docstrings; the lines keep their numbers, for tracebacks."""
    return {
        path.stem: strip_prose(path.read_text(encoding="ascii"))
        for path in sorted(PAYLOAD.glob("*.py"))
        if path.stem != "__init__"
    }


def strip_prose(source: str) -> str:
    """Blank out comments and docstrings, leaving every line of code on its line."""
    lines = source.split("\n")
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip()
    tree = ast.parse(source)
    for node in ast.walk(tree):
        # a docstring may be all there is in a body, which cannot be left empty
        if isinstance(node, ast.Module) or (isinstance(node, ast.ClassDef | ast.FunctionDef) and len(node.body) > 1):
            first = node.body[0] if ast.get_docstring(node, clean=False) is not None else None
            if first is not None:
                for row in range(first.lineno, (first.end_lineno or first.lineno) + 1):
                    lines[row - 1] = ""
    return "\n".join(lines)
