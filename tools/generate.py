# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write what is derived: each role's ``meta/argument_specs.yml`` from the documentation of the action it calls.

``python tools/generate.py`` writes, ``--check`` only compares and fails with the names of the files that differ.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
HEADER = "---\n# Made by tools/generate.py from the documentation of the actions. Change it there.\n"
# fragment: file and name in it
FRAGMENTS = {
    "openpatch.patch_manager._operation": ("_operation", "DOCUMENTATION"),
    "openpatch.patch_manager._operation.install": ("_operation", "INSTALL"),
    "openpatch.patch_manager._aws": ("_aws", "DOCUMENTATION"),
}

OPERATION = {
    "description": "What to do on the nodes.",
    "type": "str",
    "choices": ["scan", "install"],
    "default": "scan",
}
# between the steps of a role only
INTERNAL = ("patch_hold_turn", "patch_hold_reboot", "patch_hold_install")
# role: short description, the module whose options it takes over, options of its own, options it does not take over
ROLES: dict[str, tuple[str, str, dict[str, Any], tuple[str, ...]]] = {
    "patch": (
        "Scan or patch the nodes by their patch baselines",
        "patch_install",
        {"patch_operation": OPERATION},
        INTERNAL,
    ),
    "patch_scan": ("Find out what the nodes lack by their patch baselines", "patch_scan", {}, INTERNAL),
    "patch_install": ("Install what the nodes lack by their patch baselines", "patch_install", {}, INTERNAL),
    "patch_summary": (
        "Print what the run found and end each node as its operation ended",
        "patch_summary",
        {},
        ("outcome", "width"),
    ),
    "patch_policy": ("Choose the targets of a patch policy and set what it says", "patch_policy", {}, ()),
    "patch_schedule": (
        "Show when patch policies are due, and keep the timers that start them",
        "patch_schedule",
        {},
        (),
    ),
    "patch_preflight": ("Check what patching demands of the nodes", "patch_preflight", {}, ()),
    "patch_preflight_summary": (
        "Print what the preflight found and end each node as its preflight ended",
        "patch_preflight_summary",
        {},
        ("outcome", "width"),
    ),
    "patch_baselines_sync": (
        "Push baseline files to AWS, or pull the baselines of AWS into files",
        "patch_baselines_sync",
        {},
        (),
    ),
    "patch_report": ("Write the current assessments of all nodes to a file", "patch_report", {}, ()),
}


def read_strings(path: Path) -> dict[str, str]:
    """All string constants that a file assigns to names, at any depth of classes."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        target.id: node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def module_options(module: str) -> dict[str, Any]:
    """The options of a module, its documentation fragments included."""
    documentation = yaml.safe_load(read_strings(ROOT / "plugins" / "modules" / f"{module}.py")["DOCUMENTATION"])
    options: dict[str, Any] = {}
    for name in documentation.get("extends_documentation_fragment", []):
        file, fragment = FRAGMENTS[name]
        options |= yaml.safe_load(read_strings(ROOT / "plugins" / "doc_fragments" / f"{file}.py")[fragment])["options"]
    options |= documentation.get("options", {})
    return options


def render_argument_specs(role: str) -> str:
    """The text of one role's ``meta/argument_specs.yml``."""
    short, module, own, left_out = ROLES[role]
    options = own | {name: dict(option) for name, option in module_options(module).items() if name not in left_out}
    if role == "patch_report":
        # the role names the file itself when the user does not
        options["patch_report_path"].pop("required")
    main = {"short_description": short, "description": [f"{short}."], "options": options}
    spec = {"argument_specs": {"main": main}}
    return HEADER + yaml.dump(spec, sort_keys=False, width=120, allow_unicode=True, Dumper=_Dumper)


class _Dumper(yaml.SafeDumper):
    """Indents lists below their key, as ansible-lint wants it."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def main() -> int:
    check = "--check" in sys.argv[1:]
    stale: list[str] = []
    for role in ROLES:
        path = ROOT / "roles" / role / "meta" / "argument_specs.yml"
        text = render_argument_specs(role)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(str(path.relative_to(ROOT)))
            if not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    if stale:
        print(("differs from the documentation: " if check else "written: ") + ", ".join(stale))
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
