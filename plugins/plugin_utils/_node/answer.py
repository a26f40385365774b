# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the node program's answer out of whatever a command printed.

The program for Linux answers in JSON. A Mac has nothing that writes it: it sends the text of its commands in blocks.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.errors import (
    BadAnswerError,
    NodeCrashError,
    NodeRefusedError,
    NoPythonError,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.macos.blocks import read_blocks
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.macos.understanding import understand

MARK = "@@openpatch"
_SHOWN = 400
# far more than the facts of any node; a hostile one must not fill the controller's memory
_LONGEST = 256 * 1024 * 1024
_ZLIB, _GZIP = 15, 31


def read_answer(stdout: str, stderr: str, status: int, *, nonce: str, host: str) -> dict[str, Any]:
    """The ``result`` of the answer with ``nonce``.

    Raises a NodeError that names the host: the node's own refusal or crash, or what came instead of an answer.
    """
    data, is_macos = _find_data(stdout, stderr, status, nonce, host)
    try:
        packed = base64.b64decode(data, validate=True)
        answer = _read_mac(packed, nonce) if is_macos else json.loads(_inflate(packed, _ZLIB))
        if not isinstance(answer, dict):
            raise ValueError("an object is expected")
    except (ValueError, binascii.Error, zlib.error, RecursionError) as error:
        raise BadAnswerError(f"Failed to decode the answer of host '{host}': {error}") from error
    if answer.get("ok") is True and isinstance(answer.get("result"), dict):
        result: dict[str, Any] = answer["result"]
        return result
    _raise_error(answer.get("error"), host)
    raise BadAnswerError(f"Failed to decode the answer of host '{host}': it has neither result nor error")


def _read_mac(packed: bytes, nonce: str) -> dict[str, Any]:
    text = _inflate(packed, _GZIP).decode("utf-8", "replace")
    try:
        return understand(read_blocks(text, nonce))
    except (ArithmeticError, LookupError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error


def _find_data(stdout: str, stderr: str, status: int, nonce: str, host: str) -> tuple[str, bool]:
    """The packed answer, and whether it is a Mac's."""
    begin, macos, end, plain = (f"{MARK} {nonce} {word}" for word in ("begin", "macos", "end", "no_python"))
    collected: list[str] | None = None
    is_macos = False
    for line in stdout.splitlines():
        line = line.strip()
        if line in (begin, macos):
            collected, is_macos = [], line == macos
        elif line.startswith(plain):
            raise NoPythonError(
                f"Failed to run the node program on host '{host}': {line[len(plain) :].strip() or 'no Python found'}."
                " Install Python there (2.6 or newer), or set ansible_python_interpreter"
            )
        elif line.startswith(end) and collected is not None:
            data = "".join(collected)
            if line[len(end) :].strip() != str(len(data)):
                raise BadAnswerError(
                    f"Failed to read the answer of host '{host}': {len(data)} characters came of{line[len(end) :]}"
                )
            return data, is_macos
        elif collected is not None:
            collected.append(line)
    if collected is not None:
        raise BadAnswerError(f"Failed to read the answer of host '{host}': it broke off after {len(collected)} lines")
    raise BadAnswerError(f"Failed to get an answer of host '{host}' (exit status {status}): {_show(stdout, stderr)}")


def _show(stdout: str, stderr: str) -> str:
    """The beginning of what came instead, on one line."""
    parts = []
    for name, text in (("stderr", stderr), ("stdout", stdout)):
        text = " ".join(text.split())
        if text:
            parts.append(f"{name}: {text[:_SHOWN]}{'...' if len(text) > _SHOWN else ''}")
    return "; ".join(parts) or "it printed nothing"


def _inflate(data: bytes, form: int) -> bytes:
    inflater = zlib.decompressobj(form)
    text = inflater.decompress(data, _LONGEST)
    if inflater.unconsumed_tail:
        raise ValueError(f"it is longer than {_LONGEST} bytes")
    if not inflater.eof:
        raise ValueError("it is incomplete")
    return text


def _raise_error(error: object, host: str) -> None:
    if not isinstance(error, dict):
        return
    code, message = str(error.get("code")), str(error.get("message"))
    if code == "crash":
        place = str(error.get("place"))
        raise NodeCrashError(
            f"Failed to run the node program on host '{host}': {error.get('type')}: {message} ({place})", place
        )
    details = error.get("details")
    raise NodeRefusedError(f"{message} (host '{host}')", code, details if isinstance(details, dict) else {})
