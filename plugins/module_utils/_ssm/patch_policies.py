# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Patch policies: configuration managers of Quick Setup with one definition of that type.

A manager is known by its name. Creating one has no token against being done twice, and AWS refuses changes while it
deploys an earlier one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.tagging import compare_aws_tags
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import OperatingSystem
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.predefined import predefined_default
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.baselines import list_identities
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.client import Answer, Ssm
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.errors import StateError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.plan import Plan, Step, View, Wait
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.policy_parameters import (
    ABSENT,
    BASELINES,
    INSTALL_WEEKLY,
    NEW,
    check_parameters,
    normalise_parameters,
    read_parameters,
    write_parameters,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.transformations import to_plain
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.waiting import wait_until

TYPE = "AWSQuickSetupType-PatchPolicy"
SERVICE = "ssm-quicksetup"
_BUSY = frozenset({"INITIALIZING", "DEPLOYING", "DELETING", "STOPPING"})
_FAILED = frozenset({"FAILED", "STOPPED", "DELETE_FAILED", "STOP_FAILED"})
_GENERATED = ("manager_arn", "status_summaries", "created_at", "last_modified_at")
_MANAGER = ("description", "local_deployment_administration_role_arn", "local_deployment_execution_role_name")
_NAME = re.compile(r"[ A-Za-z0-9._-]{1,120}")
_TIMES = {"CreatedAt": "created_at", "LastModifiedAt": "last_modified_at"}
_NAMED_IN_A_MESSAGE = 10
_APPEARS_WITHIN = 10  # seconds


@dataclass(frozen=True)
class PolicyState:
    """The manager, if it is there, and the baselines that the options mean."""

    found: Answer | None
    baselines: Mapping[str, Any] | None = None  # None: those that are there stay
    region: str = ""  # where it is kept, and
    account: str = ""  # whose it is; asked for only if a new one is to be for it


@dataclass
class PatchPolicy:
    """A patch policy and the options of ``ssm_patch_policy``; ``warnings`` are what its writer should know."""

    options: Mapping[str, Any]
    warnings: list[str] = field(default_factory=list)

    def read(self, ssm: Ssm) -> PolicyState:
        found = self._find(ssm)
        if self.options["state"] == "absent":
            return PolicyState(found)
        before = read_parameters(_definition(found)["Parameters"]) if found else ABSENT
        baselines = self._choose_baselines(ssm, before, is_new=found is None)
        return PolicyState(found, baselines, ssm.region, self._find_account(ssm) if found is None else "")

    def view(self, state: PolicyState) -> View:
        return view_policy(state.found) if state.found else {}

    def normalise(self, view: View) -> View:
        if not view:
            return {}
        kept = {key: value for key, value in view.items() if key not in _GENERATED}
        if not self.options["type_version"]:
            del kept["type_version"]  # AWS's choice
        return kept | normalise_parameters({key: view[key] for key in ABSENT})

    def plan(self, state: PolicyState) -> Plan:
        if self.options["state"] == "absent":
            return self._plan_absence(state.found)
        if state.found:
            return self._plan_change(state, state.found)
        if self.options["manager_arn"]:
            raise StateError(
                f"Failed to find patch policy '{self.options['manager_arn']}'. "
                "Leave manager_arn out to create one, AWS gives it its ARN."
            )
        return self._plan_creation(state)

    def _find(self, ssm: Ssm) -> Answer | None:
        arn = self.options["manager_arn"]
        return read_manager(ssm, arn) if arn else find_policy(ssm, self.options["name"])

    def _find_account(self, ssm: Ssm) -> str:
        if self.options["target_accounts"] or self.options["target_organizational_units"]:
            return ""
        return str(ssm.beside("sts").call("find the account", "get_caller_identity")["Account"])

    def _choose_baselines(self, ssm: Ssm, before: View, *, is_new: bool) -> Mapping[str, Any] | None:
        chosen, use = self.options[BASELINES], self.options["patch_baseline_use_default"]
        region = self.options["patch_baseline_region"] or before["patch_baseline_region"] or None
        goes_back = use == "default" and before["patch_baseline_use_default"] != "default"
        moves = self.options["patch_baseline_region"] not in (None, before["patch_baseline_region"])
        if chosen is None and not is_new and not goes_back and not moves:
            return None
        is_custom = (use or before["patch_baseline_use_default"]) == "custom"
        if chosen and use == "default":
            raise StateError(
                f"Failed to read {BASELINES}: with patch_baseline_use_default default, those of AWS are used. "
                "Set it to custom."
            )
        if not chosen and is_custom:
            raise StateError(
                f"Failed to read patch_baseline_use_default: custom needs {BASELINES}, of the region. Set them."
            )
        listed = list_identities(ssm.beside("ssm", region), {})
        return _choose(listed, chosen or {})

    def _merge(self, before: View, state: PolicyState) -> View:
        """Return the parameters that are wanted. Raises ``StateError`` if they cannot be."""
        given = {key: self.options[key] for key in ABSENT if key != BASELINES and self.options.get(key) is not None}
        if "target_accounts" in given and "target_organizational_units" not in given:
            given["target_organizational_units"] = []
        if "target_organizational_units" in given and "target_accounts" not in given:
            given["target_accounts"] = []
        merged = dict(before) | given
        if state.baselines is not None:
            merged |= {BASELINES: dict(state.baselines), "has_deleted_baseline": False}
            if self.options[BASELINES] and "patch_baseline_use_default" not in given:
                merged["patch_baseline_use_default"] = "custom"
        self._complete(before, given, merged)
        if merged != before:
            self.warnings[:] += check_parameters(merged)
        return merged

    def _complete(self, before: View, given: View, merged: View) -> None:
        """Set what follows from what is given."""
        install = "configuration_options_install_value"
        if merged["configuration_options_patch_operation"] == "ScanAndInstall":
            merged[install] = merged[install] or INSTALL_WEEKLY
        elif given.get(install):
            self.warnings.append(f"The policy scans only, so {install} has no effect.")
        elif "configuration_options_patch_operation" in given:
            merged[install] = ""
        if given.get("target_type", before["target_type"]) != before["target_type"]:
            # what another kind of target needed is not meant any more
            for name in ("target_instances", "resource_group_name", "target_tag_key", "target_tag_value"):
                merged[name] = given.get(name, ABSENT[name])

    def _plan_creation(self, state: PolicyState) -> Plan:
        name = self.options["name"]
        if not _NAME.fullmatch(name):
            raise StateError(
                f"Failed to create patch policy {name!r}: a name has up to 120 letters, digits, spaces, dots, dashes "
                "and underscores."
            )
        roles = ("local_deployment_administration_role_arn", "local_deployment_execution_role_name")
        missing = [role for role in roles if not self.options[role]]
        if missing:
            raise StateError(f"Failed to create patch policy '{name}': it needs {' and '.join(missing)}. Set them.")
        start: View = dict(ABSENT) | NEW | {"patch_policy_name": name, "patch_baseline_region": state.region}
        start |= {"target_regions": [state.region], "target_accounts": [state.account] if state.account else []}
        merged = self._merge(start, state)
        definition = {
            "Type": TYPE,
            "LocalDeploymentAdministrationRoleArn": self.options[roles[0]],
            "LocalDeploymentExecutionRoleName": self.options[roles[1]],
            "Parameters": write_parameters(merged),
        }
        if self.options["type_version"]:
            definition["TypeVersion"] = self.options["type_version"]
        tags = dict(self.options["tags"] or {})
        request: Answer = {"Name": name, "ConfigurationDefinitions": [definition]}
        if self.options["description"]:
            request["Description"] = self.options["description"]
        if tags:
            request["Tags"] = tags
        expected: View = {
            **dict.fromkeys(_GENERATED),
            "name": name,
            **{key: self.options[key] or "" for key in _MANAGER},
            "type_version": self.options["type_version"],
            **merged,
            "tags": tags,
        }
        step = Step(
            f"create patch policy '{name}'",
            "create_configuration_manager",
            request,
            was_done=lambda ssm: _appears(ssm, name),
        )
        return Plan(_in_order(expected), (step,), done=self._wait_deployed())

    def _plan_change(self, state: PolicyState, found: Answer) -> Plan:
        before = view_policy(found)
        if _status(found) == "DELETING":
            raise StateError(f"Failed to change patch policy '{before['name']}': it is being deleted. Run again later.")
        name = self.options["name"] or before["name"]
        merged = self._merge({key: before[key] for key in ABSENT}, state)
        given = {key: self.options[key] for key in (*_MANAGER, "type_version") if self.options[key] is not None}
        expected: View = before | merged | given | {"name": name}
        deploying = self._definition_steps(found, before, expected)
        steps = self._manager_steps(found, before, expected)
        if self.options["tags"] is not None:
            tag_steps, expected["tags"] = self._tag_steps(found, before)
            steps += tag_steps
        steps += deploying  # the last, since AWS is busy after it
        if not steps:
            if _status(found) in _FAILED:
                self.warnings.append(f"Nothing is to be changed of the policy, and it is {_status(found)} in AWS.")
            return Plan(before)
        return Plan(
            _in_order(expected),
            tuple(steps),
            ready=self._wait_idle(found) if deploying else None,
            done=self._wait_deployed() if deploying else None,
        )

    def _definition_steps(self, found: Answer, before: View, expected: View) -> list[Step]:
        keys = ("type_version", *_MANAGER[1:])
        changed = {key: expected[key] for key in keys if expected[key] != before[key]}
        one, other = (normalise_parameters({key: view[key] for key in ABSENT}) for view in (before, expected))
        if one == other and not changed:
            # its own words for the same baselines are left as they are
            expected |= {key: before[key] for key in ABSENT}
            return []
        request: Answer = {
            "ManagerArn": found["ManagerArn"],
            "Id": _definition(found)["Id"],
            # a change of one parameter is a new map of all
            "Parameters": write_parameters(expected),
        }
        names = {
            "type_version": "TypeVersion",
            "local_deployment_administration_role_arn": "LocalDeploymentAdministrationRoleArn",
            "local_deployment_execution_role_name": "LocalDeploymentExecutionRoleName",
        }
        request |= {names[key]: value for key, value in changed.items()}
        return [Step(f"change patch policy '{before['name']}'", "update_configuration_definition", request)]

    def _manager_steps(self, found: Answer, before: View, expected: View) -> list[Step]:
        changed = [key for key in ("name", "description") if expected[key] != before[key]]
        if not changed:
            return []
        request = {
            "ManagerArn": found["ManagerArn"],
            "Name": expected["name"],
            "Description": expected["description"],
        }
        return [Step(f"rename or describe patch policy '{before['name']}'", "update_configuration_manager", request)]

    def _tag_steps(self, found: Answer, before: View) -> tuple[list[Step], dict[str, str]]:
        added, removed = compare_aws_tags(before["tags"], self.options["tags"], self.options["purge_tags"])
        resource, steps = {"ResourceArn": found["ManagerArn"]}, []
        if removed:
            doing = f"remove tags of patch policy '{before['name']}'"
            steps.append(Step(doing, "untag_resource", {**resource, "TagKeys": sorted(removed)}))
        if added:
            steps.append(
                Step(f"set tags of patch policy '{before['name']}'", "tag_resource", {**resource, "Tags": added})
            )
        kept = {key: value for key, value in before["tags"].items() if key not in removed}
        return steps, kept | added

    def _plan_absence(self, found: Answer | None) -> Plan:
        if found is None or _status(found) == "DELETING":
            return Plan({})
        step = Step(
            f"delete patch policy '{found.get('Name', '')}'",
            "delete_configuration_manager",
            {"ManagerArn": found["ManagerArn"]},
        )
        return Plan({}, (step,), ready=self._wait_idle(found), done=self._wait_gone(found))

    def _wait_idle(self, found: Answer) -> Wait | None:
        """AWS refuses to change and to delete what it is deploying."""
        name = found.get("Name", "")
        if _status(found) not in _BUSY:
            return None
        if not self.options["wait"]:
            raise StateError(
                f"Failed to change patch policy '{name}': it is {_status(found)}, and AWS changes it when that has "
                "ended. Set wait, or run again later."
            )

        def wait(ssm: Ssm) -> None:
            wait_until(
                lambda: _status(read_manager(ssm, found["ManagerArn"])) not in _BUSY,
                seconds=self.options["wait_timeout"],
                doing=f"see the end of what patch policy '{name}' is at",
                way_out="Nothing was changed. Set wait_timeout, or run again later.",
            )

        return wait

    def _wait_deployed(self) -> Wait | None:
        def wait(ssm: Ssm) -> None:
            doing = f"see patch policy '{self.options['name'] or self.options['manager_arn']}' deployed"
            wait_until(
                lambda: _is_deployed(ssm, self._find(ssm), doing),
                seconds=self.options["wait_timeout"],
                doing=doing,
                way_out="It goes on. Look at it with ssm_patch_policy_info, or set wait_timeout.",
            )

        return wait if self.options["wait"] else None

    def _wait_gone(self, found: Answer) -> Wait | None:
        def wait(ssm: Ssm) -> None:
            doing = f"see patch policy '{found.get('Name', '')}' gone"
            wait_until(
                lambda: _is_gone(read_manager(ssm, found["ManagerArn"]), doing),
                seconds=self.options["wait_timeout"],
                doing=doing,
                way_out="It goes on. Look at it with ssm_patch_policy_info, or set wait_timeout.",
            )

        return wait if self.options["wait"] else None


def _choose(listed: Iterable[Answer], chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Return a baseline for each operating system: the one that is named, or else AWS's own."""
    identities = list(listed)
    unknown = sorted(set(chosen) - {system.value for system in OperatingSystem})
    if unknown:
        known = ", ".join(system.value for system in OperatingSystem)
        raise StateError(f"Failed to read {BASELINES}: there is no operating system {unknown[0]!r}. There are {known}.")
    found = {}
    for system in (one.value for one in OperatingSystem):
        wanted = chosen.get(system)
        if wanted is None:
            own = [
                entry
                for entry in identities
                if entry["BaselineName"] == predefined_default(OperatingSystem(system)).name
            ]
            if own:
                found[system] = _entry(own[0])
        else:
            found[system] = _pick(identities, system, wanted)
    return found


def _pick(identities: list[Answer], system: str, wanted: Any) -> dict[str, Any]:
    """Return the baseline that an id, an ARN, a name or an entry of AWS's own form means. Raises ``StateError``."""
    text = str(wanted.get("value", "") if isinstance(wanted, Mapping) else wanted)
    end = text.rpartition("/")[2]
    found = [
        entry
        for entry in identities
        if entry["OperatingSystem"] == system
        and (entry["BaselineId"].rpartition("/")[2] == end or entry["BaselineName"] == text)
    ]
    if not found:
        raise StateError(
            f"Failed to find patch baseline {text!r} for {system}. Create it first, in patch_baseline_region."
        )
    if len(found) > 1:
        ids = ", ".join(entry["BaselineId"] for entry in found)
        raise StateError(f"Failed to find patch baseline {text!r} for {system}: there are several, {ids}. Name an id.")
    own = dict(wanted) if isinstance(wanted, Mapping) else {}
    return _entry(found[0]) | {key: own[key] for key in ("label", "description", "disabled") if key in own}


def _entry(identity: Answer) -> dict[str, Any]:
    entry = {"value": identity["BaselineId"], "label": identity["BaselineName"]}
    if identity.get("BaselineDescription"):
        entry["description"] = identity["BaselineDescription"]
    return {**entry, "disabled": False}


def _definition(manager: Answer) -> Answer:
    for definition in manager.get("ConfigurationDefinitions") or ():
        if definition["Type"] == TYPE:
            found: Answer = definition
            return found
    raise StateError(
        f"Failed to read configuration manager '{manager.get('Name', '')}': it is no patch policy. Choose another name."
    )


def _deployment(manager: Answer | None) -> Answer:
    summaries = (manager or {}).get("StatusSummaries") or ()
    return next((entry for entry in summaries if entry.get("StatusType") == "Deployment"), {})


def _status(manager: Answer | None) -> str:
    return str(_deployment(manager).get("Status", ""))


def _is_deployed(ssm: Ssm, manager: Answer | None, doing: str) -> bool:
    """Whether a policy is where it is to be. Raises ``StateError`` that says where it could not be."""
    status = _status(manager)
    if manager and status in _FAILED:
        told = str(_deployment(manager).get("StatusMessage") or status).rstrip(".")
        where = _name_failures(ssm, manager["ManagerArn"])
        raise StateError(f"Failed to {doing}: {told}.{where} Put it right and run again.")
    return status == "SUCCEEDED"


def _name_failures(ssm: Ssm, arn: str) -> str:
    pages = ssm.pages("list deployments", "list_configurations", "ConfigurationsList", ManagerArn=arn)
    failed = [f"{entry.get('Account')} {entry.get('Region')}" for entry in pages if _status(entry) in _FAILED]
    more = len(failed) - _NAMED_IN_A_MESSAGE
    names = ", ".join(failed[:_NAMED_IN_A_MESSAGE]) + (f" and {more} more" if more > 0 else "")
    return f" It failed in {names}." if failed else ""


def _is_gone(manager: Answer | None, doing: str) -> bool:
    if _status(manager) == "DELETE_FAILED":
        told = str(_deployment(manager).get("StatusMessage") or "AWS does not say why").rstrip(".")
        raise StateError(f"Failed to {doing}: {told}. Put it right and run again.")
    return manager is None


def read_manager(ssm: Ssm, arn: str) -> Answer | None:
    """Return a manager, ``None`` if there is none."""
    return ssm.find(f"read patch policy '{arn}'", "get_configuration_manager", ManagerArn=arn)


def list_policies(ssm: Ssm, name: str | None = None) -> list[Answer]:
    """Return the summaries of patch policies, of those with a name or of all."""
    pages = ssm.pages("list patch policies", "list_configuration_managers", "ConfigurationManagersList")
    # asked here: the keys and the values that filters take are not published
    return [
        entry
        for entry in pages
        if name in (None, entry.get("Name"))
        and any(found.get("Type") == TYPE for found in entry.get("ConfigurationDefinitionSummaries") or ())
    ]


def find_policy(ssm: Ssm, name: str) -> Answer | None:
    """Return the manager of a policy by its name. Raises ``StateError`` if several have it."""
    found = list_policies(ssm, name)
    if len(found) > 1:
        arns = ", ".join(entry["ManagerArn"] for entry in found)
        raise StateError(f"Failed to find patch policy '{name}': several have this name: {arns}. Set manager_arn.")
    return read_manager(ssm, found[0]["ManagerArn"]) if found else None


def _appears(ssm: Ssm, name: str) -> bool:
    """Whether a policy is there, now or in a moment."""
    try:
        wait_until(lambda: bool(list_policies(ssm, name)), seconds=_APPEARS_WITHIN, doing="see it", way_out="")
    except StateError:
        return False
    return True


def view_policy(manager: Answer) -> View:
    """Return a policy as modules return it."""
    definition = _definition(manager)
    summaries = [to_plain(entry, keep=("StatusDetails",)) for entry in manager.get("StatusSummaries") or ()]
    return _in_order(
        {
            "manager_arn": manager["ManagerArn"],
            "name": manager.get("Name", ""),
            "description": manager.get("Description", ""),
            "type_version": definition.get("TypeVersion"),
            "local_deployment_administration_role_arn": definition.get("LocalDeploymentAdministrationRoleArn", ""),
            "local_deployment_execution_role_name": definition.get("LocalDeploymentExecutionRoleName", ""),
            **read_parameters(definition["Parameters"]),
            "status_summaries": summaries,
            **{ours: to_plain(manager.get(theirs)) for theirs, ours in _TIMES.items()},
            "tags": dict(manager.get("Tags") or {}),
        }
    )


_ORDER = (
    "manager_arn",
    "name",
    *_MANAGER,
    "type_version",
    *ABSENT,
    "status_summaries",
    "created_at",
    "last_modified_at",
)


def _in_order(view: View) -> View:
    return {key: view[key] for key in (*_ORDER, "tags")}


def read_policies(ssm: Ssm, options: Mapping[str, Any]) -> dict[str, list[View]]:
    """Return the policies that options select, by name, with what is deployed where if wanted."""
    if options["manager_arn"]:
        managers = [read_manager(ssm, options["manager_arn"])]
    else:
        managers = [read_manager(ssm, entry["ManagerArn"]) for entry in list_policies(ssm, options["name"])]
    views = []
    for manager in managers:
        if manager:
            view = view_policy(manager)
            if options["configurations"]:
                view["configurations"] = _read_configurations(ssm, manager["ManagerArn"])
            views.append(view)
    return {"patch_policies": sorted(views, key=lambda view: (view["name"], view["manager_arn"]))}


def _read_configurations(ssm: Ssm, arn: str) -> list[View]:
    pages = ssm.pages("list deployments", "list_configurations", "ConfigurationsList", ManagerArn=arn)
    keys = ("Id", "Account", "Region", "StatusSummaries")
    found = [to_plain({key: entry.get(key) for key in keys}, keep=("StatusDetails",)) for entry in pages]
    return sorted(found, key=lambda view: (str(view["account"]), str(view["region"])))
