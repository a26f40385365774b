# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report is there whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.atomic_file import replace_file
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.errors import ReportWriteError


def write(path: Path, text: str) -> None:
    with replace_file(path) as stream:
        stream.write(text)


def names_in(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    write(path, "old")
    with pytest.raises(KeyboardInterrupt), replace_file(path) as stream:
        stream.write("half")
        assert path.read_text() == "old"
        raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert names_in(tmp_path) == ["report.json"]


def test_new_file_gets_ordinary_rights_and_an_old_one_keeps_its_own(tmp_path: Path) -> None:
    path, previous = tmp_path / "report.json", os.umask(0o027)
    try:
        write(path, "new")
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        path.chmod(0o604)
        write(path, "newer")
        assert stat.S_IMODE(path.stat().st_mode) == 0o604
    finally:
        os.umask(previous)


def test_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "latest.json"
    link.symlink_to("real/report.json")
    write(link, "new")
    assert link.is_symlink()
    assert (tmp_path / "real/report.json").read_text() == "new"


def test_device_is_written_to_not_replaced() -> None:
    write(Path("/dev/null"), "text")
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize(
    ("name", "cause"),
    [("missing/report.json", "No such file"), ("", "it is a folder"), ("file/x.json", "Not a directory")],
)
def test_path_that_cannot_be_written_is_named(tmp_path: Path, name: str, cause: str) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / name
    with pytest.raises(ReportWriteError) as caught:
        write(path, "text")
    assert f"Failed to write report '{path}': {cause}" in str(caught.value)
    assert "Set patch_report_path to a file" in str(caught.value)


def test_full_disk_is_named() -> None:
    with pytest.raises(ReportWriteError, match="'/dev/full': No space left on device"):
        write(Path("/dev/full"), "text" * 100_000)
