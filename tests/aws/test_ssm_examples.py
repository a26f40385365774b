# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples of the modules' documentation are run as they stand, in one play."""

from __future__ import annotations

from pathlib import Path

from tests.aws.conftest import Aws
from tests.aws.ssm_playbooks import ROOT, Play, documentation_of
from tests.integration.controller import Controller

MODULES = sorted(path.stem for path in ROOT.glob("plugins/modules/ssm_*.py"))
NODE = "mi-0123456789abcdef0"


def test_every_example_works(aws: Aws, tmp_path: Path) -> None:
    missing = {
        "Title": "openssl",
        "KBId": "openssl",
        "Classification": "Security",
        "Severity": "High",
        "State": "Missing",
    }
    node = {"InstanceId": NODE, "Tags": {"Patch Group": "web"}, "Patches": [missing]}
    aws.seed(nodes=[node])
    tasks = [example for module in MODULES for example in documentation_of(module)["EXAMPLES"]]
    run = Play(Controller(tmp_path), aws.url).run(tasks)
    assert run.rc == 0, run.output
    assert "WARNING" not in run.output, run.output
    assert [record["task"] for record in run.records] == [example["name"] for example in tasks]
    compliance = run.results("ssm_patch_compliance_info")["localhost"]["instance_patch_states"]
    assert [patch["kb_id"] for state in compliance for patch in state["patches"]] == ["openssl"]
