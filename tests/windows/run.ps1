# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Runs every step of every case in one PowerShell: the module as it is, with ansible-core's own Ansible.Basic, on the
# node that agent.ps1 plays. Each statement of the modules notes its line, so that a test can say which never ran.
param ([string]$Cases, [string]$Out, [string]$Core, [string]$Plugins, [string]$Work)

$ErrorActionPreference = 'Stop'
$global:Hits = [System.Collections.Generic.HashSet[string]]::new()
$global:Lines = [System.Collections.Generic.HashSet[string]]::new()

function Add-LineNote {
    # The text of a script with a note before each statement of its blocks.
    param ([string]$Path)
    $name = Split-Path -Path $Path -Leaf
    $errors = $null
    $tree = [System.Management.Automation.Language.Parser]::ParseFile($Path, [ref]$null, [ref]$errors)
    if ($errors) { throw "$Path`: $errors" }
    $blocks = $tree.FindAll({ param ($node)
            $node -is [System.Management.Automation.Language.StatementBlockAst] -or
            $node -is [System.Management.Automation.Language.NamedBlockAst] }, $true)
    $starts = @(foreach ($block in $blocks) {
            foreach ($statement in $block.Statements) {
                # Inside of a string a note would be read as text.
                $above = $statement.Parent
                while ($above -and $above -isnot [System.Management.Automation.Language.ExpandableStringExpressionAst]) { $above = $above.Parent }
                if (-not $above -and $statement -isnot [System.Management.Automation.Language.FunctionDefinitionAst]) { $statement.Extent }
            }
        }) | Sort-Object -Property StartOffset -Descending
    $text = [System.IO.File]::ReadAllText($Path)
    foreach ($start in $starts) {
        $line = "${name}:$($start.StartLineNumber)"
        [void]$global:Lines.Add($line)
        $text = $text.Insert($start.StartOffset, "[void]`$global:Hits.Add('$line');")
    }
    $text
}

. (Join-Path $PSScriptRoot 'agent.ps1')
Add-Type -TypeDefinition ([System.IO.File]::ReadAllText("$Core/module_utils/csharp/Ansible.Basic.cs")) -CompilerOptions '/define:CORECLR' -IgnoreWarnings
$global:Answer = [System.Collections.Generic.List[string]]::new()
[Ansible.Basic.AnsibleModule]::WriteLine = { param ($line) $global:Answer.Add($line) }
[Ansible.Basic.AnsibleModule]::Exit = { param ($rc) throw 'the module has ended' }

$shared = "$Work/WindowsUpdateAgent.psm1"
[System.IO.File]::WriteAllText($shared, (Add-LineNote -Path "$Plugins/module_utils/WindowsUpdateAgent.psm1"))
Import-Module -Name $shared
$modules = @{}
foreach ($name in 'win_patch_facts', 'win_patch_install') {
    $modules[$name] = [ScriptBlock]::Create((Add-LineNote -Path "$Plugins/modules/$name.ps1"))
}

function Invoke-Step {
    param ($Step)
    foreach ($pair in @($Step.set.PSObject.Properties)) { $global:Node.($pair.Name) = $pair.Value }
    if ($Step.node) { Initialize-Node -Node $Step.node }
    if ($Step.write) { [void][System.IO.Directory]::CreateDirectory("$env:SystemRoot/openpatch.patch_manager")
        [System.IO.File]::WriteAllText("$env:SystemRoot/openpatch.patch_manager/operation.json", $Step.write) }
    $global:complex_args = @{ _ansible_check_mode = [bool]$Step.check; _ansible_tmpdir = $Work; _ansible_module_name = $Step.module; _ansible_verbosity = 0 }
    foreach ($pair in @($Step.arguments.PSObject.Properties)) { $global:complex_args[$pair.Name] = ConvertTo-Plain -Value $pair.Value }
    foreach ($pair in @($Step.left.PSObject.Properties | Where-Object { $_ })) {
        # What a search left behind so many hours ago.
        [void][System.IO.Directory]::CreateDirectory("$env:SystemRoot/openpatch.patch_manager")
        foreach ($end in 'ps1', 'json') {
            $path = "$env:SystemRoot/openpatch.patch_manager/$($pair.Name).$end"
            [System.IO.File]::WriteAllText($path, '')
            [System.IO.File]::SetLastWriteTimeUtc($path, [datetime]::UtcNow.AddHours(-$pair.Value))
        }
        $global:Tasks[$pair.Name] = New-Task
    }
    $global:Held = $null
    $global:HeldFor = [int]$Step.held
    if ($Step.held) { $global:Held = [System.IO.File]::Open("$env:SystemRoot/openpatch.patch_manager/start.lock", 'OpenOrCreate', 'ReadWrite', 'None') }
    $global:Answer.Clear()
    $global:Calls = [System.Collections.ArrayList]::new()
    $global:Asked = @{}
    $ended = ''
    try { $null = & $modules[$Step.module] }
    catch { if ([string]$_ -notlike '*the module has ended*') { $ended = "$_ $($_.ScriptStackTrace)" } }
    if ($global:Held) { $global:Held.Dispose() }
    $folder = "$env:SystemRoot/openpatch.patch_manager"
    $files = @()
    if ([System.IO.Directory]::Exists($folder)) { $files = @([System.IO.Directory]::GetFileSystemEntries($folder) | ForEach-Object { Split-Path -Path $_ -Leaf }) }
    @{ answer = [string]$global:Answer[0]; crash = $ended; files = $files; tasks = @($global:Tasks.Keys)
        calls = @($global:Calls); services = @($global:Node.services | ForEach-Object { $_.ServiceID })
    }
}

function ConvertTo-Plain {
    param ($Value)
    if ($Value -is [System.Management.Automation.PSCustomObject]) {
        $plain = @{}
        foreach ($pair in $Value.PSObject.Properties) { $plain[$pair.Name] = ConvertTo-Plain -Value $pair.Value }
        $plain
    } elseif ($Value -is [array]) { , @($Value | ForEach-Object { ConvertTo-Plain -Value $_ }) } else { $Value }
}

function Initialize-Node {
    param ($Node)
    $global:Node = @{ fail = [pscustomobject]@{}; busy = 0; scheduler = 'run'; services = @(); updates = @(); history = @()
        network_logon = $false; reboot_before = $false; agent_wants_reboot = $false; registry = [pscustomobject]@{} }
    foreach ($pair in $Node.PSObject.Properties) { $global:Node[$pair.Name] = $pair.Value }
    $global:Node.updates = @($global:Node.updates | ForEach-Object { ConvertTo-Update -Row $_ })
    foreach ($entry in $global:Node.history) {
        if ($entry.Date -is [string]) { $entry.Date = [datetime]::Parse($entry.Date, [cultureinfo]::InvariantCulture) }
    }
}

# The argument spec of each module, as ansible-test asks for it.
[Ansible.Basic.AnsibleModule]::_DebugArgSpec = $true
$specs = @{}
foreach ($name in @($modules.Keys)) {
    try { $null = & $modules[$name] } catch { $specs[$name] = $global:ansibleTestArgSpec }
}
[Ansible.Basic.AnsibleModule]::_DebugArgSpec = $false

$number = 0
$results = @{}
foreach ($case in (ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($Cases)))) {
    $number++
    $env:SystemRoot = "$Work/$number"
    $env:PROCESSOR_ARCHITECTURE = 'AMD64'
    [void][System.IO.Directory]::CreateDirectory($env:SystemRoot)
    $global:Tasks = @{}
    $global:Waiting = $null
    $global:Snapshots = [System.Collections.Generic.List[string]]::new()
    Initialize-Node -Node $case.node
    $results[$case.name] = @(foreach ($step in $case.steps) { Invoke-Step -Step $step })
}
$report = @{ results = $results; specs = $specs; lines = @($global:Lines); hits = @($global:Hits) }
[System.IO.File]::WriteAllText($Out, (& $global:RealConvertToJson -InputObject $report -Depth 20 -Compress))
