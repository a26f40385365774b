# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Windows modules use nothing that Windows PowerShell 5.1 on .NET Framework 4.5 does not have, and nothing obscure.

The tests run on PowerShell 7, which would not notice. So what may be used is listed: a command, parameter or static
member that is not here needs a look into the documentation of 5.1 first.
"""

from __future__ import annotations

import json
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.windows.play import HERE, PLUGINS, POWERSHELL, needs_powershell

FILES = [
    PLUGINS / "modules" / "win_patch_facts.ps1",
    PLUGINS / "modules" / "win_patch_install.ps1",
    PLUGINS / "module_utils" / "WindowsUpdateAgent.psm1",
]

# Full names, since aliases are for the keyboard; Write-Host is not among them, since only Ansible.Basic may answer.
COMMANDS = {
    "ConvertFrom-Json": {"InputObject"},
    "ConvertTo-Json": {"InputObject", "Depth", "Compress"},
    "Export-ModuleMember": {"Function"},
    "ForEach-Object": set(),
    "Get-CimInstance": {"ClassName"},
    "Get-Command": {"Name", "CommandType"},
    "Get-ItemProperty": {"LiteralPath", "Name", "ErrorAction"},
    "Invoke-CimMethod": {"Namespace", "ClassName", "MethodName"},
    "Join-Path": {"Path", "ChildPath"},
    "New-Object": {"TypeName", "ArgumentList", "ComObject"},
    "Select-Object": {"First", "Unique"},
    "Sort-Object": set(),
    "Start-Sleep": {"Seconds"},
    "Test-Path": {"LiteralPath"},
    "Where-Object": set(),
    "Write-Verbose": {"Message"},
}
STATIC = {
    "Ansible.Basic.AnsibleModule::Create",
    "Convert::FromBase64String",
    "Convert::ToBase64String",
    "Convert::ToInt64",
    "datetime::FromFileTimeUtc",
    "datetime::MinValue",
    "datetime::ParseExact",
    "datetime::SpecifyKind",
    "datetime::TryParseExact",
    "datetime::UtcNow",
    "guid::NewGuid",
    "math::Floor",
    "math::Max",
    "regex::Match",
    "regex::Matches",
    "System.DateTimeKind::Local",
    "System.DateTimeKind::Utc",
    "System.Globalization.CultureInfo::InvariantCulture",
    "System.Globalization.DateTimeStyles::None",
    "System.IO.Directory::CreateDirectory",
    "System.IO.Directory::Delete",
    "System.IO.Directory::Exists",
    "System.IO.Directory::GetFileSystemEntries",
    "System.IO.Directory::GetFiles",
    "System.IO.File::GetLastWriteTimeUtc",
    "System.IO.Path::GetFileNameWithoutExtension",
    "System.IO.File::Delete",
    "System.IO.File::Exists",
    "System.IO.File::Move",
    "System.IO.File::Open",
    "System.IO.File::Replace",
    "System.IO.File::WriteAllText",
    "System.IO.FileOptions::DeleteOnClose",
    "System.IO.FileStream::new",
    "System.Management.Automation.Language.NullString::Value",
    "System.Text.Encoding::Unicode",
    "System.Text.Encoding::UTF8",
}
NEWER_VARIABLES = {"IsWindows", "IsLinux", "IsMacOS", "IsCoreCLR", "PSNativeCommandUseErrorActionPreference", "PSStyle"}

Found = list[tuple[str, str, int]]


@cache
def read_scripts(*paths: Path) -> dict[Path, Found]:
    """What scripts use: kind, name and line, of all in one start of PowerShell."""
    command = [POWERSHELL, "-NoProfile", "-NonInteractive", "-File", str(HERE / "language.ps1"), *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {Path(row["file"]): [(kind, str(name), line) for kind, name, line in row["found"]] for row in rows}


def list_newer(found: Found, own: set[str]) -> list[str]:
    """What is not allowed, with its line."""
    bad = []
    for kind, name, line in found:
        command, _dash, parameter = name.partition(" -")
        fine = {
            "function": True,
            "variable": name not in NEWER_VARIABLES,
            "command": name in COMMANDS or name in own,
            "parameter": command in own or parameter in COMMANDS.get(command, ()),
            "static": name in STATIC,
        }
        if not fine.get(kind, False):
            bad.append(f"{line}: {kind} {name}")
    return bad


def list_functions(found: Found) -> set[str]:
    return {name for kind, name, _line in found if kind == "function"}


@needs_powershell
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_newer_than_5_1(path: Path) -> None:
    scripts = read_scripts(*FILES)
    own = list_functions(scripts[path]) | list_functions(scripts[FILES[2]])
    assert list_newer(scripts[path], own) == []


@needs_powershell
def test_what_is_newer_is_found(tmp_path: Path) -> None:
    script = tmp_path / "newer.ps1"
    lines = [
        "$a = $b ? 1 : 2",
        "$a = $b ?? 1",
        "$a ??= 1",
        "${a}?.Length",
        "Get-Date && Get-Date",
        "1..3 | ForEach-Object -Parallel { $_ }",
        "ConvertFrom-Json -InputObject $a -AsHashtable",
        "if ($IsWindows) { 1 }",
        "[System.IO.Path]::GetRelativePath($a, $b)",
        "$a = 5uy",
        "Get-Item . &",
        "gci .",
        "Write-Host hello",
    ]
    script.write_text("\n".join(lines), encoding="utf-8")
    numbers = {int(problem.split(":")[0]) for problem in list_newer(read_scripts(script)[script], set())}
    assert numbers == set(range(1, len(lines) + 1))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_style_that_ansible_test_checks(path: Path) -> None:
    text = path.read_bytes().decode("ascii")
    lines = text.splitlines()
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert "\r" not in text
    for number, line in enumerate(lines, 1):
        assert len(line) <= 120, number
        assert line == line.rstrip(), number
        assert "\t" not in line, number
        assert not re.match(r"\s*\} *(else|elseif|catch|finally)\b", line), f"{number}: on a line of its own"
        assert not line.endswith(";"), number


@pytest.mark.parametrize("path", FILES[:2], ids=lambda path: path.name)
def test_what_makes_it_a_module(path: Path) -> None:
    lines = path.read_text(encoding="ascii").splitlines()
    assert lines[0] == "#!powershell"
    assert "#AnsibleRequires -CSharpUtil Ansible.Basic" in lines
    assert path.with_suffix(".py").exists(), "its documentation"
