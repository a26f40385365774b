# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.log import name_file, write_log

RUN = "00000000-0000-4000-8000-000000000001"


def test_a_result_is_kept_by_run_and_host_for_its_owner_alone(tmp_path: Path) -> None:
    path = write_log(tmp_path / "logs", RUN, "web1", "scan", {"msg": "COMPLIANT", "transaction": []})
    assert path == tmp_path / "logs" / RUN / "web1" / "scan.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0
    assert json.loads(path.read_text(encoding="utf-8")) == {
        "host": "web1",
        "operation": "scan",
        "msg": "COMPLIANT",
        "transaction": [],
    }
    assert [file.name for file in path.parent.iterdir()] == ["scan.json"]


def test_another_result_of_the_same_kind_does_not_replace_the_first(tmp_path: Path) -> None:
    names = [write_log(tmp_path, RUN, "web1", "install", {"number": number}).name for number in range(3)]
    assert names == ["install.json", "install-2.json", "install-3.json"]


def test_what_is_ansibles_is_left_out(tmp_path: Path) -> None:
    given = {
        "msg": "x",
        "invocation": {"patch_store_url": "secret"},
        "_ansible_no_log": True,
        "diff": [],
        "exception": "",
    }
    assert set(json.loads(write_log(tmp_path, RUN, "web1", "scan", given).read_text(encoding="utf-8"))) == {
        "host",
        "operation",
        "msg",
    }


def test_text_of_nodes_is_written_without_signs_that_act_on_a_terminal(tmp_path: Path) -> None:
    path = write_log(tmp_path, RUN, "web1", "scan", {"msg": "\x1b[31mred\x9b"})
    assert path.read_bytes().isascii()
    assert b"\x1b" not in path.read_bytes()


def test_a_folder_that_cannot_be_made_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OSError):
        write_log(tmp_path / "file", RUN, "web1", "scan", {})


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("web1.example.org", "web1.example.org"),
        ("..", "%2E."),
        (".ssh", "%2Essh"),
        ("../../etc", "%2E.%2F..%2Fetc"),
        ("2001:db8::1", "2001%3Adb8%3A%3A1"),
        ("a b", "a%20b"),
    ],
)
def test_a_host_is_the_name_of_a_folder(host: str, name: str) -> None:
    assert name_file(host) == name


@given(st.text(min_size=1))
def test_no_host_leaves_the_folder(host: str) -> None:
    name = name_file(host)
    assert name not in ("", ".", "..")
    assert not set(name) & set("/\0\n")
    assert len(name.encode()) <= 255
