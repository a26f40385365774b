# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sessions of the controller: where they go, as whom, and what is said when that fails."""

from __future__ import annotations

import re
import socket
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.session import (
    AWS_OPTIONS,
    AwsError,
    AwsOptions,
    AwsSession,
    read_aws_options,
)
from tests.aws.conftest import ACCOUNT, Aws

OTHER = "111122223333"
ROLE = f"arn:aws:iam::{OTHER}:role/patching"
SSM_LAYER = "ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.client"

MakeSession = Callable[..., AwsSession]


@pytest.fixture
def session(aws: Aws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> MakeSession:
    """Makes sessions of a user with keys in the environment and no files of configuration."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")

    def make(**options: Any) -> AwsSession:
        return AwsSession(AwsOptions(**{"region": "eu-central-1", "endpoint_url": aws.url} | options), read_timeout=0.5)

    return make


def ask(session: AwsSession) -> Any:
    with session.translate("read the default of UBUNTU"):
        return session.client("ssm").get_default_patch_baseline(OperatingSystem="UBUNTU")


def test_options_are_those_of_the_argument_spec_and_an_empty_text_says_nothing() -> None:
    assert read_aws_options(dict.fromkeys(AWS_OPTIONS, "")) == AwsOptions()
    given = read_aws_options({"patch_aws_region": "eu-west-1", "patch_aws_profile": "p", "patch_group": "web"})
    assert given == AwsOptions(region="eu-west-1", profile="p")


def test_a_session_reads_nothing_before_it_is_asked(session: MakeSession) -> None:
    assert session(profile="nobody").options.profile == "nobody"


def test_calls_go_to_the_region_that_is_named(aws: Aws, session: MakeSession) -> None:
    made = session()
    baseline_id = made.client("ssm", "eu-west-1").create_patch_baseline(Name="one")["BaselineId"]
    own = [{"Key": "OWNER", "Values": ["Self"]}]
    found = {
        region: [
            entry["BaselineId"]
            for entry in aws.client(region=region).describe_patch_baselines(Filters=own)["BaselineIdentities"]
        ]
        for region in ("eu-west-1", "eu-central-1")
    }
    assert found == {"eu-west-1": [baseline_id], "eu-central-1": []}
    assert made.region == "eu-central-1"


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_the_environment_names_the_region_where_no_option_does(
    session: MakeSession, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "ap-south-1")
    assert session(region=None).region == "ap-south-1"


def test_a_profile_gives_region_and_keys(session: MakeSession, tmp_path: Path) -> None:
    (tmp_path / "config").write_text("[profile prod]\nregion = us-west-2\n", encoding="utf-8")
    assert session(region=None, profile="prod").region == "us-west-2"


def test_the_account_is_asked_for_once(aws: Aws, session: MakeSession) -> None:
    made = session()
    assert [made.account_id() for _time in range(3)] == [ACCOUNT] * 3
    assert aws.status()["calls"] == {"sts:GetCallerIdentity": 1}


def test_a_role_is_assumed_once_and_the_calls_are_of_its_account(aws: Aws, session: MakeSession) -> None:
    made = session(assume_role_arn=ROLE)
    created = made.client("ssm").create_patch_baseline(Name="theirs")["BaselineId"]
    assert made.account_id() == OTHER
    assert aws.status()["calls"]["sts:AssumeRole"] == 1
    with pytest.raises(AwsError, match="DoesNotExistException"), made.translate("read it"):
        session().client("ssm").get_patch_baseline(BaselineId=created)


def test_the_layer_of_systems_manager_works_over_a_session(session: MakeSession) -> None:
    found = session().ssm().find("read it", "get_patch_baseline", BaselineId="pb-00000000000000000")
    assert found is None


def test_a_throttled_call_is_repeated(aws: Aws, session: MakeSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_MAX_ATTEMPTS")
    aws.control(failures=[{"operation": "GetDefaultPatchBaseline", "code": "ThrottlingException", "times": 1}])
    assert ask(session())["OperatingSystem"] == "UBUNTU"


@pytest.mark.parametrize(
    ("faults", "options", "code", "said"),
    [
        (
            {"deny": ["ssm:GetDefaultPatchBaseline"]},
            {},
            "AccessDeniedException",
            r"in eu-central-1 at \S+: User: \S+ is not authorized .*\(AccessDeniedException\)\. Allow it",
        ),
        (
            {"deny": ["sts:AssumeRole"]},
            {"assume_role_arn": ROLE},
            "AccessDenied",
            rf"Failed to assume the role in eu-central-1 as {ROLE} .*\(AccessDenied\)\. Allow it",
        ),
        (
            {"throttle": {"every": 1}},
            {},
            "ThrottlingException",
            r"Rate exceeded \(ThrottlingException\)\. It was tried several times\. Run again later",
        ),
        (
            {"failures": [{"operation": "GetDefaultPatchBaseline", "code": "UnrecognizedClientException"}]},
            {},
            "UnrecognizedClientException",
            r"\(UnrecognizedClientException\)\. These credentials are wrong or too old",
        ),
        (
            {"failures": [{"operation": "GetDefaultPatchBaseline", "code": "ExpiredTokenException"}]},
            {},
            "ExpiredTokenException",
            "too old",
        ),
        ({"hang": {"seconds": 30}}, {}, "ReadTimeoutError", "Check this machine's network"),
        ({}, {"profile": "nobody"}, "ProfileNotFound", r"profile \(nobody\) .*\. Correct patch_aws_profile"),
        ({}, {"region": "no region/"}, "InvalidRegionError", "Name one: patch_aws_region"),
        ({}, {"endpoint_url": "nowhere"}, "", "Invalid endpoint: nowhere. Correct patch_aws_endpoint_url"),
    ],
)
def test_what_fails_says_what_was_asked_where_as_whom_and_the_way_out(
    aws: Aws, session: MakeSession, faults: dict[str, Any], options: dict[str, Any], code: str, said: str
) -> None:
    if faults:
        aws.control(**faults)
    with pytest.raises(AwsError) as caught:
        ask(session(**options))
    assert re.match("Failed to ", str(caught.value))
    assert re.search(said, str(caught.value)), caught.value
    assert caught.value.code == code
    aws.control(hang=None)


def test_an_endpoint_that_does_not_answer_is_unreachable(session: MakeSession) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(AwsError, match=rf"at {url}: .*Check this machine's network"):
        ask(session(endpoint_url=url))


def test_without_credentials_the_ways_to_give_some_are_said(
    session: MakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(AwsError, match=r"Unable to locate credentials\. Give some as AWS's command line takes them"):
        ask(session())


def test_without_a_region_the_ways_to_name_one_are_said(session: MakeSession) -> None:
    with pytest.raises(AwsError, match=r"no region is set\. Name one: patch_aws_region") as caught:
        ask(session(region=None))
    assert caught.value.code == "NoRegionError"


def test_an_error_of_the_layer_of_systems_manager_is_translated_with_its_own_words(
    aws: Aws, session: MakeSession
) -> None:
    aws.control(deny=["ssm:GetPatchBaseline"])
    made = session()
    with (
        pytest.raises(AwsError, match=r"Failed to read 'x' in eu-central-1 .*Allow it") as caught,
        made.translate("try"),
    ):
        made.ssm().call("read 'x'", "get_patch_baseline", BaselineId="pb-00000000000000000")
    assert caught.value.code == "AccessDeniedException"


def test_an_answer_that_is_not_awss_is_told_without_its_page(session: MakeSession) -> None:
    class Page(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(502)
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>A proxy</title>")

        def log_message(self, *_args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Page) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        try:
            with pytest.raises(
                AwsError, match=r"Failed to find out the AWS account .*Check this machine's n"
            ) as caught:
                session(endpoint_url=f"http://127.0.0.1:{proxy.server_port}").account_id()
        finally:
            proxy.shutdown()
    assert "A proxy" not in str(caught.value)


def test_other_errors_stay_what_they_are(session: MakeSession) -> None:
    with pytest.raises(KeyError), session().translate("try"):
        raise KeyError("x")


def test_without_boto3_its_installation_is_said(session: MakeSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(AwsError, match=r"lacks boto3 .*pip install boto3"):
        ask(session())
    with pytest.raises(KeyError), session().translate("try"):
        raise KeyError("x")


def test_without_amazon_aws_its_installation_is_said(session: MakeSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, SSM_LAYER, None)
    with pytest.raises(AwsError, match=r"lacks the collection amazon\.aws .*ansible-galaxy collection install"):
        session().ssm()
