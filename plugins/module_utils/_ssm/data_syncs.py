# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resource data syncs: to a bucket, and from other accounts and regions for Explorer.

A sync is known by its name and type. One to a bucket cannot be changed; of one from elsewhere, regions can.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.client import Answer, Ssm
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.errors import StateError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.plan import Plan, Step, View, Wait
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.transformations import to_plain
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.waiting import wait_until

TO_DESTINATION, FROM_SOURCE = "SyncToDestination", "SyncFromSource"
_MEMBERS = {TO_DESTINATION: "S3Destination", FROM_SOURCE: "SyncSource"}
_OPTIONS = {TO_DESTINATION: "s3_destination", FROM_SOURCE: "sync_source"}
_IMMUTABLE = ("source_type", "aws_organizations_source")
_STATUS = (
    "LastStatus",
    "LastSyncStatusMessage",
    "LastSyncTime",
    "LastSuccessfulSyncTime",
    "SyncCreatedTime",
    "SyncLastModifiedTime",
)
GENERATED = tuple(to_plain(dict.fromkeys(_STATUS)))
_UNIT = re.compile("ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}")
_ORGANIZATION, _UNITS = "EntireOrganization", "OrganizationalUnits"


@dataclass(frozen=True)
class DataSync:
    """A resource data sync and the options of ``ssm_resource_data_sync``."""

    options: Mapping[str, Any]

    @property
    def _kind(self) -> str:
        return str(self.options["sync_type"])

    @property
    def _name(self) -> str:
        return str(self.options["sync_name"])

    def read(self, ssm: Ssm) -> Answer | None:
        return find_sync(ssm, self._name, self._kind)

    def view(self, state: Answer | None) -> View:
        return view_sync(state) if state else {}

    def normalise(self, view: View) -> View:
        if not view:
            return {}
        kept = {key: value for key, value in view.items() if key not in GENERATED}
        source = kept["sync_source"]
        return kept | {"sync_source": _normalise_source(source) if source else source}

    def plan(self, state: Answer | None) -> Plan:
        if self.options["state"] == "absent":
            return Plan({}, (self._step_delete(),), done=self._wait_gone()) if state else Plan({})
        wanted = self._read_wanted()
        view: View = {"sync_name": self._name, "sync_type": self._kind, "s3_destination": None, "sync_source": None}
        view |= {_OPTIONS[self._kind]: wanted}
        expected: View = {**view, **dict.fromkeys(GENERATED)}
        if state is None:
            return Plan(expected, (self._step_create(wanted),), done=self._wait_done())
        before = view_sync(state)
        expected |= {key: before[key] for key in GENERATED}
        if self.normalise(before) == self.normalise(expected):
            return Plan(before)
        changed = _changed(self.normalise(before), self.normalise(expected), _OPTIONS[self._kind])
        if self._kind == FROM_SOURCE and not set(changed) & set(_IMMUTABLE):
            return Plan(expected, (self._step_update(wanted),), done=self._wait_done())
        if not self.options["replace"]:
            raise StateError(
                f"Failed to change resource data sync '{self._name}': of a sync of type {self._kind}, AWS does not "
                f"change {', '.join(changed)}. Set replace to delete it and create it as wanted; its data stays."
            )
        former = self._step_create(before[_OPTIONS[self._kind]])
        steps = (self._step_delete(undo=former), self._step_create(wanted))
        return Plan(expected | dict.fromkeys(GENERATED), steps, done=self._wait_done())

    def _read_wanted(self) -> View:
        given = self.options[_OPTIONS[self._kind]]
        if not given:
            raise StateError(
                f"Failed to read the options: sync_type {self._kind} needs {_OPTIONS[self._kind]}. Set it."
            )
        return _read_destination(given) if self._kind == TO_DESTINATION else _read_source(given)

    def _identity(self) -> Answer:
        return {"SyncName": self._name, "SyncType": self._kind}

    def _step_create(self, wanted: View) -> Step:
        request = self._identity() | {_MEMBERS[self._kind]: _write(self._kind, wanted)}
        return Step(f"create resource data sync '{self._name}'", "create_resource_data_sync", request)

    def _step_update(self, wanted: View) -> Step:
        request = self._identity() | {"SyncSource": _write(self._kind, wanted)}
        return Step(f"change resource data sync '{self._name}'", "update_resource_data_sync", request)

    def _step_delete(self, undo: Step | None = None) -> Step:
        doing = f"delete resource data sync '{self._name}'"
        return Step(doing, "delete_resource_data_sync", self._identity(), undo)

    def _wait_done(self) -> Wait | None:
        def wait(ssm: Ssm) -> None:
            doing = f"see resource data sync '{self._name}' succeed"
            wait_until(
                lambda: _is_successful(find_sync(ssm, self._name, self._kind), doing),
                seconds=self.options["wait_timeout"],
                doing=doing,
                way_out="It goes on. Look at it with ssm_resource_data_sync_info, or set wait_timeout.",
            )

        return wait if self.options["wait"] else None

    def _wait_gone(self) -> Wait | None:
        def wait(ssm: Ssm) -> None:
            wait_until(
                lambda: find_sync(ssm, self._name, self._kind) is None,
                seconds=self.options["wait_timeout"],
                doing=f"see resource data sync '{self._name}' gone",
                way_out="Look at it with ssm_resource_data_sync_info, or set wait_timeout.",
            )

        return wait if self.options["wait"] else None


def _is_successful(sync: Answer | None, doing: str) -> bool:
    """Whether a sync has done its first work. Raises ``StateError`` if it cannot."""
    if sync and sync.get("LastStatus") == "Failed":
        told = str(sync.get("LastSyncStatusMessage") or "AWS does not say why").rstrip(".")
        raise StateError(
            f"Failed to {doing}: {told}. Look at the policy of the bucket and of its key, and at the region."
        )
    return bool(sync) and (sync or {}).get("LastStatus") == "Successful"


def list_syncs(ssm: Ssm, kind: str | None = None) -> list[Answer]:
    """Return the syncs of a type, or of both."""
    found: list[Answer] = []
    for one in [kind] if kind else [TO_DESTINATION, FROM_SOURCE]:
        pages = ssm.pages("list resource data syncs", "list_resource_data_sync", "ResourceDataSyncItems", SyncType=one)
        # older ones have no type
        found += [sync | {"SyncType": sync.get("SyncType") or one} for sync in pages]
    return found


def find_sync(ssm: Ssm, name: str, kind: str) -> Answer | None:
    """Return a sync, ``None`` if there is none."""
    found = [sync for sync in list_syncs(ssm, kind) if sync["SyncName"] == name and sync["SyncType"] == kind]
    return found[0] if found else None


def view_sync(sync: Answer) -> View:
    """Return a sync as modules return it."""
    return {
        "sync_name": sync["SyncName"],
        "sync_type": sync["SyncType"],
        "s3_destination": _view_destination(sync.get("S3Destination")),
        "sync_source": _view_source(sync.get("SyncSource")),
        **to_plain({key: sync.get(key) for key in _STATUS}),
    }


def read_syncs(ssm: Ssm, options: Mapping[str, Any]) -> dict[str, list[View]]:
    """Return the syncs that options select, by name."""
    found = [
        view_sync(sync)
        for sync in list_syncs(ssm, options["sync_type"])
        if options["sync_name"] in (None, sync["SyncName"])
    ]
    return {"resource_data_syncs": sorted(found, key=lambda view: (view["sync_name"], view["sync_type"]))}


def _view_destination(found: Answer | None) -> View | None:
    if not found:
        return None
    return {
        "bucket_name": found["BucketName"],
        "prefix": found.get("Prefix", ""),
        "sync_format": found["SyncFormat"],
        "region": found["Region"],
        "aws_kms_key_arn": found.get("AWSKMSKeyARN", ""),
        "destination_data_sharing_type": (found.get("DestinationDataSharing") or {}).get(
            "DestinationDataSharingType", ""
        ),
    }


def _view_source(found: Answer | None) -> View | None:
    if not found:
        return None
    organization = found.get("AwsOrganizationsSource")
    return {
        "source_type": found.get("SourceType", ""),
        "source_regions": list(found.get("SourceRegions") or ()),
        "include_future_regions": bool(found.get("IncludeFutureRegions")),
        "enable_all_ops_data_sources": bool(found.get("EnableAllOpsDataSources")),
        "aws_organizations_source": organization
        and {
            "organization_source_type": organization["OrganizationSourceType"],
            "organizational_units": [
                unit["OrganizationalUnitId"] for unit in organization.get("OrganizationalUnits") or ()
            ],
        },
    }


def _normalise_source(source: View) -> View:
    organization = source["aws_organizations_source"]
    return source | {
        "source_regions": sorted(source["source_regions"]),
        "aws_organizations_source": organization
        and organization | {"organizational_units": sorted(organization["organizational_units"])},
    }


def _changed(before: View, after: View, option: str) -> list[str]:
    return [key for key, value in after[option].items() if (before[option] or {}).get(key) != value]


def _read_destination(given: Mapping[str, Any]) -> View:
    found = {key: value or "" for key, value in given.items()}
    if found["aws_kms_key_arn"] and not found["aws_kms_key_arn"].startswith("arn:"):
        raise StateError(
            f"Failed to read s3_destination: aws_kms_key_arn cannot be {found['aws_kms_key_arn']!r}. It takes an ARN."
        )
    return found


def _read_source(given: Mapping[str, Any]) -> View:
    organization = given["aws_organizations_source"]
    is_organization = given["source_type"] == "AwsOrganizations"
    if bool(organization) != is_organization:
        raise StateError(
            "Failed to read sync_source: aws_organizations_source goes with source_type AwsOrganizations, and only "
            "with it. Give both or neither."
        )
    if organization:
        units = organization["organizational_units"] or []
        if bool(units) != (organization["organization_source_type"] == _UNITS):
            raise StateError(
                f"Failed to read sync_source: organizational_units go with organization_source_type {_UNITS}, and only "
                f"with it. Name them, or take {_ORGANIZATION}."
            )
        wrong = [unit for unit in units if not _UNIT.fullmatch(unit)]
        if wrong:
            raise StateError(
                f"Failed to read sync_source: {wrong[0]!r} is no organizational unit. They look like ou-ab12-cdefgh34."
            )
        organization = dict(organization) | {"organizational_units": list(units)}
    return dict(given) | {"aws_organizations_source": organization}


def _write(kind: str, wanted: View) -> Answer:
    return _write_destination(wanted) if kind == TO_DESTINATION else _write_source(wanted)


def _write_destination(wanted: View) -> Answer:
    sharing = wanted["destination_data_sharing_type"]
    answer: Answer = {
        "BucketName": wanted["bucket_name"],
        "Prefix": wanted["prefix"],
        "SyncFormat": wanted["sync_format"],
        "Region": wanted["region"],
        "AWSKMSKeyARN": wanted["aws_kms_key_arn"],
        "DestinationDataSharing": {"DestinationDataSharingType": sharing} if sharing else "",
    }
    return {key: value for key, value in answer.items() if value}


def _write_source(wanted: View) -> Answer:
    answer: Answer = {
        "SourceType": wanted["source_type"],
        "SourceRegions": wanted["source_regions"],
        "IncludeFutureRegions": wanted["include_future_regions"],
        "EnableAllOpsDataSources": wanted["enable_all_ops_data_sources"],
    }
    organization = wanted["aws_organizations_source"]
    if organization:
        units = [{"OrganizationalUnitId": unit} for unit in organization["organizational_units"]]
        answer["AwsOrganizationsSource"] = {
            "OrganizationSourceType": organization["organization_source_type"],
            **({"OrganizationalUnits": units} if units else {}),
        }
    return answer
