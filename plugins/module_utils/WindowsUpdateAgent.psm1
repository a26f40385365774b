# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# What win_patch_facts and win_patch_install both know of the Windows Update Agent: its errors, its services, and how
# something is run as SYSTEM apart from the connection. No function keeps anything outside itself, because their texts
# also make the script of the scheduled task (see New-PatchScript).

function Get-UpdateErrorTable {
    # Published names (wuerror.h, winerror.h, cbserr of the SDK), whether trying again may help, and the way out.
    $advice = @{
        network = 'See that the node reaches its update service: name resolution, proxy and firewall'
        server = 'The update service is overloaded or out of order. Try again later'
        wsus = 'Check the WSUS address in the policy of the node and the WSUS server itself'
        proxy = 'Give the machine account a proxy without a login (netsh winhttp set proxy)'
        disk = 'Free space on the system drive of the node'
        memory = 'The node is short of memory. Free some, or try again later'
        service = 'Set the services wuauserv and BITS of the node to Manual and start them'
        policy = 'A policy of the node forbids access to Windows Update. Change the policy, or choose another source'
        denied = 'Windows refuses this to the user of the connection. Connect as an administrator'
        busy = 'Another installation is running. Wait for it to end, then try again'
        reboot = 'Reboot the node, then try again'
        store = 'The component store is damaged. Run DISM /Online /Cleanup-Image /RestoreHealth on the node'
        datastore = 'Its store is damaged. Stop wuauserv, rename %SystemRoot%\SoftwareDistribution, start it'
        trust = 'Check the clock of the node and its trusted root certificates'
        offline = 'Fetch wsusscn2.cab anew, and update the Windows Update Agent of the node'
        unknown_service = 'Register the update service on the node, or choose another source'
        gone = 'Scan the node again. The update is no longer offered to it'
        stack = 'Install the newest servicing stack update first'
        installer = 'Look into the log of the installer, %SystemRoot%\Logs\CBS\CBS.log or that of the product'
        agent = 'Repair the Windows Update Agent of the node (wuapi.dll is not registered)'
        again = 'Try again later'
        other = 'See what Get-WindowsUpdateLog says of it on the node'
    }
    $known = @'
80240001 - service WU_E_NO_SERVICE
80240004 - other WU_E_NOT_INITIALIZED
8024000B t again WU_E_CALL_CANCELLED
8024000E - datastore WU_E_XML_INVALID
80240016 - busy WU_E_INSTALL_NOT_ALLOWED
80240017 - gone WU_E_NOT_APPLICABLE
80240019 - reboot WU_E_EXCLUSIVE_INSTALL_CONFLICT
8024001E t service WU_E_SERVICE_STOP
8024001F t network WU_E_NO_CONNECTION
80240020 - other WU_E_NO_INTERACTIVE_USER
80240021 t again WU_E_TIME_OUT
80240022 - other WU_E_ALL_UPDATES_FAILED
80240023 - other WU_E_EULAS_DECLINED
80240024 - gone WU_E_NO_UPDATE
8024002E - policy WU_E_WU_DISABLED
80240032 - other WU_E_INVALID_CRITERIA
80240034 t network WU_E_DOWNLOAD_FAILED
80240437 - trust WU_E_PT_SECURITY_VERIFICATION_FAILURE
80240438 t network WU_E_PT_ENDPOINT_UNREACHABLE
80240439 - server WU_E_PT_INVALID_FORMAT
80240FFF - other WU_E_UNEXPECTED
80242006 - datastore WU_E_UH_INVALIDMETADATA
8024200B - installer WU_E_UH_INSTALLERFAILURE
8024200D t again WU_E_UH_NEEDANOTHERDOWNLOAD
80242014 - reboot WU_E_UH_POSTREBOOTSTILLPENDING
80243FFF - other WU_E_AUCLIENT_UNEXPECTED
80244007 - wsus WU_E_PT_SOAPCLIENT_SOAPFAULT
8024400D - wsus WU_E_PT_SOAP_CLIENT
8024400E t server WU_E_PT_SOAP_SERVER
80244010 t again WU_E_PT_EXCEEDED_MAX_SERVER_TRIPS
80244011 - wsus WU_E_PT_SUS_SERVER_NOT_SET
80244015 t again WU_E_PT_REFRESH_CACHE_REQUIRED
80244016 - server WU_E_PT_HTTP_STATUS_BAD_REQUEST
80244017 - wsus WU_E_PT_HTTP_STATUS_DENIED
80244018 - wsus WU_E_PT_HTTP_STATUS_FORBIDDEN
80244019 - wsus WU_E_PT_HTTP_STATUS_NOT_FOUND
8024401B - proxy WU_E_PT_HTTP_STATUS_PROXY_AUTH_REQ
8024401C t server WU_E_PT_HTTP_STATUS_REQUEST_TIMEOUT
8024401F t server WU_E_PT_HTTP_STATUS_SERVER_ERROR
80244021 t server WU_E_PT_HTTP_STATUS_BAD_GATEWAY
80244022 t server WU_E_PT_HTTP_STATUS_SERVICE_UNAVAIL
80244023 t server WU_E_PT_HTTP_STATUS_GATEWAY_TIMEOUT
8024402C t network WU_E_PT_WINHTTP_NAME_NOT_RESOLVED
80246002 t again WU_E_DM_INCORRECTFILEHASH
80246007 t again WU_E_DM_NOTDOWNLOADED
80246008 t service WU_E_DM_FAILTOCONNECTTOBITS
80247001 - offline WU_E_OL_INVALID_SCANFILE
80247002 - offline WU_E_OL_NEWCLIENT_REQUIRED
80247FFF - offline WU_E_OL_UNEXPECTED
80248007 - datastore WU_E_DS_NODATA
80248014 - unknown_service WU_E_DS_UNKNOWNSERVICE
8024A000 - service WU_E_AU_NOSERVICE
8024A005 - unknown_service WU_E_AU_NO_REGISTERED_SERVICE
8000FFFF - other E_UNEXPECTED
80004005 - other E_FAIL
80010108 t again RPC_E_DISCONNECTED
80040154 - agent REGDB_E_CLASSNOTREG
80070005 - denied E_ACCESSDENIED
8007000E t memory E_OUTOFMEMORY
80070070 - disk ERROR_DISK_FULL
8007041D t service ERROR_SERVICE_REQUEST_TIMEOUT
80070422 - service ERROR_SERVICE_DISABLED
80070643 - installer ERROR_INSTALL_FAILURE
80070652 t busy ERROR_INSTALL_ALREADY_RUNNING
800706BA t service RPC_S_SERVER_UNAVAILABLE
800706BE t service RPC_S_CALL_FAILED
80070BC9 - reboot ERROR_FAIL_REBOOT_REQUIRED
80072EE2 t network ERROR_WINHTTP_TIMEOUT
80072EE7 t network ERROR_WINHTTP_NAME_NOT_RESOLVED
80072EFD t network ERROR_WINHTTP_CANNOT_CONNECT
80072EFE t network ERROR_WINHTTP_CONNECTION_ERROR
80072F8F - trust ERROR_WINHTTP_SECURE_FAILURE
80073712 - store ERROR_SXS_COMPONENT_STORE_CORRUPT
80092004 - trust CRYPT_E_NOT_FOUND
800B0109 - trust CERT_E_UNTRUSTEDROOT
800F081F - store CBS_E_SOURCE_MISSING
800F0823 - stack CBS_E_NEW_SERVICING_STACK_REQUIRED
800F0831 - store CBS_E_STORE_CORRUPTION
800F0922 - installer CBS_E_INSTALLERS_FAILED
'@
    $table = @{ '' = @('', $false, $advice.other) }
    foreach ($line in $known.Trim() -split '\s*\n\s*') {
        $code, $transient, $way, $name = $line -split ' '
        $table["0x$code"] = @($name, ($transient -eq 't'), $advice[$way])
    }
    $table
}

function Resolve-UpdateError {
    # An HRESULT as hexadecimal number, its name ('' if it is not known here), the way out, and whether it may pass.
    param ([long]$HResult)

    $code = '0x{0:X8}' -f ($HResult -band 0xFFFFFFFFL)
    $table = Get-UpdateErrorTable
    $name, $transient, $advice = $table[@('', $code)[$table.ContainsKey($code)]]
    @{ hresult = $code; hresult_name = $name; transient = $transient; advice = $advice }
}

function Get-UpdateHResult {
    # PowerShell wraps what COM throws; the error itself is the innermost one.
    param ([System.Management.Automation.ErrorRecord]$ErrorRecord)

    $exception = $ErrorRecord.Exception
    while ($exception.InnerException) {
        $exception = $exception.InnerException
    }
    [long]$exception.HResult
}

function Get-UpdateErrorText {
    # One line for a person: code, name, what Windows says, and the way out.
    param ([System.Management.Automation.ErrorRecord]$ErrorRecord)

    $exception = $ErrorRecord.Exception.GetBaseException()
    $found = Resolve-UpdateError -HResult (Get-UpdateHResult -ErrorRecord $ErrorRecord)
    $said = ($exception.Message -replace '\s+', ' ').Trim().TrimEnd('.')
    '{0}: {1}. {2}' -f ('{0} {1}' -f $found.hresult, $found.hresult_name).Trim(), $said, $found.advice
}

function ConvertTo-PatchTime {
    # Windows Update gives UTC without saying so.
    param ($Moment)

    if ($Moment -is [datetime] -and $Moment.Year -gt 1900) {
        $utc = $Moment
        if ($Moment.Kind -eq [System.DateTimeKind]::Local) {
            $utc = $Moment.ToUniversalTime()
        }
        $utc.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", [System.Globalization.CultureInfo]::InvariantCulture)
    }
}

function Get-UpdateServiceId {
    # The ids of Microsoft's services are the same on every node; their names are not.
    @{
        wsus = '3da21691-e39d-4da6-8a4b-b43877bcb1b7'
        windows_update = '9482f4b4-e343-43b6-b170-9a65bc822c77'
        microsoft_update = '7971f918-a847-4430-9279-4a52d1efe18d'
    }
}

function Open-UpdateSource {
    # A searcher for the wanted source. What had to be registered for it is in 'added', for Close-UpdateSource.
    param ([string]$Source, [string]$Catalogue)

    $mine = 'openpatch.patch_manager'
    $session = New-Object -ComObject Microsoft.Update.Session
    $session.ClientApplicationID = $mine
    $manager = New-Object -ComObject Microsoft.Update.ServiceManager
    $searcher = $session.CreateUpdateSearcher()
    $opened = @{ session = $session; manager = $manager; searcher = $searcher; added = '' }
    # What an earlier search left because the node went down in the middle.
    foreach ($service in @($manager.Services)) {
        if ($service.Name -eq $mine) {
            $manager.RemoveService($service.ServiceID)
        }
    }
    if ($Catalogue) {
        $service = $manager.AddScanPackageService($mine, $Catalogue, 1)
        $opened.added = [string]$service.ServiceID
        $searcher.ServerSelection = 3
        $searcher.ServiceID = $opened.added
    }
    elseif ($Source -eq 'wsus') {
        $searcher.ServerSelection = 1
    }
    elseif ($Source -eq 'windows_update') {
        $searcher.ServerSelection = 2
    }
    elseif ($Source -eq 'microsoft_update') {
        $id = (Get-UpdateServiceId).microsoft_update
        if (-not @(@($manager.Services) | Where-Object { $_.ServiceID -eq $id })) {
            # 3: register at once or when the node next is online, but not for Automatic Updates.
            [void]$manager.AddService2($id, 3, '')
            $opened.added = $id
        }
        $searcher.ServerSelection = 3
        $searcher.ServiceID = $id
    }
    $opened
}

function Close-UpdateSource {
    # Leaves the services of the node as they were. What cannot be removed is said, and tried again by the next search.
    param ([hashtable]$Opened)

    if ($Opened -and $Opened.added) {
        try {
            $Opened.manager.RemoveService($Opened.added)
        }
        catch {
            'Failed to remove the update service {0}: {1}' -f $Opened.added, (Get-UpdateErrorText -ErrorRecord $_)
        }
    }
}

function Get-PatchDirectory {
    # Only administrators may write below the Windows folder, so nobody else can have been there first.
    Join-Path -Path $env:SystemRoot -ChildPath 'openpatch.patch_manager'
}

function Write-PatchFile {
    # Readers see the old text or the new one, never half of it.
    param ([string]$Name, [string]$Text)

    $directory = Get-PatchDirectory
    [void][System.IO.Directory]::CreateDirectory($directory)
    $path = Join-Path -Path $directory -ChildPath $Name
    $encoding = New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false
    [System.IO.File]::WriteAllText("$path.new", $Text, $encoding)
    if ([System.IO.File]::Exists($path)) {
        [System.IO.File]::Replace("$path.new", $path, [System.Management.Automation.Language.NullString]::Value)
    }
    else {
        [System.IO.File]::Move("$path.new", $path)
    }
}

function Read-PatchFile {
    # The text of a file, nothing if it is not there. Does not stand in the way of who replaces it.
    param ([string]$Name)

    $path = Join-Path -Path (Get-PatchDirectory) -ChildPath $Name
    if ([System.IO.File]::Exists($path)) {
        $stream = [System.IO.File]::Open($path, 'Open', 'Read', 'ReadWrite, Delete')
        $reader = New-Object -TypeName System.IO.StreamReader -ArgumentList $stream
        try {
            $reader.ReadToEnd()
        }
        finally {
            $reader.Dispose()
        }
    }
}

function ConvertTo-PlainObject {
    # What ConvertFrom-Json makes, as Ansible.Basic and ConvertTo-Json take it: dictionaries, lists, texts, numbers.
    # PowerShell 7 reads times where texts were meant. A list must not be given back as a whole: Windows PowerShell 5.1
    # would write it as a dictionary with 'value' and 'Count'.
    param ($Value)

    if ($Value -is [System.Management.Automation.PSCustomObject]) {
        $plain = @{}
        foreach ($property in $Value.PSObject.Properties) {
            if ($property.Value -is [array]) {
                $plain[$property.Name] = @(foreach ($item in $property.Value) { ConvertTo-PlainObject -Value $item })
            }
            else {
                $plain[$property.Name] = ConvertTo-PlainObject -Value $property.Value
            }
        }
        $plain
    }
    elseif ($Value -is [datetime]) {
        ConvertTo-PatchTime -Moment $Value
    }
    else {
        $Value
    }
}

function Read-PatchOperation {
    # The record of the last install, nothing if there is none or it cannot be read.
    $text = Read-PatchFile -Name 'operation.json'
    if ($text) {
        try {
            ConvertTo-PlainObject -Value (ConvertFrom-Json -InputObject $text)
        }
        catch {
            @{ id = ''; state = 'running'; results = @(); unreadable = $true }
        }
    }
}

function New-PatchScript {
    # A script that defines functions (what Get-Command gives of them) and runs one of them with a dictionary.
    param ([array]$Function, [string]$Command, [hashtable]$Argument)

    $parts = @('$ErrorActionPreference = ''Stop''')
    foreach ($item in $Function) {
        $parts += "function $($item.Name) {`n$($item.Definition)`n}"
    }
    $json = ConvertTo-Json -InputObject $Argument -Depth 5 -Compress
    $base64 = [Convert]::ToBase64String([System.Text.Encoding]::UTF8.GetBytes($json))
    $parts += "`$json = [System.Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('$base64'))"
    $parts += "$Command -Argument (ConvertTo-PlainObject -Value (ConvertFrom-Json -InputObject `$json))"
    $parts -join "`n"
}

function Get-PatchTask {
    # A task of ours, nothing if there is none.
    param ([string]$Name)

    $scheduler = New-Object -ComObject Schedule.Service
    $scheduler.Connect()
    try {
        $scheduler.GetFolder('\').GetTask($Name)
    }
    catch {
        # 0x80070002: it is not there.
        if ((Get-UpdateHResult -ErrorRecord $_) -ne -2147024894) {
            throw
        }
    }
}

function Start-PatchTask {
    # Runs a script as SYSTEM. The scheduler ends it, if nobody else did, a minute after it should have come to its end.
    # No time at all would mean no limit to it.
    param ([string]$Name, [string]$Script, [int]$Seconds)

    Write-PatchFile -Name "$Name.ps1" -Text $Script
    $path = Join-Path -Path (Get-PatchDirectory) -ChildPath "$Name.ps1"
    # Read as text, because a policy may forbid scripts from files.
    $command = "& ([ScriptBlock]::Create([IO.File]::ReadAllText('{0}')))" -f ($path -replace "'", "''")
    $encoded = [Convert]::ToBase64String([System.Text.Encoding]::Unicode.GetBytes($command))
    $scheduler = New-Object -ComObject Schedule.Service
    $scheduler.Connect()
    $definition = $scheduler.NewTask(0)
    $definition.RegistrationInfo.Description = 'openpatch.patch_manager: removed when its work is done'
    $definition.Settings.ExecutionTimeLimit = "PT$($Seconds + 60)S"
    $definition.Settings.DisallowStartIfOnBatteries = $false
    $definition.Settings.StopIfGoingOnBatteries = $false
    $definition.Settings.MultipleInstances = 2
    $definition.Settings.Priority = 6
    $definition.Principal.UserId = 'S-1-5-18'
    $definition.Principal.LogonType = 5
    $definition.Principal.RunLevel = 1
    $action = $definition.Actions.Create(0)
    $action.Path = Join-Path -Path $env:SystemRoot -ChildPath 'System32\WindowsPowerShell\v1.0\powershell.exe'
    $action.Arguments = "-NoProfile -NonInteractive -EncodedCommand $encoded"
    $task = $scheduler.GetFolder('\').RegisterTaskDefinition($Name, $definition, 6, 'S-1-5-18', $null, 5)
    [void]$task.Run($null)
}

function Remove-PatchTask {
    # The task and its script. Our folder too, once it is empty.
    param ([string]$Name, [string[]]$File)

    $task = Get-PatchTask -Name $Name
    if ($task) {
        $task.Stop(0)
        $scheduler = New-Object -ComObject Schedule.Service
        $scheduler.Connect()
        $scheduler.GetFolder('\').DeleteTask($Name, 0)
    }
    $directory = Get-PatchDirectory
    if ([System.IO.Directory]::Exists($directory)) {
        foreach ($leaf in @("$Name.ps1") + $File) {
            [System.IO.File]::Delete((Join-Path -Path $directory -ChildPath $leaf))
            [System.IO.File]::Delete((Join-Path -Path $directory -ChildPath "$leaf.new"))
        }
        if (-not [System.IO.Directory]::GetFileSystemEntries($directory).Length) {
            [System.IO.Directory]::Delete($directory)
        }
    }
}

Export-ModuleMember -Function *-*
