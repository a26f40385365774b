# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parameters of a patch policy: a map of texts in AWS, typed options here; pure.

Quick Setup takes nothing but texts: flags are ``true`` and ``false``, lists have commas, and the baselines are JSON, an
object by operating system. AWS's reference names ``OutputS3Location``, a JSON object of three members, where its own
example has these three as parameters. They are read in either form and written as in the example.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.errors import StateError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.transformations import to_camel_case

View = dict[str, Any]

FLAGS = (
    "configuration_options_scan_next_interval",
    "configuration_options_install_next_interval",
    "is_policy_attach_allowed",
    "output_log_enable_s3",
    "has_deleted_baseline",
)
LISTS = ("target_instances", "target_accounts", "target_organizational_units", "target_regions")
BASELINES = "selected_patch_baselines"
# What AWS takes for a parameter that is not there.
ABSENT: View = {
    "patch_policy_name": "",
    "patch_baseline_use_default": "default",
    "patch_baseline_region": "",
    "configuration_options_patch_operation": "Scan",
    "configuration_options_scan_value": "",
    "configuration_options_install_value": "",
    "reboot_option": "",
    "output_bucket_region": "",
    "output_s3_bucket_name": "",
    "output_s3_key_prefix": "",
    "target_type": "",
    "target_tag_key": "",
    "target_tag_value": "",
    "resource_group_name": "",
    "rate_control_concurrency": "",
    "rate_control_error_threshold": "",
    **dict.fromkeys(FLAGS, False),
    **dict.fromkeys(LISTS, ()),
    BASELINES: {},
}
# What AWS's example sends as empty texts; the others are left out if there is nothing to say.
_MAY_BE_EMPTY = frozenset(
    "output_bucket_region output_s3_bucket_name output_s3_key_prefix target_tag_key target_tag_value target_instances "
    "resource_group_name".split()
)
# What a new policy gets where nothing is said: the console's choices, and the rates of AWS's texts.
NEW: View = {
    "patch_baseline_use_default": "default",
    "configuration_options_patch_operation": "Scan",
    "configuration_options_scan_value": "cron(0 1 * * ? *)",
    "configuration_options_install_next_interval": True,
    "reboot_option": "RebootIfNeeded",
    "target_type": "*",
    "rate_control_concurrency": "10%",
    "rate_control_error_threshold": "2%",
}
_REQUIRED = ("patch_policy_name", "patch_baseline_region")
INSTALL_WEEKLY = "cron(0 2 ? * SUN *)"
# *patch-manager-policies*; AWS adds to them, so that others are a warning and no error
_REGIONS = frozenset(
    "us-east-1 us-east-2 us-west-1 us-west-2 ap-south-1 ap-northeast-1 ap-northeast-2 ap-southeast-1 ap-southeast-2 "
    "ca-central-1 eu-central-1 eu-west-1 eu-west-2 eu-west-3 eu-north-1 sa-east-1".split()
)
_MAX_INSTANCES, _MAX_DEPLOYMENTS, _MAX_TEXT = 25, 10000, 40960
_PATTERNS = {
    "target_accounts": ("[0-9]{12}", "12 digits"),
    "target_organizational_units": ("(?:ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}|r-[0-9a-z]{4,32})", "ou-ab12-cdefgh34"),
    "target_instances": (r"i-(?:\w{8}|\w{17})", "the id of an EC2 instance"),
    "target_regions": ("[a-z]{2}(?:-[a-z]+)+-[0-9]", "a region"),
}
_RATES = {
    "rate_control_concurrency": ("[1-9][0-9]{0,6}|[1-9][0-9]?%|100%", "a number from 1, or 1% to 100%"),
    "rate_control_error_threshold": ("[1-9][0-9]{0,6}|0|[1-9]?[0-9]%|100%", "a number from 0, or 0% to 100%"),
}
_SCHEDULES = {
    "configuration_options_scan_value": "scan",
    "configuration_options_install_value": "install",
}
# what each kind of target needs, and nothing else takes
_TARGETS = {
    "InstanceIds": ("target_instances",),
    "ResourceGroups": ("resource_group_name",),
    "Tags": ("target_tag_key", "target_tag_value"),
}


def read_parameters(parameters: Mapping[str, str]) -> View:
    """Return the parameters of a policy that is there, with what is left out filled in. Never fails."""
    found = {name: parameters.get(to_camel_case(name), "") for name in ABSENT}
    location = _load(parameters.get("OutputS3Location", ""))
    view: View = {}
    for name, text in found.items():
        told = text or str(location.get(to_camel_case(name), ""))
        if name == BASELINES:
            view[name] = _load(told)
        elif name in LISTS:
            view[name] = [part.strip() for part in told.split(",") if part.strip()]
        elif name in FLAGS:
            view[name] = told == "true"
        else:
            view[name] = told or ABSENT[name]
    return view


def _load(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def write_parameters(view: View) -> dict[str, str]:
    """Return the parameters as AWS takes them. Raises ``StateError``."""
    texts = {name: _write(view[name]) for name in ABSENT}
    written = {to_camel_case(name): text for name, text in texts.items() if text or name in _MAY_BE_EMPTY}
    too_long = [name for name, text in written.items() if len(text) > _MAX_TEXT]
    if too_long:
        raise StateError(f"Failed to write {too_long[0]}: it has more than {_MAX_TEXT} characters. Name less.")
    return written


def _write(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return json.dumps(value, separators=(",", ":"), sort_keys=True)
    return value if isinstance(value, str) else ",".join(value)


def normalise_parameters(view: View) -> View:
    """Return what counts, in one order: of a baseline its id, since AWS may word the rest anew."""
    return {
        name: _ids(value) if name == BASELINES else sorted(set(value)) if name in LISTS else value
        for name, value in view.items()
    }


def _ids(baselines: Mapping[str, Any]) -> dict[str, Any]:
    return {
        system: [str(entry.get("value", "")).rpartition("/")[2], bool(entry.get("disabled"))]
        if isinstance(entry, dict)
        else entry
        for system, entry in baselines.items()
    }


def check_parameters(view: View) -> list[str]:
    """Return what their writer should know. Raises ``StateError`` for what cannot be."""
    for name in _REQUIRED:
        if not view[name]:
            raise StateError(f"Failed to read {name}: a policy needs it. Set it, or leave it out.")
    for name, (pattern, words) in _PATTERNS.items():
        _check_values(name, view[name], pattern, words)
    for name, (pattern, words) in _RATES.items():
        _check_values(name, [view[name]] if view[name] else [], pattern, words)
    for name, what in _SCHEDULES.items():
        if view[name]:
            _check_schedule(name, view[name], what)
    _check_targets(view)
    _check_output(view)
    unknown = sorted(set(view["target_regions"]) - _REGIONS)
    if unknown:
        return [f"AWS's documentation does not list {', '.join(unknown)} among the regions of patch policies."]
    return []


def _check_values(name: str, values: Iterable[str], pattern: str, words: str) -> None:
    for value in values:
        if not re.fullmatch(pattern, value):
            raise StateError(f"Failed to read {name}: it cannot be {value!r}. It takes {words}.")


def _check_schedule(name: str, text: str, what: str) -> None:
    rate = re.fullmatch(r"rate\(([1-9][0-9]*) (minute|hour|day)(s?)\)", text)
    cron = re.fullmatch(r"cron\(\S+ \S+ (\S+) \S+ (\S+) \S+\)", text)
    good_rate = rate is not None and (rate[1] == "1") == (rate[3] == "")
    good_cron = cron is not None and [cron[1], cron[2]].count("?") == 1
    if not good_rate and not good_cron:
        raise StateError(
            f"Failed to read {name}: it cannot be {text!r}. Say when to {what} as cron(minutes hours day-of-month "
            "month day-of-week year) with a ? for one of the two days, such as cron(0 1 * * ? *), or as rate(7 days)."
        )
    if cron and re.search("[-,]", cron[2]):
        raise StateError(
            f"Failed to read {name}: it cannot be {text!r}. AWS makes associations of it, which take one day of a week."
        )


def _check_targets(view: View) -> None:
    kind = view["target_type"]
    for needing, names in _TARGETS.items():
        for name in names:
            if needing == kind and not view[name] and name != "target_tag_value":
                raise StateError(f"Failed to read target_type: {kind} needs {name}. Set it.")
            if needing != kind and view[name]:
                raise StateError(
                    f"Failed to read {name}: it goes with target_type {needing}, and this is {kind}. Leave one out."
                )
    if len(view["target_instances"]) > _MAX_INSTANCES:
        raise StateError(
            f"Failed to read target_instances: a policy takes {_MAX_INSTANCES}, these are "
            f"{len(view['target_instances'])}. Use a tag."
        )
    accounts, units, regions = (
        view["target_accounts"],
        view["target_organizational_units"],
        view["target_regions"],
    )
    if bool(accounts) == bool(units):
        raise StateError(
            "Failed to read the targets: a policy needs target_accounts or target_organizational_units, and takes one. "
            "Set one of them."
        )
    if not regions:
        raise StateError("Failed to read target_regions: a policy needs a region. Name it.")
    if kind == "ResourceGroups" and (units or len(accounts) > 1):
        raise StateError(
            "Failed to read target_type: ResourceGroups is for one account. Name one in target_accounts, or use a tag."
        )
    if len(accounts) * len(regions) > _MAX_DEPLOYMENTS:
        raise StateError(
            f"Failed to read the targets: accounts times regions are {len(accounts) * len(regions)}, AWS takes "
            f"{_MAX_DEPLOYMENTS}. Make several policies."
        )


def _check_output(view: View) -> None:
    if view["output_log_enable_s3"] and not view["output_s3_bucket_name"]:
        raise StateError("Failed to read output_log_enable_s3: it needs output_s3_bucket_name. Set it.")
