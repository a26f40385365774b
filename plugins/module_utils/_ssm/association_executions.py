# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What associations are, their earlier versions, and what they did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.associations import (
    ASSOCIATION,
    Found,
    label_of,
    list_associations,
    read_association,
    view_association,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.client import Ssm
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.fields import read_fields
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.plan import View
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.schedules import write_filter
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.transformations import to_plain


def read_associations(ssm: Ssm, options: Mapping[str, Any]) -> dict[str, list[View]]:
    """Return the associations that options select, by name."""
    if options["association_id"]:
        ids = [options["association_id"]]
    else:
        filters = {
            "AssociationName": options["association_name"],
            "Name": options["name"],
            "InstanceId": options["instance_id"],
            "ResourceGroupName": options["resource_group_name"],
            "AssociationStatusName": options["status"],
        }
        ids = [entry["AssociationId"] for entry in list_associations(ssm, filters)]
    found = [association for association in (read_association(ssm, one) for one in ids) if association]
    return {
        "associations": [
            view_association(one) | _versions_of(ssm, one, options) | _executions_of(ssm, one, options)
            for one in sorted(found, key=lambda one: (one.fields["association_name"], one.fields["name"], one.id))
        ]
    }


def _versions_of(ssm: Ssm, found: Found, options: Mapping[str, Any]) -> View:
    """The versions of an association, the newest first."""
    if not options["versions"]:
        return {}
    pages = ssm.pages(
        f"list the versions of association '{label_of(found)}'",
        "list_association_versions",
        "AssociationVersions",
        AssociationId=found.id,
    )
    versions = sorted(pages, key=lambda version: int(version["AssociationVersion"]), reverse=True)
    return {
        "association_versions": [
            {
                "association_version": version["AssociationVersion"],
                **read_fields(ASSOCIATION, version),
                "created_date": to_plain(version.get("CreatedDate")),
            }
            for version in versions
        ]
    }


def _executions_of(ssm: Ssm, found: Found, options: Mapping[str, Any]) -> View:
    """What an association did, the latest first, and on which nodes."""
    if not options["executions"]:
        return {}
    after = write_filter("executed_after", options["executed_after"])
    filters = [{"Key": "CreatedTime", "Value": moment, "Type": "GREATER_THAN"} for moment in after]
    pages = ssm.pages(
        f"list the executions of association '{label_of(found)}'",
        "describe_association_executions",
        "AssociationExecutions",
        AssociationId=found.id,
        **({"Filters": filters} if filters else {}),
    )
    executions = sorted(map(to_plain, pages), key=lambda execution: str(execution.get("created_time")), reverse=True)
    return {
        "association_executions": [
            execution | {"targets": _targets_of(ssm, found, execution["execution_id"])} for execution in executions
        ]
    }


def _targets_of(ssm: Ssm, found: Found, execution_id: str) -> list[View]:
    pages = ssm.pages(
        f"list the nodes of execution '{execution_id}'",
        "describe_association_execution_targets",
        "AssociationExecutionTargets",
        AssociationId=found.id,
        ExecutionId=execution_id,
    )
    return [to_plain(target) for target in pages]
