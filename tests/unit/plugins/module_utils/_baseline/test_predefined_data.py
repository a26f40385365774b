# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The predefined baselines against the table of the documentation, and against the reference where it is at hand."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import OperatingSystem
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.predefined import (
    predefined_baselines,
    predefined_default,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.predefined_data import ROWS
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.render import to_snake

REFERENCE = Path(os.environ.get("OPENPATCH_REFERENCE", Path(__file__).parents[6] / "shared/reference"))
FILE = REFERENCE / "patch-manager/predefined-baselines.yml"

SECURITY = "CLASSIFICATION=Security SEVERITY=Critical,Important"
BUGFIX = "CLASSIFICATION=Bugfix"
ARCHIVE = "PRIORITY=Required,Important,Standard,Optional,Extra"
WINDOWS = "PATCH_SET=OS CLASSIFICATION=CriticalUpdates,SecurityUpdates MSRC_SEVERITY=Critical,Important"


@pytest.mark.parametrize(
    ("name", "operating_system", "rules", "days", "non_security"),
    [
        ("AWS-AlmaLinuxDefaultPatchBaseline", "ALMA_LINUX", [SECURITY, BUGFIX], 7, False),
        ("AWS-AmazonLinux2DefaultPatchBaseline", "AMAZON_LINUX_2", [SECURITY, BUGFIX], 7, False),
        ("AWS-AmazonLinux2023DefaultPatchBaseline", "AMAZON_LINUX_2023", [SECURITY, BUGFIX], 7, False),
        ("AWS-CentOSDefaultPatchBaseline", "CENTOS", [""], 7, True),
        ("AWS-DebianDefaultPatchBaseline", "DEBIAN", [ARCHIVE], 0, False),
        ("AWS-MacOSDefaultPatchBaseline", "MACOS", ["CLASSIFICATION=*"], 0, False),
        (
            "AWS-OracleLinuxDefaultPatchBaseline",
            "ORACLE_LINUX",
            ["CLASSIFICATION=Security SEVERITY=Important,Moderate", BUGFIX],
            7,
            False,
        ),
        ("AWS-RedHatDefaultPatchBaseline", "REDHAT_ENTERPRISE_LINUX", [SECURITY, BUGFIX], 7, False),
        ("AWS-RockyLinuxDefaultPatchBaseline", "ROCKY_LINUX", [SECURITY, BUGFIX], 7, False),
        ("AWS-SuseDefaultPatchBaseline", "SUSE", [SECURITY], 7, False),
        ("AWS-UbuntuDefaultPatchBaseline", "UBUNTU", [ARCHIVE], 0, False),
        ("AWS-DefaultPatchBaseline", "WINDOWS", [WINDOWS], 7, False),
        ("AWS-WindowsPredefinedPatchBaseline-OS", "WINDOWS", [WINDOWS], 7, False),
        (
            "AWS-WindowsPredefinedPatchBaseline-OS-Applications",
            "WINDOWS",
            [WINDOWS, "PATCH_SET=APPLICATION"],
            7,
            False,
        ),
        ("AWS-AmazonLinuxDefaultPatchBaseline", "AMAZON_LINUX", [SECURITY, BUGFIX], 7, False),
        ("AWS-AmazonLinux2022DefaultPatchBaseline", "AMAZON_LINUX_2022", [SECURITY, BUGFIX], 7, False),
        ("AWS-DefaultRaspbianPatchBaseline", "RASPBIAN", [ARCHIVE], 0, False),
    ],
)
def test_a_row_says_what_the_documentation_says(
    name: str, operating_system: str, rules: list[str], days: int, non_security: bool
) -> None:
    [row] = [row for row in ROWS if row.name == name]
    assert row.operating_system is OperatingSystem(operating_system)
    filters = [{found.key: ",".join(found.values) for found in rule.filters} for rule in row.rules]
    assert [found.pop("PRODUCT") for found in filters] == ["*"] * len(rules)
    assert [" ".join(f"{key}={values}" for key, values in found.items()) for found in filters] == rules
    assert {(rule.approve_after_days, rule.enable_non_security) for rule in row.rules} == {(days, non_security)}


@pytest.mark.skipif(not FILE.exists(), reason="the reference is not here")
def test_the_rows_are_those_of_the_reference() -> None:
    reference: Any = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    common = {key: value for key, value in reference["common"].items() if key not in ("unconfirmed", "sources")}
    expected = {
        entry["name"]: {
            "name": entry["name"],
            "operating_system": entry["operating_system"],
            "global_filters": entry["global_filters"],
            "approval_rules": entry["approval_rules"],
            **common,
        }
        for entry in reference["baselines"]
    }
    ours = {baseline.name: to_snake(baseline) for baseline in predefined_baselines()}
    for document in ours.values():
        document.pop("description")
        document.pop("available_security_updates_compliance_status", None)
    assert ours == expected
    defaults = {entry["name"] for entry in reference["baselines"] if entry["is_default"]}
    assert {predefined_default(system).name for system in OperatingSystem} == defaults
