# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Proxies as package managers and environments are set to them, and what of an address is not for others."""

import unittest

import context
from payload import proxies

PAYLOAD = context.PAYLOAD  # the import puts it on the path


class TestSecrets(unittest.TestCase):
    def test_users_passwords_and_tokens_are_hidden(self):
        for text, shown in (
            ("http://joe:secret@proxy:3128/", "http://***@proxy:3128/"),
            ("http://token@proxy", "http://***@proxy"),
            ("http://proxy:3128", "http://proxy:3128"),
            ("read 'https://u:p@a/x' and ftp://q:r@b failed", "read 'https://***@a/x' and ftp://***@b failed"),
            ("https://updates.suse.com/SUSE/x?AbC123 y", "https://updates.suse.com/SUSE/x?*** y"),
            ("http://m/list?repo=os&arch=x86_64", "http://m/list?repo=os&arch=x86_64"),
            ("http://m/list?repo=os&auth_token=abc&arch=y", "http://m/list?repo=os&auth_token=***&arch=y"),
            ("mail joe@example.org", "mail joe@example.org"),
            ("", ""),
        ):
            self.assertEqual(shown, proxies.hide_secrets(text))

    def test_what_is_found_is_shown_without_them(self):
        found = proxies.find_proxies(None, {"https_proxy": "http://u:p@proxy:1"})
        self.assertEqual(
            [{"scheme": "https", "address": "http://***@proxy:1", "place": "environment https_proxy"}], found
        )


class TestProxies(unittest.TestCase):
    def test_apt(self):
        text = (
            'Acquire::http::Proxy "http://p:1";\nAcquire::http::Proxy::mirror.lan "DIRECT";\n'
            'Acquire::https::proxy "http://q:2";\nAcquire::http::Proxy-Auto-Detect "/x";\nOther::http::Proxy "no";\n'
        )
        self.assertEqual(
            [
                ("http", "http://p:1", "apt.conf"),
                ("http", "DIRECT", "apt.conf for mirror.lan"),
                ("https", "http://q:2", "apt.conf"),
            ],
            proxies.parse_apt(text),
        )

    def test_suse_only_where_it_is_enabled(self):
        text = 'PROXY_ENABLED="%s"\nHTTP_PROXY="http://p:1"\nHTTPS_PROXY="http://q:2"\nNO_PROXY="localhost"\n'
        expected = [("http", "http://p:1", proxies.SUSE), ("https", "http://q:2", proxies.SUSE)]
        self.assertEqual(expected, proxies.parse_suse(text % "yes"))
        self.assertEqual([], proxies.parse_suse(text % "no"))

    def test_environment_in_either_case_once(self):
        environment = {"http_proxy": "http://p:1", "HTTP_PROXY": "http://P:1", "ALL_PROXY": "http://q:2", "no_proxy": "x"}
        self.assertEqual(
            [("http", "http://p:1", "environment http_proxy"), ("all", "http://q:2", "environment ALL_PROXY")],
            proxies.read_proxies(None, environment),
        )

    def test_no_proxy_is_none(self):
        self.assertEqual([], proxies.read_proxies(None, {"http_proxy": "DIRECT", "https_proxy": ""}))
