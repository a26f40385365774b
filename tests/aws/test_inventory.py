# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory of EC2 instances and managed nodes, over HTTP."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleError
from ansible.inventory.data import InventoryData

from ansible_collections.openpatch.patch_manager.plugins.inventory import patch_groups
from tests.aws.conftest import ROOT, Aws
from tests.aws.inventory_plugin import KEYS, Inventories, inventories
from tests.integration.controller import Controller

__all__ = ["inventories"]

OTHER = "111122223333"
ROLE = f"arn:aws:iam::{OTHER}:role/patching"
HYBRID = "mi-0123456789abcdef0"
HOSTILE = "{{ lookup('ansible.builtin.pipe', 'touch hacked') }}"


def role_of(account: str) -> str:
    return f"arn:aws:iam::{account}:role/patching"


def calls(aws: Aws) -> dict[str, int]:
    found: dict[str, int] = aws.status()["calls"]
    return found


def test_instances_and_hybrid_nodes_are_one_inventory(aws: Aws, inventories: Inventories) -> None:
    instance, other = aws.seed(
        nodes=[
            {"kind": "ec2", "Tags": {"PatchGroup": "web", "Name": "shop"}, "OperatingSystem": "DEBIAN"},
            {
                "InstanceId": HYBRID,
                "Tags": {"Patch Group": "db"},
                "OperatingSystem": "WINDOWS",
                "PingStatus": "ConnectionLost",
                "IPAddress": "10.9.8.7",
            },
        ]
    )
    assert other == HYBRID
    found = inventories.parse()
    assert sorted(found.hosts) == sorted([instance, HYBRID])
    assert found.warnings == []
    assert found.groups_of(instance) == {
        "patch_group_web",
        "platform_type_linux",
        "platform_debian_gnu_linux",
        "platform_debian_gnu_linux_12",
        "ping_status_online",
        "region_us_east_1",
        "account_123456789012",
    }
    assert {"patch_group_db", "platform_type_windows", "ping_status_connection_lost"} <= found.groups_of(HYBRID)
    variables = found.hosts[HYBRID]
    assert variables["patch_group"] == "db"
    assert variables["patch_tags"] == {"Patch Group": "db"}
    assert variables["ansible_host"] == "10.9.8.7"
    assert variables["aws_ec2"] == {}
    assert variables["aws_ssm"]["platform_type"] == "Windows"
    assert (variables["aws_instance_id"], variables["aws_region"]) == (HYBRID, "us-east-1")
    variables = found.hosts[instance]
    assert variables["ansible_host"] == variables["aws_ec2"]["public_dns_name"]
    assert variables["aws_ec2"]["state"]["name"] == "running"
    assert variables["aws_ssm"]["computer_name"] == f"{instance}.example.com"
    assert variables["patch_tags"] == {"PatchGroup": "web", "Name": "shop"}


def test_a_hundred_nodes_cost_two_calls_and_one_for_tags(aws: Aws, inventories: Inventories) -> None:
    aws.seed(count=300, template={"Tags": {"Patch Group": "web"}})
    aws.seed(count=50, template={"kind": "ec2", "Tags": {"Patch Group": "web"}})
    aws.control(reset_counts=True)
    found = inventories.parse()
    assert len(found.groups["patch_group_web"]) == 350
    assert calls(aws) == {
        "sts:GetCallerIdentity": 1,
        "ec2:DescribeInstances": 1,
        "ssm:DescribeInstanceInformation": 7,
        "resourcegroupstaggingapi:GetResources": 3,
    }


def test_an_empty_page_is_not_the_last(aws: Aws, inventories: Inventories) -> None:
    aws.seed(count=7, template={"Tags": {"Patch Group": "web"}})
    aws.control(page_limit=0)
    assert len(inventories.parse().groups["patch_group_web"]) == 7


def test_nodes_without_a_group_and_with_two_are_seen(aws: Aws, inventories: Inventories) -> None:
    aws.seed(
        nodes=[
            {"InstanceId": f"mi-{number:017x}", "Tags": tags}
            for number, tags in enumerate(
                [
                    {"Patch Group": "web", "PatchGroup": "web"},
                    {"Patch Group": "web", "PatchGroup": "db"},
                    {"Name": "x", "PatchGroup": ""},
                    {},
                    {"patch group": "web"},
                    {"Patch Group": "a-b"},
                    {"Patch Group": "a b"},
                ]
            )
        ]
    )
    found = inventories.parse()
    same, two, empty, none, lower, *_spelled = sorted(found.hosts)
    assert found.groups_of(same) >= {"patch_group_web"}
    assert found.hosts[same]["patch_group"] == "web"
    assert found.groups["several_patch_groups"] == {two}
    assert found.hosts[two]["patch_group"] == ["web", "db"]
    assert found.groups["no_patch_group"] == {empty, none, lower}
    assert all("patch_group" not in found.hosts[name] for name in (empty, none, lower))
    without, several, shared = found.warnings
    assert "3 nodes without a patch group" in without
    assert empty in without
    assert f"{two} ('web' and 'db')" in several
    assert "'a b', 'a-b'" in shared
    assert "patch_group_a_b" in shared


def test_accounts_and_regions_are_read_side_by_side(aws: Aws, inventories: Inventories) -> None:
    aws.seed(nodes=[{"Tags": {"PatchGroup": "a"}}])
    aws.seed(account=OTHER, region="eu-west-1", nodes=[{"kind": "ec2", "Tags": {"PatchGroup": "b"}}])
    aws.seed(account=OTHER, region="eu-central-1", nodes=[{"Tags": {"PatchGroup": "c"}}])
    own = role_of("123456789012")
    found = inventories.parse(
        accounts=[
            {"assume_role_arn": own},
            {"assume_role_arn": ROLE, "regions": ["eu-west-1", "eu-central-1"]},
            {"assume_role_arn": role_of(OTHER), "regions": ["eu-west-1"]},
        ]
    )
    assert {(host["patch_group"], host["aws_account_id"], host["aws_region"]) for host in found.hosts.values()} == {
        ("a", "123456789012", "us-east-1"),
        ("b", OTHER, "eu-west-1"),
        ("c", OTHER, "eu-central-1"),
    }
    assert len(found.groups[f"account_{OTHER}"]) == 2
    # an account that two roles lead to is read once
    assert calls(aws)["ec2:DescribeInstances"] == 3


def test_profiles_are_accounts_too(
    aws: Aws, inventories: Inventories, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.seed(account=OTHER, nodes=[{}])
    config = tmp_path / "config"
    config.write_text(
        f"[profile base]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = none\n"
        f"[profile patching]\nrole_arn = {ROLE}\nsource_profile = base\nregion = us-east-1\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", aws.url)
    found = inventories.parse(accounts=[{"profile": "base", "assume_role_arn": ROLE}])
    assert [host["aws_account_id"] for host in found.hosts.values()] == [OTHER]
    assert inventories.parse(accounts=[{"profile": "patching"}]).hosts.keys() == found.hosts.keys()
    with pytest.raises(AnsibleError, match=r"the account of profile 'none'.*could not be found"):
        inventories.parse(accounts=[{"profile": "none"}])


def test_the_role_of_the_plugin_assumes_those_of_accounts(aws: Aws, inventories: Inventories) -> None:
    aws.seed(account=OTHER, nodes=[{}])
    aws.seed(nodes=[{}])
    found = inventories.parse(assume_role_arn=ROLE)
    assert [host["aws_account_id"] for host in found.hosts.values()] == [OTHER]
    back = [{"assume_role_arn": role_of("123456789012")}]
    found = inventories.parse(assume_role_arn=ROLE, accounts=back)
    assert [host["aws_account_id"] for host in found.hosts.values()] == ["123456789012"]


def test_without_regions_all_of_the_account_are_read(aws: Aws, inventories: Inventories) -> None:
    aws.seed(region="ap-southeast-2", nodes=[{}])
    aws.seed(region="eu-north-1", nodes=[{}])
    regions = [entry["RegionName"] for entry in aws.client("ec2").describe_regions()["Regions"]]
    found = inventories.parse(regions=None, sources=["ssm"])
    assert sorted(host["aws_region"] for host in found.hosts.values()) == ["ap-southeast-2", "eu-north-1"]
    assert calls(aws)["ssm:DescribeInstanceInformation"] == len(regions)


@pytest.mark.parametrize(
    ("deny", "words"),
    [
        ("ssm:DescribeInstanceInformation", "account 111122223333 in region us-east-1: Failed to list managed nodes"),
        ("ec2:DescribeInstances", "account 111122223333 in region us-east-1: Failed to list EC2 instances"),
        ("resourcegroupstaggingapi:GetResources", "account 111122223333 in region us-east-1: Failed to list the tags"),
        ("sts:GetCallerIdentity", f"the account of role '{ROLE}': Failed to find out which account it is"),
    ],
)
def test_what_cannot_be_read_is_no_part_of_an_inventory(
    aws: Aws, inventories: Inventories, deny: str, words: str
) -> None:
    aws.seed(nodes=[{}])
    aws.seed(account=OTHER, nodes=[{}])
    aws.control(deny=[f"{deny}@{OTHER}"])
    accounts = [{"assume_role_arn": role_of("123456789012")}, {"assume_role_arn": ROLE}]
    found = InventoryData()
    with pytest.raises(AnsibleError, match=re.escape(words)) as error:
        inventories.parse_into(found, [], accounts=accounts)
    assert "not authorized" in str(error.value)
    assert found.hosts == {}
    partial = inventories.parse(accounts=accounts, allow_partial=True)
    assert [host["aws_account_id"] for host in partial.hosts.values()] == ["123456789012"]
    (warning,) = partial.warnings
    assert words in warning
    assert "not in the inventory" in warning


def test_a_role_that_cannot_be_assumed_is_named(aws: Aws, inventories: Inventories) -> None:
    aws.control(deny=["sts:AssumeRole"])
    with pytest.raises(AnsibleError, match=rf"the account of role '{ROLE}': Failed to assume role.*AccessDenied"):
        inventories.parse(accounts=[{"assume_role_arn": ROLE}])


def test_regions_that_are_not_told_are_not_guessed(aws: Aws, inventories: Inventories) -> None:
    aws.control(deny=["ec2:DescribeRegions"])
    with pytest.raises(AnsibleError, match="Failed to list the regions"):
        inventories.parse(regions=None)


def test_throttling_is_survived(aws: Aws, inventories: Inventories) -> None:
    aws.seed(count=160, template={"Tags": {"Patch Group": "web"}})
    aws.seed(count=3, template={"kind": "ec2"})
    aws.control(throttle={"every": 3}, reset_counts=True)
    found = inventories.parse()
    assert len(found.hosts) == 163
    assert sum(aws.status()["refused"].values()) >= 3


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("ssm:DescribeInstanceInformation", "ThrottlingException"),
        ("resourcegroupstaggingapi:GetResources", "ThrottledException"),
        ("ec2:DescribeInstances", "RequestLimitExceeded"),
    ],
)
def test_throttling_is_waited_for_longer_than_by_boto(
    aws: Aws, inventories: Inventories, monkeypatch: pytest.MonkeyPatch, operation: str, code: str
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    aws.seed(nodes=[{}])
    aws.control(failures=[{"operation": operation, "code": code, "times": 2}])
    assert len(inventories.parse().hosts) == 1
    assert aws.status()["refused"] == {operation: 2}


def test_filters_hold_for_their_source(aws: Aws, inventories: Inventories) -> None:
    web, db, unmanaged, hybrid = aws.seed(
        nodes=[
            {"kind": "ec2", "Tags": {"Stage": "true"}},
            {"kind": "ec2", "Tags": {"Stage": "no"}},
            {"kind": "ec2", "Tags": {"Stage": "true"}, "InstanceState": "stopped"},
            {"Tags": {"Stage": "true"}},
        ]
    )
    assert inventories.parse().hosts.keys() == {web, db, unmanaged, hybrid}
    found = inventories.parse(filters={"tag:Stage": True})
    assert found.hosts.keys() == {web, unmanaged, hybrid}
    assert found.groups["not_managed_by_ssm"] == {unmanaged}
    assert inventories.parse(filters={"instance-id": [db]}, ssm_filters={"PingStatus": "Online"}).hosts.keys() == {
        db,
        hybrid,
    }
    assert inventories.parse(ssm_filters={"tag:Stage": ["true"]}).hosts.keys() == {web, hybrid}
    assert inventories.parse(ssm_filters={"ResourceType": "ManagedInstance"}).hosts.keys() == {hybrid}
    with pytest.raises(AnsibleError, match="Colour"):
        inventories.parse(ssm_filters={"Colour": "red"})


def test_terminated_instances_are_no_hosts(aws: Aws, inventories: Inventories) -> None:
    gone, stopped = aws.seed(count=2, template={"kind": "ec2"})
    ec2 = aws.client("ec2")
    ec2.terminate_instances(InstanceIds=[gone])
    ec2.stop_instances(InstanceIds=[stopped])
    assert inventories.parse().hosts.keys() == {stopped}
    assert inventories.parse(filters={"instance-state-name": "running"}).hosts.keys() == set()


def test_each_source_alone(aws: Aws, inventories: Inventories) -> None:
    instance, hybrid = aws.seed(nodes=[{"kind": "ec2", "Tags": {"PatchGroup": "a"}}, {"Tags": {"PatchGroup": "b"}}])
    found = inventories.parse(sources=["ec2"])
    assert found.hosts.keys() == {instance}
    assert found.hosts[instance]["patch_group"] == "a"
    assert not {"not_managed_by_ssm", "ping_status_online"} & found.groups.keys()
    assert "ssm:DescribeInstanceInformation" not in calls(aws)
    aws.control(reset_counts=True)
    found = inventories.parse(sources=["ssm"])
    assert {name: host["patch_group"] for name, host in found.hosts.items()} == {instance: "a", hybrid: "b"}
    assert found.hosts[instance]["aws_ec2"] == {}
    assert "ec2:DescribeInstances" not in calls(aws)


def test_names_and_addresses_follow_their_order(aws: Aws, inventories: Inventories) -> None:
    nodes = aws.seed(
        nodes=[
            {"kind": "ec2", "Tags": {"Name": "web 1"}},
            {"kind": "ec2", "Tags": {"Name": "same"}},
            {"Tags": {"Name": "same"}, "ComputerName": "db.example.org"},
            {"Tags": {"Name": "localhost"}, "ComputerName": "-oProxyCommand=x"},
            {"ComputerName": "mail.example.org", "IPAddress": "fe80::1"},
        ]
    )
    found = inventories.parse(
        hostnames=["tag:Name", "computer-name"], addresses=["private-ip-address", "computer-name", "ssm-ip-address"]
    )
    assert found.hosts.keys() == {"web_1", nodes[1], nodes[2], "_oProxyCommand_x", "mail.example.org"}
    assert found.hosts["web_1"]["ansible_host"] == found.hosts["web_1"]["aws_ec2"]["private_ip_address"]
    assert found.hosts[nodes[2]]["ansible_host"] == "db.example.org"
    assert found.hosts["_oProxyCommand_x"]["ansible_host"] == "10.0.0.1"
    assert found.hosts["mail.example.org"]["ansible_host"] == "mail.example.org"
    assert [re.sub(r"mi-\w+", "ID", text) for text in found.warnings] == [
        "1 name would mean several nodes, which have their ids instead: same",
        "1 node with an address that cannot be one, which is not used: ID ('-oProxyCommand=x')",
    ]


def test_constructed_groups_and_variables(aws: Aws, inventories: Inventories) -> None:
    first, second = aws.seed(nodes=[{"Tags": {"Stage": "prod", "PatchGroup": "a"}}, {}])
    options: dict[str, Any] = {
        "compose": {"stage": "patch_tags.Stage", "ansible_host": "'by-' ~ aws_instance_id"},
        "groups": {"grouped": "patch_group is defined", "production": "stage | default('') == 'prod'"},
        "keyed_groups": [{"key": "patch_tags.Stage", "prefix": "stage", "parent_group": "stages"}],
        "group_by": ["region"],
    }
    found = inventories.parse(**options)
    assert (found.hosts[first]["stage"], found.hosts[first]["ansible_host"]) == ("prod", f"by-{first}")
    assert found.groups_of(first) == {"region_us_east_1", "grouped", "production", "stage_prod", "stages"}
    assert found.groups_of(second) == {"region_us_east_1"}
    assert inventories.parse(group_by=[]).groups_of(second) == {"ungrouped"}
    half = InventoryData()
    half.add_host("mine")
    with pytest.raises(AnsibleError, match=second):
        inventories.parse_into(half, [], strict=True, **options)
    assert set(half.hosts) == {"mine"}


def test_the_cache_answers_until_the_question_changes(aws: Aws, inventories: Inventories, tmp_path: Path) -> None:
    aws.seed(nodes=[{"kind": "ec2", "Tags": {"PatchGroup": "a", "Name": HOSTILE}}, {}])
    options = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(tmp_path / "cache")}
    first = inventories.parse(**options)
    aws.control(reset_counts=True)
    again = inventories.parse(**options, hostnames=["tag:Nothing"])
    assert calls(aws) == {}
    assert (again.hosts, again.groups, again.warnings) == (first.hosts, first.groups, first.warnings)
    assert inventories.parse(**options, filters={"tag:PatchGroup": "b"}).hosts.keys() != first.hosts.keys()
    assert calls(aws)["ec2:DescribeInstances"] == 1
    inventories.parse(True, **options, filters={"tag:PatchGroup": "b"})
    assert calls(aws)["ec2:DescribeInstances"] == 2
    (kept,) = (tmp_path / "cache").iterdir()
    assert "AKIAEXAMPLE" not in kept.read_text()
    kept.write_text(re.sub(r'account(\\*")', r"konto\1", kept.read_text()))
    inventories.parse(**options, filters={"tag:PatchGroup": "b"})
    assert calls(aws)["ec2:DescribeInstances"] == 3


def test_what_is_partial_is_not_kept(aws: Aws, inventories: Inventories, tmp_path: Path) -> None:
    aws.seed(nodes=[{}])
    options = {
        "cache": True,
        "cache_plugin": "jsonfile",
        "cache_connection": str(tmp_path / "cache"),
        "regions": ["us-east-1", "eu-west-1"],
        "allow_partial": True,
    }
    aws.control(failures=[{"operation": "GetResources", "code": "InternalServiceException", "times": 1}])
    assert len(inventories.parse(**options).warnings) == 1
    found = inventories.parse(**options)
    assert (len(found.hosts), found.warnings) == (1, [])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"hostnames": ["colour"]}, "'hostnames': 'colour'; allowed: instance-id"),
        ({"addresses": ["tag:"]}, "'addresses': 'tag:'"),
        ({"accounts": [{"profil": "x"}]}, "accounts[0]': 'profil' is not known"),
        ({"ssm_filters": {"tag:A": "x", "PingStatus": "Online"}}, "does not combine tag:A with PingStatus"),
    ],
)
def test_a_wrong_option_is_named(aws: Aws, inventories: Inventories, options: dict[str, Any], words: str) -> None:
    with pytest.raises(AnsibleError, match=re.escape(words)):
        inventories.parse(**options)
    assert calls(aws) == {}


def test_ansible_inventory_lists_and_fails_as_a_whole(aws: Aws, inventories: Inventories) -> None:
    aws.seed(nodes=[{"InstanceId": HYBRID, "Tags": {"Patch Group": "{{ 6 * 7 }}", "Name": HOSTILE}}])
    done = inventories.list(regions=["{{ 'us-east-1' }}"], compose={"composed": "patch_tags.Name"})
    assert (done.returncode, "WARNING" in done.stderr) == (0, False), done.stderr
    listed = json.loads(done.stdout)
    variables = listed["_meta"]["hostvars"][HYBRID]
    assert variables["patch_group"] == {"__ansible_unsafe": "{{ 6 * 7 }}"}
    assert variables["composed"] == {"__ansible_unsafe": HOSTILE}
    assert listed["patch_group____6___7___"]["hosts"] == [HYBRID]
    aws.control(deny=["ssm:DescribeInstanceInformation"])
    done = inventories.list()
    assert "in region us-east-1: Failed to list managed nodes" in re.sub(r"\s+", " ", done.stderr)
    assert "Traceback" not in done.stderr
    assert json.loads(done.stdout)["_meta"]["hostvars"] == {}


PLAY = """
- hosts: all
  gather_facts: false
  tasks:
    - name: Show what the tags say
      ansible.builtin.debug:
        msg: "{{ patch_tags | to_json }} {{ composed }} {{ hostvars[inventory_hostname].aws_ssm.computer_name }}"
    - name: Scan
      openpatch.patch_manager.patch_scan:
        patch_group: "{{ patch_group }}"
        patch_refresh_metadata: false
        patch_store_url: "{{ patch_store_url }}"
"""


def test_scans_use_the_group_and_tags_stay_text(aws: Aws, inventories: Inventories, tmp_path: Path) -> None:
    tags = {"Patch Group": "web", HOSTILE: HOSTILE}
    one, two = aws.seed(
        nodes=[{"Tags": tags, "ComputerName": HOSTILE}, {"Tags": {"Patch Group": "web", "PatchGroup": "db"}}]
    )
    source = inventories.write(
        compose={"composed": f"patch_tags[{json.dumps(HOSTILE)}] | default('')", "ansible_connection": "'local'"},
        keyed_groups=[{"key": "patch_tags", "prefix": "tag"}],
    )
    controller = Controller(tmp_path, environment=dict(KEYS))
    controller.write("play.yml", PLAY)
    run = controller.play("play.yml", "-i", str(source))
    shown = {record["host"]: record["result"]["msg"] for record in run.records if record["task"].startswith("Show")}
    assert shown[one] == f"{json.dumps(tags)} {HOSTILE} {HOSTILE}", run.output
    assert not (tmp_path / "hacked").exists()
    results = run.results("patch_scan")
    assert results[one]["patch_group"] == "web", run.output
    assert "'web' (patch_group[0]) and 'db' (patch_group[1])" in results[two]["msg"]


def examples() -> list[dict[str, Any]]:
    """Those of the documentation and of the guide."""
    guide = (ROOT / "docs" / "aws.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```yaml.jinja\n(plugin:.*?)^```", guide, re.MULTILINE | re.DOTALL)
    assert blocks
    return [*yaml.safe_load_all(patch_groups.EXAMPLES), *map(yaml.safe_load, blocks)]


@pytest.mark.parametrize("example", examples(), ids=range(len(examples())))
def test_the_examples_work(aws: Aws, inventories: Inventories, tmp_path: Path, example: dict[str, Any]) -> None:
    for account in ("123456789012", OTHER, "444455556666"):
        for region in ("us-east-1", "eu-central-1"):
            node = {"Tags": {"Patch Group": "web", "Stage": "prod"}, "OperatingSystem": "WINDOWS"}
            aws.seed(account=account, region=region, nodes=[node, {"kind": "ec2", "Tags": {"Name": "shop"}}])
    if "cache_connection" in example:
        example = {**example, "cache_plugin": "jsonfile", "cache_connection": str(tmp_path / "cache")}
    found = inventories.parse(**example)
    regions = {account.get("assume_role_arn"): account.get("regions") for account in example.get("accounts", [{}])}
    assert len(found.hosts) == 2 * sum(len(own or example["regions"]) for own in regions.values())
    assert {host["aws_region"] for host in found.hosts.values()} >= set(example["regions"])
