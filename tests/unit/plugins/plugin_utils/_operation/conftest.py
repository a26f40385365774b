# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An operation on one host: a store of its own, a folder of baselines, settings as the actions make them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.host import HostOperation
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.settings import (
    INSTALL_OPTIONS,
    Settings,
    read_settings,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store, open_store
from tests.unit.plugins.plugin_utils._operation.scripted import BASELINE, Operate, ScriptedConnection


def make_settings(
    base_dir: Path,
    *,
    check_mode: bool = False,
    host: str = "web1",
    task_vars: Mapping[str, Any] | None = None,
    **options: Any,
) -> Settings:
    """Settings of host web1, the options validated by Ansible and completed with their defaults."""
    # what an install is about ends before the reboot
    validated = ArgumentSpecValidator(INSTALL_OPTIONS).validate({"patch_reboot_option": "NoReboot", **options})
    assert not validated.error_messages
    own = {"inventory_hostname": host, "inventory_dir": str(base_dir), "ansible_host": "192.0.2.7"}
    return read_settings(validated.validated_parameters, {**own, **(task_vars or {})}, check_mode=check_mode)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path}/state/store.sqlite3") as opened:
        yield opened


@pytest.fixture
def run_id(store: Store) -> str:
    return store.join_run("key", operation="Install", attributes={}).run_id


@pytest.fixture
def said() -> list[str]:
    """What the operation showed to a person."""
    return []


@pytest.fixture
def base_dir(tmp_path: Path) -> Path:
    """Where the inventory is, with a baseline that approves openssl."""
    folder = tmp_path / "inventory"
    (folder / "patch_baselines").mkdir(parents=True)
    (folder / "patch_baselines" / "ours.yml").write_text(BASELINE, encoding="utf-8")
    return folder


@pytest.fixture
def connection() -> ScriptedConnection:
    return ScriptedConnection()


@pytest.fixture
def operate(store: Store, run_id: str, base_dir: Path, said: list[str], connection: ScriptedConnection) -> Operate:
    def make(node: Any, /, *, check_mode: bool = False, **options: Any) -> HostOperation:
        settings = make_settings(base_dir, check_mode=check_mode, **options)
        return HostOperation(node, store, run_id, settings, said.append, connection)

    return make
