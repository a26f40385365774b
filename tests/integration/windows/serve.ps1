# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Windows nodes that stay up between two calls: tests/windows/agent.ps1 plays them, ansible-playbook asks over a socket. One
# line of JSON comes in for each remote execution, with the node's name and a module or a script, and one goes out.
param ([string]$Nodes, [string]$Socket, [string]$Core, [string]$Plugins, [string]$Work)

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

$env:PROCESSOR_ARCHITECTURE = 'AMD64'
$all = @{}
foreach ($row in (ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($Nodes))).PSObject.Properties) {
    Initialize-Node -Node $row.Value
    $all[$row.Name] = @{ node = $global:Node; tasks = @{}; down = 0; log = [System.Collections.Generic.List[string]]::new() }
    [void][System.IO.Directory]::CreateDirectory("$Work/$($row.Name)")
}

$listener = [System.Net.Sockets.Socket]::new([System.Net.Sockets.AddressFamily]::Unix, [System.Net.Sockets.SocketType]::Stream, [System.Net.Sockets.ProtocolType]::Unspecified)
$listener.Bind([System.Net.Sockets.UnixDomainSocketEndPoint]::new($Socket))
$listener.Listen(10)
# Nobody asks for five minutes: the tests are over, or were killed.
while ($listener.Poll(300000000, [System.Net.Sockets.SelectMode]::SelectRead)) {
    $client = $listener.Accept()
    $stream = [System.Net.Sockets.NetworkStream]::new($client, $true)
    $reader = [System.IO.StreamReader]::new($stream)
    $request = ConvertFrom-Json -InputObject $reader.ReadLine()
    $answer = @{ rc = 0; stdout = ''; stderr = '' }
    $here = $all[$request.node]
    $log = $here.log
    $global:Node = $here.node
    $global:Tasks = $here.tasks
    $global:Down = $here.down
    $global:Snapshots = [System.Collections.Generic.List[string]]::new()
    $env:SystemRoot = "$Work/$($request.node)"
    if ($request.log) {
        $answer.stdout = ConvertTo-Json -InputObject @{ log = $log; files = @([System.IO.Directory]::GetFileSystemEntries($env:SystemRoot, '*', 'AllDirectories')); tasks = @($global:Tasks.Keys) } -Compress
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
    $here.down = $global:Down
    $bytes = [System.Text.Encoding]::UTF8.GetBytes((ConvertTo-Json -InputObject $answer -Compress) + "`n")
    $stream.Write($bytes, 0, $bytes.Length)
    $stream.Dispose()
}
