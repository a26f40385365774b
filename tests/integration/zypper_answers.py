# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What zypper itself says on a node, so that our answers have something to be compared with."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Collection

from tests.estate.node import Node

_CONFLICT = re.compile(r"^(?:Conflicts\s*:)?\s+(\S+?)(?:\.(x86_64|aarch64|noarch))? < (\S+)$")


def zypper(node: Node, *words: str) -> str:
    """What a zypper says that is not asked for anything back."""
    return node.run(["zypper", "--non-interactive", *words], timeout=120).out


def is_older(node: Node, one: str, other: str) -> bool:
    """Whether rpm calls one ``epoch:version-release`` older than another."""
    return node.run(["rpm", "--eval", f'%{{lua: print(rpm.vercmp("{one}", "{other}"))}}']).out.strip() == "-1"


def ask_patches(node: Node, categories: Collection[str], severities: Collection[str]) -> dict[str, str]:
    """``name.arch`` to ``epoch:version-release`` of what the needed patches of these kinds bring.

    A patch is a list of conflicts with older packages; of several versions of a package the newest counts.
    """
    zypper(node, "refresh")
    listed = ET.fromstring(zypper(node, "--xmlout", "list-patches"))
    patches = [
        update.get("name", "")
        for update in listed.iter("update")
        if update.get("category") in categories and update.get("severity") in severities
    ]
    query = node.run(["rpm", "-qa", "--queryformat", "%{NAME}.%{ARCH} %{EPOCHNUM}:%{VERSION}-%{RELEASE}\n"]).out
    newest = dict(line.split() for line in query.splitlines())
    wanted: dict[str, str] = {}
    for line in zypper(node, "info", "--conflicts", "--type", "patch", *patches).splitlines():
        match = _CONFLICT.match(line)
        identity = f"{match[1]}.{match[2] or 'noarch'}" if match else ""
        if match and identity in newest:
            version = match[3] if ":" in match[3] else f"0:{match[3]}"
            if is_older(node, newest[identity], version):
                newest[identity] = wanted[identity] = version
    return wanted
