# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The record of the last install on a Mac, in the words of every node's operations."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.macos.blocks import Blocks, show_end
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.macos.homebrew import parse_versions
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.macos.system import format_time

Json = dict[str, Any]
SEPARATOR = "\x1f"
_REFUSED = re.compile(r"(?im)^.*(no such update|no updates are available|can.t connect|not currently reachable).*$")
_RESTART = re.compile(r"(?i)restart\s+your\s+(computer|mac)|please restart|requires? .*restart")
_THERE = re.compile(r"(?i)already (installed|up-to-date)")


@dataclass(frozen=True, slots=True)
class Item:
    """One package that was asked for."""

    manager: str
    name: str
    version: str
    from_version: str

    def result(self, status: str, reason: str = "") -> Json:
        """A RESULT entry."""
        return {
            "name": self.name,
            "arch": "",
            "version": self.version,
            "from_version": self.from_version,
            "status": status,
            "reason": reason,
        }


def parse_items(text: str) -> list[Item]:
    """The packages of a record or of a plan, one a line."""
    rows = (line.split(SEPARATOR) for line in text.split("\n"))
    return [Item(*row[:4]) for row in rows if len(row) == 5]


def plan(blocks: Blocks) -> Json:
    """The answer to ``plan``: Apple's and Homebrew's tools cannot rehearse an install, so nothing is known to fail."""
    return {"transaction": [item.result("planned") for item in parse_items(blocks["items"].text)], "repair": []}


def describe_last(blocks: Blocks) -> Json | None:
    """The operation as it stands; None where there was none."""
    identity = blocks.line("operation_id")
    if not identity:
        return None
    items = parse_items(blocks["operation_items"].text)
    begun, ended = _read_progress(blocks["operation_progress"].text)
    state = _find_state(blocks)
    operation: Json = {
        "id": identity,
        "state": state,
        "progress": {"doing": "", "done": len(ended), "total": len(items)},
        "results": [] if state == "running" else [*_judge(blocks, items, begun, ended), *_list_others(blocks, items)],
        "repairs": [],
        "warnings": [],
        "info": _read_info(blocks.line("operation_info")),
    }
    if state == "running":
        at_work = [items[number - 1] for number in sorted(begun - set(ended)) if 0 < number <= len(items)]
        operation["progress"]["doing"] = f"{at_work[-1].name} {at_work[-1].version}" if at_work else ""
    for key, name in (("started_at", "started"), ("finished_at", "finished")):
        moment = blocks.number(f"operation_{name}")
        if moment is not None:
            operation[key] = format_time(moment)
    process = blocks.line("operation_process").partition("\n")[0]
    if re.fullmatch(r"\d{1,9}", process):
        operation["pid"] = int(process)
    return operation


def _find_state(blocks: Blocks) -> str:
    if blocks.line("operation_finished"):
        return "finished"
    return "running" if blocks.line("operation_alive") == "yes" else "interrupted"


def _read_info(text: str) -> Json:
    try:
        info = json.loads(text or "{}")
    except ValueError:
        return {}
    return info if isinstance(info, dict) else {}


def _read_progress(text: str) -> tuple[set[int], dict[int, int]]:
    """Numbers of the items that were begun, and the exit status of those that have ended."""
    begun = {int(number) for number in re.findall(r"(?m)^begin (\d{1,6})$", text)}
    ended = {int(number): int(status) for number, status in re.findall(r"(?m)^end (\d{1,6}) (\d{1,3})$", text)}
    return begun, ended


def _judge(blocks: Blocks, items: list[Item], begun: set[int], ended: dict[int, int]) -> Iterator[Json]:
    for number, item in enumerate(items, start=1):
        log = blocks[f"operation_log_{number}"].text
        if number in ended:
            yield _judge_item(item, ended[number], log)
        elif number in begun:
            yield item.result("failed", f"interrupted: {show_end(log)}")
        elif blocks.line("operation_finished"):
            yield item.result("not_tried", "the time of patch_step_timeout was over before")
        else:
            yield item.result("not_tried", "the operation was interrupted before it came to this package")


def _list_others(blocks: Blocks, items: list[Item]) -> Iterator[Json]:
    """What came along with Homebrew's formulae: it upgrades what they need, and what needs them."""
    before, after = (parse_versions(blocks[f"operation_{name}"].text) for name in ("before", "after"))
    asked = {item.name for item in items}
    for name, version in after.items() if before else ():
        if name not in asked and version != before.get(name):
            yield Item("brew", name, version, before.get(name, "")).result("dependency")


def _judge_item(item: Item, status: int, log: str) -> Json:
    """What became of a package; softwareupdate ends well also where it found nothing by the label."""
    if status == 124:
        return item.result("failed", "it did not end within patch_step_timeout and was stopped")
    refused = _REFUSED.search(log) if item.manager == "softwareupdate" else None
    if refused:
        return item.result("failed", " ".join(refused[0].split())[:300])
    if status != 0:
        return item.result("failed", show_end(log))
    return item.result("installed", "was already there" if _THERE.search(log) else "")


def find_reboot_reasons(blocks: Blocks, booted_at: str) -> list[str]:
    """What the last install said of a restart, if the Mac has not been restarted since."""
    finished = blocks.number("operation_finished")
    if finished is None or (booted_at and format_time(finished) < booted_at):
        return []
    return [
        f"{item.name} {item.version} asks for a restart"
        for number, item in enumerate(parse_items(blocks["operation_items"].text), start=1)
        if _RESTART.search(blocks[f"operation_log_{number}"].text)
    ]


def warn_of(last: Json) -> list[Json]:
    """Warnings of an operation that has not come to its end."""
    if last["state"] == "finished":
        return []
    done = sum(result["status"] == "installed" for result in last["results"])
    how = "is still running"
    if last["state"] == "interrupted":
        how = f"was interrupted after {done} of {len(last['results'])} packages"
    message = f"install {last['id']}, started at {last.get('started_at', 'an unknown time')}, {how}"
    return [{"code": f"install_{last['state']}", "message": message}]
