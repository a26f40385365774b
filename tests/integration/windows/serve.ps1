# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# A Windows node that stays up between two calls: tests/windows/agent.ps1 plays it, ansible-playbook asks it over a socket.
# One line of JSON comes in for each remote execution, a module with its arguments or a script, and one goes out.
param ([string]$Node, [string]$Socket, [string]$Core, [string]$Plugins, [string]$Work)

$ErrorActionPreference = 'Stop'
$windows = [System.IO.Path]::GetFullPath((Join-Path $PSScriptRoot '../../windows'))
. (Join-Path $windows 'agent.ps1')
# Of run.ps1 its functions only: it plays steps that are all known before.
$tree = [System.Management.Automation.Language.Parser]::ParseFile((Join-Path $windows 'run.ps1'), [ref]$null, [ref]$null)
foreach ($function in $tree.FindAll({ param ($item) $item -is [System.Management.Automation.Language.FunctionDefinitionAst] }, $false)) {
    . ([ScriptBlock]::Create($function.Extent.Text))
}
Add-Type -TypeDefinition ([System.IO.File]::ReadAllText("$Core/module_utils/csharp/Ansible.Basic.cs")) -CompilerOptions '/define:CORECLR' -IgnoreWarnings
$global:Answer = [System.Collections.Generic.List[string]]::new()
[Ansible.Basic.AnsibleModule]::WriteLine = { param ($line) $global:Answer.Add($line) }
[Ansible.Basic.AnsibleModule]::Exit = { param ($rc) throw 'the module has ended' }
Import-Module -Name "$Plugins/module_utils/WindowsUpdateAgent.psm1"
$modules = @{}
foreach ($name in 'win_patch_facts', 'win_patch_install') {
    $modules[$name] = [ScriptBlock]::Create([System.IO.File]::ReadAllText("$Plugins/modules/$name.ps1"))
}

$global:Down = 0
function global:shutdown.exe {
    # A reboot as the agent sees it: what waited is in, what needed it comes on offer, and one connection fails meanwhile.
    foreach ($update in $global:Node.updates) {
        if ($update.RebootRequired) { $update.RebootRequired = $false; $update.IsInstalled = $true }
    }
    $global:Node.updates = @($global:Node.updates) + @($global:Node.later | Where-Object { $_ } | ForEach-Object { ConvertTo-Update -Row $_ })
    $global:Node.later = @()
    $global:Node.reboot_before = $false
    foreach ($key in $global:Node.registry.PSObject.Properties) {
        if ($key.Value.BootId) { $key.Value.BootId++ }
    }
    @($global:Node.cim.Win32_OperatingSystem)[0].LastBootUpTime = [datetime]::UtcNow
    $global:Down = 1
    $global:LASTEXITCODE = 0
}

$env:SystemRoot = $Work
$env:PROCESSOR_ARCHITECTURE = 'AMD64'
$global:Tasks = @{}
$global:Snapshots = [System.Collections.Generic.List[string]]::new()
Initialize-Node -Node (ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($Node)))
$log = [System.Collections.Generic.List[string]]::new()

$listener = [System.Net.Sockets.Socket]::new([System.Net.Sockets.AddressFamily]::Unix, [System.Net.Sockets.SocketType]::Stream, [System.Net.Sockets.ProtocolType]::Unspecified)
$listener.Bind([System.Net.Sockets.UnixDomainSocketEndPoint]::new($Socket))
$listener.Listen(10)
while ($true) {
    $client = $listener.Accept()
    $stream = [System.Net.Sockets.NetworkStream]::new($client, $true)
    $reader = [System.IO.StreamReader]::new($stream)
    $request = ConvertFrom-Json -InputObject $reader.ReadLine()
    $answer = @{ rc = 0; stdout = ''; stderr = '' }
    if ($request.log) {
        $answer.stdout = ConvertTo-Json -InputObject @{ log = $log; files = @([System.IO.Directory]::GetFileSystemEntries($Work, '*', 'AllDirectories')); tasks = @($global:Tasks.Keys) } -Compress
    }
    elseif ($global:Down -gt 0) {
        $global:Down--
        $answer.lost = $true
    }
    elseif ($request.module) {
        $step = [pscustomobject]@{ set = [pscustomobject]@{}; node = $null; write = ''; module = $request.module; arguments = $request.arguments; check = $request.check }
        $ended = Invoke-Step -Step $step
        $log.Add("$($request.module) $($request.arguments.request)".Trim())
        $log.AddRange([string[]]@($ended.calls))
        $answer.stdout = $ended.answer
        $answer.stderr = $ended.crash
    }
    else {
        $log.Add(('script', 'reboot')[[bool]($request.script -match 'shutdown.exe')])
        $global:Calls = [System.Collections.ArrayList]::new()
        $answer.stdout = (& ([ScriptBlock]::Create($request.script))) -join "`n"
    }
    $bytes = [System.Text.Encoding]::UTF8.GetBytes((ConvertTo-Json -InputObject $answer -Compress) + "`n")
    $stream.Write($bytes, 0, $bytes.Length)
    $stream.Dispose()
}
