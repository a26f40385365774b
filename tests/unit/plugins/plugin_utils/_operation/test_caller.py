# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from ansible import constants, context
from ansible.module_utils.common.collections import ImmutableDict

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.caller import find_caller
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.units import Caller


def find(monkeypatch: pytest.MonkeyPatch, *, policy_dir: str | None = None, **arguments: Any) -> Caller:
    monkeypatch.setattr(context, "CLIARGS", ImmutableDict(arguments))
    monkeypatch.setattr(constants, "CONFIG_FILE", "ansible.cfg")
    variables = {"ansible_inventory_sources": ["/srv/hosts.yml", "web1,"]}
    return find_caller(variables, "inventory", policy_dir, is_system=True)


def test_the_same_inventories_and_secrets_files_are_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    caller = find(monkeypatch, vault_password_files=["pass"])
    assert caller.command[1:] == (
        "--inventory",
        "/srv/hosts.yml",
        "--inventory",
        "web1,",
        "--vault-password-file",
        f"{tmp_path}/pass",
        "openpatch.patch_manager.patch",
    )
    assert caller.folder == f"{tmp_path}/inventory"


def test_a_folder_of_policies_that_was_asked_for_is_one_word(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find(monkeypatch, policy_dir="/a b").command[-2:] == ("-e", '{"patch_policy_dir": "/a b"}')


@pytest.mark.parametrize("called", ["/usr/local/bin/ansible-playbook", "/usr/bin/ansible", ""])
def test_the_program_is_the_one_that_was_called_or_the_one_of_this_python(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, called: str
) -> None:
    monkeypatch.setattr(sys, "argv", [called])
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    (tmp_path / "ansible-playbook").write_text("", encoding="utf-8")
    assert find(monkeypatch).command[0] == str(tmp_path / "ansible-playbook")
    (tmp_path / "bin").mkdir()
    own = tmp_path / "bin" / "ansible-playbook"
    own.write_text("", encoding="utf-8")
    monkeypatch.setattr(sys, "argv", [str(own)])
    assert find(monkeypatch).command[0] == str(own)


def test_the_environment_has_what_finds_the_configuration_and_no_secret_or_whim_of_a_terminal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "ANSIBLE_COLLECTIONS_PATH": "/c",
        "AWS_SECRET_ACCESS_KEY": "s",
        "PATH": "/x",
        "LANG": "de",
    }.items():
        monkeypatch.setenv(name, value)
    environment = find(monkeypatch).environment
    assert environment["ANSIBLE_CONFIG"] == f"{tmp_path}/ansible.cfg"
    assert environment["ANSIBLE_COLLECTIONS_PATH"] == "/c"
    assert environment["HOME"] == str(Path.home())
    assert environment["LC_ALL"] == "C.UTF-8"
    assert environment["PATH"].endswith(":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
    assert not {"AWS_SECRET_ACCESS_KEY", "LANG"} & set(environment)
