# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What boto3 says and takes, as modules return and take it: pure.

Keys are the API's words in snake_case. A baseline has the shape of our baseline files, in which a list of rules or
filters stands where the API wraps it into an object, so what a module returns can be written to a file and given to a
module.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import (
    Baseline,
    OperatingSystem,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.render import to_snake, to_ssm

Json = dict[str, Any]

# What decides about patches, and what describes; the rest of a baseline is identity or hangs on it.
CONTENT = (
    "description",
    "global_filters",
    "approval_rules",
    "approved_patches",
    "approved_patches_compliance_level",
    "approved_patches_enable_non_security",
    "rejected_patches",
    "rejected_patches_action",
    "sources",
    "available_security_updates_compliance_status",
)
_DEFAULTS = to_snake(Baseline(name="", operating_system=OperatingSystem.UBUNTU)) | {
    "description": "",
    "sources": [],
    "available_security_updates_compliance_status": None,
}
_WORD_ENDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORDS_OF_CAPITALS = {"CVEIds": "cve_ids", "KBId": "kb_id"}


@lru_cache(maxsize=4096)
def to_snake_case(name: str) -> str:
    """Return the API's word in snake_case: ``CVEIds`` is ``cve_ids``."""
    return _WORDS_OF_CAPITALS.get(name) or _WORD_ENDS.sub("_", name).lower()


def to_camel_case(name: str) -> str:
    """Return a word in snake_case as the API spells it, if that has no words of capitals."""
    return "".join(word.capitalize() for word in name.split("_"))


def to_plain(value: Any, keep: Iterable[str] = ()) -> Any:
    """Return an answer with keys in snake_case and times as text; maps with a user's own keys are named in ``keep``."""
    if isinstance(value, Mapping):
        return {to_snake_case(key): item if key in keep else to_plain(item, keep) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_plain(item, keep) for item in value]
    if isinstance(value, datetime.datetime):
        return to_text(value)
    return value


def to_members(value: Any, keep: Iterable[str] = ()) -> Any:
    """Return options as a request takes them, without what is not set; the reverse of ``to_plain``."""
    if isinstance(value, Mapping):
        return {
            to_camel_case(key): item if to_camel_case(key) in keep else to_members(item, keep)
            for key, item in value.items()
            if not is_empty(item)
        }
    if isinstance(value, (list, tuple)):
        return [to_members(item, keep) for item in value]
    return value


def is_empty(value: Any) -> bool:
    """Whether a value says nothing: the API knows no empty texts, lists and maps."""
    return value is None or (isinstance(value, (str, list, tuple, Mapping)) and not value)


def to_text(time: datetime.datetime) -> str:
    """Return a time as ISO 8601 in UTC."""
    return time.astimezone(datetime.timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")


def to_tags(tags: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return the API's list of tags as a dictionary."""
    return {tag["Key"]: tag["Value"] for tag in tags}


def to_tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return a dictionary of tags as the API's list."""
    return [{"Key": key, "Value": str(value)} for key, value in tags.items()]


def to_content(answer: Mapping[str, Any]) -> Json:
    """Return the content of a baseline as GetPatchBaseline answers it, with what is left out filled in."""
    plain = to_plain(answer)
    rules = (plain.get("approval_rules") or {}).get("patch_rules") or []
    found = plain | {
        "global_filters": _read_filters(plain.get("global_filters")),
        "approval_rules": [_read_rule(rule) for rule in rules],
    }
    status = "available_security_updates_compliance_status"
    defaults = _DEFAULTS | ({status: "COMPLIANT"} if plain.get("operating_system") == "WINDOWS" else {})
    return {key: defaults[key] if found.get(key) is None else found[key] for key in CONTENT}


def write_content(baseline: Baseline) -> tuple[Json, Json]:
    """Return the content of a baseline as modules return it, and as requests take it without what is empty there."""
    status = "available_security_updates_compliance_status"
    snake: Json = {"description": "", "sources": [], status: None} | to_snake(baseline)
    request = to_ssm(baseline)
    return {key: snake[key] for key in CONTENT}, {
        key: request[to_camel_case(key)] for key in CONTENT if to_camel_case(key) in request
    }


def normalise_content(content: Mapping[str, Any]) -> Json:
    """Return content in which what has no order is sorted, so that equal baselines are equal values."""
    return {
        **content,
        "global_filters": _sort_filters(content["global_filters"]),
        "approval_rules": sorted(
            ({**rule, "filters": _sort_filters(rule["filters"])} for rule in content["approval_rules"]), key=_in_order
        ),
        "approved_patches": sorted(set(content["approved_patches"])),
        "rejected_patches": sorted(set(content["rejected_patches"])),
        "sources": sorted(
            ({**source, "products": sorted(set(source["products"]))} for source in content["sources"]), key=_in_order
        ),
    }


def _read_filters(group: Mapping[str, Any] | None) -> list[Json]:
    return list((group or {}).get("patch_filters") or [])


def _read_rule(rule: Mapping[str, Any]) -> Json:
    dates = {key: rule[key] for key in ("approve_after_days", "approve_until_date") if rule.get(key) is not None}
    return {
        "filters": _read_filters(rule.get("patch_filter_group")),
        **(dates or {"approve_after_days": 0}),
        "compliance_level": rule.get("compliance_level") or "UNSPECIFIED",
        "enable_non_security": bool(rule.get("enable_non_security")),
    }


def _sort_filters(filters: Iterable[Mapping[str, Any]]) -> list[Json]:
    return sorted(({**found, "values": sorted(set(found["values"]))} for found in filters), key=_in_order)


def _in_order(value: Mapping[str, Any]) -> str:
    return repr(sorted(value.items()))
