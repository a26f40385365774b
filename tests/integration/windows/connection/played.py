# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A connection to a Windows node that windows/serve.ps1 plays.

Ansible makes of a module what it makes for psrp or winrm, whole wrapper and all, and hands it over. Of that the
arguments are taken and the module is run as it is: the wrapper itself does not run here.
"""

from __future__ import annotations

import base64
import json
import re
import socket
from collections.abc import Iterator
from typing import Any, ClassVar

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.connection import ConnectionBase

DOCUMENTATION = """
name: played
short_description: A Windows node that is played
description: For tests.
author: openpatch contributors (@openpatch)
options:
  played_socket:
    description: Where the node listens.
    required: true
    vars:
      - name: played_socket
  played_node:
    description: Its name there.
    required: true
    vars:
      - name: inventory_hostname
"""


class Connection(ConnectionBase):
    """Every execution is one line to the node and one back."""

    transport = "played"
    module_implementation_preferences: ClassVar[tuple[str, ...]] = (".ps1", ".exe", "")
    has_pipelining = True
    always_pipeline_modules = True
    allow_executable = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._shell_type = "powershell"
        super().__init__(*args, **kwargs)

    def _connect(self) -> Connection:
        self._connected = True
        return self

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        super().exec_command(cmd, in_data=in_data, sudoable=sudoable)
        request = read_module(in_data) if in_data else read_script(cmd)
        answer = ask(str(self.get_option("played_socket")), str(self.get_option("played_node")), request)
        if answer.get("lost"):
            raise AnsibleConnectionFailure("the node is not there")
        return answer["rc"], answer["stdout"].encode(), answer["stderr"].encode()

    def put_file(self, in_path: str, out_path: str) -> None:
        raise NotImplementedError("nothing is to be copied to the node")

    def fetch_file(self, in_path: str, out_path: str) -> None:
        raise NotImplementedError("nothing is to be fetched from the node")

    def close(self) -> None:
        self._connected = False

    def reset(self) -> None:
        self.close()


def ask(path: str, node: str, request: dict[str, Any]) -> dict[str, Any]:
    """The answer of one node; several may ask, one after the other is answered."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(300)
        client.connect(path)
        client.sendall(json.dumps({"node": node, **request}).encode() + b"\n")
        with client.makefile(encoding="utf-8") as stream:
            answer: dict[str, Any] = json.loads(stream.readline())
    return answer


def read_module(data: bytes) -> dict[str, Any]:
    """The module's name and arguments out of what Ansible hands to the node, in whichever version's layout."""
    for part in re.split(rb"\s*\x00{4}\s*", data):
        start = part.find(b"{")
        try:
            payload, _end = json.JSONDecoder().raw_decode(part[start:].decode("utf-8"))
        except ValueError:
            continue
        for found in _walk(payload):
            if "_ansible_module_name" in found:
                return {
                    "module": str(found["_ansible_module_name"]).rpartition(".")[2],
                    "check": bool(found.get("_ansible_check_mode")),
                    "arguments": {key: value for key, value in found.items() if not key.startswith("_ansible_")},
                }
    raise AssertionError(f"no module in {data[:200]!r}")


def _walk(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    if isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _walk(item)


def read_script(command: str) -> dict[str, Any]:
    """The script that a command of PowerShell holds."""
    encoded = command.split("-EncodedCommand ")[1].split(maxsplit=1)[0]
    return {"script": base64.b64decode(encoded).decode("utf-16-le")}
