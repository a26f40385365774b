# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Alternative repositories: limits and the notation of each package manager (section 1.4)."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import PatchSource
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse import parse_baseline
from tests.unit.plugins.module_utils._baseline.baseline_documents import list_errors, only_error, write_baseline

APT = "deb https://mirror.example.com/debian bookworm main contrib"
INI = "[main]\nname=main\nbaseurl=https://mirror.example.com/el9\nenabled=1\n"
ONE_LINE = "1 to 1024 characters on a single line: deb <uri> <suite> <component>"
BLOCK = "1 to 1024 characters, what a .repo file holds: a [section] line, then its options"


def _write(os: str, **fields: object) -> dict[str, Any]:
    configuration = APT if os in ("DEBIAN", "UBUNTU", "RASPBIAN") else INI
    source = {"name": "mirror", "products": ["*"], "configuration": configuration, **fields}
    return write_baseline(os, sources=[source])


@pytest.mark.parametrize(
    ("os", "configuration"),
    [
        ("DEBIAN", APT),
        ("UBUNTU", "deb [signed-by=/usr/share/keyrings/a.gpg] https://mirror.example.com/ubuntu jammy main\n"),
        ("ROCKY_LINUX", INI),
        ("AMAZON_LINUX", "[amzn-main] \nname=amzn-main-Base\nmirrorlist=https://mirror.example.com/list"),
        ("SUSE", "\n[main]\nbaseurl=https://mirror.example.com/"),
        ("CENTOS", "[m]\n" + "#" * 1020),
    ],
)
def test_a_source_is_read(os: str, configuration: str) -> None:
    parsed = parse_baseline(_write(os, configuration=configuration))
    assert parsed.baseline.sources == (PatchSource("mirror", ("*",), configuration),)
    assert parsed.warnings == ()


@pytest.mark.parametrize(
    ("os", "field", "value", "found", "allowed"),
    [
        ("DEBIAN", "name", "ab", "'ab'", "3 to 50 of the characters a-z A-Z 0-9 _ - ."),
        ("DEBIAN", "name", "x" * 51, f"'{'x' * 51}'", "3 to 50 of the characters a-z A-Z 0-9 _ - ."),
        ("DEBIAN", "name", "my mirror", "'my mirror'", "3 to 50 of the characters a-z A-Z 0-9 _ - ."),
        ("DEBIAN", "name", None, "nothing", "3 to 50 of the characters a-z A-Z 0-9 _ - ."),
        ("DEBIAN", "products", [], "0 items", "a list of 1 to 20 items"),
        ("DEBIAN", "products", ["a"] * 21, "21 items", "a list of 1 to 20 items"),
        ("DEBIAN", "products", None, "nothing", "a list of 1 to 20 items"),
        ("DEBIAN", "configuration", None, "nothing", ONE_LINE),
        ("DEBIAN", "configuration", f"{APT}\n{APT}", None, ONE_LINE),
        ("DEBIAN", "configuration", INI, None, ONE_LINE),
        ("DEBIAN", "configuration", APT + " x" * 512, None, ONE_LINE),
        ("DEBIAN", "configuration", APT + "\0", None, ONE_LINE),
        ("ROCKY_LINUX", "configuration", APT, None, BLOCK),
        ("ROCKY_LINUX", "configuration", "", "''", BLOCK),
        ("ROCKY_LINUX", "configuration", "[m]\n" + "#" * 1021, None, BLOCK),
        ("SUSE", "configuration", "name=main", "'name=main'", BLOCK),
    ],
)
def test_a_wrong_value_of_a_source_is_refused(
    os: str, field: str, value: object, found: str | None, allowed: str
) -> None:
    path, what, may = only_error(_write(os, **{field: value}))
    assert (path, may) == (f"sources[0].{field}", allowed)
    assert found is None or what == found


@pytest.mark.parametrize("product", ["", "x" * 129])
def test_a_product_has_one_to_128_characters(product: str) -> None:
    path, _found, allowed = only_error(_write("SUSE", products=["Suse15.5", product]))
    assert (path, allowed) == ("sources[0].products[1]", "a text of 1 to 128 characters")


def test_a_source_is_a_mapping() -> None:
    path, found, allowed = only_error(write_baseline(sources=[APT]))
    assert (path, allowed) == ("sources[0]", "a mapping with the keys configuration, name, products")
    assert found == f"'{APT}'"


def test_a_baseline_has_at_most_twenty_sources() -> None:
    source = _write("DEBIAN")["sources"][0]
    assert only_error(write_baseline(sources=[source] * 21)) == ("sources", "21 items", "a list of 0 to 20 items")


@pytest.mark.parametrize("os", ["WINDOWS", "MACOS"])
def test_sources_have_a_meaning_on_linux_only(os: str) -> None:
    parsed = parse_baseline(_write(os, configuration="x" * 1024))
    assert parsed.baseline.sources[0].configuration == "x" * 1024
    assert parsed.warnings == ("sources: ignored, only Linux nodes use alternative repositories",)
    assert parse_baseline(write_baseline(os, sources=[])).warnings == ()


def test_without_a_known_operating_system_only_the_limits_are_checked() -> None:
    document = _write("DEBAIN", configuration="anything", name="ab")
    assert [path for path, _found, _allowed in list_errors(document)] == ["operating_system", "sources[0].name"]
