# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What operations found, told to Systems Manager: each operation asks for it in the store, and one process of the run
tells it all at the end. So the calls do not grow with forks, and what fails is still asked for in the next run.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.courier import Courier, Parcel, Receipt
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.patch_results import (
    Execution,
    NodeResults,
    describe_node,
    is_node_id,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.session import (
    AwsOptions,
    AwsSession,
    name_place,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.settings import Settings
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.deliveries import (
    ASKED,
    DELIVERED,
    FAILED,
    WITHHELD,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.records import AssessmentRecord, Delivery
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store

_AT_A_TIME = 100  # nodes whose patches are in memory
# Somebody else may have replaced the items, or AWS have let them expire, so the same ones are told again after this.
_TOLD_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class HostReport:
    """How it went with one host: ``state`` is one of the store's ``deliveries.STATES``.

    ``changed``: what Systems Manager says of the node's patches is not what it said before.
    """

    host: str
    instance_id: str
    state: str
    msg: str
    changed: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return it as the task's result has it."""
        return {name: value for name, value in asdict(self).items() if name != "changed"}


def ask_report(store: Store, run_id: str, settings: Settings, assessment_id: int, status: str, reason: str) -> None:
    """Ask that an assessment be told to Systems Manager, if it is wanted and the host is a node there."""
    node_id = settings.patch_instance_id or ""
    if not settings.patch_report_to_ssm or not is_node_id(node_id):
        return
    request = {
        # baselines may be kept in another region than the node is in
        "aws": asdict(replace(settings.aws, region=settings.patch_instance_region or settings.aws.region)),
        "execution_type": settings.execution_type,
        # the third option is ours
        "reboot_option": "NoReboot" if settings.patch_reboot_option == "NoReboot" else "RebootIfNeeded",
    }
    # Systems Manager has no word for it: counters without what could not be read would look like a patched node
    incomplete = status == "METADATA_MISSING"
    store.ask_delivery(
        run_id,
        settings.host,
        assessment_id,
        node_id,
        request,
        state=WITHHELD if incomplete else ASKED,
        message=reason if incomplete else "",
    )


def find_unknown_id(settings: Settings) -> str:
    """The warning that a host cannot be told of, although it is wanted and it has an id; empty if there is none."""
    node_id = settings.patch_instance_id
    if not settings.patch_report_to_ssm or not node_id or is_node_id(node_id):
        return ""
    return (
        f"Systems Manager is not told of host '{settings.host}': patch_instance_id is '{node_id}';"
        " allowed: an id such as i-0123456789abcdef0 or mi-0123456789abcdef0"
    )


def report_due(store: Store, run_id: str, hosts: Sequence[str], *, check_mode: bool) -> list[HostReport]:
    """Tell Systems Manager what is due of these hosts; in check mode only what would be told."""
    due = store.due_deliveries(run_id, hosts)
    reports = [_say_withheld(entry) for entry in due if entry.state == WITHHELD]
    wanted = [entry for entry in due if entry.state != WITHHELD]
    told = store.told_of(entry.host for entry in wanted)
    for destination, entries in _by_destination(wanted):
        courier = Courier(AwsSession(AwsOptions(**json.loads(destination))))
        single, doubled = _split_doubled(entries)
        reports += [_end(store, entry, Receipt(failure=text), None, {}, check_mode) for entry, text in doubled]
        for part in _chunks(single, _AT_A_TIME):
            reports += _report_part(store, courier, part, told, check_mode=check_mode)
    return sorted(reports, key=lambda report: report.host)


def _report_part(
    store: Store,
    courier: Courier,
    entries: Sequence[Delivery],
    told: Mapping[str, Mapping[str, Any]],
    *,
    check_mode: bool,
) -> list[HostReport]:
    records = store.read_assessments([entry.assessment_id for entry in entries])
    before = [_recall(entry, told) for entry in entries]
    found = [
        _describe(store, entry, records[entry.assessment_id], known)
        for entry, known in zip(entries, before, strict=True)
    ]
    parcels = [_pack(results, known) for results, known in zip(found, before, strict=True)]
    receipts = [Receipt()] * len(parcels) if check_mode else courier.deliver(parcels)
    return [
        _end(store, entry, receipt, results, known, check_mode)
        for entry, receipt, results, known in zip(entries, receipts, found, before, strict=True)
    ]


def _describe(store: Store, entry: Delivery, record: AssessmentRecord, known: Mapping[str, Any]) -> NodeResults:
    assessment = record.assessment()
    began = store.turn_began(record.run_id, record.host)
    if began is None or began > record.recorded_at:  # another turn in the same run
        began = record.recorded_at
        if assessment.get("collected_at"):
            began = min(began, datetime.fromisoformat(assessment["collected_at"]))
    execution = Execution(
        run_id=record.run_id,
        kind=str(entry.request["execution_type"]),
        started_at=began,
        ended_at=record.recorded_at,
        reboot_option=str(entry.request["reboot_option"]),
        last_no_reboot=str(known.get("last_no_reboot", "")),
    )
    return describe_node(
        entry.node_id, assessment, execution, available_is_compliant=_is_available_compliant(store, record)
    )


def _is_available_compliant(store: Store, record: AssessmentRecord) -> bool:
    """What the baseline says of security updates that are available but not approved; only Windows has any."""
    if not record.counts["available_security_update_count"]:
        return True
    return not any(
        frozen.baseline.get("operating_system") == record.operating_system
        and frozen.baseline.get("available_security_updates_compliance_status") == "NON_COMPLIANT"
        for frozen in store.list_frozen(record.snapshot_id, record.patch_group)
    )


def _recall(entry: Delivery, told: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """What was last told of a node in that account; nothing if the host was another node then, or told elsewhere."""
    known = told.get(entry.host, {})
    is_same = known.get("place") == _name_place(entry) and known.get("node_id") == entry.node_id
    return known if is_same else {}


def _pack(results: NodeResults, known: Mapping[str, Any]) -> Parcel:
    if not known or datetime.now(timezone.utc) - datetime.fromisoformat(known["items_told_at"]) > _TOLD_FOR:
        return Parcel(results)
    return Parcel(results, str(known["items_hash"]), str(known["compliance_type"]))


def _name_place(entry: Delivery) -> list[str | None]:
    return name_place(AwsOptions(**entry.request["aws"]))


def _end(
    store: Store,
    entry: Delivery,
    receipt: Receipt,
    results: NodeResults | None,
    known: Mapping[str, Any],
    check_mode: bool,
) -> HostReport:
    """Keep how it went, and say it."""
    if receipt.failure or results is None:
        if not check_mode:
            store.end_delivery(entry.id, FAILED, receipt.failure)
        return HostReport(entry.host, entry.node_id, FAILED, receipt.failure)
    changed = any(known.get(name) != value for name, value in results.standing.items())
    left_out = f"; there is no room for {results.left_out} of its patches" if results.left_out else ""
    if check_mode:
        return HostReport(entry.host, entry.node_id, ASKED, f"not told in check mode{left_out}", changed)
    kind = receipt.compliance_type
    now = datetime.now(timezone.utc).isoformat()
    told = {
        **results.standing,
        "place": _name_place(entry),
        "compliance_type": kind,
        "items_told_at": now if receipt.items_sent else known["items_told_at"],
        "last_no_reboot": results.summary["LastNoRebootInstallOperationTime"],
    }
    items = f"{len(results.items)} compliance items of type {kind}"
    message = f"summary and {items}" if receipt.items_sent else f"summary; its {items} are there"
    store.end_delivery(entry.id, DELIVERED, f"{message}{left_out}", told)
    return HostReport(entry.host, entry.node_id, DELIVERED, f"{message}{left_out}", changed)


def _say_withheld(entry: Delivery) -> HostReport:
    reason = f"not told, because the assessment is not complete: {entry.message}"
    return HostReport(entry.host, entry.node_id, WITHHELD, reason)


def _by_destination(entries: Iterable[Delivery]) -> Iterator[tuple[str, list[Delivery]]]:
    """Deliveries by where they go and as whom."""

    def destination(entry: Delivery) -> str:
        return json.dumps(entry.request["aws"], sort_keys=True)

    for name, group in itertools.groupby(sorted(entries, key=destination), key=destination):
        yield name, list(group)


def _split_doubled(entries: Sequence[Delivery]) -> tuple[list[Delivery], list[tuple[Delivery, str]]]:
    """Those whose node is theirs alone, and those that share it, with what is wrong."""
    count = Counter(entry.node_id for entry in entries)
    doubled = []
    for entry in entries:
        if count[entry.node_id] > 1:
            others = ", ".join(sorted(other.host for other in entries if other.node_id == entry.node_id))
            text = (
                f"Failed to report to Systems Manager: several hosts have the instance id {entry.node_id} ({others})."
                " Give each its own patch_instance_id"
            )
            doubled.append((entry, text))
    return [entry for entry in entries if count[entry.node_id] == 1], doubled


def _chunks(entries: Sequence[Delivery], size: int) -> Iterator[Sequence[Delivery]]:
    return (entries[start : start + size] for start in range(0, len(entries), size))
