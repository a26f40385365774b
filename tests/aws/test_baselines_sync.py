# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Baselines from files to AWS and back.

Nothing gets lost, a second run changes nothing, and check mode says what would be.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse import parse_baseline
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.render import to_snake
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.baseline_set import list_changes
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.session import (
    AwsError,
    AwsOptions,
    AwsSession,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.baseline_sync import (
    Synced,
    pull_baselines,
    push_baselines,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.errors import OperationError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.baseline_text import (
    Edit,
    edit_text,
    render_yaml,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.errors import SourceError
from tests.aws.conftest import Aws
from tests.integration.controller import Controller
from tests.unit.plugins.module_utils._baseline.baseline_documents import Document, baselines

OTHER = "111122223333"
ACTION = "patch_baselines_sync"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}

UBUNTU = """\
# Ask Jo before you change this
name: web-servers
operating_system: UBUNTU
description: "Web: ünïcode, #hash"
patch_groups: [web, shop 1]
default_baseline: true
tags: {Team: web, Cost Centre: '0042'}
global_filters:
  - {key: PRODUCT, values: [Ubuntu22.04, Ubuntu24.04]}
approval_rules:
  - filters:
      - {key: PRIORITY, values: [Required, Important]}   # not more
    approve_after_days: 7
    compliance_level: CRITICAL
  - filters:
      - {key: SECTION, values: ['*']}
    enable_non_security: true
approved_patches: [openssl, '1463241']
approved_patches_compliance_level: HIGH
approved_patches_enable_non_security: true
rejected_patches: [nginx]
rejected_patches_action: BLOCK
sources:
  - name: mirror
    products: ['*']
    configuration: deb https://mirror.example.com/ubuntu jammy main
"""
RHEL = """\
name: rhel
operating_system: REDHAT_ENTERPRISE_LINUX
approval_rules:
  - filters:
      - {key: CLASSIFICATION, values: [Security]}
    approve_until_date: 2026-01-31
sources:
  - name: mirror
    products: [RedhatEnterpriseLinux9]
    configuration: |
      [main]
      name=mirror
      baseurl=https://mirror.example.com/rhel
"""
WINDOWS = """\
- name: windows
  operating_system: WINDOWS
  available_security_updates_compliance_status: NON_COMPLIANT
  rejected_patches: [KB5000001]
- name: rhel
  operating_system: DEBIAN
"""
FILES = {"jos.yml": UBUNTU, "rhel.yml": RHEL, "list.yml": WINDOWS}


class Sync:
    """A folder of files and an account."""

    def __init__(self, folder: Path, endpoint: str) -> None:
        self.folder = folder
        self.endpoint = endpoint

    def session(self, region: str = "us-east-1", account: str = "") -> AwsSession:
        role = f"arn:aws:iam::{account}:role/patching" if account else None
        return AwsSession(AwsOptions(region=region, assume_role_arn=role, endpoint_url=self.endpoint))

    def push(self, *, check: bool = False, **place: str) -> Synced:
        return push_baselines(self.folder, self.session(**place), check_mode=check)

    def pull(
        self, *, check: bool = False, predefined: bool = False, folder: Path | None = None, **place: str
    ) -> Synced:
        return pull_baselines(folder or self.folder, self.session(**place), predefined=predefined, check_mode=check)

    def write(self, **files: str) -> None:
        self.folder.mkdir(exist_ok=True)
        for name, text in files.items():
            (self.folder / f"{name}.yml").write_text(text, encoding="utf-8")

    def read(self, folder: Path | None = None) -> dict[str, str]:
        return {path.name: path.read_text(encoding="utf-8") for path in sorted((folder or self.folder).iterdir())}


@pytest.fixture
def sync(aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sync]:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    yield Sync(tmp_path / "patch_baselines", aws.url)


def test_where_nothing_was_done_nothing_is_said_to_be(aws: Aws, sync: Sync) -> None:
    sync.write(web=UBUNTU)
    aws.control(deny=["ssm:CreatePatchBaseline"])
    with pytest.raises(AwsError, match="Failed to create patch baseline 'web-servers'") as caught:
        sync.push()
    assert "Done before" not in str(caught.value)


def changed(synced: Synced) -> list[str]:
    return sorted(str(row["name"]) for row in synced.baselines if row["changed"])


def state_of(client: Any) -> dict[str, Any]:
    """All that an account has of baselines of its own, their groups, tags and defaults, without ids and dates."""
    identities = client.describe_patch_baselines(Filters=[{"Key": "OWNER", "Values": ["Self"]}])["BaselineIdentities"]
    found = {}
    for identity in identities:
        baseline_id = identity["BaselineId"]
        answer = client.get_patch_baseline(BaselineId=baseline_id)
        for key in ("ResponseMetadata", "BaselineId", "CreatedDate", "ModifiedDate"):
            answer.pop(key, None)
        tags = client.list_tags_for_resource(ResourceType="PatchBaseline", ResourceId=baseline_id)["TagList"]
        answer["Tags"] = sorted((tag["Key"], tag["Value"]) for tag in tags)
        answer["Default"] = identity["DefaultBaseline"]
        found[f"{answer['Name']} {answer['OperatingSystem']}"] = answer
    return found


def calls_that_change(aws: Aws) -> int:
    words = ("Create", "Update", "Delete", "Register", "Deregister", "AddTags", "RemoveTags")
    return sum(count for name, count in aws.status()["calls"].items() if name.partition(":")[2].startswith(words))


@settings(max_examples=25, deadline=None)
@given(baselines(), baselines())
def test_any_baseline_is_read_back_from_its_file_and_comes_into_the_file_of_any_other(
    one: Document, other: Document
) -> None:
    old, new = parse_baseline(one).baseline, parse_baseline(other).baseline
    text = render_yaml(to_snake(old))
    assert parse_baseline(yaml.safe_load(text)).baseline == old
    edited = edit_text(f"# Jo's\n{text}", "jos.yml", [Edit(0, "", list_changes(old, new), to_snake(new))]).text
    assert edited.startswith("# Jo's\n")
    assert list_changes(parse_baseline(yaml.safe_load(edited)).baseline, new) == {}


def test_files_go_to_aws_and_to_another_account_and_come_back_the_same(aws: Aws, sync: Sync, tmp_path: Path) -> None:
    sync.write(jos=UBUNTU, rhel=RHEL, list=WINDOWS)
    first = sync.push()
    assert changed(first) == ["rhel", "rhel", "web-servers", "windows"]
    made = state_of(aws.client())
    assert set(made) == {"web-servers UBUNTU", "rhel REDHAT_ENTERPRISE_LINUX", "windows WINDOWS", "rhel DEBIAN"}
    web = made["web-servers UBUNTU"]
    assert (web["PatchGroups"], web["Default"]) == (["shop 1", "web"], True)
    assert web["Tags"] == [("Cost Centre", "0042"), ("Team", "web")]
    assert web["Description"] == "Web: ünïcode, #hash"
    assert web["Sources"][0]["Configuration"] == "deb https://mirror.example.com/ubuntu jammy main"
    aws.control(reset_counts=True)
    assert changed(sync.push()) == []
    assert changed(sync.pull()) == []
    assert calls_that_change(aws) == 0
    assert sync.read() == FILES

    # into an empty folder, from there to another account, and from there into another empty folder
    there, back = tmp_path / "there", tmp_path / "back"
    sync.pull(folder=there)
    assert set(sync.read(there)) == {
        "web-servers.yml",
        "rhel.yml",
        "rhel-redhat_enterprise_linux.yml",
        "windows.yml",
    }
    push_baselines(there, sync.session(account=OTHER), check_mode=False)
    assert state_of(aws.client(account=OTHER)) == made
    sync.pull(folder=back, account=OTHER)
    came, went = (
        {name: {**yaml.safe_load(text), "baseline_id": ""} for name, text in sync.read(folder).items()}
        for folder in (there, back)
    )
    assert came == went


def test_check_mode_says_what_is_done_then_and_does_nothing(aws: Aws, sync: Sync) -> None:
    sync.write(jos=UBUNTU, rhel=RHEL)
    for edit in (UBUNTU, UBUNTU.replace("[nginx]", "[nginx, vim]").replace("default_baseline: true\n", "")):
        sync.write(jos=edit)
        before = state_of(aws.client())
        aws.control(reset_counts=True)
        predicted = sync.push(check=True)
        assert calls_that_change(aws) == 0
        assert state_of(aws.client()) == before
        done = sync.push()
        assert changed(done) == changed(predicted) != []
        assert [each["after"] for each in predicted.diff] == [each["after"] for each in done.diff]
        assert [each["before"] for each in predicted.diff] == [each["before"] for each in done.diff]
    assert "- vim" in done.diff[0]["after"] and "- vim" not in done.diff[0]["before"]
    assert state_of(aws.client())["web-servers UBUNTU"]["Default"], "a file that is silent leaves the default alone"

    aws.client().update_patch_baseline(BaselineId=done.baselines[0]["baseline_id"], RejectedPatches=["emacs"])
    files = sync.read()
    predicted = sync.pull(check=True)
    assert sync.read() == files
    assert sync.pull().diff == predicted.diff
    assert sync.read()["jos.yml"] == predicted.diff[0]["after"] != predicted.diff[0]["before"] == files["jos.yml"]


def test_a_pull_changes_the_lines_that_differ_and_leaves_the_rest_of_a_persons_file(aws: Aws, sync: Sync) -> None:
    sync.write(jos=UBUNTU, list=WINDOWS)
    web, windows, _debian = (row["baseline_id"] for row in sync.push().baselines)
    client = aws.client()
    client.update_patch_baseline(BaselineId=web, RejectedPatches=["vim"])
    client.deregister_patch_baseline_for_patch_group(BaselineId=web, PatchGroup="web")
    client.add_tags_to_resource(
        ResourceType="PatchBaseline", ResourceId=web, Tags=[{"Key": "Cost Centre", "Value": "1"}]
    )
    client.update_patch_baseline(BaselineId=windows, RejectedPatches=["KB5000002"])
    made = client.create_patch_baseline(Name="new-one", OperatingSystem="SUSE")["BaselineId"]
    assert changed(sync.pull()) == ["new-one", "web-servers", "windows"]
    files = sync.read()
    expected = (
        UBUNTU.replace("rejected_patches: [nginx]\n", "rejected_patches:\n  - vim\n")
        .replace("patch_groups: [web, shop 1]\n", "patch_groups:\n  - shop 1\n")
        .replace("tags: {Team: web, Cost Centre: '0042'}\n", "tags:\n  Team: web\n  Cost Centre: '1'\n")
    )
    assert files["jos.yml"] == expected
    assert [entry["name"] for entry in yaml.safe_load(files["list.yml"])] == ["windows", "rhel"]
    assert yaml.safe_load(files["list.yml"])[0]["rejected_patches"] == ["KB5000002"]
    assert yaml.safe_load(files["new-one.yml"])["baseline_id"] == made
    assert changed(sync.pull()) == changed(sync.push()) == []


def test_groups_move_and_defaults_go_back_where_files_say_so_and_stay_where_they_are_silent(
    aws: Aws, sync: Sync
) -> None:
    one = "name: one\noperating_system: UBUNTU\n"
    two = "name: two\noperating_system: UBUNTU\n"
    sync.write(one=f"{one}patch_groups: [web, db]\ndefault_baseline: true\n", two=two)
    sync.push()

    def groups() -> dict[str, tuple[list[str], bool]]:
        return {
            name.partition(" ")[0]: (found["PatchGroups"], found["Default"])
            for name, found in state_of(aws.client()).items()
        }

    sync.write(one=one, two=two)
    assert changed(sync.push()) == []
    assert groups() == {"one": (["db", "web"], True), "two": ([], False)}
    sync.write(two=f"{two}patch_groups: [web]\ndefault_baseline: true\n")
    assert changed(sync.push()) == ["one", "two"]
    assert groups() == {"one": (["db"], False), "two": (["web"], True)}
    sync.write(one=f"{one}patch_groups: []\ntags: {{}}\n", two=f"{two}default_baseline: false\n")
    assert changed(sync.push()) == ["one", "two"]
    assert groups() == {"one": ([], False), "two": (["web"], False)}
    default = aws.client().get_default_patch_baseline(OperatingSystem="UBUNTU")["BaselineId"]
    assert default.startswith("arn:")
    assert changed(sync.push()) == []


def test_a_full_baseline_takes_other_groups_because_those_that_leave_go_first(aws: Aws, sync: Sync) -> None:
    names = [f"group{number}" for number in range(25)]
    text = "name: one\noperating_system: UBUNTU\npatch_groups: "
    sync.write(one=f"{text}{names}\n")
    sync.push()
    sync.write(one=f"{text}{[*names[1:], 'another']}\n")
    assert changed(sync.push()) == ["one"]
    found = list(state_of(aws.client()).values())
    assert [each["PatchGroups"] for each in found] == [sorted([*names[1:], "another"])]


def test_awss_own_come_down_if_asked_and_can_have_groups_but_no_other_content(aws: Aws, sync: Sync) -> None:
    sync.pull(predefined=True)
    files = sync.read()
    assert len(files) > 15
    ubuntu = yaml.safe_load(files["AWS-UbuntuDefaultPatchBaseline.yml"])
    assert ubuntu["default_baseline"] and ubuntu["baseline_id"].startswith("arn:")
    assert changed(sync.pull(predefined=True)) == changed(sync.push()) == []
    sync.write(**{"AWS-UbuntuDefaultPatchBaseline": yaml.safe_dump({**ubuntu, "patch_groups": ["web"]})})
    assert changed(sync.push()) == ["AWS-UbuntuDefaultPatchBaseline"]
    assert aws.client().describe_patch_groups()["Mappings"][0]["PatchGroup"] == "web"
    sync.write(**{"AWS-UbuntuDefaultPatchBaseline": yaml.safe_dump({**ubuntu, "rejected_patches": ["vim"]})})
    with pytest.raises(AwsError, match="one of AWS's own, which cannot be changed"):
        sync.push()


def test_what_is_only_on_one_side_is_named_and_stays(aws: Aws, sync: Sync) -> None:
    made = aws.client().create_patch_baseline(Name="theirs", OperatingSystem="UBUNTU")["BaselineId"]
    sync.write(rhel=RHEL)
    assert sync.push(check=True).only_in_aws == (f"theirs ({made})",)
    assert sync.pull().only_in_files == (f"rhel ({sync.folder}/rhel.yml:1)",)
    assert set(state_of(aws.client())) == {"theirs UBUNTU"}
    assert sync.read()["rhel.yml"] == RHEL


def test_a_baseline_is_renamed_by_its_id(aws: Aws, sync: Sync) -> None:
    sync.write(rhel=RHEL)
    baseline_id = sync.push().baselines[0]["baseline_id"]
    sync.write(rhel=RHEL.replace("name: rhel", f"baseline_id: {baseline_id}\nname: red-hat", 1))
    assert changed(sync.push()) == ["red-hat"]
    assert set(state_of(aws.client())) == {"red-hat REDHAT_ENTERPRISE_LINUX"}


def test_a_name_that_its_owner_gives_up_is_free_for_another_file(aws: Aws, sync: Sync) -> None:
    sync.write(rhel=RHEL)
    baseline_id = sync.push().baselines[0]["baseline_id"]
    sync.write(aaa=RHEL, rhel=RHEL.replace("name: rhel", f"baseline_id: {baseline_id}\nname: red-hat", 1))
    assert changed(sync.push()) == ["red-hat", "rhel"]
    assert set(state_of(aws.client())) == {"red-hat REDHAT_ENTERPRISE_LINUX", "rhel REDHAT_ENTERPRISE_LINUX"}
    assert changed(sync.push()) == changed(sync.pull()) == []


def test_regions_are_told_apart(aws: Aws, sync: Sync) -> None:
    sync.write(rhel=RHEL)
    sync.push(region="eu-west-1")
    assert state_of(aws.client()) == {}
    assert set(state_of(aws.client(region="eu-west-1"))) == {"rhel REDHAT_ENTERPRISE_LINUX"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: [\n", "not valid YAML"),
        (RHEL.replace("Security", "Sekurity"), "Sekurity"),
        (RHEL + "aproved_patches: []\n", r"did you mean 'approved_patches'"),
    ],
)
def test_a_file_that_is_not_understood_stops_both_ways_before_anything_changes(
    aws: Aws, sync: Sync, text: str, said: str
) -> None:
    aws.client().create_patch_baseline(Name="theirs", OperatingSystem="UBUNTU")
    sync.write(aaa=UBUNTU, wrong=text)
    files = sync.read()
    aws.control(reset_counts=True)
    for go in (sync.push, sync.pull):
        with pytest.raises(SourceError, match=rf"(?s)wrong\.yml.*{said}"):
            go()
    assert sync.read() == files
    assert calls_that_change(aws) == 0


@pytest.mark.parametrize("operation", ["DescribePatchBaselines", "GetPatchBaseline", "ListTagsForResource"])
def test_a_pull_that_aws_cuts_short_writes_nothing(aws: Aws, sync: Sync, operation: str) -> None:
    for name in ("one", "two"):
        aws.client().create_patch_baseline(Name=name, OperatingSystem="UBUNTU")
    aws.control(deny=[f"ssm:{operation}"])
    with pytest.raises(AwsError, match=r"in us-east-1 .*AccessDeniedException.*Allow it"):
        sync.pull()
    assert not sync.folder.exists()


def test_a_push_that_aws_cuts_short_says_what_was_done_and_the_next_goes_on(aws: Aws, sync: Sync) -> None:
    sync.write(jos=UBUNTU, rhel=RHEL)
    aws.control(deny=["ssm:RegisterPatchBaselineForPatchGroup"])
    with pytest.raises(AwsError) as caught:
        sync.push()
    assert "AccessDeniedException" in str(caught.value)
    assert "Done before: create patch baseline 'web-servers'; create patch baseline 'rhel'." in str(caught.value)
    aws.control(deny=None)
    assert changed(sync.push()) == ["web-servers"]
    assert changed(sync.push()) == []


def test_a_group_is_given_back_if_its_new_baseline_cannot_have_it(aws: Aws, sync: Sync) -> None:
    sync.write(
        one="name: one\noperating_system: UBUNTU\npatch_groups: [web]\n", two="name: two\noperating_system: UBUNTU\n"
    )
    sync.push()
    sync.write(
        one="name: one\noperating_system: UBUNTU\n", two="name: two\noperating_system: UBUNTU\npatch_groups: [web]\n"
    )
    refusal = {
        "operation": "RegisterPatchBaselineForPatchGroup",
        "code": "InternalServerError",
        "times": 1,
        "status": 400,
    }
    aws.control(failures=[refusal])
    with pytest.raises(AwsError, match="InternalServerError"):
        sync.push()
    assert state_of(aws.client())["one UBUNTU"]["PatchGroups"] == ["web"]


def test_what_aws_shows_late_is_waited_for(aws: Aws, sync: Sync) -> None:
    sync.write(rhel=RHEL)
    aws.control(lag=3)
    assert sync.push().warnings == ()
    aws.control(lag=0)
    assert changed(sync.push()) == []


def test_two_of_one_name_need_an_id_in_the_file(aws: Aws, sync: Sync) -> None:
    for _time in range(2):
        aws.client().create_patch_baseline(Name="twice", OperatingSystem="UBUNTU")
    sync.write(twice="name: twice\noperating_system: UBUNTU\n")
    with pytest.raises(AwsError, match=r"several are called 'twice': pb-\w+, pb-\w+\. Set baseline_id"):
        sync.push()
    with pytest.raises(OperationError, match="several have this name in AWS"):
        sync.pull()


def test_a_folder_that_is_not_there_is_no_wish_for_nothing(sync: Sync) -> None:
    with pytest.raises(OperationError, match=r"there is no such folder\. Create it, or pull"):
        sync.push()


def test_the_playbook_pushes_and_the_action_pulls(aws: Aws, tmp_path: Path) -> None:
    controller = Controller(tmp_path, dict(KEYS))
    controller.inventory({f"host{number}": {"patch_aws_region": "us-east-1"} for number in range(3)})
    file = controller.write("patch_baselines/jos.yml", UBUNTU)
    place: dict[str, Any] = {"patch_aws_endpoint_url": aws.url}
    pushed = controller.play("baselines", "--diff", patch_baselines_direction="push", **place)
    assert pushed.rc == 0, pushed.output
    (done,) = pushed.results(ACTION).values()
    assert done["changed"] and "1 baseline pushed from" in pushed.stdout and "+name: web-servers" in pushed.stdout

    aws.client().update_patch_baseline(BaselineId=done["baselines"][0]["baseline_id"], RejectedPatches=["vim"])
    pull = {"patch_baselines_direction": "pull", "patch_aws_region": "us-east-1", **place}
    name = f"openpatch.patch_manager.{ACTION}"
    tasks = [
        {"name": "Look", name: pull, "check_mode": True, "diff": True},
        {"name": "Ask as nobody", name: {**pull, "patch_aws_profile": "nobody"}},
    ]
    controller.write("pull.yml", json.dumps([{"hosts": "host0", "gather_facts": False, "tasks": tasks}]))
    pulled = controller.play("pull.yml")
    assert "-rejected_patches: [nginx]" in pulled.stdout and "check mode: nothing was done" in pulled.stdout
    assert file.read_text(encoding="utf-8") == UBUNTU
    assert pulled.rc != 0
    assert "Correct patch_aws_profile" in pulled.output and "Traceback" not in pulled.output
