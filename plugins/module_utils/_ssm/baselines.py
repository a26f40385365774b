# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Patch baselines: which one is meant, what is there, and the calls that make it what is wanted."""

from __future__ import annotations

import dataclasses
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import OperatingSystem
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse import parse_baseline
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.predefined import predefined_default
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.client import Answer, Ssm, to_filters
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.errors import StateError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.plan import Plan, Step, View
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.tags import Tagged, tags_after
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.transformations import (
    CONTENT,
    normalise_content,
    to_camel_case,
    to_content,
    to_plain,
    to_tag_list,
    write_content,
)

Json = dict[str, Any]

_DEFAULT_SYSTEM = OperatingSystem.WINDOWS.value  # the API's
_OWNED_BY_AWS = re.compile(r"arn:[^:]+:ssm:.*:patchbaseline/")
_GENERATED = ("baseline_id", "created_date", "modified_date")


@dataclass(frozen=True)
class Found:
    """A baseline that is there: as the API answers it, and what hangs on it."""

    answer: Answer
    tags: Mapping[str, str]
    default: bool

    @property
    def id(self) -> str:
        return str(self.answer["BaselineId"])


@dataclass(frozen=True)
class BaselineState:
    """The baseline, if it is there, and the one that would be the default instead of it."""

    found: Found | None
    other_default: Mapping[str, str] | None = None


@dataclass
class PatchBaseline:
    """A patch baseline and the options of ``ssm_patch_baseline``; ``warnings`` are what its writer should know."""

    options: Mapping[str, Any]
    warnings: list[str] = dataclasses.field(default_factory=list)

    def read(self, ssm: Ssm) -> BaselineState:
        options = self.options
        baseline_id = options["baseline_id"]
        if not baseline_id:
            system = options["operating_system"] or _DEFAULT_SYSTEM
            identity = find_by_name(ssm, options["name"], system)
            baseline_id = identity and identity["BaselineId"]
        found = read_baseline(ssm, baseline_id) if baseline_id else None
        other = None
        if found and found.default and options["state"] == "absent":
            other = find_predefined(ssm, found.answer["OperatingSystem"])
        return BaselineState(found, other)

    def view(self, state: BaselineState) -> View:
        return view_baseline(state.found) if state.found else {}

    def normalise(self, view: View) -> View:
        if not view:
            return {}
        kept = {key: value for key, value in view.items() if key not in _GENERATED}
        return (
            kept
            | normalise_content({key: view[key] for key in CONTENT})
            | {"patch_groups": sorted(view["patch_groups"])}
        )

    def plan(self, state: BaselineState) -> Plan:
        if self.options["state"] == "absent":
            return self._plan_absence(state)
        if state.found:
            return self._plan_change(state.found)
        if self.options["baseline_id"]:
            raise StateError(
                f"Failed to find patch baseline '{self.options['baseline_id']}'. "
                "Leave baseline_id out to create one, AWS gives it its id."
            )
        return self._plan_creation()

    def _wanted(self, name: str, system: str) -> tuple[Json, Json]:
        """What the options say, as content and as request. Raises ``BaselineDocumentError``."""
        given = {key: self.options[key] for key in CONTENT if self.options[key] is not None}
        given |= {"name": name, "operating_system": system, "tags": self.options["tags"] or {}}
        parsed = parse_baseline(given, where=name)
        self.warnings[:] = parsed.warnings
        return write_content(parsed.baseline)

    def _plan_creation(self) -> Plan:
        name, system = self.options["name"], self.options["operating_system"] or _DEFAULT_SYSTEM
        content, request = self._wanted(name, system)
        tags = dict(self.options["tags"] or {})
        call: dict[str, Any] = {"Name": name, "OperatingSystem": system, "ClientToken": str(uuid.uuid4())}
        call |= {to_camel_case(key): value for key, value in request.items()}
        if tags:
            call["Tags"] = to_tag_list(tags)
        expected: View = {
            **dict.fromkeys(_GENERATED),
            "name": name,
            "operating_system": system,
            **content,
            "patch_groups": [],
            "default_baseline": False,
            "tags": tags,
        }
        return Plan(expected, (Step(f"create patch baseline '{name}'", "create_patch_baseline", call),))

    def _plan_change(self, found: Found) -> Plan:
        view = view_baseline(found)
        name, system = self.options["name"] or view["name"], view["operating_system"]
        if self.options["operating_system"] not in (None, system):
            raise StateError(
                f"Failed to change patch baseline '{found.id}': it is for {system}, and that cannot be changed. "
                f"Create another baseline for {self.options['operating_system']}."
            )
        content, request = self._wanted(name, system)
        fields = [key for key in CONTENT if self.options["replace"] or self.options[key] is not None]
        before, after = normalise_content(view), normalise_content(view | {key: content[key] for key in fields})
        changed = [key for key in fields if before[key] != after[key]]
        expected = view | {key: content[key] for key in changed} | {"name": name}
        steps: list[Step] = []
        if changed or name != view["name"]:
            call = _change_request(found.answer, name, changed, request)
            undo = Step(f"change patch baseline '{name}' back", "update_patch_baseline", _former(found.answer))
            steps.append(Step(f"change patch baseline '{name}'", "update_patch_baseline", call, undo))
        steps += _tagged(found.id, name).steps(found.tags, self.options)
        expected["tags"] = tags_after(found.tags, self.options)
        if steps:
            self._refuse_predefined("change", found)
        return Plan(expected, tuple(steps))

    def _plan_absence(self, state: BaselineState) -> Plan:
        found = state.found
        if not found:
            return Plan({})
        self._refuse_predefined("delete", found)
        name, groups = found.answer["Name"], sorted(found.answer.get("PatchGroups", ()))
        self._refuse_in_use(found, groups)
        steps = [step_deregister(group, found.id) for group in groups]
        if state.other_default:
            steps.append(step_default(state.other_default, instead_of=found.id))
        steps.append(
            Step(f"delete patch baseline '{name}'", "delete_patch_baseline", {"BaselineId": found.id}),
        )
        return Plan({}, tuple(steps))

    def _refuse_predefined(self, what: str, found: Found) -> None:
        if is_owned_by_aws(found.id):
            raise StateError(
                f"Failed to {what} patch baseline '{found.answer['Name']}': it is one of AWS. Create one of your own."
            )

    def _refuse_in_use(self, found: Found, groups: list[str]) -> None:
        uses = [f"registered for the patch groups {', '.join(map(repr, groups))}"] if groups else []
        if found.default:
            uses.append(f"the default of {found.answer['OperatingSystem']}")
        if uses and not self.options["force"]:
            raise StateError(
                f"Failed to delete patch baseline '{found.answer['Name']}': it is {' and '.join(uses)}. "
                "Set force to take it out of use first."
            )


def view_baseline(found: Found) -> View:
    """Return a baseline as modules return it."""
    answer = to_plain({key: found.answer.get(key) for key in ("BaselineId", "Name", "OperatingSystem")})
    return {
        **answer,
        **to_content(found.answer),
        "patch_groups": list(found.answer.get("PatchGroups") or ()),
        "default_baseline": found.default,
        "tags": dict(found.tags),
        **to_plain({key: found.answer.get(key) for key in ("CreatedDate", "ModifiedDate")}),
    }


def read_baseline(ssm: Ssm, baseline_id: str) -> Found | None:
    """Return a baseline by its id, ``None`` if there is none."""
    answer = ssm.find(f"read patch baseline '{baseline_id}'", "get_patch_baseline", BaselineId=baseline_id)
    if answer is None:
        return None
    name, system = answer["Name"], answer["OperatingSystem"]
    identities = list_identities(ssm, {"NAME_PREFIX": [name], "OPERATING_SYSTEM": [system]})
    default = any(same_id(found["BaselineId"], baseline_id) and found["DefaultBaseline"] for found in identities)
    return Found(answer, _read_tags(ssm, answer["BaselineId"]), default)


def read_identified(ssm: Ssm, identity: Answer) -> Found | None:
    """Return a listed baseline, or ``None`` if it has been deleted since."""
    baseline_id = identity["BaselineId"]
    answer = ssm.find(f"read patch baseline '{identity['BaselineName']}'", "get_patch_baseline", BaselineId=baseline_id)
    return Found(answer, _read_tags(ssm, baseline_id), identity["DefaultBaseline"]) if answer else None


def _read_tags(ssm: Ssm, baseline_id: str) -> dict[str, str]:
    return {} if is_owned_by_aws(baseline_id) else _tagged(baseline_id, baseline_id).read(ssm)


def _tagged(baseline_id: str, name: str) -> Tagged:
    return Tagged("PatchBaseline", baseline_id, f"patch baseline '{name}'")


def list_identities(ssm: Ssm, filters: Mapping[str, list[str]]) -> list[Answer]:
    """Return the identities of baselines, AWS's own included unless a filter says otherwise."""
    return list(
        ssm.pages("list patch baselines", "describe_patch_baselines", "BaselineIdentities", Filters=to_filters(filters))
    )


def find_by_name(ssm: Ssm, name: str, system: str | None, *, owner: str | None = "Self") -> Answer | None:
    """Return a baseline's identity by its name, ``None`` if there is none. Raises ``StateError`` if there are more."""
    filters = {
        "NAME_PREFIX": [name],
        "OWNER": [owner] if owner else [],
        "OPERATING_SYSTEM": [system] if system else [],
    }
    found = [identity for identity in list_identities(ssm, filters) if identity["BaselineName"] == name]
    if len(found) > 1:
        ids = ", ".join(f"{identity['BaselineId']} ({identity['OperatingSystem']})" for identity in found)
        raise StateError(f"Failed to find patch baseline '{name}': several have this name: {ids}. Set baseline_id.")
    return found[0] if found else None


def find_baseline(ssm: Ssm, options: Mapping[str, Any]) -> Answer:
    """Return the identity of the baseline that an id or a name among options means. Raises ``StateError``."""
    baseline_id, name, system = options["baseline_id"], options["baseline_name"], options["operating_system"]
    if not baseline_id:
        found = find_by_name(ssm, name, system, owner=None)
        if found is None:
            where = f" for {system}" if system else ""
            raise StateError(f"Failed to find patch baseline '{name}'{where}. Create it first.")
        return found
    answer = ssm.find(f"read patch baseline '{baseline_id}'", "get_patch_baseline", BaselineId=baseline_id)
    if answer is None:
        raise StateError(f"Failed to find patch baseline '{baseline_id}'. Create it first.")
    if system not in (None, answer["OperatingSystem"]):
        raise StateError(
            f"Failed to use patch baseline '{baseline_id}' for {system}: it is for {answer['OperatingSystem']}."
        )
    identities = list_identities(
        ssm, {"NAME_PREFIX": [answer["Name"]], "OPERATING_SYSTEM": [answer["OperatingSystem"]]}
    )
    for identity in identities:
        if same_id(identity["BaselineId"], baseline_id):
            return identity
    raise StateError(f"Failed to find patch baseline '{baseline_id}' among those of its name. Run again.")


def find_predefined(ssm: Ssm, system: str) -> Answer:
    """Return the identity of AWS's baseline that is the default where nobody set another. Raises ``StateError``."""
    name = predefined_default(OperatingSystem(system)).name
    found = find_by_name(ssm, name, system, owner="AWS")
    if found is None:
        raise StateError(f"Failed to find patch baseline '{name}', the predefined default of {system}.")
    return found


def is_owned_by_aws(baseline_id: str) -> bool:
    """Whether an id is of one of AWS's own baselines, which nobody else can change."""
    return bool(_OWNED_BY_AWS.match(baseline_id))


def same_id(one: str, other: str) -> bool:
    """Whether two ids mean one baseline: AWS's own have an ARN, of which some answers hold the end only."""
    return one.rpartition("/")[2] == other.rpartition("/")[2]


def step_deregister(group: str, baseline_id: str, *, undo: bool = True) -> Step:
    """Return the call that takes a group from a baseline."""
    return Step(
        f"deregister patch group '{group}' from patch baseline '{baseline_id}'",
        "deregister_patch_baseline_for_patch_group",
        {"BaselineId": baseline_id, "PatchGroup": group},
        step_register(group, baseline_id) if undo else None,
    )


def step_register(group: str, baseline_id: str) -> Step:
    """Return the call that gives a group a baseline."""
    return Step(
        f"register patch group '{group}' for patch baseline '{baseline_id}'",
        "register_patch_baseline_for_patch_group",
        {"BaselineId": baseline_id, "PatchGroup": group},
    )


def step_default(identity: Mapping[str, str], *, instead_of: str = "") -> Step:
    """Return the call that makes a baseline the default of its operating system."""

    def call(baseline_id: str, undo: Step | None = None) -> Step:
        doing = f"make patch baseline '{baseline_id}' the default of {identity['OperatingSystem']}"
        return Step(doing, "register_default_patch_baseline", {"BaselineId": baseline_id}, undo)

    return call(identity["BaselineId"], call(instead_of) if instead_of else None)


def _change_request(answer: Answer, name: str, changed: list[str], request: Json) -> Json:
    """The call that changes some fields and leaves the others alone; only emptied ones need them all to be sent."""
    call = {to_camel_case(key): request[key] for key in changed if key in request}
    emptied = [to_camel_case(key) for key in changed if key not in request]
    if emptied:
        call = {key: value for key, value in _former(answer).items() if key not in emptied} | call
    return {**call, "BaselineId": answer["BaselineId"], "Name": name}


def _former(answer: Answer) -> Json:
    """The call that makes a baseline what it was when it was read."""
    kept = {key: answer.get(key) for key in ("BaselineId", "Name", *map(to_camel_case, CONTENT))}
    return {key: value for key, value in kept.items() if value not in (None, "")} | {"Replace": True}


def read_baselines(ssm: Ssm, options: Mapping[str, Any]) -> dict[str, list[View]]:
    """Return the baselines that options select, by name."""
    if options["baseline_id"]:
        found = [read_baseline(ssm, options["baseline_id"])]
    else:
        prefix = options["name"] or options["name_prefix"]
        filters = {
            "NAME_PREFIX": [prefix] if prefix else [],
            "OWNER": [options["owner"]] if options["owner"] else [],
            "OPERATING_SYSTEM": [options["operating_system"]] if options["operating_system"] else [],
        }
        identities = [
            identity
            for identity in list_identities(ssm, filters)
            if options["name"] in (None, identity["BaselineName"])
        ]
        found = [read_identified(ssm, identity) for identity in identities]
    views = [view_baseline(baseline) for baseline in found if baseline]
    return {"patch_baselines": sorted(views, key=lambda view: (view["name"], view["operating_system"]))}
