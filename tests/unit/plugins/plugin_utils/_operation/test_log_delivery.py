# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an operation leaves for its bucket. How it is written there is in tests/aws."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.log_objects import LogBucket
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.log_delivery import leave_log
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store
from tests.unit.plugins.plugin_utils._operation.conftest import make_settings

NODE = "mi-0123456789abcdef0"


def leave(
    store: Store, run_id: str, folder: Path, result: dict[str, Any], *, host: str = "web1", **options: Any
) -> tuple[str, dict[str, str]]:
    """Give the folder within the bucket, and the texts."""
    settings = make_settings(folder, host=host, **options)
    leave_log(store, run_id, settings, LogBucket("logs", "prod"), "Scan", "winrm", result)
    (log,) = store.waiting_logs([host])
    assert log.request["bucket"] == "logs"
    return str(log.request["folder"]), store.read_logs([log.id])[log.id]


@pytest.mark.parametrize(
    ("result", "errors"),
    [
        ({"changed": False}, ""),
        ({"msg": "all is well"}, ""),
        ({"failed": True, "msg": "Failed to lock"}, "Failed to lock\n"),
        ({"unreachable": True, "msg": "no route"}, "no route\n"),
        ({"warnings": ["old", "a\x1b[31m\nb"]}, "old\na\\x1b[31m\\nb\n"),
        ({"failed": True, "msg": "x", "warnings": ["y"]}, "x\ny\n"),
    ],
)
def test_why_it_went_wrong_and_warnings_are_the_standard_error(
    store: Store, run_id: str, tmp_path: Path, result: dict[str, Any], errors: str
) -> None:
    _folder, texts = leave(store, run_id, tmp_path, {"operating_system": "UBUNTU", **result})
    assert texts["stderr"] == errors
    assert json.loads(texts["stdout"])


@pytest.mark.parametrize(
    ("host", "options", "system", "place"),
    [
        ("web1", {"patch_instance_id": NODE}, "UBUNTU", f"{NODE}/awsrunShellScript/PatchLinux"),
        ("web1", {"patch_instance_id": "web/../x"}, "WINDOWS", "web1/awsrunPowerShellScript/PatchWindows"),
        ("web1", {}, "", "web1/awsrunPowerShellScript/PatchWindows"),
        ("web1", {}, "MACOS", "web1/awsrunShellScript/PatchMacOS"),
    ],
)
def test_it_goes_where_run_command_would_put_it(
    store: Store, run_id: str, tmp_path: Path, host: str, options: dict[str, Any], system: str, place: str
) -> None:
    folder, _texts = leave(store, run_id, tmp_path, {"operating_system": system}, host=host, **options)
    assert folder == f"prod/{run_id}/{place}"


@pytest.mark.parametrize("host", ["../../other", "a/b", "..", "."])
def test_the_name_of_a_host_is_one_part_of_the_path(store: Store, run_id: str, tmp_path: Path, host: str) -> None:
    folder, _texts = leave(store, run_id, tmp_path, {"operating_system": "UBUNTU"}, host=host)
    parts = folder.split("/")
    assert len(parts) == 5
    assert not {".", "..", ""}.intersection(parts)
