# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a module has an option for each member of the API, as deep as they go."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.model import Shape

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.transformations import to_snake_case
from tests.aws.shapes import operation_model
from tests.aws.ssm_playbooks import PREFIX

_TYPES = {"boolean": "bool", "integer": "int", "list": "list", "map": "dict", "structure": "dict"}
_OTHERWISE = {("blob", "json"), ("string", "json")}  # a text or a dictionary


def spec_of(module: str) -> dict[str, Any]:
    """The options of a module."""
    found: dict[str, Any] = importlib.import_module(f"ansible_collections.{PREFIX}plugins.modules.{module}").SPEC
    return found


def missing_options(operation: str, options: Mapping[str, Any], ignored: set[str]) -> list[str]:
    """What of an operation's request the options lack, or have with another type or other values."""
    shape = operation_model("ssm", operation).input_shape
    return [text for text in _compare(shape, options, "") if re.split(r"[.:]", text)[0] not in ignored]


def _compare(shape: Shape, options: Mapping[str, Any], path: str) -> Iterator[str]:
    for member, inner in shape.members.items():
        name = to_snake_case(member)
        here = f"{path}{name}"
        option = options.get(name)
        if option is None:
            yield here
            continue
        wanted = _TYPES.get(inner.type_name, "str")
        if option["type"] != wanted and (inner.type_name, option["type"]) not in _OTHERWISE:
            yield f"{here}: {option['type']}, not {wanted}"
        allowed = inner.metadata.get("enum") or getattr(inner, "member", inner).metadata.get("enum")
        if allowed and sorted(option.get("choices", ())) != sorted(allowed):
            yield f"{here}: choices"
        item = inner.member if inner.type_name == "list" else inner
        if item.type_name == "structure":
            yield from _compare(item, option.get("options", {}), f"{here}.")
