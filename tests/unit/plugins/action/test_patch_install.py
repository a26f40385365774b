# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.action.patch_install import describe_diff


def entry(name: str, version: str, status: str = "installed", from_version: str = "") -> dict[str, Any]:
    return {"name": name, "arch": "all", "version": version, "from_version": from_version, "status": status}


def test_the_diff_has_each_package_that_moves_before_and_after() -> None:
    diff = describe_diff(
        "web1",
        (
            entry("openssl", "2", from_version="1"),
            entry("new", "1", "dependency"),
            entry("same", "1", from_version="1"),
            entry("broken", "2", "failed", from_version="1"),
        ),
    )
    assert diff["before_header"] == diff["after_header"] == "packages of web1"
    assert diff["before"] == "openssl.all 1\n"
    assert diff["after"] == "new.all 1\nopenssl.all 2\n"


def test_what_has_no_architecture_is_called_by_its_name() -> None:
    diff = describe_diff("mac1", ({**entry("Safari", "17.6", from_version="17.5"), "arch": ""},))
    assert (diff["before"], diff["after"]) == ("Safari 17.5\n", "Safari 17.6\n")


def test_what_a_node_says_cannot_act_on_the_terminal() -> None:
    diff = describe_diff("web1", (entry("a\x1b[2J", "2\n+b.all 3", from_version="1\x07"),))
    assert diff["before"] == "a\\x1b[2J.all 1\\x07\n"
    assert diff["after"] == "a\\x1b[2J.all 2\\n+b.all 3\n"


def test_an_update_of_windows_has_no_architecture() -> None:
    diff = describe_diff("win1", ({**entry("KB5034129", "200"), "arch": ""},))
    assert (diff["before"], diff["after"]) == ("", "KB5034129 200\n")
