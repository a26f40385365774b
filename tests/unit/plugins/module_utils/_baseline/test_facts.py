# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the reader of facts takes from a node and what it refuses."""

from __future__ import annotations

import json
import time
from datetime import datetime, timezone

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.facts import (
    FactsError,
    parse_facts,
    parse_results,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import (
    OperatingSystem,
    PackageManager,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import InstallResult, NodeFacts

COMPLETE = json.loads("""
{"schema": 1, "hostname": "web1", "boot_id": "b", "booted_at": "2026-11-20T08:00:00Z",
 "collected_at": "2026-11-23T18:00:00+02:00", "package_manager": "apt",
 "os": {"id": "debian", "version": "12", "codename": "bookworm", "name": "Debian GNU/Linux 12", "arch": "amd64",
        "kernel": "6.1.0-28-amd64", "operating_system": "DEBIAN", "product": "Debian12"},
 "reboot_required": {"required": true, "reasons": ["linux-image-6.1.0-28-amd64"]},
 "installed": [{"name": "openssl", "arch": "amd64", "version": "3.0.15-1~deb12u1", "repositories": ["r1"],
                "section": "utils", "priority": "optional", "installed_at": "2026-11-01T00:00:00Z",
                "from_the_future": 1}],
 "candidates": [{"name": "a", "epoch": "1", "release": "27.el9", "notices": ["N"], "built_at": "2026-11-01",
                 "available": false, "applicable": false, "is_security": true, "kb_ids": ["KB1"], "title": "A\\nb"}],
 "held": ["openssl.amd64"],
 "repositories": [{"id": "r1", "label": "Debian-Security", "enabled": false, "reachable": false, "signed": true}],
 "notices": {"N": {"type": "security", "severity": "Low", "issued": "2026-11-01T10:00:00", "cve_ids": ["CVE-1"],
                   "reboot_suggested": true}},
 "warnings": [{"code": "repository_unreachable", "message": "r1"}],
 "last_operation": {"id": "o", "state": "finished", "pid": 7, "started_at": "2026-11-01T00:00:00Z",
                    "results": [{"name": "a", "status": "failed", "version": "1", "reason": "no"}]},
 "from_the_future": {"x": 1}}
""")


def test_every_fact_is_read() -> None:
    facts = parse_facts(COMPLETE)
    assert facts.os.operating_system is OperatingSystem.DEBIAN
    assert facts.package_manager is PackageManager.APT
    assert facts.collected_at == datetime(2026, 11, 23, 16, tzinfo=timezone.utc)
    assert facts.installed[0].repositories == ("r1",)
    candidate = facts.candidates[0]
    assert (candidate.epoch, candidate.notices, candidate.available, candidate.applicable) == (
        "1",
        ("N",),
        False,
        False,
    )
    assert candidate.built_at == datetime(2026, 11, 1, tzinfo=timezone.utc), "a day alone is its first moment"
    assert facts.notices["N"].id == "N"
    assert facts.notices["N"].issued == datetime(2026, 11, 1, 10, tzinfo=timezone.utc), "without a zone UTC is meant"
    assert facts.repositories[0].enabled is False
    assert facts.repositories[0].has_notices is None, "what is not known stays unknown"
    assert facts.reboot_required is not None
    assert facts.reboot_required.reasons == ("linux-image-6.1.0-28-amd64",)
    assert facts.last_operation is not None
    assert facts.last_operation.results == (InstallResult("a", "failed", "", "1", "", "no"),)
    assert facts.warnings[0].code == "repository_unreachable"


def test_the_smallest_facts() -> None:
    assert parse_facts({"schema": 1}) == NodeFacts()


class Text(str):
    """What ansible makes of a text from a node."""


def test_texts_of_other_kinds_become_plain_ones() -> None:
    name = parse_facts({"schema": 1, "candidates": [{"name": Text("a"), "title": Text("b")}]}).candidates[0]
    assert name.name.__class__ is str
    assert name.title.__class__ is str


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, "'facts': an object is expected, found null"),
        ([], "'facts': an object is expected, found a list"),
        ({}, "'facts': 'schema' is missing"),
        ({"schema": True}, "'schema': a whole number is expected, found a switch"),
        ({"schema": 2}, "'schema': schema 1 is expected; collect the node again with this version"),
        ({"schema": 1, "hostname": 3}, "'hostname': text is expected, found a number"),
        ({"schema": 1, "hostname": "a\nb"}, "'hostname': at most 1024 printable characters are expected"),
        ({"schema": 1, "hostname": "a" * 1025}, "'hostname': at most 1024 printable characters are expected"),
        ({"schema": 1, "booted_at": 1.5}, "'booted_at': a time is expected, found a number"),
        ({"schema": 1, "booted_at": "yesterday"}, "'booted_at': a time in ISO 8601 is expected"),
        ({"schema": 1, "booted_at": "9999-12-31T23:59:59-23:00"}, "'booted_at': a time in ISO 8601 is expected"),
        ({"schema": 1, "booted_at": "9001-01-01"}, "'booted_at': a time between the years 1900 and 9000 is expected"),
        ({"schema": 1, "os": {"operating_system": "BEOS"}}, "'os.operating_system': one of WINDOWS, AMAZON_LINUX,"),
        ({"schema": 1, "package_manager": "pip"}, "'package_manager': one of apt, rpm, zypper, macos, windows is"),
        ({"schema": 1, "candidates": {}}, "'candidates': a list is expected, found an object"),
        ({"schema": 1, "candidates": [{"name": "a"}, {"name": ""}]}, "'candidates[1].name': a name is expected"),
        ({"schema": 1, "candidates": [{"arch": "a"}]}, "'candidates[0]': 'name' is missing"),
        ({"schema": 1, "installed": [{"name": "a", "notices": ["x", 1]}]}, "'installed[0].notices[1]': text is"),
        ({"schema": 1, "installed": [{"name": "a", "available": "no"}]}, "'installed[0].available': true or false is"),
        ({"schema": 1, "installed": [{"name": "a", "title": 1}]}, "'installed[0].title': text is expected"),
        ({"schema": 1, "installed": [{"name": "a", "title": "\ud800"}]}, "'installed[0].title': valid Unicode is"),
        ({"schema": 1, "installed": [{"name": "a", "title": "a" * 65_537}]}, "'installed[0].title': text of at most"),
        ({"schema": 1, "installed": [{"name": "a", "products": ["p"] * 10_001}]}, "'installed[0].products': at most"),
        ({"schema": 1, "notices": []}, "'notices': an object of at most 200000 notices is expected"),
        ({"schema": 1, "notices": {"N": 1}}, "'notices['N']': an object is expected, found a number"),
        ({"schema": 1, "notices": {"N": {"type": b"x"}}}, "'notices['N'].type': text is expected, found bytes"),
        ({"schema": 1, "notices": {"": {}}}, "'notices['']': a name is expected, found an empty text"),
        ({"schema": 1, "last_operation": {"pid": "1"}}, "'last_operation.pid': a whole number is expected, found text"),
    ],
)
def test_misfits_are_named_with_their_place(data: object, message: str) -> None:
    with pytest.raises(FactsError) as caught:
        parse_facts(data)
    assert str(caught.value).startswith(f"Failed to read fact {message}")
    assert caught.value.path == message.split("':", maxsplit=1)[0][1:]


def test_results_of_an_install() -> None:
    assert parse_results([{"name": "a", "status": "installed", "version": "2"}]) == (
        InstallResult("a", "installed", version="2"),
    )
    with pytest.raises(FactsError, match=r"'\[0\]': 'status' is missing"):
        parse_results([{"name": "a"}])


def test_reading_costs_little() -> None:
    package = {"name": "p", "arch": "amd64", "version": "1", "repositories": ["r1", "r2"], "section": "libs"}
    data = {"schema": 1, "installed": [package] * 3_000, "candidates": [package] * 3_000}
    begin = time.process_time()
    parse_facts(data)
    assert time.process_time() - begin < 1, "a tenth of that is usual"
