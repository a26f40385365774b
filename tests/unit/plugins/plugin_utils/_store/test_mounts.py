# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finding the file system of a folder in ``/proc/self/mountinfo``."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.mounts import find_filesystem

# fields as in proc(5): id, parent, device, root, mount point, options, optional fields, -, type, source, options
MOUNTINFO = r"""
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:26 / /home rw shared:2 - nfs4 files:/home rw,vers=4.2
31 30 8:2 / /home/alice/local rw - xfs /dev/sdb1 rw
32 22 0:30 / /mnt/my\040share rw - cifs //files/my\040share rw
33 22 0:31 / /stacked rw - nfs files:/x rw
34 33 0:32 / /stacked rw - tmpfs tmpfs rw
this line is broken
35 22 0:33 / /truncated rw -
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/", "ext4"),
        ("/var/lib", "ext4"),
        ("/home", "nfs4"),
        ("/home/bob/.local/state", "nfs4"),
        ("/home/alice/local/state", "xfs"),
        ("/homely", "ext4"),
        ("/mnt/my share/x", "cifs"),
        ("/stacked/x", "tmpfs"),
        ("/truncated", "ext4"),
    ],
)
def test_deepest_and_last_mount_wins(folder: str, kind: str) -> None:
    assert find_filesystem(PurePosixPath(folder), MOUNTINFO) == kind


def test_text_without_mounts_tells_nothing() -> None:
    assert find_filesystem(PurePosixPath("/home"), "") == ""
