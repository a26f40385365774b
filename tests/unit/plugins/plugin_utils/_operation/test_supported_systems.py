# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.supported_systems import (
    Support,
    find_support,
)


@pytest.mark.parametrize(
    ("system", "version", "support"),
    [
        ("almalinux", "8.10", Support.CURRENT),
        ("almalinux", "10.0", Support.NONE),
        ("amzn", "2", Support.CURRENT),
        ("amzn", "2.0", Support.CURRENT),
        ("amzn", "2023", Support.CURRENT),
        ("amzn", "2023.6.20241010", Support.CURRENT),
        ("amzn", "2022", Support.EARLIER),
        ("amzn", "2018.03", Support.EARLIER),
        ("amzn", "2011.09", Support.NONE),
        ("centos", "9", Support.CURRENT),
        ("centos", "8", Support.EARLIER),
        ("centos", "7.9", Support.EARLIER),
        ("centos", "6.4", Support.NONE),
        ("centos", "10", Support.NONE),
        ("debian", "12", Support.CURRENT),
        ("debian", "8", Support.EARLIER),
        ("debian", "13", Support.NONE),
        ("ol", "7.5", Support.CURRENT),
        ("ol", "7.4", Support.NONE),
        ("ol", "9.4", Support.CURRENT),
        ("raspbian", "9", Support.EARLIER),
        ("raspbian", "11", Support.NONE),
        ("rhel", "6.10", Support.EARLIER),
        ("rhel", "6.4", Support.NONE),
        ("rhel", "7.0", Support.CURRENT),
        ("rhel", "10.1", Support.CURRENT),
        ("rhel", "11.0", Support.NONE),
        ("rocky", "9.4", Support.CURRENT),
        ("sles", "15.3", Support.CURRENT),
        ("sles", "15.7", Support.CURRENT),
        ("sles", "15.2", Support.EARLIER),
        ("sles", "15", Support.EARLIER),
        ("sles", "12.5", Support.EARLIER),
        ("sles_sap", "15.5", Support.CURRENT),
        ("sles", "16.0", Support.NONE),
        ("ubuntu", "22.04", Support.CURRENT),
        ("ubuntu", "14.04", Support.EARLIER),
        ("ubuntu", "21.10", Support.NONE),
        ("macos", "13.7.1", Support.CURRENT),
        ("macos", "12.6.9", Support.EARLIER),
        ("gentoo", "2.15", Support.NONE),
        ("debian", "sid", Support.NONE),
        ("debian", "", Support.NONE),
    ],
)
def test_a_version_is_on_the_current_list_on_an_earlier_one_or_on_none(
    system: str, version: str, support: Support
) -> None:
    assert find_support(system, version) is support
