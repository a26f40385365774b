# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the JSON of the collector into ``NodeFacts``."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from typing import TypeVar

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.errors import FactsError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.facts_values import (
    Misfit,
    read_list,
    read_moment,
    read_name,
    read_number,
    read_record,
    read_switch,
    read_text,
    read_texts,
    read_word,
    read_words,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import (
    OperatingSystem,
    PackageManager,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import (
    SCHEMA,
    FactWarning,
    InstallResult,
    LastOperation,
    NodeFacts,
    Notice,
    OsFacts,
    Package,
    RebootRequired,
    Repository,
)

__all__ = [
    "FactWarning",
    "FactsError",
    "InstallResult",
    "LastOperation",
    "NodeFacts",
    "Notice",
    "OsFacts",
    "Package",
    "RebootRequired",
    "Repository",
    "parse_facts",
    "parse_results",
]

# Far above what a real node has, low enough that a hostile one cannot fill the controller's memory.
_MOST_PACKAGES = 200_000
_MOST_NOTICES = 200_000
_MOST_ENTRIES = 10_000

EnumT = TypeVar("EnumT", bound=enum.Enum)
Value = TypeVar("Value")


def parse_facts(data: object) -> NodeFacts:
    """Return the facts in ``data``, the collector's JSON as read by ``json.loads``.

    :raises FactsError: a value has the wrong type or size; the error names its path.
    """
    return _run(_read_facts, data)


def parse_results(data: object) -> tuple[InstallResult, ...]:
    """Return the results of an install, the installer's list of ``RESULT`` entries.

    :raises FactsError: as ``parse_facts``.
    """
    return _run(_read_results, data)


def _run(read: Callable[[object], Value], data: object) -> Value:
    try:
        return read(data)
    except Misfit as misfit:
        raise FactsError("".join(reversed(misfit.place)).lstrip(".") or "facts", misfit.cause) from None


def _read_schema(value: object) -> int:
    if read_number(value) != SCHEMA:
        raise Misfit(f"schema {SCHEMA} is expected; collect the node again with this version")
    return SCHEMA


def _read_choice(words: type[EnumT]) -> Callable[[object], EnumT]:
    choices = {member.value: member for member in words}

    def read(value: object) -> EnumT:
        found = choices.get(read_word(value))
        if found is None:
            raise Misfit(f"one of {', '.join(choices)} is expected")
        return found

    return read


def _read_notices(value: object) -> dict[str, Notice]:
    if not isinstance(value, Mapping) or len(value) > _MOST_NOTICES:
        raise Misfit(f"an object of at most {_MOST_NOTICES} notices is expected")
    notices: dict[str, Notice] = {}
    for key, item in value.items():
        try:
            name = read_name(key)
            notices[name] = _read_notice({**item, "id": name} if isinstance(item, Mapping) else item)
        except Misfit as misfit:
            misfit.place.append(f"[{str(key)[:80]!r}]")
            raise
    return notices


_NAMED = frozenset({"name"})

_read_os = read_record(
    OsFacts,
    {
        **dict.fromkeys(("id", "version", "codename", "name", "arch", "kernel", "product"), read_word),
        "operating_system": _read_choice(OperatingSystem),
    },
)

_read_repository = read_record(
    Repository,
    {
        **dict.fromkeys(("id", "name", "origin", "label", "suite", "codename", "component"), read_word),
        **dict.fromkeys(("enabled", "reachable", "signed", "has_notices"), read_switch),
    },
    frozenset({"id"}),
)

_read_notice = read_record(
    Notice,
    {
        "id": read_name,
        **dict.fromkeys(("type", "severity"), read_word),
        **dict.fromkeys(("issued", "updated"), read_moment),
        **dict.fromkeys(("cve_ids", "bugzilla_ids"), read_words),
        "title": read_text,
        "reboot_suggested": read_switch,
    },
)

_read_package = read_record(
    Package,
    {
        "name": read_name,
        **dict.fromkeys(
            (
                *("arch", "version", "epoch", "release", "section", "priority"),
                *("product_family", "classification", "msrc_severity", "update_id"),
            ),
            read_word,
        ),
        **dict.fromkeys(
            ("repositories", "notices", "products", "bulletin_ids", "kb_ids", "superseded_update_ids"), read_words
        ),
        **dict.fromkeys(("built_at", "installed_at", "released_at"), read_moment),
        **dict.fromkeys(("available", "applicable", "is_security", "reboot_required"), read_switch),
        "title": read_text,
    },
    _NAMED,
)

_read_packages = read_list(_read_package, _MOST_PACKAGES)

_read_results = read_list(
    read_record(
        InstallResult,
        {
            "name": read_name,
            **dict.fromkeys(("arch", "version", "from_version", "update_id"), read_word),
            "status": read_name,
            "reason": read_text,
        },
        _NAMED | {"status"},
    ),
    _MOST_PACKAGES,
)

_read_facts = read_record(
    NodeFacts,
    {
        "schema": _read_schema,
        "os": _read_os,
        **dict.fromkeys(("hostname", "boot_id"), read_word),
        **dict.fromkeys(("booted_at", "collected_at"), read_moment),
        "reboot_required": read_record(
            RebootRequired, {"required": read_switch, "reasons": read_texts}, frozenset({"required"})
        ),
        "package_manager": _read_choice(PackageManager),
        **dict.fromkeys(("installed", "candidates"), _read_packages),
        "held": read_words,
        "unfinished": read_words,
        "repositories": read_list(_read_repository, _MOST_ENTRIES),
        "notices": _read_notices,
        "warnings": read_list(
            read_record(FactWarning, {"code": read_word, "message": read_text}, frozenset({"code"})), _MOST_ENTRIES
        ),
        "last_operation": read_record(
            LastOperation,
            {
                **dict.fromkeys(("id", "state"), read_word),
                **dict.fromkeys(("started_at", "finished_at"), read_moment),
                "pid": read_number,
                "results": _read_results,
            },
        ),
    },
    frozenset({"schema"}),
)
