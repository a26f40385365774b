# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Baselines from Systems Manager: which one a host gets, how often AWS is asked, and what is said when it refuses."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import OperatingSystem
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation import host_baseline
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.errors import OperationError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.host_baseline import (
    HostBaseline,
    check_baselines,
    freeze_baseline,
    may_have_sources,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store, open_store
from tests.aws.conftest import ACCOUNT, Aws
from tests.estate.fixtures import estate
from tests.integration.conftest import GiveNode, controller, node
from tests.integration.controller import Controller
from tests.integration.test_ubuntu import patches_of
from tests.unit.plugins.plugin_utils._operation.conftest import make_settings

__all__ = ["controller", "estate", "node"]

UBUNTU, DEBIAN = OperatingSystem.UBUNTU, OperatingSystem.DEBIAN
OTHER = "111122223333"
ROLE = f"arn:aws:iam::{OTHER}:role/patching"
REQUIRED = {"PatchFilterGroup": {"PatchFilters": [{"Key": "PRIORITY", "Values": ["Required"]}]}, "ApproveAfterDays": 0}
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}


class Host:
    """Hosts of one run: each gets its baseline as a host of a play does."""

    def __init__(self, store: Store, folder: Path, endpoint: str) -> None:
        self.store = store
        self.folder = folder
        self.options: dict[str, Any] = {
            "patch_baseline_source": "ssm",
            "patch_aws_region": "us-east-1",
            "patch_aws_endpoint_url": endpoint,
        }
        self.run_id = store.join_run("key", operation="Scan", attributes={}).run_id

    def freeze(self, system: OperatingSystem = UBUNTU, group: str = "", **options: Any) -> HostBaseline:
        given = {**self.options, "patch_group": group, **options}
        return freeze_baseline(self.store, make_settings(self.folder, **given), self.run_id, system)

    def refusal(self, **options: Any) -> str:
        with pytest.raises(OperationError) as caught:
            self.freeze(**options)
        return str(caught.value)

    def may_have_sources(self, **options: Any) -> bool:
        return may_have_sources(self.store, make_settings(self.folder, **self.options, **options), self.run_id)


@pytest.fixture
def host(aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with open_store(f"sqlite:///{tmp_path}/store.sqlite3") as store:
        yield Host(store, tmp_path, aws.url)


def create(client: Any, name: str, *groups: str, system: str = "UBUNTU", **fields: Any) -> str:
    made: str = client.create_patch_baseline(Name=name, OperatingSystem=system, **fields)["BaselineId"]
    for group in groups:
        client.register_patch_baseline_for_patch_group(BaselineId=made, PatchGroup=group)
    return made


def test_a_host_gets_the_baseline_of_its_group_then_the_default_then_awss_own(ssm: Any, host: Host) -> None:
    predefined = host.freeze(DEBIAN, "web")
    web = create(ssm, "for-web", "web", "website", RejectedPatches=["nginx"])
    ours = create(ssm, "ours")
    ssm.register_default_patch_baseline(BaselineId=ours)
    found = {group: host.freeze(group=group) for group in ("web", "db", "")}
    assert [(each.baseline.name, each.baseline.id, each.source) for each in found.values()] == [
        ("for-web", web, "group"),
        ("ours", ours, "default"),
        ("ours", ours, "default"),
    ]
    assert found["web"].baseline.rejected_patches == ("nginx",)
    assert found["web"].reason == f"registered for patch group 'web' ({web} in us-east-1 of account {ACCOUNT})"
    assert found["db"].reason == (
        f"default of UBUNTU: patch group 'db' has no baseline for UBUNTU ({ours} in us-east-1 of account {ACCOUNT})"
    )
    assert (predefined.baseline.name, predefined.source) == ("AWS-DebianDefaultPatchBaseline", "predefined")
    assert predefined.reason.startswith(
        "predefined default of DEBIAN: patch group 'web' has no baseline for DEBIAN (arn:"
    )


def test_calls_grow_with_groups_and_systems_and_not_with_hosts(aws: Aws, ssm: Any, host: Host) -> None:
    create(ssm, "for-web", "web")
    aws.control(reset_counts=True)
    for number in range(6):
        for group in ("web", "db"):
            for system in (UBUNTU, DEBIAN):
                host.freeze(system, group, host=f"{group}{number}")
    calls = aws.status()["calls"]
    assert calls == {
        "ssm:DescribePatchGroups": 4,
        "ssm:GetDefaultPatchBaseline": 3,
        "ssm:GetPatchBaseline": 4,
        "sts:GetCallerIdentity": 4,
    }


def test_regions_accounts_and_files_are_told_apart_in_one_run(aws: Aws, ssm: Any, host: Host) -> None:
    here = create(ssm, "for-web", "web")
    there = create(aws.client(region="eu-west-1"), "for-web", "web")
    theirs = create(aws.client(account=OTHER), "for-web", "web")
    places: list[dict[str, Any]] = [
        {},
        {"patch_aws_region": "eu-west-1"},
        {"patch_aws_assume_role_arn": ROLE},
        {"patch_baseline_source": "local"},
    ]
    found = [host.freeze(group="web", **options) for options in places]
    assert [each.baseline.id for each in found] == [here, there, theirs, "AWS-UbuntuDefaultPatchBaseline"]
    assert len({each.snapshot_id for each in found}) == 4
    assert f"{theirs} in us-east-1 of account {OTHER}" in found[2].reason


def test_a_region_in_the_environment_tells_snapshots_apart_as_well(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = []
    for region in ("eu-west-1", "eu-central-1"):
        monkeypatch.setenv("AWS_REGION", region)
        ids.append(host.freeze(patch_aws_region="").snapshot_id)
    assert len(set(ids)) == 2


@pytest.mark.parametrize(
    ("faults", "options", "said"),
    [
        (
            {"deny": ["ssm:GetPatchBaseline"]},
            {},
            r"Failed to read patch baseline 'pb-\w+' in us-east-1 .*not authorized.*\(AccessDeniedException\)\. Allow",
        ),
        ({"deny": ["ssm:DescribePatchGroups"]}, {}, "Failed to list patch groups in us-east-1 .*Allow it"),
        ({"deny": ["sts:GetCallerIdentity"]}, {}, "Failed to find out the AWS account"),
        (
            {"deny": ["sts:AssumeRole"]},
            {"patch_aws_assume_role_arn": ROLE},
            f"Failed to assume the role in us-east-1 as {ROLE}",
        ),
        ({"throttle": {"every": 1}}, {}, "Rate exceeded .*Run again later"),
        (
            {"failures": [{"operation": "DescribePatchGroups", "code": "UnrecognizedClientException"}]},
            {},
            "These credentials are wrong or too old",
        ),
        (
            {"failures": [{"operation": "GetPatchBaseline", "code": "DoesNotExistException"}]},
            {},
            r"patch baseline pb-\w+ in us-east-1 of account \d+: it has been deleted, but is the one that is registered"
            " for patch group 'web'. Register or name another one",
        ),
        ({}, {"patch_aws_profile": "nobody"}, "Correct patch_aws_profile"),
    ],
)
def test_what_aws_refuses_stops_the_hosts_and_is_asked_once_for_all_of_them(
    aws: Aws, ssm: Any, host: Host, faults: dict[str, Any], options: dict[str, Any], said: str
) -> None:
    create(ssm, "for-web", "web")
    aws.control(reset_counts=True, **faults)
    first = host.refusal(group="web", **options)
    calls = aws.status()["calls"]
    again = host.refusal(group="web", host="web2", **options)
    assert first.startswith("Failed to find the baseline of host 'web1': Failed to ")
    assert re.search(said, first), first
    assert again == first.replace("'web1'", "'web2'")
    assert aws.status()["calls"] == calls
    assert host.store.list_frozen(make_settings(host.folder, **host.options).snapshot_id(host.run_id), "web") == ()


def test_after_a_while_and_in_another_run_aws_is_asked_anew(
    aws: Aws, ssm: Any, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(ssm, "for-web", "web")
    aws.control(deny=["ssm:GetPatchBaseline"])
    host.refusal(group="web")
    aws.control(deny=None)
    host.refusal(group="web")
    first_run, host.run_id = host.run_id, host.store.join_run("next", operation="Scan", attributes={}).run_id
    assert host.freeze(group="web").baseline.name == "for-web"
    host.run_id = first_run
    monkeypatch.setattr(host_baseline, "REFUSAL_HOLDS", 1)
    assert host.freeze(group="web").baseline.name == "for-web"


def test_an_endpoint_that_hangs_ends_in_an_error(aws: Aws, host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    aws.control(hang={"operations": ["GetDefaultPatchBaseline"], "seconds": 30})
    session = sys.modules["ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.session"]
    monkeypatch.setattr(session.AwsSession.__init__, "__kwdefaults__", {"connect_timeout": 1, "read_timeout": 0.5})
    assert "Read timeout" in host.refusal()
    aws.control(hang=None)


def test_a_group_whose_name_begins_another_one_has_not_its_baseline(ssm: Any, host: Host) -> None:
    create(ssm, "for-website", "website")
    assert host.freeze(group="web").source == "predefined"


def test_a_policy_names_baselines_by_name_or_id_and_awss_own_as_well(ssm: Any, host: Host) -> None:
    ours, prefixed = create(ssm, "ours"), create(ssm, "pb-web")
    names = {"ours": ours, ours: ours, "pb-web": prefixed, "AWS-UbuntuDefaultPatchBaseline": None}
    for name, baseline_id in names.items():
        found = host.freeze(group="web", patch_baselines={"UBUNTU": name})
        assert baseline_id in (None, found.baseline.id)
        assert (found.source, found.reason.partition(" (")[0]) == ("policy", f"patch_baselines.UBUNTU is '{name}'")
    others = host.freeze(DEBIAN, patch_baselines={"UBUNTU": "ours"})
    recommended = host.freeze(patch_baselines="recommended")
    assert (others.baseline.name, others.source) == ("AWS-DebianDefaultPatchBaseline", "predefined")
    assert recommended.reason.startswith("predefined default of UBUNTU: patch_baselines is recommended (arn:")


def test_a_policys_baseline_that_is_not_there_or_not_alone_is_an_error(aws: Aws, ssm: Any, host: Host) -> None:
    for _time in range(2):
        create(ssm, "twice")
    missing = host.refusal(patch_baselines={"UBUNTU": "gone"})
    twice = host.refusal(patch_baselines={"UBUNTU": "twice"})
    other = host.refusal(patch_baselines={"UBUNTU": create(ssm, "debian", system="DEBIAN")})
    assert "Failed to find patch_baselines.UBUNTU in us-east-1" in missing and "'gone' for UBUNTU" in missing
    assert "several have this name: pb-" in twice
    assert "it is for DEBIAN" in other
    options = make_settings(host.folder, **host.options).ssm
    assert options
    create(ssm, "ours")
    check_baselines({"UBUNTU": "ours"}, options, "weekly.yml")
    with pytest.raises(
        OperationError, match=r"(?s)patch policy 'weekly\.yml': Failed to find baselines\.UBUNTU of.*'gone'"
    ):
        check_baselines({"UBUNTU": "gone"}, options, "weekly.yml")


def test_a_host_that_is_known_is_not_asked_for_its_system_first(ssm: Any, host: Host) -> None:
    mirror = {"Name": "mirror", "Products": ["*"], "Configuration": "deb https://mirror.example.com/ubuntu jammy main"}
    facts = {"os": {"operating_system": "UBUNTU"}}
    assert host.may_have_sources()
    host.freeze()
    assert host.may_have_sources()
    host.store.add_facts(host.run_id, "web1", facts)
    assert not host.may_have_sources()
    assert not host.may_have_sources(patch_baselines="recommended")
    create(ssm, "mirrored", "web", Sources=[mirror])
    host.freeze(group="web")
    assert host.may_have_sources(patch_group="web")


def test_without_amazon_aws_only_who_asks_aws_is_stopped(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    assert "pip install boto3" in host.refusal()
    assert host.freeze(patch_baseline_source="local").baseline.name == "AWS-UbuntuDefaultPatchBaseline"


@pytest.mark.estate
def test_nodes_are_scanned_by_the_baseline_of_their_group_in_aws(
    aws: Aws, ssm: Any, node: GiveNode, controller: Controller
) -> None:
    ubuntu = node("ubuntu")
    web = create(ssm, "for-web", "web", ApprovalRules={"PatchRules": [REQUIRED]})
    aws.control(reset_counts=True)
    controller.environment |= KEYS
    controller.inventory({f"web{number}": {**ubuntu.host_vars, "patch_group": "web"} for number in range(4)})
    options: dict[str, Any] = {
        "patch_baseline_source": "ssm",
        "patch_aws_region": "us-east-1",
        "patch_aws_endpoint_url": aws.url,
    }
    run = controller.play("patch", "--forks", "4", **options)
    assert run.rc == 0, run.output
    results = run.results("patch_scan")
    assert len(results) == 4
    for name, result in results.items():
        assert result["baseline"] == "for-web"
        assert f"{web} in us-east-1 of account {ACCOUNT}" in result["baseline_reason"]
        assert patches_of(run, name, "MISSING") == {"sec-required": "1.0-1ubuntu0.1"}
    assert set(aws.status()["calls"].values()) == {1}

    policy = {"baselines": {"UBUNTU": "for-web"}, "baseline_source": "ssm"}
    controller.write("patch_policies/weekly.yml", json.dumps(policy))
    place = {name: value for name, value in options.items() if name != "patch_baseline_source"}
    by_policy = controller.play("patch", "--limit", "web0", patch_policy="weekly", **place)
    assert by_policy.rc == 0, by_policy.output
    assert by_policy.results("patch_scan")["web0"]["baseline_reason"].startswith("patch_baselines.UBUNTU is 'for-web'")

    aws.control(deny=["ssm:GetPatchBaseline"], reset_counts=True)
    refused = controller.play("patch", "--forks", "4", **options)
    assert refused.rc != 0
    assert "AccessDeniedException" in refused.output and "Allow it to this user or role" in refused.output
    assert "Traceback" not in refused.output
    assert {refused.outcome(name) for name in results} == {"failed"}
    assert aws.status()["calls"]["ssm:GetPatchBaseline"] == 1
