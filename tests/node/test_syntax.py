# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The payload has to be read by Python 2.6, which is seldom there to ask: what it would choke on is looked for instead."""

import ast
import os
import re
import unittest

from context import PAYLOAD, read

# (pattern, what 2.6 lacks)
FORMS = (
    (r"\{\}(?=[^'\"]*['\"]\s*\.format)", "a format field without a number"),
    (r"\bsubprocess\.(?:run|check_output|DEVNULL)\b", "subprocess.run, check_output, DEVNULL"),
    (r"\bfrom __future__ import annotations\b", "annotations"),
    (r"\.(?:removeprefix|removesuffix|total_seconds|bit_length|isidentifier)\(", "a newer method"),
    (r"\bOrderedDict\b|\bargparse\b|\bpathlib\b|\bimportlib\b", "a newer module"),
    (r"\bbytes\([^)]", "bytes(...), which is str() there"),
    (r"\bassert(?:IsNone|In|Raises)\b", "a newer unittest"),
)


def list_modules():
    return [os.path.join(PAYLOAD, name) for name in sorted(os.listdir(PAYLOAD)) if name.endswith(".py")]


def find_faults(source):
    faults = []
    for number, line in enumerate(source.splitlines(), 1):
        for pattern, what in FORMS:
            if re.search(pattern, line):
                faults.append("line %d: %s" % (number, what))
    for node in ast.walk(ast.parse(source)):
        if type(node).__name__ in ("JoinedStr", "NamedExpr", "Nonlocal", "YieldFrom"):
            faults.append("line %d: %s" % (getattr(node, "lineno", 0), type(node).__name__))
        if isinstance(node, (ast.DictComp, ast.SetComp, ast.Set)):
            faults.append("line %d: a set or a comprehension of one, or of a dict" % node.lineno)
        if isinstance(node, ast.With) and len(getattr(node, "items", "1")) > 1:
            faults.append("line %d: two managers in one with" % node.lineno)
        arguments = getattr(node, "args", None) if isinstance(node, ast.FunctionDef) else None
        if arguments is not None and getattr(arguments, "kwonlyargs", None):
            faults.append("line %d: a keyword-only argument" % node.lineno)
        if getattr(node, "returns", None) is not None or isinstance(node, getattr(ast, "AnnAssign", ())):
            faults.append("line %d: an annotation" % node.lineno)
    return faults


class TestSyntax(unittest.TestCase):
    def test_payload_has_no_form_newer_than_2_6(self):
        for path in list_modules():
            self.assertEqual([], find_faults(read(path)), path)

    def test_lint_sees_newer_forms(self):
        for source in ("{a: 1 for a in b}", "{a for a in b}", "{1, 2}", "'{}'.format(1)", "subprocess.run([])"):
            self.assertNotEqual([], find_faults(source), source)
        if hasattr(ast, "AnnAssign"):
            for source in ("f'{a}'", "a: int = 1", "def f(a, *, b): pass", "with a, b: pass"):
                self.assertNotEqual([], find_faults(source), source)

    def test_payload_is_plain_ascii(self):
        for path in list_modules():
            read(path).encode("ascii")
