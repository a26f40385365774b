# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which kind of file system a folder is on. Pure: takes the text of ``/proc/self/mountinfo``."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

# SQLite's write-ahead log needs memory shared between all processes, and locks that work; none of these gives both.
_NETWORK = (
    "9p afs beegfs ceph cifs coda davfs glusterfs gpfs lustre ncpfs nfs nfs4 orangefs panfs pvfs2"
    " smb2 smb3 smbfs wekafs"
)
_FUSE = "ceph cephfs davfs gcsfuse glusterfs rclone s3fs sshfs"
NETWORK_FILESYSTEMS = frozenset([*_NETWORK.split(), *(f"fuse.{name}" for name in _FUSE.split())])


def find_filesystem(folder: PurePosixPath, mountinfo: str) -> str:
    """Name the type of the file system an absolute, resolved folder is on; empty if the text does not tell."""
    best, kind = -1, ""
    for line in mountinfo.splitlines():
        left, separator, right = line.partition(" - ")
        fields = left.split()
        if not separator or len(fields) < 5 or not right.split():
            continue
        mount_point = PurePosixPath(re.sub(r"\\([0-7]{3})", _unescape_octal, fields[4]))
        depth = len(mount_point.parts)
        # of mounts on the same point the last one is on top
        if depth >= best and (folder == mount_point or mount_point in folder.parents):
            best, kind = depth, right.split()[0]
    return kind


def _unescape_octal(match: re.Match[str]) -> str:
    return chr(int(match.group(1), 8))
