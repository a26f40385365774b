# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from tests.aws.conftest import Aws
from tests.aws.refusals import code_of


def test_a_write_is_seen_after_some_reads(aws: Aws, ssm: Any) -> None:
    aws.control(lag=2)
    made = ssm.create_patch_baseline(Name="mine")["BaselineId"]
    found = [code_of(ssm.get_patch_baseline, BaselineId=made) for _unused in range(3)]
    assert found == ["DoesNotExistException", "DoesNotExistException", ""]
    ssm.update_patch_baseline(BaselineId=made, Name="other")
    names = [ssm.get_patch_baseline(BaselineId=made)["Name"] for _unused in range(3)]
    assert names == ["mine", "mine", "other"]


def test_a_refused_write_does_not_lag(aws: Aws, ssm: Any) -> None:
    made = ssm.create_patch_baseline(Name="mine")["BaselineId"]
    aws.control(lag=2)
    assert code_of(ssm.update_patch_baseline, BaselineId="pb-0000000000000000f") == "DoesNotExistException"
    aws.control(lag=0)
    ssm.update_patch_baseline(BaselineId=made, Name="other")
    assert ssm.get_patch_baseline(BaselineId=made)["Name"] == "other"


def test_an_invocation_does_not_exist_at_first(aws: Aws, ssm: Any) -> None:
    node = aws.seed(count=1)[0]
    aws.control(lag=1)
    command = ssm.send_command(
        InstanceIds=[node], DocumentName="AWS-RunShellScript", Parameters={"commands": ["true"]}
    )["Command"]["CommandId"]
    where = {"CommandId": command, "InstanceId": node}
    assert [code_of(ssm.get_command_invocation, **where) for _unused in range(2)] == ["InvocationDoesNotExist", ""]


def test_every_nth_call_is_throttled(aws: Aws, ssm: Any) -> None:
    aws.control(throttle={"every": 3, "operations": ["DescribePatchGroups"]})
    found = [code_of(ssm.describe_patch_groups) for _unused in range(6)]
    assert found == ["", "", "ThrottlingException"] * 2
    assert code_of(ssm.describe_patch_baselines) == ""
    assert aws.status()["refused"] == {"ssm:DescribePatchGroups": 2}


def test_more_calls_a_second_than_allowed_are_throttled(aws: Aws, ssm: Any) -> None:
    aws.control(throttle={"per_second": 5})
    found = [code_of(ssm.describe_patch_groups) for _unused in range(30)]
    assert found[:5] == [""] * 5
    assert "ThrottlingException" in found


def test_the_sdk_gets_through_a_throttle_by_its_retries(aws: Aws) -> None:
    aws.control(throttle={"every": 2})
    patient = aws.client(retries={"mode": "standard", "total_max_attempts": 5})
    for _unused in range(3):
        patient.describe_patch_groups()


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("ssm", "describe_patch_groups", "AccessDeniedException"),
        ("ssm-quicksetup", "list_quick_setup_types", "AccessDeniedException"),
        ("resourcegroupstaggingapi", "get_resources", "AccessDeniedException"),
        ("ec2", "describe_instances", "UnauthorizedOperation"),
        ("sts", "get_caller_identity", "AccessDenied"),
    ],
)
def test_an_operation_is_denied_in_the_words_of_its_service(aws: Aws, service: str, operation: str, code: str) -> None:
    client = aws.client(service)
    name = client.meta.method_to_api_mapping[operation]
    aws.control(deny=[f"{service}:{name}"])
    assert code_of(getattr(client, operation)) == code
    aws.control(deny=None)
    assert code_of(getattr(client, operation)) == ""


def test_an_answer_is_lost_and_what_was_asked_for_is_done(aws: Aws, ssm: Any) -> None:
    lost = {"operation": "CreatePatchBaseline", "code": "InternalServerError", "status": 500, "times": 1, "done": True}
    aws.control(failures=[lost])
    assert code_of(ssm.create_patch_baseline, Name="mine") == "InternalServerError"
    own = [{"Key": "OWNER", "Values": ["Self"]}]
    assert [found["BaselineName"] for found in ssm.describe_patch_baselines(Filters=own)["BaselineIdentities"]] == [
        "mine"
    ]


def test_one_account_is_denied_and_another_is_not(aws: Aws, ssm: Any) -> None:
    other = aws.client(account="111122223333")
    aws.control(deny=["ssm:DescribePatchGroups@111122223333"])
    assert code_of(ssm.describe_patch_groups) == ""
    assert code_of(other.describe_patch_groups) == "AccessDeniedException"


def test_an_error_of_choice_comes_so_many_times(aws: Aws, ssm: Any) -> None:
    failure = {"operation": "DescribePatchGroups", "code": "InternalServerError", "times": 2, "status": 500}
    aws.control(failures=[failure])
    assert [code_of(ssm.describe_patch_groups) for _unused in range(3)] == ["InternalServerError"] * 2 + [""]


def test_a_hanging_endpoint_answers_nothing_until_it_is_let_go(aws: Aws, ssm: Any) -> None:
    aws.control(hang={"operations": ["DescribePatchGroups"]})
    hasty = aws.client(read_timeout=0.5)
    begun = time.monotonic()
    with pytest.raises(ReadTimeoutError):
        hasty.describe_patch_groups()
    assert time.monotonic() - begun < 10
    assert code_of(ssm.describe_patch_baselines) == ""
    aws.control(hang=None)
    assert code_of(hasty.describe_patch_groups) == ""


@pytest.mark.parametrize(("limit", "pages"), [(7, 3), (0, 2)])
def test_a_page_may_hold_less_than_was_asked_for(aws: Aws, ssm: Any, limit: int, pages: int) -> None:
    aws.control(page_limit=limit)
    found = list(ssm.get_paginator("describe_patch_baselines").paginate())
    assert len(found) == pages
    assert len([entry for page in found for entry in page["BaselineIdentities"]]) == 17


def test_calls_are_counted_by_operation(aws: Aws, ssm: Any) -> None:
    ssm.describe_patch_groups()
    aws.client("ec2").describe_instances()
    assert aws.status()["calls"] == {"ssm:DescribePatchGroups": 1, "ec2:DescribeInstances": 1}
    aws.control(reset_counts=True)
    assert aws.status()["calls"] == {}


def test_a_reset_forgets_everything(aws: Aws, ssm: Any) -> None:
    aws.seed(nodes=[{"kind": "ec2"}])
    ssm.create_patch_baseline(Name="mine")
    aws.control(deny=["DescribePatchBaselines"])
    aws.control(reset=True)
    assert len(ssm.describe_patch_baselines()["BaselineIdentities"]) == 17
    assert aws.client("ec2").describe_instances()["Reservations"] == []


@pytest.mark.parametrize("orders", [{"colour": 1}, {"throttle": {"colour": 1}}, {"hang": 5}, {"run_windows": {}}])
def test_an_order_that_is_not_known_is_refused(aws: Aws, orders: dict[str, Any]) -> None:
    with pytest.raises(urllib.error.HTTPError, match="400"):
        aws.control(**orders)


def test_a_request_that_is_not_json_is_refused(aws: Aws) -> None:
    headers = {"X-Amz-Target": "AmazonSSM.DescribePatchGroups", "Content-Type": "application/x-amz-json-1.1"}
    request = urllib.request.Request(aws.url, b"[", headers)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)
    assert json.load(refused.value)["__type"] == "SerializationException"


def test_only_this_machine_reaches_it(aws: Aws) -> None:
    assert aws.url.startswith("http://127.0.0.1:")


def test_parameters_and_documents_are_motos(aws: Aws, ssm: Any) -> None:
    ssm.put_parameter(Name="a", Value="1", Type="String")
    where = {"ResourceType": "Parameter", "ResourceId": "a"}
    ssm.add_tags_to_resource(**where, Tags=[{"Key": "A", "Value": "1"}])
    assert ssm.list_tags_for_resource(**where)["TagList"] == [{"Key": "A", "Value": "1"}]
    with pytest.raises(ClientError):
        ssm.get_parameter(Name="b")
