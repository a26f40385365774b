# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entries of approved and rejected lists in every documented form, per package manager (sections 4.1 to 4.5)."""

from __future__ import annotations

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse import parse_baseline
from tests.unit.plugins.module_utils._baseline.baseline_documents import list_errors, only_error, write_baseline

LISTS = ["approved_patches", "rejected_patches"]


@pytest.mark.parametrize("field", LISTS)
@pytest.mark.parametrize(
    ("os", "entry"),
    [
        ("AMAZON_LINUX_2023", "1463241"),
        ("AMAZON_LINUX_2023", "CVE-2018-1234567"),
        ("AMAZON_LINUX_2023", "RHSA-2017:0864"),
        ("AMAZON_LINUX_2023", "ALAS-2018-123"),
        ("AMAZON_LINUX_2023", "ALAS2023-2025-123"),
        ("ORACLE_LINUX", "ELSA-2025-123"),
        ("AMAZON_LINUX_2023", "dbus"),
        ("AMAZON_LINUX_2023", "dbus.x86_64"),
        ("AMAZON_LINUX_2023", "dbus-1.12.28"),
        ("AMAZON_LINUX_2023", "dbus-1.12.28-1.amzn2023.0.1"),
        ("AMAZON_LINUX_2023", "dbus-1.12.28-1.amzn2023.0.1.x86_64"),
        ("AMAZON_LINUX_2023", "1.12.28"),
        ("AMAZON_LINUX_2023", "1.12.28-1.amzn2023.0.1"),
        ("AMAZON_LINUX_2023", "1:1.12.28-1.amzn2023.0.1"),
        ("AMAZON_LINUX_2023", "dbus-1:1.12.28-1.amzn2023.0.1"),
        ("AMAZON_LINUX_2023", "dbus-1:1.12.28-1.amzn2023.0.1.x86_64"),
        ("AMAZON_LINUX_2023", "1:dbus-1.12.28-1.amzn2023.0.1.x86_64"),
        ("AMAZON_LINUX_2023", "dbus.x86_64:1:1.12.28-1.amzn2023.0.1"),
        ("AMAZON_LINUX_2023", "dbus-1.12.2*"),
        ("AMAZON_LINUX_2023", "dbus-*:1.12.28-1.amzn2023.0.1.x86_64"),
        ("ROCKY_LINUX", "*"),
        ("DEBIAN", "libstdc++6"),
        ("UBUNTU", "x" * 100),
        ("SUSE", "SUSE-SLE-Example-Package-15-2023-123"),
        ("SUSE", "SUSE-SLE-Example-Package-15-2023-*"),
        ("SUSE", "example-pkg-2023.15.4-46.17.1.*.rpm"),
        ("SUSE", "python*"),
        ("MACOS", "XProtectPlistConfigData"),
        ("MACOS", "Command Line Tools for Xcode"),
        ("WINDOWS", "KB2032276"),
        ("WINDOWS", "MS10-048"),
    ],
)
def test_a_documented_form_is_taken_as_it_is(field: str, os: str, entry: str) -> None:
    parsed = parse_baseline(write_baseline(os, **{field: [entry]}))
    assert (getattr(parsed.baseline, field), parsed.warnings) == ((entry,), ())


@pytest.mark.parametrize("field", LISTS)
@pytest.mark.parametrize(
    ("os", "entry", "found", "allowed"),
    [
        ("CENTOS", "a*b*", "'a*b*'", "at most one *"),
        ("CENTOS", "dbus, curl", "'dbus, curl'", "one package"),
        ("CENTOS", "dbus,curl", "'dbus,curl'", "one package"),
        ("CENTOS", "dbus curl", "'dbus curl'", "one package"),
        ("CENTOS", "", "''", "a text of 1 to 100 characters"),
        ("CENTOS", "x" * 101, f"'{'x' * 60}…'", "a text of 1 to 100 characters"),
        ("CENTOS", 1.10, "the number 1.1", "in quotes"),
        ("CENTOS", True, "the boolean true", "in quotes"),
        ("CENTOS", None, "nothing", "a text of 1 to 100 characters"),
        ("CENTOS", {"id": "dbus"}, "a mapping", "a text of 1 to 100 characters"),
        ("DEBIAN", "openssl:amd64", "'openssl:amd64'", "a package name (openssl) without architecture and version"),
        (
            "DEBIAN",
            "openssl=3.0.15-1",
            "'openssl=3.0.15-1'",
            "a package name (openssl) without architecture and version",
        ),
        ("DEBIAN", "lib*ssl*", "'lib*ssl*'", "at most one *"),
        ("DEBIAN", "openssl; reboot", "'openssl; reboot'", "a package name (openssl) without architecture and version"),
        ("SUSE", "a*b*", "'a*b*'", "at most one *"),
        ("MACOS", "XProtect*", "'XProtect*'", "a full package name without *"),
        ("WINDOWS", "KB20322*", "'KB20322*'", "a KB id (KB2032276) or a bulletin id (MS10-048) without *"),
        ("WINDOWS", 2032276, "'2032276' (did you mean 'KB2032276'?)", "a KB id (KB2032276)"),
        ("WINDOWS", "KB2032276,MS10-048", "'KB2032276,MS10-048'", "a KB id (KB2032276)"),
        ("WINDOWS", "\u212ab2032276", "'\u212ab2032276'", "a KB id (KB2032276)"),
    ],
)
def test_another_form_is_refused(field: str, os: str, entry: object, found: str, allowed: str) -> None:
    path, what, may = only_error(write_baseline(os, **{field: ["x" if os == "CENTOS" else "KB1", entry]}))
    assert (path, what) == (f"{field}[1]", found)
    assert allowed in may


def test_a_bugzilla_id_without_quotes_is_text() -> None:
    baseline = parse_baseline(write_baseline("CENTOS", approved_patches=[1463241])).baseline
    assert baseline.approved_patches == ("1463241",)


def test_windows_ids_are_spelled_in_capitals() -> None:
    baseline = parse_baseline(write_baseline("WINDOWS", approved_patches=["kb2032276", "ms10-048"])).baseline
    assert baseline.approved_patches == ("KB2032276", "MS10-048")


@pytest.mark.parametrize("os", ["DEBIAN", "UBUNTU", "RASPBIAN"])
@pytest.mark.parametrize(
    ("entry", "doubt"),
    [
        ("linux-image-*", "a wildcard; AWS documents none for this operating system, here it works"),
        ("openssl.amd64", "looks like name.arch; a plain name is meant, which covers every architecture"),
        ("ExamplePkg33", "matches nothing, Debian package names are lower-case"),
    ],
)
def test_a_doubtful_apt_entry_is_taken_with_a_warning(os: str, entry: str, doubt: str) -> None:
    parsed = parse_baseline(write_baseline(os, rejected_patches=[entry]))
    assert parsed.baseline.rejected_patches == (entry,)
    assert parsed.warnings == (f"rejected_patches[0]: '{entry}' {doubt}",)


@pytest.mark.parametrize("field", LISTS)
def test_a_list_has_at_most_fifty_entries(field: str) -> None:
    assert only_error(write_baseline(**{field: ["bash"] * 51})) == (field, "51 items", "a list of 0 to 50 items")
    assert len(getattr(parse_baseline(write_baseline(**{field: ["bash"] * 50})).baseline, field)) == 50


def test_a_list_is_no_text_with_commas() -> None:
    assert only_error(write_baseline(approved_patches="bash,curl")) == (
        "approved_patches",
        "'bash,curl'",
        "a list of 0 to 50 items",
    )


def test_without_a_known_operating_system_only_the_length_is_checked() -> None:
    document = write_baseline("DEBAIN", approved_patches=["a*b*c*", "x" * 101])
    assert [path for path, _found, _allowed in list_errors(document)] == ["operating_system", "approved_patches[1]"]


def test_an_entry_of_both_lists_is_rejected_with_a_warning() -> None:
    parsed = parse_baseline(write_baseline(approved_patches=["bash", "curl"], rejected_patches=["curl"]))
    assert parsed.warnings == ("approved_patches: 'curl' is rejected too, and rejection wins",)
