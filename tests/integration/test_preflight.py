# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A preflight of good, bad and lost nodes: one table, each failure with its way out, nothing changed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.estate.recipes import PASSWORDLESS_USER
from tests.integration.conftest import GiveNode
from tests.integration.controller import Controller, PlaybookRun

# the words of a command are the holder's own, and act on a terminal and on a template if they may
HOLD = r"""
import fcntl, os, sys, time
stream = open("/var/lib/dpkg/lock-frontend", "w")
fcntl.lockf(stream, fcntl.LOCK_EX)
os.write(1, b"held\n")
if os.fork():
    sys.exit()
fcntl.lockf(stream, fcntl.LOCK_EX)
nothing = os.open(os.devnull, os.O_RDWR)
os.dup2(nothing, 1)
os.dup2(nothing, 2)
time.sleep(600)
"""
HOSTILE = "{{ 7 * 7 }}\x1b[31m"
STATUSES = ("failed", "warning", "unknown", "ok")


def read_table(run: PlaybookRun) -> dict[str, list[tuple[str, str, str]]]:
    """(check, status, the rest of its first line) by node; a node is named on its first line only."""
    lines = run.stdout.splitlines()
    (start,) = [index for index, line in enumerate(lines) if line.startswith("NODE ") and "FINDING" in line]
    check_column = lines[start].index("CHECK")
    status_column = lines[start].index("STATUS")
    finding_column = lines[start].index("FINDING")
    table: dict[str, list[tuple[str, str, str]]] = {}
    node = ""
    for line in lines[start + 2 :]:
        if set(line) <= set("─-"):
            break
        node = line[:check_column].strip() or node
        status = line[status_column:finding_column].strip()
        if status in STATUSES:
            check = line[check_column:status_column].strip()
            table.setdefault(node, []).append((check, status, line[finding_column:].strip()))
    return table


@pytest.mark.smoke
def test_one_table_names_every_failure_and_takes_one_line_for_a_good_node(
    node: GiveNode, controller: Controller
) -> None:
    names = ("rhel9-deadrepo-strict", "nopython", "unsupported", "unreachable", "ubuntu2", "ubuntu")
    nodes = {name: node(name) for name in names}
    variables: dict[str, dict[str, Any]] = {name: dict(found.host_vars) for name, found in nodes.items()}
    nodes["ubuntu2"].run(["python3", "-", HOSTILE], stdin=HOLD, timeout=20)
    installed = nodes["ubuntu"].run("dpkg-query -W").out
    controller.inventory(variables)

    run = controller.play("preflight")

    assert run.rc == 4, "ansible's exit status for unreachable hosts, failed ones included"
    table = read_table(run)
    assert {name: [(check, status) for check, status, _line in rows] for name, rows in table.items()} == {
        "rhel9-deadrepo-strict": [("repository", "failed")],
        "nopython": [("python", "failed")],
        "unsupported": [("system", "failed")],
        "unreachable": [("connection", "failed")],
        "ubuntu2": [("lock", "warning")],
        "ubuntu": [("all", "ok")],
    }
    assert [table[name][0][1] for name in table] == ["failed"] * 4 + ["warning", "ok"], "worst first"
    assert "6 nodes: 4 failed, 1 warning, 1 ok" in run.stdout
    for name, words in {
        "rhel9-deadrepo-strict": ["'dead'", "no proxy is set", "mirror, route, proxy"],
        "nopython": ["no Python found", "ansible_python_interpreter"],
        "unsupported": ["Gentoo", "patch_targets"],
        "unreachable": ["refused", "ping"],
        "ubuntu2": ["lock-frontend", "python3 -", "{{ 7 * 7 }}\\x1b[31m", "patch_lock_timeout"],
    }.items():
        (check,) = run.results("patch_preflight")[name]["checks"]
        for word in words:
            assert word in check["finding"] + check["way_out"], (name, check)
    assert "Ubuntu 22.04" in table["ubuntu"][0][2]
    assert "\x1b" not in run.output
    assert {name: run.outcome(name) for name in variables} == {
        "rhel9-deadrepo-strict": "failed",
        "nopython": "failed",
        "unsupported": "failed",
        "unreachable": "unreachable",
        "ubuntu2": "ok",
        "ubuntu": "ok",
    }
    assert nodes["ubuntu"].run("dpkg-query -W").out == installed


def test_an_ordinary_user_without_become_gets_warnings_and_no_failure(node: GiveNode, controller: Controller) -> None:
    ubuntu = node("ubuntu")
    controller.inventory({"ubuntu": {**ubuntu.host_vars, "ansible_user": PASSWORDLESS_USER}})
    before = ubuntu.run("find /var/lib/apt /var/lib/dpkg /var/cache -xdev -newermt @0 -printf '%p %T@\\n' | sort").out
    run = controller.play("preflight")
    assert run.rc == 0, run.output
    rows = [(check, status) for check, status, _line in read_table(run)["ubuntu"]]
    assert rows == [("privileges", "warning"), ("lock", "unknown")]
    after = ubuntu.run("find /var/lib/apt /var/lib/dpkg /var/cache -xdev -newermt @0 -printf '%p %T@\\n' | sort").out
    assert after == before, "a user's preflight leaves the system's lists alone"
