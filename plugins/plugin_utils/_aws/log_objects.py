# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Logs of operations in S3, where Run Command would put them: ``PREFIX/RUN/NODE/PLUGIN/STEP/stdout`` and ``stderr``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.session import AwsError, AwsSession

_SCHEME = "s3://"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_MAX_PREFIX = 500  # OutputS3KeyPrefix of Run Command
_MAX_NUMBER = 100
_EXISTS = frozenset({"PreconditionFailed", "412"})
_WINDOWS_CONNECTIONS = frozenset({"psrp", "winrm"})


@dataclass(frozen=True, slots=True)
class LogBucket:
    """A bucket, and what the names of its objects begin with."""

    name: str
    prefix: str


def read_bucket(destination: str) -> LogBucket | None:
    """Read ``s3://bucket/prefix``; None for what is something else. Raises ValueError with what is allowed."""
    if not destination.lower().startswith(_SCHEME):
        return None
    name, _slash, prefix = destination[len(_SCHEME) :].partition("/")
    prefix = prefix.strip("/")
    if not _BUCKET.fullmatch(name) or ".." in name:
        raise ValueError("allowed: s3:// with a bucket's name of 3 to 63 small letters, digits, dots and hyphens")
    if len(prefix.encode("utf-8", "surrogatepass")) > _MAX_PREFIX:
        raise ValueError(f"allowed: a prefix of up to {_MAX_PREFIX} bytes")
    return LogBucket(name, prefix)


def name_step(operating_system: str, connection: str) -> str:
    """Name the step of AWS-RunPatchBaseline that a node of this kind has, below its plugin.

    A node that failed before it said what it is, is known by how it was to be reached.
    """
    if operating_system == "WINDOWS" or (not operating_system and connection in _WINDOWS_CONNECTIONS):
        return "awsrunPowerShellScript/PatchWindows"
    return f"awsrunShellScript/{'PatchMacOS' if operating_system == 'MACOS' else 'PatchLinux'}"


def put_log(
    session: AwsSession, bucket: LogBucket, run_id: str, node: str, step: str, *, stdout: str, stderr: str
) -> str:
    """Keep what an operation said; gives the name that its objects begin with.

    Another log of the same run and node gets a number, for nothing that is there is replaced. Raises AwsError.
    """
    client = session.client("s3")
    place = "/".join(part for part in (bucket.prefix, run_id, node, step) if part)
    number = 1
    while True:
        folder = place if number == 1 else f"{place}-{number}"
        try:
            with session.translate(f"write s3://{bucket.name}/{folder}/stdout"):
                _put(client, bucket, f"{folder}/stdout", stdout)
                if stderr:
                    _put(client, bucket, f"{folder}/stderr", stderr)
            return folder
        except AwsError as error:
            if error.code not in _EXISTS or number == _MAX_NUMBER:
                raise
        number += 1


def _put(client: Any, bucket: LogBucket, key: str, text: str) -> None:
    client.put_object(
        Bucket=bucket.name,
        Key=key,
        Body=text.encode("utf-8", "backslashreplace"),
        ContentType="text/plain; charset=utf-8",
        IfNoneMatch="*",
    )
