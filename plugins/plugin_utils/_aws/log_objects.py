# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Logs of operations in S3, where Run Command would put them: ``PREFIX/RUN/NODE/PLUGIN/STEP/stdout`` and ``stderr``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.crew import Crew
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.session import AwsError, AwsSession

CALLS_A_SECOND = 50.0

_SCHEME = "s3://"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_MAX_PREFIX = 500  # OutputS3KeyPrefix of Run Command
_MAX_NUMBER = 100
_EXISTS = frozenset({"PreconditionFailed", "412"})
_OF_THE_LOG = frozenset({"EntityTooLarge", "KeyTooLongError"})
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


@dataclass(frozen=True, slots=True)
class LogObject:
    """A log: what the names of its two objects begin with, and their texts."""

    folder: str
    stdout: str
    stderr: str


def name_folder(bucket: LogBucket, run_id: str, node: str, step: str) -> str:
    """Name where in its bucket a log goes."""
    return "/".join(part for part in (bucket.prefix, run_id, node, step) if part)


class LogWriter:
    """Writes logs into a bucket over one session."""

    def __init__(self, session: AwsSession, bucket: str, *, calls_a_second: float = CALLS_A_SECOND) -> None:
        self._session = session
        self._bucket = bucket
        self._crew = Crew(_OF_THE_LOG, calls_a_second=calls_a_second)

    def write(self, logs: Sequence[LogObject]) -> list[str]:
        """Write logs, no two of which have one folder; gives for each why it could not be, in order, or nothing."""
        try:
            client = self._session.client("s3")
        except AwsError as error:
            return [str(error) for _log in logs]
        done = self._crew.do(lambda log: self._write(client, log), logs)
        return [str(each) if isinstance(each, AwsError) else "" for each in done]

    def _write(self, client: Any, log: LogObject) -> None:
        """Another log of the same run and node gets a number, for nothing that is there is replaced."""
        number = 1
        while True:
            folder = log.folder if number == 1 else f"{log.folder}-{number}"
            try:
                self._put(client, f"{folder}/stdout", log.stdout)
            except AwsError as error:
                if error.code not in _EXISTS or number == _MAX_NUMBER:
                    raise
                number += 1
                continue
            if log.stderr:
                self._put(client, f"{folder}/stderr", log.stderr)
            return

    def _put(self, client: Any, key: str, text: str) -> None:
        self._crew.wait()
        with self._session.translate(f"write to bucket '{self._bucket}'"):
            client.put_object(
                Bucket=self._bucket,
                Key=key,
                Body=text.encode("utf-8", "backslashreplace"),
                ContentType="text/plain; charset=utf-8",
                IfNoneMatch="*",
            )
