# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples of the modules' documentation and of the guide are run as they stand, in one play."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import OperatingSystem
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.baseline_files import load_baselines
from tests.aws.conftest import Aws
from tests.aws.ssm_playbooks import ROOT, Play, documentation_of
from tests.integration.controller import Controller

MODULES = sorted(path.stem for path in ROOT.glob("plugins/modules/ssm_*.py"))
BASELINE = """\
name: web-debian
operating_system: DEBIAN
approval_rules:
  - filters: [{key: PRIORITY, values: [Important]}]
"""
NODE = "mi-0123456789abcdef0"


def tasks_of_the_guide() -> list[dict[str, Any]]:
    text = (ROOT / "docs" / "aws.md").read_text(encoding="utf-8")
    blocks = [
        yaml.safe_load(block) for block in re.findall(r"^```yaml.jinja\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    ]
    return [entry for block in blocks if isinstance(block, list) for entry in block if "hosts" not in entry]


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
    tasks += tasks_of_the_guide()
    controller = Controller(tmp_path)
    controller.write("patch_baselines/web.yml", BASELINE)
    run = Play(controller, aws.url).run(tasks)
    assert run.rc == 0, run.output
    assert "WARNING" not in run.output, run.output
    assert [record["task"] for record in run.records] == [example["name"] for example in tasks]
    compliance = run.results("ssm_patch_compliance_info")["localhost"]["instance_patch_states"]
    assert [patch["kb_id"] for state in compliance for patch in state["patches"]] == ["openssl"]
    (tmp_path / "patch_baselines" / "web.yml").unlink()
    (baseline,) = load_baselines(tmp_path / "patch_baselines", OperatingSystem.DEBIAN).baselines
    assert baseline.name == "web-debian"
    assert baseline.id.startswith("pb-")
