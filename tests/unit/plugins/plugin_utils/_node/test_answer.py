# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.answer import MARK, read_answer
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.errors import (
    BadAnswerError,
    NodeCrashError,
    NodeError,
    NodeRefusedError,
    NoPythonError,
)

NONCE = "a" * 32
OTHER = "b" * 32
GOOD = {"ok": True, "result": {"name": "f\u00fcr", "n": 1}, "schema": 1}


def pack(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data)).decode("ascii")


def frame(data: str, nonce: str = NONCE, length: int | None = None, end: str = "\n") -> str:
    lines = [data[start : start + 20] for start in range(0, len(data), 20)]
    last = f"{MARK} {nonce} end {len(data) if length is None else length}"
    return end.join([f"{MARK} {nonce} begin", *lines, last, ""])


def seal(answer: object, nonce: str = NONCE) -> str:
    return frame(pack(json.dumps(answer).encode()), nonce)


def read(stdout: str, stderr: str = "", status: int = 0) -> dict[str, Any]:
    return read_answer(stdout, stderr, status, nonce=NONCE, host="web1")


@pytest.mark.parametrize(
    "stdout",
    [
        seal(GOOD),
        "Welcome\n" + seal(GOOD) + "bye\n",
        seal(GOOD).replace("\n", "\r\n"),
        seal({"ok": True, "result": {"n": 2}}, OTHER) + seal(GOOD),
        f"{MARK} {OTHER} no_python none\n" + seal(GOOD),
        f"{MARK} {NONCE} begin\nbroken off\n" + seal(GOOD),
    ],
    ids=["alone", "noise", "terminal", "older answer", "older no_python", "second try"],
)
def test_the_answer_with_the_nonce_is_found_in_whatever_came(stdout: str) -> None:
    assert read(stdout, "noise", 1) == GOOD["result"]


@pytest.mark.parametrize(
    ("stdout", "words"),
    [
        (f"{MARK} {NONCE} begin\nabc\n", "broke off after 1 lines"),
        (frame("abcd", length=5), "4 characters came of 5"),
        (frame("abcd", length=40), "4 characters came of 40"),
        (frame("!!!!"), "decode"),
        (frame("\u00fcabc"), "decode"),
        (frame(base64.b64encode(b"not compressed").decode()), "decode"),
        (frame(base64.b64encode(zlib.compress(b"{}" * 99)[:-5]).decode()), "incomplete"),
        (frame(pack(b"{")), "decode"),
        (frame(pack(b"\xff")), "decode"),
        (frame(pack(b"[" * 200000)), "decode"),
        (seal([1]), "an object is expected"),
        (seal({"ok": True, "result": []}), "neither result nor error"),
        (seal({"ok": False}), "neither result nor error"),
        (seal({"ok": "yes", "result": {}}), "neither result nor error"),
        (seal({"ok": False, "error": "text"}), "neither result nor error"),
    ],
)
def test_an_answer_that_is_none_is_an_error_that_names_the_host(stdout: str, words: str) -> None:
    with pytest.raises(BadAnswerError) as caught:
        read(stdout)
    assert words in str(caught.value)
    assert "host 'web1'" in str(caught.value)


def test_a_bomb_is_not_unpacked_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.answer._LONGEST", 1000)
    with pytest.raises(BadAnswerError, match="longer than 1000 bytes"):
        read(frame(pack(b" " * 100000)))


def test_without_an_answer_the_error_shows_status_and_both_outputs_on_one_line() -> None:
    with pytest.raises(BadAnswerError) as caught:
        read(f"{MARK} {OTHER} begin\n", "sudo:\n\n  a password is required\n", 1)
    said = str(caught.value)
    assert "exit status 1" in said
    assert f"stderr: sudo: a password is required; stdout: {MARK} {OTHER} begin" in said


def test_what_came_instead_is_cut_short() -> None:
    with pytest.raises(BadAnswerError) as caught:
        read("x" * 100000)
    assert len(str(caught.value)) < 1000
    assert str(caught.value).endswith("x...")


def test_silence_is_said_to_be_silence() -> None:
    with pytest.raises(BadAnswerError, match="it printed nothing"):
        read("", " \n", 255)


def test_a_node_without_python_is_told_with_the_way_out() -> None:
    with pytest.raises(NoPythonError, match=r"'web1': no Python found\. Install Python .*_interpreter"):
        read(f"motd\n{MARK} {NONCE} no_python no Python found\n")


def test_a_refusal_has_code_details_and_the_host() -> None:
    error = {"code": "locked", "message": "Failed to lock 'x': no", "details": {"pid": 7}}
    with pytest.raises(NodeRefusedError) as caught:
        read(seal({"ok": False, "error": error}))
    assert (caught.value.code, caught.value.details) == ("locked", {"pid": 7})
    assert str(caught.value) == "Failed to lock 'x': no (host 'web1')"


def test_details_that_are_no_object_are_none() -> None:
    with pytest.raises(NodeRefusedError) as caught:
        read(seal({"ok": False, "error": {"code": "locked", "message": "m", "details": [1]}}))
    assert caught.value.details == {}


def test_a_crash_has_its_place() -> None:
    error = {"code": "crash", "type": "KeyError", "message": "'x'", "place": "dpkg.py:7 in read"}
    with pytest.raises(NodeCrashError) as caught:
        read(seal({"ok": False, "error": error}))
    assert caught.value.place == "dpkg.py:7 in read"
    assert "'web1': KeyError: 'x' (dpkg.py:7 in read)" in str(caught.value)


def test_an_error_beats_a_result_that_is_not_ok() -> None:
    answer = {"ok": False, "result": {"n": 1}, "error": {"code": "locked", "message": "m"}}
    with pytest.raises(NodeError, match="m "):
        read(seal(answer))
