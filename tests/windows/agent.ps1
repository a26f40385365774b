# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# A Windows node that is not there: update agent, task scheduler, registry, CIM. README.md describes the model. All of it
# is made from $global:Node, so a test says what the node is like by data and not by code.

$global:RealNewObject = Get-Command -Name New-Object -CommandType Cmdlet
$global:RealConvertFromJson = Get-Command -Name ConvertFrom-Json -CommandType Cmdlet
$global:RealTestPath = Get-Command -Name Test-Path -CommandType Cmdlet

function global:New-Error {
    param ([string]$Code, [string]$Message = 'The operation could not be completed.')
    & $global:RealNewObject -TypeName System.Runtime.InteropServices.COMException -ArgumentList $Message, ([Convert]::ToInt32($Code, 16))
}

function global:Write-Call {
    param ([string]$Text)
    [void]$global:Calls.Add($Text)
}

# What a call fails with: 'fail' of the node has a list for each call, of which each call takes the next one.
function global:Get-Failure {
    param ([string]$Call)
    $list = $global:Node.fail.$Call
    if (-not $list) { return '' }
    if (-not $global:Asked.ContainsKey($Call)) { $global:Asked[$Call] = 0 }
    $at = $global:Asked[$Call]
    $global:Asked[$Call]++
    [string]@($list)[$at]
}

function global:Assert-Call {
    param ([string]$Call)
    Write-Call -Text $Call
    $code = Get-Failure -Call $Call
    if ($code) { throw (New-Error -Code $code) }
}

function global:Add-Method {
    param ($To, [string]$Name, [scriptblock]$Body)
    Add-Member -InputObject $To -MemberType ScriptMethod -Name $Name -Value $Body
}

function global:New-Thing {
    param ([hashtable]$Property)
    $thing = [pscustomobject]$Property
    foreach ($name in @($Property.Keys)) {
        if ($Property[$name] -is [scriptblock]) {
            $thing.PSObject.Properties.Remove($name)
            Add-Method -To $thing -Name $name -Body $Property[$name]
        }
    }
    $thing
}

function global:Get-Label {
    param ($Update)
    if (@($Update.KBArticleIDs).Count) { 'KB' + @($Update.KBArticleIDs)[0] } else { $Update.Identity.UpdateID }
}

function global:ConvertTo-Update {
    # A row of the fixtures is an IUpdate already, but for its moments and what it does.
    param ($Row)
    if ($Row.LastDeploymentChangeTime -is [string]) {
        $Row.LastDeploymentChangeTime = [datetime]::Parse($Row.LastDeploymentChangeTime, [cultureinfo]::InvariantCulture)
    }
    Add-Method -To $Row -Name AcceptEula -Body { Assert-Call -Call "eula $(Get-Label -Update $this)"; $this.EulaAccepted = $true }
    $Row
}

function global:New-StepResult {
    param ([string]$Stage, $Update)
    $label = Get-Label -Update $Update
    Write-Call -Text "$Stage $label"
    $failure = Get-Failure -Call "$Stage $label"
    # 'throw:CODE' throws, 'RESULT:CODE' is what GetUpdateResult gives, 'CODE' is a failure, '' is success
    $word, $code = $failure -split ':'
    if ($word -eq 'throw') { throw (New-Error -Code $code) }
    $result = 2
    if ($code) { $result = [int]$word } elseif ($word) { $result = 4; $code = $word }
    if (-not $code) { $code = '0' }
    $reboot = $false
    if ($result -le 3) {
        if ($Stage -eq 'download') {
            $Update.IsDownloaded = $true
        } else {
            # As the real agent, which says "not installed yet" until the node has been rebooted.
            $reboot = $Update.InstallationBehavior.RebootBehavior -eq 1
            $Update.IsInstalled = -not $reboot
            $Update.RebootRequired = $reboot
            if ($reboot -and $Update.InstallationBehavior.Impact -eq 2) { $global:Node.reboot_before = $true }
        }
    }
    New-Thing @{ ResultCode = $result; HResult = [Convert]::ToInt32($code, 16); RebootRequired = $reboot }
}

function global:New-Step {
    param ([string]$Stage)
    $code = Get-Failure -Call "create $Stage"
    if ($code) { throw (New-Error -Code $code) }
    $step = New-Thing @{
        Updates = $null; ForceQuiet = $false; AllowSourcePrompts = $true
        IsBusy = $global:Node.busy -gt 0; RebootRequiredBeforeInstallation = [bool]$global:Node.reboot_before
        Go = { param ($kind)
            if ($kind -eq 'install') {
                if (-not $this.ForceQuiet -or $this.AllowSourcePrompts) { throw 'an installer that asks questions' }
                # What the record was like in the middle, for tests of a task that is killed there.
                $global:Snapshots.Add([IO.File]::ReadAllText("$env:SystemRoot/openpatch.patch_manager/operation.json"))
            }
            # For a while nothing can be written there.
            if ($global:Node.blocked) {
                $global:Node.blocked = "$env:SystemRoot/openpatch.patch_manager/operation.json.new"
                [void][IO.Directory]::CreateDirectory($global:Node.blocked)
            }
            $result = New-StepResult -Stage $kind -Update $this.Updates.item
            New-Thing @{ result = $result; GetUpdateResult = { param ($index) if ($index -eq 0) { $this.result } } }
        }
        Download = { $this.Go('download') }
        Install = { $this.Go('install') }
    }
    if ($Stage -eq 'install' -and $global:Node.busy -gt 0) { $global:Node.busy-- }
    $step
}

function global:Invoke-Search {
    param ([string]$Criteria, $Searcher)
    Write-Call -Text "search selection=$($Searcher.ServerSelection) service=$($Searcher.ServiceID) $Criteria"
    $code = Get-Failure -Call search
    if ($code) { throw (New-Error -Code $code) }
    if ($Searcher.ServiceID -and @($global:Node.services | ForEach-Object { $_.ServiceID }) -notcontains $Searcher.ServiceID) {
        throw (New-Error -Code 0x80248014)
    }
    $result = 2
    if ($null -ne $global:Node.search_result) { $result = $global:Node.search_result }
    New-Thing @{ Updates = @($global:Node.updates); ResultCode = $result; Warnings = @($global:Node.search_warnings | Where-Object { $_ }) }
}

function global:New-Searcher {
    New-Thing @{
        ServerSelection = 0; ServiceID = ''
        Search = { param ($criteria) Invoke-Search -Criteria $criteria -Searcher $this }
        GetTotalHistoryCount = { @($global:Node.history | Where-Object { $_ }).Count }
        QueryHistory = { param ($from, $count) @($global:Node.history)[$from..($from + $count - 1)] }
    }
}

function global:New-ServiceManager {
    $manager = New-Thing @{
        AddScanPackageService = { param ($name, $path, $flags)
            Assert-Call -Call 'AddScanPackageService'
            $service = [pscustomobject]@{ ServiceID = 'c0ffee00-0000-4000-8000-000000000001'; Name = $name; IsDefaultAUService = $false; IsRegisteredWithAU = $false }
            $global:Node.services = @($global:Node.services) + $service
            $service
        }
        AddService2 = { param ($id, $flags, $cab)
            Assert-Call -Call "AddService2 $flags"
            $global:Node.services = @($global:Node.services) + [pscustomobject]@{ ServiceID = $id; Name = 'Microsoft Update'; IsDefaultAUService = $false; IsRegisteredWithAU = $false }
        }
        RemoveService = { param ($id)
            Assert-Call -Call "RemoveService $id"
            $global:Node.services = @($global:Node.services | Where-Object { $_.ServiceID -ne $id })
        }
    }
    Add-Member -InputObject $manager -MemberType ScriptProperty -Name Services -Value { $global:Node.services }
    $manager
}

function global:New-Scheduler {
    New-Thing @{
        Connect = { Assert-Call -Call 'connect' }
        NewTask = { param ($flags)
            New-Thing @{
                RegistrationInfo = [pscustomobject]@{ Description = '' }
                Principal = [pscustomobject]@{ UserId = ''; LogonType = 0; RunLevel = 0 }
                Settings = [pscustomobject]@{ ExecutionTimeLimit = ''; DisallowStartIfOnBatteries = $true; StopIfGoingOnBatteries = $true; MultipleInstances = 0; Priority = 7 }
                Actions = New-Thing @{ list = @()
                    Create = { param ($kind) $action = [pscustomobject]@{ Path = ''; Arguments = '' }; $this.list += $action; $action }
                }
            }
        }
        GetFolder = { param ($path)
            New-Thing @{
                GetTask = { param ($name)
                    Assert-Call -Call 'get task'
                    if (-not $global:Tasks.Contains($name)) { throw (New-Error -Code 0x80070002 -Message 'The system cannot find the file specified.') }
                    $global:Tasks[$name]
                }
                RegisterTaskDefinition = { param ($name, $definition, $flags, $user, $password, $logon)
                    Assert-Call -Call "register $user $logon $($definition.Principal.UserId) $($definition.Settings.ExecutionTimeLimit)"
                    $global:Tasks[$name] = New-Task -Definition $definition
                    $global:Tasks[$name]
                }
                DeleteTask = { param ($name, $flags) Assert-Call -Call 'delete task'; $global:Tasks.Remove($name) }
            }
        }
    }
}

function global:New-Task {
    param ($Definition)
    New-Thing @{
        State = 3; LastTaskResult = 0; Definition = $Definition
        Stop = { param ($flags) Assert-Call -Call 'stop task'; $this.State = 3 }
        Run = { param ($arguments)
            Assert-Call -Call 'run task'
            $mode = [string]$global:Node.scheduler
            if ($mode -eq 'never') { $this.LastTaskResult = 0x41303; return }
            if ($mode -eq 'hang') { $this.State = 4; return }
            # It gets on when somebody waits for it.
            if ($mode -eq 'begins') { $this.LastTaskResult = 0x41303; $global:Waiting = $this; return }
            if ($mode -eq 'slow') { $this.State = 4; $global:Waiting = $this; return }
            $this.Work()
        }
        Work = {
            $mode = [string]$global:Node.scheduler
            $text = $this.Definition.Actions.list[0].Arguments -replace '^.*-EncodedCommand ', ''
            $text = [System.Text.Encoding]::Unicode.GetString([Convert]::FromBase64String($text))
            $logon = $global:Node.fail
            # SYSTEM is not refused what a network logon is.
            if ($global:Node.network_logon) { $global:Node.fail = [pscustomobject]@{} }
            $null = & ([ScriptBlock]::Create($text))
            $global:Node.fail = $logon
            # Killed in the middle: the record is as it was then.
            if ($mode -like 'die*') {
                [IO.File]::WriteAllText("$env:SystemRoot/openpatch.patch_manager/operation.json", $global:Snapshots[[int]$mode.Substring(3)])
                if ($global:Node.still) { $this.State = 4 }
            }
        }
    }
}

function global:New-Object {
    param ([string]$TypeName, [object[]]$ArgumentList, [string]$ComObject)
    if (-not $ComObject) {
        if ($ArgumentList) { return , (& $global:RealNewObject -TypeName $TypeName -ArgumentList $ArgumentList) }
        return , (& $global:RealNewObject -TypeName $TypeName)
    }
    $code = Get-Failure -Call "new $ComObject"
    if ($code) { throw (New-Error -Code $code) }
    switch ($ComObject) {
        'Microsoft.Update.Session' {
            return New-Thing @{ ClientApplicationID = ''
                CreateUpdateSearcher = { New-Searcher }
                CreateUpdateDownloader = { New-Step -Stage download }
                CreateUpdateInstaller = { New-Step -Stage install }
            }
        }
        'Microsoft.Update.ServiceManager' { return New-ServiceManager }
        'Microsoft.Update.SystemInfo' { return [pscustomobject]@{ RebootRequired = [bool]$global:Node.agent_wants_reboot } }
        'Microsoft.Update.UpdateColl' { return New-Thing @{ item = $null; Add = { param ($update) $this.item = $update; 0 } } }
        'Schedule.Service' { return New-Scheduler }
    }
    throw "no COM class '$ComObject'"
}

function global:Get-ItemProperty {
    [CmdletBinding()]
    param ([string]$LiteralPath, [string]$Name)
    $key = $global:Node.registry.$LiteralPath
    if ($null -eq $key -or $null -eq $key.$Name) { Write-Error -Message "Property $Name does not exist at path $LiteralPath."; return }
    [pscustomobject]@{ $Name = $key.$Name }
}

function global:Test-Path {
    param ([string]$LiteralPath, [string]$Path)
    if ($LiteralPath -like 'HKLM:*') { return $null -ne $global:Node.registry.$LiteralPath }
    & $global:RealTestPath -Path ($LiteralPath + $Path)
}

function global:Get-CimInstance {
    param ([string]$ClassName)
    Assert-Call -Call "cim $ClassName"
    @($global:Node.cim.$ClassName | Where-Object { $_ }) | ForEach-Object {
        if ($_.InstalledOn -like 'moment *') { $_.InstalledOn = [datetime]::Parse($_.InstalledOn.Substring(7), [cultureinfo]::InvariantCulture) }
        if ($_.LastBootUpTime -is [string]) { $_.LastBootUpTime = [datetime]::Parse($_.LastBootUpTime, [cultureinfo]::InvariantCulture, 'AssumeUniversal') }
        $_
    }
}

function global:Invoke-CimMethod {
    param ([string]$Namespace, [string]$ClassName, [string]$MethodName)
    if (-not $global:Node.configuration_manager) { throw (New-Error -Code 0x8004100E -Message 'Invalid namespace') }
    $global:Node.configuration_manager
}

function global:Start-Sleep {
    # Time passes in the model only, but what waits for the clock must see it pass.
    param ([double]$Seconds)
    Write-Call -Text "sleep $Seconds"
    if ($global:Waiting) {
        $task = $global:Waiting
        $global:Waiting = $null
        $task.Work()
        $task.State = 3
        $task.LastTaskResult = 0
    }
    if ($global:Held -and --$global:HeldFor -le 0) { $global:Held.Dispose(); $global:Held = $null }
    if ($global:Node.blocked -and [IO.Directory]::Exists($global:Node.blocked)) { [IO.Directory]::Delete($global:Node.blocked) }
    if ($global:Calls.Count -gt 5000) { throw 'asleep for ever' }
}

function global:ConvertFrom-Json {
    # PowerShell 7 takes what looks like a time for one; 5.1 does not. The node says which one it is.
    param ([string]$InputObject)
    $found = & $global:RealConvertFromJson -InputObject $InputObject
    if ($global:Node.reads_times) { $found = ConvertTo-Time -Value $found }
    $found
}

function global:ConvertTo-Time {
    param ($Value)
    if ($Value -is [string] -and $Value -match '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$') {
        return [datetime]::Parse($Value, [cultureinfo]::InvariantCulture, 'AdjustToUniversal')
    }
    if ($Value -is [System.Management.Automation.PSCustomObject]) {
        foreach ($pair in @($Value.PSObject.Properties)) { $Value.($pair.Name) = ConvertTo-Time -Value $pair.Value }
    } elseif ($Value -is [array]) {
        return , @($Value | ForEach-Object { ConvertTo-Time -Value $_ })
    }
    $Value
}

# Windows PowerShell 5.1 writes {"value": [...], "Count": n} for an array that has been through a pipeline as a whole, or
# came from a cmdlet. PowerShell 7 does not, so arrays are looked at here.
Add-Type -TypeDefinition @'
using System.Collections;
using System.Collections.Generic;
using System.Management.Automation;
public static class Wrapped
{
    public static List<string> Find(object root)
    {
        var found = new List<string>();
        Walk(root is PSObject top ? top.BaseObject : root, "", found);
        return found;
    }
    static void Walk(object value, string place, List<string> found)
    {
        if (value is PSObject wrapped)
        {
            value = wrapped.BaseObject;
            if (value is IList) found.Add(place);
        }
        if (value is IDictionary dictionary)
            foreach (DictionaryEntry entry in dictionary) Walk(entry.Value, place + "." + entry.Key, found);
        else if (value is IList list)
            foreach (var item in list) Walk(item, place + "[]", found);
    }
}
'@
$global:RealConvertToJson = Get-Command -Name ConvertTo-Json -CommandType Cmdlet
function global:ConvertTo-Json {
    param ($InputObject, [int]$Depth = 2, [switch]$Compress)
    $wrapped = [Wrapped]::Find($InputObject)
    if ($wrapped.Count) { throw "arrays that Windows PowerShell 5.1 would spoil: $($wrapped | Select-Object -Unique)" }
    & $global:RealConvertToJson -InputObject $InputObject -Depth $Depth -Compress:$Compress
}
