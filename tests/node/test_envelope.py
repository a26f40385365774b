# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers on their way."""

import base64
import json
import os
import unittest
import zlib

import context
from payload import envelope, main
from payload.refusal import Refusal

NONCE = "0123456789abcdef" * 2

PAYLOAD = context.PAYLOAD  # the import puts it on the path


def open_envelope(text):
    lines = text.split("\n")
    begin = lines.index("@@openpatch %s begin" % NONCE)
    end = [number for number, line in enumerate(lines) if line.startswith("@@openpatch %s end " % NONCE)][0]
    data = "".join(lines[begin + 1 : end])
    assert lines[end].split()[-1] == str(len(data))
    return json.loads(zlib.decompress(base64.b64decode(data.encode("ascii"))).decode("utf-8"))


class TestEnvelope(unittest.TestCase):
    def test_answer_comes_back_as_it_went(self):
        answer = {"text": u"\xe4\u2028\n\0", "list": list(range(5000)), "none": None}
        self.assertEqual(answer, open_envelope(envelope.seal(answer, NONCE)))

    def test_lines_fit_a_terminal(self):
        lines = envelope.seal({"long": [number * 7919 for number in range(5000)]}, NONCE).split("\n")
        self.assertTrue(max(len(line) for line in lines) <= 76)
        self.assertTrue(len(lines) > 50)

    def test_pipe_that_takes_little_at_a_time_gets_all(self):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            envelope.send({"long": [number * 7919 for number in range(60000)]}, NONCE, writer)
            os._exit(0)
        os.close(writer)
        data = b""
        while True:
            part = os.read(reader, 65536)
            if not part:
                break
            data += part
        os.close(reader)
        os.waitpid(child, 0)
        self.assertEqual(60000, len(open_envelope(data.decode("ascii"))["long"]))


class TestAnswers(unittest.TestCase):
    def answer(self, command, handler=None):
        sent = []
        real_send, real_obey = envelope.send, main.obey
        envelope.send = lambda answer, nonce: sent.append(answer)
        if handler:
            main.obey = handler
        # the crash is also told to people, on standard error
        silence, error = os.open(os.devnull, os.O_WRONLY), os.dup(2)
        os.dup2(silence, 2)
        try:
            main.run(command, NONCE)
        finally:
            os.dup2(error, 2)
            os.close(silence)
            os.close(error)
            envelope.send, main.obey = real_send, real_obey
        return sent[0]

    def test_unknown_command_is_refused(self):
        answer = self.answer({"command": "dance"})
        self.assertEqual((False, "unknown_command"), (answer["ok"], answer["error"]["code"]))

    def test_refusal_keeps_code_and_details(self):
        def refuse(_command):
            raise Refusal("locked", "no", pid=7)

        self.assertEqual({"code": "locked", "message": "no", "details": {"pid": 7}}, self.answer({}, refuse)["error"])

    def test_crash_is_an_answer_with_its_place(self):
        def crash(_command):
            return _command["nothing of the kind"]

        error = self.answer({}, crash)["error"]
        self.assertEqual(("crash", "KeyError"), (error["code"], error["type"]))
        self.assertTrue(error["place"].startswith("test_envelope.py:") and error["place"].endswith(" in crash"))
