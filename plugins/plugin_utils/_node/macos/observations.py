# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a Mac has and lacks, as observations in the words of every node's preflight."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.macos.blocks import Blocks
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.macos.facts import (
    HOMEBREW,
    describe_apple,
    find_brew_problems,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.macos.operation import describe_last
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.macos.system import describe_system

Json = dict[str, Any]
_SPACE_PLACES = ("/", "/var", "/tmp")
# curl was answered, though it did not like the answer: HTTP, TLS or certificate
_ANSWERED = frozenset({0, 22, 52, 56, 60})


def observe(blocks: Blocks) -> Json:
    """The answer to ``preflight``; what is not known is named in ``problems``."""
    system = describe_system(blocks)
    seen: Json = {"problems": {}, "manager": "macos", "os": system["os"], "interrupted": None}
    seen["proxies"] = list(_read_proxies(blocks))
    seen["boot"] = {key: system[key] for key in ("boot_id", "booted_at") if key in system}
    uid, _blank, name = blocks.line("user").partition(" ")
    seen["user"] = {"uid": int(uid) if uid.isdecimal() else -1, "name": name}
    seen["locks"] = {"held": list(_list_busy(blocks["busy"].text)), "unreadable": False}
    seen["operation"] = describe_last(blocks)
    seen["space"] = list(_read_space(blocks["space"].text))
    if not seen["space"]:
        seen["problems"]["space"] = "df does not tell it"
    memory = blocks.number("memory")
    if memory is None:
        seen["problems"]["memory"] = "sysctl does not tell it"
    seen["memory"] = {"total": memory or 0}
    seen["reboot"] = {"command": blocks.line("reboot_command")}
    seen["tools"] = {
        "programs": {name: block.text.strip() for name, block in blocks.starting_with("program_").items()},
        "bindings": {},
    }
    seen["facts"] = _describe_sources(blocks)
    seen["endpoints"] = list(_read_endpoints(blocks["endpoints"].text))
    seen["clock"] = {"started": blocks.number("now"), "ended": blocks.number("ended"), "synchronized": None}
    return seen


def _describe_sources(blocks: Blocks) -> Json:
    warnings: list[Json] = []
    repositories = [describe_apple(blocks, warnings)]
    if "brew" in blocks:
        problems = list(find_brew_problems(blocks))
        repositories.append({"id": HOMEBREW, "name": "Homebrew", "enabled": True, "reachable": not problems})
        warnings += [
            {"code": "repository_unreachable", "message": f"Failed to ask Homebrew: {problem}"} for problem in problems
        ]
    else:
        message = "Homebrew is neither in /opt/homebrew nor in /usr/local: only Apple's updates are seen"
        warnings.append({"code": "no_homebrew", "message": message})
    return {"repositories": repositories, "warnings": warnings}


def _read_proxies(blocks: Blocks) -> Iterator[Json]:
    """Those of the task, which Homebrew uses, then those of the network, which Apple's tools use.

    ``scutil --proxy`` says ``HTTPSEnable : 1``, ``HTTPSProxy : proxy.example.com`` and ``HTTPSPort : 3128``, or
    ``ProxyAutoConfigEnable`` and ``ProxyAutoConfigURLString``.
    """
    for scheme, address in re.findall(r"(?m)^(http|https|all) (\S+)$", blocks["task_proxies"].text):
        yield {"scheme": scheme, "address": address, "place": "environment of the task"}
    said = dict(re.findall(r"(?m)^  (\w+) : (\S+)$", blocks["proxies"].text))
    for name, scheme in (("HTTP", "http"), ("HTTPS", "https"), ("SOCKS", "socks")):
        if said.get(f"{name}Enable") == "1" and f"{name}Proxy" in said:
            address = ":".join(filter(None, (said[f"{name}Proxy"], said.get(f"{name}Port"))))
            yield {"scheme": scheme, "address": address, "place": "network settings"}
    if said.get("ProxyAutoConfigEnable") == "1":
        address = re.sub(r"(?<=//)[^/@]+@", "***@", said.get("ProxyAutoConfigURLString", "found by the network"))
        yield {"scheme": "all", "address": address, "place": "network settings"}


def _list_busy(text: str) -> Iterator[Json]:
    for process, name in re.findall(r"(?m)^(\d+) (\S+)$", text):
        yield {"path": name, "holder": f"{name} (process {process})"}


def _read_space(text: str) -> Iterator[Json]:
    """Rows of ``df -kP``, in the order in which they were asked for."""
    rows = re.findall(r"(?m)^(\S.*?) +(\d+) +(\d+) +(-?\d+) +\d+%.* /", text)
    for place, (device, total, _used, free) in zip(_SPACE_PLACES, rows, strict=False):
        # the system's own volume cannot be written to, yet what is installed does not go there
        yield {
            "path": place,
            "device": device,
            "free": int(free) * 1024,
            "total": int(total) * 1024,
            "read_only": False,
        }


def _read_endpoints(text: str) -> Iterator[Json]:
    for host, port, status, said in re.findall(r"(?m)^(\S+):(\d+) (\d+) ?(.*)$", text):
        answer: Json = {"host": host, "port": int(port), "reachable": int(status) in _ANSWERED}
        if not answer["reachable"]:
            answer["error"] = said[:200] or f"curl ended with {status}"
        yield answer
