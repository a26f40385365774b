# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An assessment as Systems Manager keeps it: the inventory item ``AWS:PatchSummary`` and compliance items. Pure.

What DescribeInstancePatchStates answers comes from the summary. Shapes and limits: ``inventory-schema``,
``API_PutInventory``, ``API_PutComplianceItems``. An assessment is what the engine writes (``Assessment.to_dict()``).
"""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import ComplianceLevel
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.results import (
    NON_COMPLIANT_STATES,
    PatchState,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.transformations import (
    to_camel_case,
    to_text,
)

Json = dict[str, Any]

SUMMARY_TYPE = "AWS:PatchSummary"
PATCH_TYPE = "Patch"
# where Systems Manager does not let others write the type Patch
CUSTOM_TYPE = "Custom:Patch"

MAX_ITEMS = 10_000
MAX_BYTES = 900_000  # of the 1,024 KB that one call may bring, the rest for what is around the items
MAX_ID, MAX_TITLE, MAX_VALUE, MAX_EXECUTION = 100, 500, 4096, 100

_NODE_ID = re.compile(r"i-(?:[0-9a-f]{8}|[0-9a-f]{17})|mi-[0-9a-f]{17}")
_NOT_IN_IDS = re.compile(r"[^a-zA-Z0-9_\-:/]")
_NOT_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_BASELINE_ID_BYTES = range(20, 129)
# The schema of the summary has no counter for available security updates.
_COUNTERS = (
    "installed_count",
    "installed_pending_reboot_count",
    "installed_other_count",
    "installed_rejected_count",
    "not_applicable_count",
    "unreported_not_applicable_count",
    "missing_count",
    "failed_count",
    "security_non_compliant_count",
    "critical_non_compliant_count",
    "other_non_compliant_count",
)
# Of these AWS's own listing leaves out title, classification and severity, to stay under the limits
# (``patch-manager-compliance-states``).
_SHORT = PatchState.INSTALLED_OTHER.value
_WITH_CVES = frozenset({PatchState.MISSING.value, PatchState.FAILED.value})
_NON_COMPLIANT = frozenset(state.value for state in NON_COMPLIANT_STATES)
_LEVELS = tuple(level.value for level in ComplianceLevel)


def is_node_id(text: str) -> bool:
    """Tell whether a text is the identifier of a managed node."""
    return _NODE_ID.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Execution:
    """The operation that an assessment is of; ``reboot_option`` is what an install was given, as AWS spells it.

    ``last_no_reboot``: when the last install with ``NoReboot`` ended, as the summary says it; empty if not known.
    """

    run_id: str
    kind: str  # Command or PatchPolicy
    started_at: datetime.datetime
    ended_at: datetime.datetime
    reboot_option: str = "NoReboot"
    last_no_reboot: str = ""


@dataclass(frozen=True, slots=True)
class NodeResults:
    """What Systems Manager is told of one node.

    ``items_hash``: what the compliance items are known by. ``left_out``: items that the limits leave no room for.
    """

    node_id: str
    summary: Mapping[str, str]
    items: tuple[Json, ...]
    items_hash: str
    left_out: int
    execution: Execution

    @property
    def standing(self) -> Json:
        """What is said of the patches, without when and by which run."""
        counters = {name: value for name, value in self.summary.items() if name.endswith("Count")}
        return {"node_id": self.node_id, "items_hash": self.items_hash, **counters}

    def inventory_request(self) -> Json:
        """Return the request of PutInventory."""
        content = [dict(self.summary)]
        item = {
            "TypeName": SUMMARY_TYPE,
            "SchemaVersion": "1.0",
            "CaptureTime": to_text(self.execution.ended_at),
            "ContentHash": hashlib.md5(_pack(content), usedforsecurity=False).hexdigest(),
            "Content": content,
        }
        return {"InstanceId": self.node_id, "Items": [item]}

    def compliance_request(self, compliance_type: str) -> Json:
        """Return the request of PutComplianceItems: all items of the type, which is what it replaces."""
        execution = self.execution
        return {
            "ResourceId": self.node_id,
            "ResourceType": "ManagedInstance",
            "ComplianceType": compliance_type,
            "ExecutionSummary": {
                "ExecutionTime": execution.ended_at,
                "ExecutionId": execution.run_id[:MAX_EXECUTION],
                "ExecutionType": execution.kind,
            },
            "Items": list(self.items),
            "ItemContentHash": self.items_hash,
            "UploadType": "COMPLETE",
        }


def describe_node(
    node_id: str, assessment: Mapping[str, Any], execution: Execution, *, available_is_compliant: bool = True
) -> NodeResults:
    """Put an assessment into the words of Systems Manager.

    ``available_is_compliant``: what the baseline says of security updates that are available but not approved.
    """
    described = _describe_items(assessment, available_is_compliant)
    number, items_hash = _fit(described)
    items, left_out = tuple(described[:number]), len(described) - number
    return NodeResults(node_id, _describe_summary(assessment, execution), items, items_hash, left_out, execution)


def name_baseline(assessment: Mapping[str, Any]) -> str:
    """Return the baseline's id in the form that the API gives ids; a baseline of a file has its name there.

    AWS does likewise: what an override brings has ids there that no baseline has.
    """
    given = str(assessment.get("baseline_id") or "")
    if len(given) in _BASELINE_ID_BYTES and not _NOT_IN_IDS.search(given):
        return given
    name = given or str(assessment.get("baseline_name") or "")
    return f"openpatch:baseline:{_NOT_IN_IDS.sub('_', name) or 'unnamed'}"[: _BASELINE_ID_BYTES[-1]]


def _describe_summary(assessment: Mapping[str, Any], execution: Execution) -> dict[str, str]:
    """All values are texts on the wire, numbers too."""
    counts = assessment["counts"]
    is_compliant = assessment["compliance_status"] == "COMPLIANT"
    ended_at = to_text(execution.ended_at)
    is_install = assessment["operation"] == "Install"
    without_reboot = is_install and execution.reboot_option == "NoReboot"
    return {
        "PatchGroup": _clean(str(assessment.get("patch_group") or "")),
        "BaselineId": name_baseline(assessment),
        "SnapshotId": str(assessment.get("snapshot_id") or ""),
        "OwnerInformation": "",
        **{to_camel_case(name): str(counts.get(name, 0)) for name in _COUNTERS},
        "OperationType": str(assessment["operation"]),
        "OperationStartTime": to_text(execution.started_at),
        "OperationEndTime": ended_at,
        "InstallOverrideList": "",
        "RebootOption": execution.reboot_option if is_install else "NoReboot",
        "LastNoRebootInstallOperationTime": ended_at if without_reboot else execution.last_no_reboot,
        "ExecutionId": execution.run_id,
        "NonCompliantSeverity": "" if is_compliant else str(assessment["overall_severity"]),
    }


def _describe_items(assessment: Mapping[str, Any], available_is_compliant: bool) -> list[Json]:
    """The items of a node, what matters most first. What does not apply has no status, so it is only counted."""
    bad = _NON_COMPLIANT if available_is_compliant else _NON_COMPLIANT | {PatchState.AVAILABLE_SECURITY_UPDATE.value}
    baseline, group = name_baseline(assessment), str(assessment.get("patch_group") or "")
    listed = [patch for patch in assessment["patches"] if patch["state"] != PatchState.NOT_APPLICABLE.value]
    listed.sort(key=lambda patch: _rank(patch, bad))
    ids: set[str] = set()
    return [_describe_item(patch, _name_item(patch, ids), baseline, group, bad) for patch in listed]


def _rank(patch: Mapping[str, Any], bad: Iterable[str]) -> tuple[bool, int, bool, str, str]:
    state = patch["state"]
    return (state not in bad, _LEVELS.index(patch["compliance_level"]), state == _SHORT, patch["id"], patch["title"])


def _describe_item(patch: Mapping[str, Any], name: str, baseline: str, group: str, bad: Iterable[str]) -> Json:
    state = patch["state"]
    is_short = state == _SHORT
    details = {
        "DocumentName": "",
        "DocumentVersion": "",
        "Classification": "" if is_short else patch["classification"],
        "PatchBaselineId": baseline,
        "PatchSeverity": "" if is_short else patch["severity"],
        "PatchState": to_camel_case(state.lower()),
        "PatchGroup": group,
        "InstalledTime": _to_time(patch["installed_time"]),
    }
    if state in _WITH_CVES and patch["cve_ids"]:
        details["CVEIds"] = _join(patch["cve_ids"])
    return {
        "Id": name,
        **({} if is_short else {"Title": _clean(patch["title"])[:MAX_TITLE]}),
        "Severity": patch["compliance_level"],
        "Status": "NON_COMPLIANT" if state in bad else "COMPLIANT",
        "Details": {key: _clean(str(value))[:MAX_VALUE] for key, value in details.items()},
    }


def _name_item(patch: Mapping[str, Any], taken: set[str]) -> str:
    """An id of the item that no other has: one update of Windows can be offered for several products."""
    name = plain = _clean(patch["id"] or patch["title"] or "unnamed")[:MAX_ID]
    number = 1
    while name in taken:
        number += 1
        name = f"{plain[: MAX_ID - len(str(number)) - 1]}#{number}"
    taken.add(name)
    return name


def _join(names: Iterable[str]) -> str:
    """As many whole names as a value takes."""
    text = ",".join(names)
    return text if len(text) <= MAX_VALUE else text[: MAX_VALUE + 1].rpartition(",")[0]


def _to_time(moment: str) -> str:
    """A time of the engine as the API writes it; there is none for what is not installed."""
    return to_text(datetime.datetime.fromisoformat(moment)) if moment else ""


def _clean(text: str) -> str:
    """Text of a node without what acts on a terminal, and without halves of characters, which are no Unicode."""
    return _NOT_TEXT.sub(lambda found: ascii(found[0])[1:-1], text)


def _fit(items: list[Json]) -> tuple[int, str]:
    """How many items one call takes, since a second one would replace what the first brought, and their hash."""
    size = 0
    seen = hashlib.sha256()
    for number, item in enumerate(items[:MAX_ITEMS]):
        packed = _pack(item)
        size += len(packed) + 2
        if size > MAX_BYTES:
            return number, seen.hexdigest()
        seen.update(packed)
    return min(len(items), MAX_ITEMS), seen.hexdigest()


def _pack(value: object) -> bytes:
    return json.dumps(value, sort_keys=True).encode("ascii")
