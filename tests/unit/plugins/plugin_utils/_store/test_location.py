# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a store may be, and what a user is told when it may not."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store import location
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.errors import StoreUnavailableError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.location import find_store, show_url
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.mounts import NETWORK_FILESYSTEMS
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import open_store


@pytest.mark.parametrize("url", [None, ""])
def test_default_is_a_file_in_the_state_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str | None
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert find_store(url).database == str(tmp_path / "openpatch/patch_manager.sqlite3")


@pytest.mark.parametrize("configured", ["", "relative/folder"])
def test_default_without_usable_xdg_variable_is_below_home(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, configured: str
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", configured)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert find_store(None).database == str(tmp_path / ".local/state/openpatch/patch_manager.sqlite3")


def test_new_store_is_readable_by_its_owner_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    previous = os.umask(0)
    try:
        open_store().close()
    finally:
        os.umask(previous)
    folder = tmp_path / "state/openpatch"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {
        "patch_manager.sqlite3": 0o600,
        "patch_manager.sqlite3.lock": 0o600,
    }


def test_rights_of_a_shared_store_are_kept_and_passed_on(tmp_path: Path) -> None:
    path = tmp_path / "shared.sqlite3"
    path.touch()
    path.chmod(0o660)
    open_store(f"sqlite:///{path}").close()
    assert {stat.S_IMODE(entry.stat().st_mode) for entry in tmp_path.iterdir()} == {0o660}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite:////srv/patch.sqlite3", "/srv/patch.sqlite3"),
        ("sqlite+pysqlite:////srv/patch.sqlite3", "/srv/patch.sqlite3"),
        ("sqlite:///patch.sqlite3", "{cwd}/patch.sqlite3"),
        ("sqlite:///~/patch.sqlite3", "{cwd}/home/patch.sqlite3"),
    ],
)
def test_sqlite_url_becomes_an_absolute_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str, expected: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert find_store(url).database == expected.format(cwd=tmp_path)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("/srv/patch.sqlite3", "it is not a database URL. Set patch_store_url to a file"),
        ("postgresql://user:s3cret@host:port/db", "it is not a database URL"),
        ("sqlite://", "has to be a file"),
        ("sqlite:///:memory:", "has to be a file"),
        ("sqlite:///file:x?mode=memory&uri=true", "has to be a file"),
        ("sqlite+aiosqlite:////srv/x", "use sqlite://, not sqlite\\+aiosqlite://"),
        ("mysql://user:s3cret@host/db", "'mysql://user:\\*\\*\\*@host/db': 'mysql' is not supported"),
        ("postgresql+asyncpg://user:s3cret@host/db?password=s3cret", "'asyncpg' is not there"),
        ("dbase://user:s3cret@host/db", "is not"),
    ],
)
def test_unusable_url_is_refused_without_its_password(url: str, message: str) -> None:
    with pytest.raises(StoreUnavailableError, match=message) as caught:
        find_store(url)
    assert "s3cret" not in str(caught.value)


def test_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(location, "_POSTGRESQL_DRIVERS", ("psycopg_that_nobody_has",))
    with pytest.raises(StoreUnavailableError, match=r"is not there\. Install psycopg"):
        find_store("postgresql://user@host/db")


def test_unreachable_server_is_named_without_the_password() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(StoreUnavailableError, match=r"'postgresql\+psycopg://user:\*\*\*@127.0.0.1:1/db'") as caught:
        open_store("postgresql://user:s3cret@127.0.0.1:1/db")
    assert "s3cret" not in str(caught.value)


def test_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("shopping list\n" * 100)
    with pytest.raises(StoreUnavailableError, match=f"'{path}': file is not a database"):
        open_store(f"sqlite:///{path}")
    assert path.read_text() == "shopping list\n" * 100


def test_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailableError, match=f"'{tmp_path}/file/x.sqlite3': .*Set patch_store_url"):
        open_store(f"sqlite:///{tmp_path}/file/x.sqlite3")


@pytest.mark.parametrize("exists", [False, True])
def test_read_only_folder_is_named(tmp_path: Path, exists: bool) -> None:
    path = tmp_path / "state.sqlite3"
    if exists:
        open_store(f"sqlite:///{path}").close()
        path.chmod(0o666)
    tmp_path.chmod(0o555)
    for parent in list(tmp_path.parents)[:2]:
        parent.chmod(0o755)
    try:
        message = open_as_ordinary_user(f"sqlite:///{path}")
    finally:
        tmp_path.chmod(0o755)
    assert f"Failed to open store '{path}'" in message
    assert "Set patch_store_url to a file on a local disk" in message


def test_network_file_system_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(location, "_filesystem", lambda folder: "nfs4")
    with pytest.raises(
        StoreUnavailableError, match=rf"'{tmp_path}/s\.sqlite3': .*network file system \(nfs4\).*Set patch"
    ):
        open_store(f"sqlite:///{tmp_path}/s.sqlite3")


def test_local_file_system_is_recognised(tmp_path: Path) -> None:
    assert location._filesystem(tmp_path) not in NETWORK_FILESYSTEMS


def test_shown_url_hides_password_and_query() -> None:
    url = find_store("sqlite:////srv/x.sqlite3")
    assert show_url(url) == "/srv/x.sqlite3"
    shown = show_url(
        url.set(drivername="postgresql", username="u", password="s3cret", host="h", query={"password": "x"})
    )
    assert shown == "postgresql://u:***@h//srv/x.sqlite3"


def open_as_ordinary_user(url: str) -> str:
    """Try to open a store with no special rights; gives the error's text."""
    program = (
        "import os, sys\n"
        "from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.errors import StoreError\n"
        "from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import open_store\n"
        "if os.geteuid() == 0:\n"
        "    os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"  # nobody
        "try:\n"
        "    open_store(sys.argv[1])\n"
        "except StoreError as error:\n"
        "    print(error)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", program, url]
    return subprocess.run(command, check=True, text=True, capture_output=True, env=environment).stdout
