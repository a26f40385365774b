# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a destination of logs says, and which step a node has. That a bucket takes the logs, tests/aws shows."""

from __future__ import annotations

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.log_objects import (
    LogBucket,
    name_step,
    read_bucket,
)


@pytest.mark.parametrize(
    ("destination", "bucket"),
    [
        ("s3://logs", LogBucket("logs", "")),
        ("s3://logs/", LogBucket("logs", "")),
        ("S3://logs.example.org/patch manager//2026/", LogBucket("logs.example.org", "patch manager//2026")),
        ("", None),
        ("logs", None),
        ("/srv/s3:/logs", None),
    ],
)
def test_a_bucket_and_its_prefix_or_something_else(destination: str, bucket: LogBucket | None) -> None:
    assert read_bucket(destination) == bucket


@pytest.mark.parametrize(
    "destination", ["s3://", "s3:///logs", "s3://Logs/x", "s3://a_b", "s3://ab", "s3://a..b", f"s3://logs/{'ä' * 251}"]
)
def test_what_can_be_no_bucket_is_refused_with_what_is_allowed(destination: str) -> None:
    with pytest.raises(ValueError, match="allowed: "):
        read_bucket(destination)


@pytest.mark.parametrize(
    ("system", "connection", "step"),
    [
        ("UBUNTU", "ssh", "awsrunShellScript/PatchLinux"),
        ("MACOS", "ssh", "awsrunShellScript/PatchMacOS"),
        ("WINDOWS", "ssh", "awsrunPowerShellScript/PatchWindows"),
        ("", "psrp", "awsrunPowerShellScript/PatchWindows"),
        ("", "winrm", "awsrunPowerShellScript/PatchWindows"),
        ("", "ssh", "awsrunShellScript/PatchLinux"),
    ],
)
def test_a_node_has_the_step_of_its_system(system: str, connection: str, step: str) -> None:
    assert name_step(system, connection) == step
