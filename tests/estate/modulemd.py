# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""modules.yaml from the notices that name modules: each stream with the packages of its notices."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable

from .rpm_packages import Module, Notice, parse_nevra
from .rpms import node_arch


def describe_modules(notices: Iterable[Notice]) -> str:
    """The text of modules.yaml; empty when no notice names a module. No stream is the default one."""
    packages: dict[Module, list[str]] = defaultdict(list)
    for notice in notices:
        if notice.module:
            packages[notice.module] += notice.packages
    return "".join(_document(module, names) for module, names in packages.items())


def _document(module: Module, names: Iterable[str]) -> str:
    artifacts = []
    for name in names:
        parts = parse_nevra(name)
        artifacts.append(f"{parts.name}-{parts.epoch}:{parts.version}-{parts.release}.{node_arch(parts.arch)}")
    data = {
        "name": module.name,
        "stream": module.stream,
        "version": module.version,
        "context": module.context,
        "arch": node_arch(module.arch),
        "summary": module.name,
        "description": module.name,
        "license": {"module": ["MIT"]},
        "dependencies": [{"buildrequires": {"platform": ["el8"]}, "requires": {"platform": ["el8"]}}],
        "artifacts": {"rpms": artifacts},
    }
    # JSON is YAML.
    return f"---\n{json.dumps({'document': 'modulemd', 'version': 2, 'data': data})}\n...\n"
