# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Logs of operations in a bucket."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.log_objects import (
    LogBucket,
    name_step,
    put_log,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.session import (
    AwsError,
    AwsOptions,
    AwsSession,
)
from tests.aws.conftest import Aws

RUN = "00000000-0000-4000-8000-000000000001"
NODE = "mi-0123456789abcdef0"
STEP = name_step("UBUNTU", "ssh")
PLACE = f"{RUN}/{NODE}/awsrunShellScript/PatchLinux"


@pytest.fixture
def session(aws: Aws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AwsSession:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
        "AWS_MAX_ATTEMPTS": "1",
    }.items():
        monkeypatch.setenv(name, value)
    aws.client("s3").create_bucket(Bucket="logs")
    return AwsSession(AwsOptions(region="us-east-1", endpoint_url=aws.url), read_timeout=0.5)


def put(session: AwsSession, bucket: LogBucket, stdout: str = "{}\n", stderr: str = "") -> str:
    return put_log(session, bucket, RUN, NODE, STEP, stdout=stdout, stderr=stderr)


def objects_of(aws: Aws) -> dict[str, str]:
    s3 = aws.client("s3")
    return {
        entry["Key"]: s3.get_object(Bucket="logs", Key=entry["Key"])["Body"].read().decode()
        for entry in s3.list_objects_v2(Bucket="logs").get("Contents", [])
    }


def test_a_log_is_where_run_command_would_put_it(aws: Aws, session: AwsSession) -> None:
    assert put(session, LogBucket("logs", "patching/prod"), "out\n", "ä\ud800\n") == f"patching/prod/{PLACE}"
    assert objects_of(aws) == {
        f"patching/prod/{PLACE}/stdout": "out\n",
        f"patching/prod/{PLACE}/stderr": "ä\\ud800\n",
    }


def test_what_went_well_has_no_standard_error_and_nothing_is_replaced(aws: Aws, session: AwsSession) -> None:
    places = [put(session, LogBucket("logs", ""), f"{number}\n") for number in range(3)]
    assert places == [PLACE, f"{PLACE}-2", f"{PLACE}-3"]
    assert objects_of(aws) == {f"{place}/stdout": f"{number}\n" for number, place in enumerate(places)}


@pytest.mark.parametrize(
    ("bucket", "fault", "said"),
    [
        ("others", {}, "The specified bucket does not exist"),
        ("logs", {"deny": ["s3:*"]}, "Allow it to this user or role"),
        ("logs", {"hang": {"operations": ["s3:*"]}}, "Read timeout"),
    ],
)
def test_what_cannot_be_written_says_where_and_why(
    aws: Aws, session: AwsSession, bucket: str, fault: dict[str, Any], said: str
) -> None:
    aws.control(**fault)
    with pytest.raises(AwsError, match=f"Failed to write s3://{bucket}/{PLACE}/stdout in us-east-1") as raised:
        put(session, LogBucket(bucket, ""))
    aws.control(**dict.fromkeys(fault))
    assert said in str(raised.value)
