# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What maintenance windows are, when they come next, and what ran in them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.client import Ssm, to_filters
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.fields import write_targets
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.plan import View
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.schedules import write_filter
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.transformations import to_plain
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.windows import (
    list_windows,
    read_window,
    view_window,
)

Views = list[dict[str, Any]]


def read_windows(ssm: Ssm, options: Mapping[str, Any]) -> dict[str, list[View]]:
    """Return the windows that options select, by name."""
    found = [read_window(ssm, window_id) for window_id in _select(ssm, options)]
    views = [view_window(window) for window in found if window]
    return {
        "maintenance_windows": [
            view | _schedule_of(ssm, view, options) | _executions_of(ssm, view, options)
            for view in sorted(views, key=lambda view: (view["name"], view["window_id"]))
        ]
    }


def _select(ssm: Ssm, options: Mapping[str, Any]) -> list[str]:
    """The ids of the windows that are meant."""
    if options["window_id"]:
        return [options["window_id"]]
    filters = {
        "Name": [options["name"]] if options["name"] else [],
        "Enabled": [] if options["enabled"] is None else [str(options["enabled"]).lower()],
    }
    ids = [
        found["WindowId"]
        for found in list_windows(ssm, filters)
        if options["name"] in (None, found["Name"])  # the filter takes names that begin so, too
    ]
    if not options["targets"]:
        return ids
    pages = ssm.pages(
        "list the maintenance windows of targets",
        "describe_maintenance_windows_for_target",
        "WindowIdentities",
        Targets=write_targets(options["targets"]),
        ResourceType=options["resource_type"],
    )
    concerned = {found["WindowId"] for found in pages}
    return [window_id for window_id in ids if window_id in concerned]


def _schedule_of(ssm: Ssm, view: View, options: Mapping[str, Any]) -> View:
    """The next executions of a window, as many as are asked for."""
    if options["next_executions"] < 1:
        return {}
    pages = ssm.pages(
        f"read the schedule of maintenance window '{view['name']}'",
        "describe_maintenance_window_schedule",
        "ScheduledWindowExecutions",
        WindowId=view["window_id"],
    )
    return {"scheduled_window_executions": [to_plain(found) for found in islice(pages, options["next_executions"])]}


def _executions_of(ssm: Ssm, view: View, options: Mapping[str, Any]) -> View:
    """What ran in a window, the latest first."""
    if not options["executions"]:
        return {}
    filters = {
        key: write_filter(option, options[option])
        for key, option in (("ExecutedBefore", "executed_before"), ("ExecutedAfter", "executed_after"))
    }
    pages = ssm.pages(
        f"list the executions of maintenance window '{view['name']}'",
        "describe_maintenance_window_executions",
        "WindowExecutions",
        WindowId=view["window_id"],
        Filters=to_filters(filters),
    )
    found = sorted(map(to_plain, pages), key=lambda execution: str(execution["start_time"]), reverse=True)
    return {
        "window_executions": [
            execution | {"tasks": _tasks_of(ssm, execution["window_execution_id"])} for execution in found
        ]
    }


def _tasks_of(ssm: Ssm, execution_id: str) -> Views:
    what = f"execution '{execution_id}'"
    tasks = ssm.pages(
        f"list the tasks of {what}",
        "describe_maintenance_window_execution_tasks",
        "WindowExecutionTaskIdentities",
        WindowExecutionId=execution_id,
    )
    return [
        task
        | {
            "invocations": [
                to_plain(invocation)
                for invocation in ssm.pages(
                    f"list the invocations of {what}",
                    "describe_maintenance_window_execution_task_invocations",
                    "WindowExecutionTaskInvocationIdentities",
                    WindowExecutionId=execution_id,
                    TaskId=task["task_execution_id"],
                )
            ]
        }
        for task in map(to_plain, tasks)
    ]
