# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the inventory, checked: which accounts and regions, which nodes of them, which groups: pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._inventory.errors import OptionError

Filters = tuple[tuple[str, tuple[str, ...]], ...]

SOURCES = ("ec2", "ssm")
GROUPINGS = ("patch_group", "platform_type", "platform", "ping_status", "region", "account")
_OF_SSM = ("platform", "ping_status")
# Of terminated instances nothing is left to patch.
LIVING = ("pending", "running", "stopping", "stopped")

_KEYS_OF_ACCOUNTS = ("profile", "assume_role_arn", "regions")
_MOST_VALUES = 100
# Raise it when what is kept changes its shape: an older cache is then read anew.
_SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Account:
    """One entry of ``accounts``: whose keys read it, and where. With neither profile nor role, the plugin's own."""

    profile: str | None = None
    assume_role_arn: str | None = None
    regions: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.assume_role_arn:
            return f"the account of role '{self.assume_role_arn}'"
        return f"the account of profile '{self.profile}'" if self.profile else "the account of the given credentials"


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of AWS. ``role`` is assumed by the plugin's own credentials before anything else."""

    role: str | None = None
    accounts: tuple[Account, ...] = (Account(),)
    sources: tuple[str, ...] = SOURCES
    ec2_filters: Filters = (("instance-state-name", LIVING),)
    ssm_filters: Filters = ()

    def fingerprint(self, **more: Any) -> str:
        """Text that differs if the answer may; ``more`` is what else decides which accounts answer."""
        return json.dumps([_SCHEMA, asdict(self), more], sort_keys=True, default=str)


def read_query(get: Callable[[str], Any]) -> Query:
    """Read the options, which ``get`` returns by their names. Raises ``OptionError``."""
    regions = _read_texts("regions", get("regions"))
    sources = _read_choices("sources", get("sources"), SOURCES)
    ec2_filters = _read_filters("filters", get("filters"))
    ssm_filters = _read_filters("ssm_filters", get("ssm_filters"))
    for name, filters, source in (("filters", ec2_filters, "ec2"), ("ssm_filters", ssm_filters, "ssm")):
        if filters and source not in sources:
            raise OptionError(f"Failed to read option '{name}': sources does not have {source}, so nothing is filtered")
    _check_tag_filters(ssm_filters)
    if not any(name.startswith("instance-state") for name, _values in ec2_filters):
        ec2_filters = (*ec2_filters, ("instance-state-name", LIVING))
    role = _read_text("assume_role_arn", get("assume_role_arn"))
    return Query(role, _read_accounts(get("accounts"), regions), sources, ec2_filters, ssm_filters)


def read_groupings(value: Any, sources: Iterable[str]) -> tuple[str, ...]:
    """Read ``group_by`` without what the sources cannot tell; an empty list is no group. Raises ``OptionError``."""
    found = _read_choices("group_by", value, GROUPINGS) if value else ()
    return tuple(grouping for grouping in found if "ssm" in sources or grouping not in _OF_SSM)


def _read_accounts(value: Any, regions: tuple[str, ...]) -> tuple[Account, ...]:
    accounts = tuple(_read_account(f"accounts[{index}]", entry, regions) for index, entry in enumerate(value or ()))
    return accounts or (Account(regions=regions),)


def _read_account(path: str, entry: Any, regions: tuple[str, ...]) -> Account:
    allowed = f"allowed: a dictionary with some of {', '.join(_KEYS_OF_ACCOUNTS)}"
    if not isinstance(entry, Mapping):
        raise OptionError(f"Failed to read option '{path}': it is {entry!r}; {allowed}")
    unknown = sorted(str(key) for key in entry if key not in _KEYS_OF_ACCOUNTS)
    if unknown:
        raise OptionError(f"Failed to read option '{path}': '{unknown[0]}' is not known; {allowed}")
    profile, role = (_read_text(f"{path}.{key}", entry.get(key)) for key in ("profile", "assume_role_arn"))
    if not profile and not role:
        raise OptionError(f"Failed to read option '{path}': it has neither profile nor assume_role_arn")
    return Account(profile, role, _read_texts(f"{path}.regions", entry.get("regions")) or regions)


def _read_text(path: str, value: Any) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise OptionError(f"Failed to read option '{path}': it is {value!r}; allowed: a text")
    return str(value)


def _read_texts(path: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple, type(None))):
        raise OptionError(f"Failed to read option '{path}': it is {value!r}; allowed: a list of texts")
    texts = (_read_text(f"{path}[{index}]", entry) for index, entry in enumerate(value or ()))
    return tuple(dict.fromkeys(text for text in texts if text))


def _read_choices(path: str, value: Any, choices: Iterable[str]) -> tuple[str, ...]:
    found = _read_texts(path, value)
    wrong = [text for text in found if text not in choices]
    if wrong or not found:
        what = f"'{wrong[0]}' is not known" if wrong else "it is empty"
        raise OptionError(f"Failed to read option '{path}': {what}; allowed: some of {', '.join(choices)}")
    return found


def _read_filters(path: str, value: Any) -> Filters:
    if not isinstance(value, (Mapping, type(None))):
        raise OptionError(f"Failed to read option '{path}': it is {value!r}; allowed: a dictionary of keys and values")
    return tuple((str(key), _read_values(f"{path}.{key}", given)) for key, given in (value or {}).items())


def _read_values(path: str, value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, (list, tuple)) else [value]
    if not 1 <= len(values) <= _MOST_VALUES or any(isinstance(one, (Mapping, list, type(None))) for one in values):
        raise OptionError(f"Failed to read option '{path}': allowed: a value, or a list of 1 to {_MOST_VALUES} values")
    # YAML reads true and 1 as something else than the texts that AWS has.
    return tuple(str(one).lower() if isinstance(one, bool) else str(one) for one in values)


def _check_tag_filters(filters: Filters) -> None:
    about_tags = [name for name, _values in filters if name == "tag-key" or name.startswith("tag:")]
    others = [name for name, _values in filters if name not in about_tags]
    if about_tags and others:
        raise OptionError(
            f"Failed to read option 'ssm_filters': AWS does not combine {about_tags[0]} with {others[0]}. "
            "Filter by tags here, and take the rest out of hosts by groups"
        )
