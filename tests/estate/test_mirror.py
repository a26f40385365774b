# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mirror is read from either format of apt's sources."""

from __future__ import annotations

from pathlib import Path

import pytest

from .mirror import Mirror, Source, parse_deb822, parse_one_line

_DEB822 = """# the machine's own
Types: deb deb-src
# a comment inside
URIs: http://mirror.test/debian/
Suites: bookworm bookworm-updates
Components: main
  contrib
Signed-By: /usr/share/keyrings/a.gpg

Types: deb
URIs: http://mirror.test/off
Suites: bookworm
Components: main
Enabled: no

Types: deb-src
URIs: http://mirror.test/source
Suites: bookworm
Components: main
"""
_ONE_LINE = """# deb http://mirror.test/off bookworm main
deb [arch=amd64 signed-by=/usr/share/keyrings/a.gpg] http://mirror.test/debian bookworm main contrib # a comment
deb-src http://mirror.test/debian bookworm main
deb\thttp://mirror.test/security\tbookworm-security\tmain
"""


def test_deb822_sources_are_read_by_stanza() -> None:
    components, keyring = ("main", "contrib"), "/usr/share/keyrings/a.gpg"
    assert list(parse_deb822(_DEB822)) == [
        Source("http://mirror.test/debian/", "bookworm", components, keyring),
        Source("http://mirror.test/debian/", "bookworm-updates", components, keyring),
    ]


def test_one_line_sources_are_read_by_line() -> None:
    assert list(parse_one_line(_ONE_LINE)) == [
        Source("http://mirror.test/debian", "bookworm", ("main", "contrib"), "/usr/share/keyrings/a.gpg"),
        Source("http://mirror.test/security", "bookworm-security", ("main",), None),
    ]


@pytest.mark.parametrize("deb822", [False, True])
def test_a_node_gets_release_updates_and_security(deb822: bool) -> None:
    mirror = Mirror("http://m.test/debian", "http://m.test/sec", Path("/keyring"), ())
    text = mirror.deb822_sources("trixie") if deb822 else mirror.sources("trixie")
    parsed = list(parse_deb822(text) if deb822 else parse_one_line(text))
    assert [(source.uri, source.suite) for source in parsed] == [
        ("http://m.test/debian", "trixie"),
        ("http://m.test/debian", "trixie-updates"),
        ("http://m.test/sec", "trixie-security"),
    ]
