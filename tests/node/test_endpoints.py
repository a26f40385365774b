# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Trying to reach real sockets, directly and through a real proxy."""

import socket
import threading
import time
import unittest

import context
from payload import endpoints

PAYLOAD = context.PAYLOAD  # the import puts it on the path


class Listener(object):
    """Accepts connections; with ``answer`` it is a proxy that keeps what it was asked."""

    def __init__(self, answer=None):
        self.answer = answer
        self.asked = []
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen(5)
        self.port = self.socket.getsockname()[1]
        thread = threading.Thread(target=self.serve)
        thread.daemon = True
        thread.start()

    def serve(self):
        while True:
            try:
                stream = self.socket.accept()[0]
            except (IOError, OSError):
                return
            if self.answer is not None:
                self.asked.append(stream.recv(4096))
                stream.sendall(self.answer)
            stream.close()

    def close(self):
        self.socket.close()


def find_closed_port():
    probe = socket.socket()
    probe.bind(("127.0.0.1", 0))
    try:
        return probe.getsockname()[1]
    finally:
        probe.close()


class TestEndpoints(unittest.TestCase):
    def setUp(self):
        self.listeners = []

    def tearDown(self):
        for listener in self.listeners:
            listener.close()

    def listen(self, answer=None):
        self.listeners.append(Listener(answer))
        return self.listeners[-1]

    def test_each_is_tried_and_told_in_order(self):
        there, nowhere = self.listen().port, find_closed_port()
        open_one, closed = endpoints.try_all([["127.0.0.1", there], ["127.0.0.1", nowhere]], None, 5, {})
        self.assertEqual({"host": "127.0.0.1", "port": there, "reachable": True}, open_one)
        self.assertEqual((False, "Connection refused"), (closed["reachable"], closed["error"]))

    def test_nothing_to_try_takes_no_time(self):
        self.assertEqual([], endpoints.try_all([], None, 5, {}))

    def test_all_together_end_in_time(self):
        full = socket.socket()
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        fillers = []
        try:
            # a queue that is full answers nobody
            for _number in range(4):
                filler = socket.socket()
                filler.setblocking(False)
                filler.connect_ex(("127.0.0.1", port))
                fillers.append(filler)
            start = time.time()
            answers = endpoints.try_all([["127.0.0.1", port]] * 5, None, 0.5, {})
            self.assertTrue(time.time() - start < 3)
            self.assertEqual([False] * 5, [answer["reachable"] for answer in answers])
            self.assertTrue(all("timed out" in answer["error"] or "no answer" in answer["error"] for answer in answers))
        finally:
            for filler in fillers:
                filler.close()
            full.close()

    def test_a_proxy_of_the_environment_is_the_only_way(self):
        proxy = self.listen(b"HTTP/1.1 200 Connection established\r\n\r\n")
        environment = {"https_proxy": "http://joe:p%%40ss@127.0.0.1:%d/" % proxy.port}
        (answer,) = endpoints.try_all([["ssm.example.invalid", 443]], None, 5, environment)
        self.assertEqual((True, "http://***@127.0.0.1:%d/" % proxy.port), (answer["reachable"], answer["proxy"]))
        lines = proxy.asked[0].decode("ascii").split("\r\n")
        self.assertEqual("CONNECT ssm.example.invalid:443 HTTP/1.1", lines[0])
        # joe:p@ss
        self.assertEqual("Proxy-Authorization: Basic am9lOnBAc3M=", lines[2])

    def test_a_proxy_that_says_no_is_quoted(self):
        proxy = self.listen(b"HTTP/1.1 403 Forbidden\r\n\r\n")
        environment = {"https_proxy": "http://127.0.0.1:%d" % proxy.port}
        (answer,) = endpoints.try_all([["ssm.example.invalid", 443]], None, 5, environment)
        self.assertFalse(answer["reachable"])
        self.assertEqual("the proxy said 'HTTP/1.1 403 Forbidden'", answer["error"])

    def test_no_proxy_spares_hosts_and_domains(self):
        for host, words, spared in (
            ("ssm.eu.example", ".example", True),
            ("ssm.eu.example", "eu.example", True),
            ("ssm.eu.example", "*.eu.example,x", True),
            ("ssm.eu.example", "x, *", True),
            ("ssm.eu.example", "ssm.eu.example:443", True),
            ("ssm.eu.example", "u.example", False),
            ("ssm.eu.example", "", False),
        ):
            self.assertEqual(spared, endpoints.is_spared(host, words), (host, words))
        there = self.listen().port
        environment = {"https_proxy": "http://127.0.0.1:1", "no_proxy": "127.0.0.1"}
        (answer,) = endpoints.try_all([["127.0.0.1", there]], None, 5, environment)
        self.assertEqual(True, answer["reachable"])

    def test_a_proxy_for_packages_is_tried_only_after_the_direct_way(self):
        for found, ways in (
            ([], [None]),
            ([("all", "http://p:1", "/etc/dnf/dnf.conf")], [None, "http://p:1"]),
            ([("http", "http://p:1", "apt.conf")], [None, "http://p:1"]),
            ([("http", "http://p:1", "apt.conf for mirror.lan")], [None]),
            ([("http", "http://p:1", "apt.conf"), ("https", "http://q:2", "environment https_proxy")], ["http://q:2"]),
        ):
            self.assertEqual(ways, endpoints.choose_proxies(found))

    def test_what_is_no_plain_proxy_is_not_tried(self):
        (answer,) = endpoints.try_all([["a.invalid", 443]], None, 5, {"https_proxy": "socks5://127.0.0.1:1"})
        self.assertTrue("only proxies of the form" in answer["error"])
