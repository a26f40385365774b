# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""State Manager associations: which one is meant, what is there, and the calls that make it what is wanted.

The API has no token for them, and a change takes away all that it leaves out: what is there is sent along.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.client import Answer, Ssm
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.errors import StateError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.fields import (
    OWN_KEYS,
    Field,
    Json,
    changed_fields,
    defaults_of,
    keep_equal,
    normalise_fields,
    read_fields,
    take_alarms,
    take_fields,
    take_number,
    take_parameters,
    take_targets,
    write_fields,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.plan import Answered, Plan, Step, View
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.schedules import (
    OF_ASSOCIATION,
    check_association,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.tags import Tagged, tags_after
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.transformations import (
    is_empty,
    to_plain,
    to_tag_list,
)

_NO_TARGET = "aws:NoOpAutomationTag"  # what AWS puts where an automation runs on nothing


def _read_targets(targets: list[Answer]) -> list[Json]:
    return [to_plain(target) for target in targets if target["Key"] != _NO_TARGET]


def _take_target_maps(maps: list[Mapping[str, Any]]) -> list[Json]:
    return [take_parameters(entry) for entry in maps]


ASSOCIATION = (
    Field("association_name"),
    Field("name"),
    Field("document_version", "$DEFAULT"),
    Field("parameters", {}, take=take_parameters, read=dict, write=dict, normalise=dict),
    Field("targets", [], take=take_targets, read=_read_targets),
    Field("target_maps", [], take=_take_target_maps, read=list, write=list),
    Field("target_locations", []),
    Field("automation_target_parameter_name"),
    Field("schedule_expression"),
    Field("schedule_offset", None, take=take_number),
    Field("apply_only_at_cron_interval", False),
    Field("duration", None, take=take_number),
    Field("calendar_names", []),
    Field("max_concurrency"),
    Field("max_errors"),
    Field("compliance_severity", "UNSPECIFIED"),
    Field("sync_compliance", "AUTO"),
    Field("output_location", {}),
    Field("alarm_configuration", {}, take=take_alarms),
    Field("association_dispatch_assume_role"),
)
_GENERATED = (
    "InstanceId",
    "Overview",
    "Status",
    "LastExecutionDate",
    "LastSuccessfulExecutionDate",
    "Date",
    "LastUpdateAssociationDate",
)
_NAME = re.compile(r"[a-zA-Z0-9_\-.]{3,128}")
_KEY = "association"  # of the step that makes it
_MADE = Answered(_KEY, "AssociationId", inside="AssociationDescription")


@dataclass(frozen=True)
class Found:
    """An association that is there: what counts of it, what only AWS knows, and its tags."""

    id: str
    version: str
    fields: Json
    generated: Json
    tags: Mapping[str, str]


@dataclass(frozen=True)
class Association:
    """An association and the options of ``ssm_association``."""

    options: Mapping[str, Any]

    def read(self, ssm: Ssm) -> Found | None:
        association_id = self.options["association_id"]
        if not association_id:
            found = find_by_name(ssm, self.options["association_name"])
            association_id = found and found["AssociationId"]
        return read_association(ssm, association_id) if association_id else None

    def view(self, state: Found | None) -> View:
        return view_association(state) if state else {}

    def normalise(self, view: View) -> View:
        return {**normalise_fields(ASSOCIATION, view), "tags": dict(view["tags"])} if view else {}

    def plan(self, state: Found | None) -> Plan:
        if self.options["state"] == "absent":
            return self._plan_absence(state)
        if state is None and self.options["association_id"]:
            raise StateError(
                f"Failed to find association '{self.options['association_id']}'. "
                "Leave association_id out to create one, AWS gives it its id."
            )
        label = self.options["association_name"] or label_of(state)
        doing = f"{'change' if state else 'create'} association '{label}'"
        wanted = self._wanted(doing, state)
        changed = changed_fields(ASSOCIATION, state.fields, wanted) if state else ["name"]
        steps = [_step_write(doing, state, wanted, self.options["tags"])] if changed else []
        if state:
            steps += tagged(state.id, label).steps(state.tags, self.options)
        # What is made or changed AWS runs by itself, unless it has to wait for its time.
        if self.options["apply_now"] and (not changed or wanted["apply_only_at_cron_interval"]):
            ids = [state.id if state else _MADE]
            steps.append(Step(f"run association '{label}'", "start_associations_once", {"AssociationIds": ids}))
        return Plan(_expected(state, wanted, bool(changed), self.options), tuple(steps))

    def _wanted(self, doing: str, state: Found | None) -> Json:
        before = state.fields if state else defaults_of(ASSOCIATION)
        base = defaults_of(ASSOCIATION) if self.options["replace"] else before
        kept = {key: before[key] for key in ("association_name", "name")}
        wanted = {**base, **kept, **take_fields(ASSOCIATION, self.options)}
        if is_empty(wanted["name"]):
            raise StateError(f"Failed to {doing}: name is missing, the document to run. Set it.")
        name = wanted["association_name"]
        if name and not _NAME.fullmatch(name):
            raise StateError(
                f"Failed to {doing}: association_name {name!r} is none for an association. "
                "Use 3 to 128 letters, digits, hyphens, underscores and dots."
            )
        # What AWS has taken already is not judged again: it may know more than is documented.
        if not state or set(OF_ASSOCIATION) & set(changed_fields(ASSOCIATION, before, wanted)):
            check_association(doing, wanted)
        return keep_equal(ASSOCIATION, before, wanted) if state else wanted

    def _plan_absence(self, state: Found | None) -> Plan:
        if state is None:
            return Plan({})
        doing = f"delete association '{label_of(state)}'"
        return Plan({}, (Step(doing, "delete_association", {"AssociationId": state.id}),))


def _step_write(doing: str, state: Found | None, wanted: Json, tags: Mapping[str, Any] | None) -> Step:
    content = write_fields(ASSOCIATION, wanted)
    if state:
        # The version keeps two who change it at a time from losing what the other did.
        request = {"AssociationId": state.id, "AssociationVersion": state.version, **content}
        association_id = state.id

        def is_changed(ssm: Ssm) -> bool:
            found = read_association(ssm, association_id)
            return found is not None and not changed_fields(ASSOCIATION, found.fields, wanted)

        return Step(doing, "update_association", request, was_done=is_changed)
    if tags:
        content["Tags"] = to_tag_list(tags)

    def find_made(ssm: Ssm) -> bool | Answer:
        found = find_by_name(ssm, wanted["association_name"])
        return {"AssociationDescription": found} if found else False

    undo = Step(f"delete what was made to {doing}", "delete_association", {"AssociationId": _MADE})
    return Step(doing, "create_association", content, undo, _KEY, find_made)


def _expected(state: Found | None, wanted: Json, changed: bool, options: Mapping[str, Any]) -> View:
    tags = tags_after(state.tags if state else {}, options)
    if state is None:
        return _compose(None, "1", wanted, tags, to_plain(dict.fromkeys(_GENERATED)))
    version = str(int(state.version) + 1) if changed and state.version.isdecimal() else state.version
    return _compose(state.id, version, wanted, tags, state.generated)


def _compose(
    association_id: str | None, version: str, fields: Json, tags: Mapping[str, str], generated: Mapping[str, Any]
) -> View:
    return {
        "association_id": association_id,
        "association_version": version,
        **fields,
        "tags": dict(tags),
        **generated,
    }


def label_of(found: Found | None) -> str:
    """Return what people know an association by: its name, or else its id."""
    return str(found.fields["association_name"] or found.id) if found else ""


def tagged(association_id: str, label: str) -> Tagged:
    """Return an association as something that has tags."""
    return Tagged("Association", association_id, f"association '{label}'")


def view_association(found: Found) -> View:
    """Return an association as modules return it."""
    return _compose(found.id, found.version, found.fields, found.tags, found.generated)


def read_association(ssm: Ssm, association_id: str) -> Found | None:
    """Return an association by its id, ``None`` if there is none."""
    answer = ssm.find(f"read association '{association_id}'", "describe_association", AssociationId=association_id)
    if answer is None:
        return None
    description = answer["AssociationDescription"]
    fields = read_fields(ASSOCIATION, description)
    return Found(
        association_id,
        str(description.get("AssociationVersion") or "1"),
        fields,
        to_plain({key: description.get(key) for key in _GENERATED}, OWN_KEYS),
        tagged(association_id, fields["association_name"] or association_id).read(ssm),
    )


def list_associations(ssm: Ssm, filters: Mapping[str, str | None]) -> list[Answer]:
    """Return associations as lists of them have them."""
    wanted = [{"key": key, "value": value} for key, value in filters.items() if value]
    request = {"AssociationFilterList": wanted} if wanted else {}
    return list(ssm.pages("list associations", "list_associations", "Associations", **request))


def find_by_name(ssm: Ssm, name: str) -> Answer | None:
    """Return an association by its name, ``None`` if there is none. Raises ``StateError`` if there are more."""
    found = [
        entry for entry in list_associations(ssm, {"AssociationName": name}) if entry.get("AssociationName") == name
    ]
    if len(found) > 1:
        ids = ", ".join(entry["AssociationId"] for entry in found)
        raise StateError(f"Failed to find association '{name}': several have this name: {ids}. Set association_id.")
    return found[0] if found else None
