# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Spellings of products, and repositories by product."""

from __future__ import annotations

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.products import (
    find_sources,
    matches_product,
)
from tests.unit.plugins.module_utils._baseline.nodes import make_baseline


@pytest.mark.parametrize(
    ("value", "product", "matches"),
    [
        ("Ubuntu22.04", "Ubuntu22.04", True),
        ("ubuntu22.04", "Ubuntu22.04", True),
        ("Ubuntu22.04", "Ubuntu24.04", False),
        ("RedhatEnterpriseLinux8", "RedhatEnterpriseLinux8.2", True),
        ("RedhatEnterpriseLinux8", "RedhatEnterpriseLinux8", True),
        ("RedhatEnterpriseLinux8.2", "RedhatEnterpriseLinux8", False),
        ("RedhatEnterpriseLinux9.0", "RedhatEnterpriseLinux9.4", False),
        ("RedhatEnterpriseLinux1", "RedhatEnterpriseLinux10.1", False),
        ("AmazonLinux2.0", "AmazonLinux2", True),
        ("AmazonLinux2", "AmazonLinux2023", False),
        ("WindowsServer2019", "Windows Server 2019", True),
        ("WindowsServer2012", "Windows Server 2012 R2", False),
        ("WindowsServer2022", "Microsoft Server operating system-21H2", True),
        ("WindowsServer2022", "Microsoft Server Operating System-24H2", False),
        ("WindowsServer2025", "Microsoft Server Operating System-24H2", True),
        ("Office 2016", "Office 2016", True),
        ("Suse15.*", "Suse15.5", True),
        ("Suse12.*", "Suse15.5", False),
        ("*", "", True),
    ],
)
def test_product(value: str, product: str, matches: bool) -> None:
    assert matches_product(value, product) is matches


def test_sources_replace_the_repositories_of_their_products_only() -> None:
    def source(name: str, *products: str) -> dict[str, object]:
        return {
            "name": name,
            "products": list(products),
            "configuration": "deb https://mirror.example.com/ubuntu jammy main",
        }

    baseline = make_baseline(
        "UBUNTU", sources=[source("jammy", "Ubuntu22.04"), source("all", "*"), source("old", "Ubuntu20.04")]
    )
    assert [found.name for found in find_sources(baseline, "Ubuntu22.04")] == ["jammy", "all"]
    assert find_sources(make_baseline("UBUNTU"), "Ubuntu22.04") == ()
