#!powershell

# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -CSharpUtil Ansible.Basic
#AnsibleRequires -PowerShell ..module_utils.WindowsUpdateAgent

# Windows PowerShell 5.1 and PowerShell 7. It installs what it is told, and holds no rule of what that should be.

$ErrorActionPreference = 'Stop'

function Save-PatchRecord {
    # Progress that cannot be written is lost, no more; the end is tried for longer, for somebody waits for it.
    param ([hashtable]$Record, [int]$Tries = 1)

    $text = ConvertTo-Json -InputObject $Record -Depth 6 -Compress
    for ($try = 1; $try -le $Tries; $try++) {
        try {
            Write-PatchFile -Name 'operation.json' -Text $text
            break
        }
        catch {
            if ($try -lt $Tries) {
                Start-Sleep -Seconds 5
            }
        }
    }
}

function Set-PatchProgress {
    param ([hashtable]$Record, [string]$Doing, [string]$Current, [string]$UpdateId, [int]$Done)

    # Names are for people: of one KB there may be several updates.
    $Record.at_hand = $UpdateId
    # Downloading and installing are half of the way each.
    $total = @($Record.updates).Count
    $halves = $Done + $total * ($Doing -eq 'installing')
    $Record.progress = @{ doing = $Doing; current = $Current; done = $Done; total = $total
        percent = [int][math]::Floor(100 * $halves / (2 * [math]::Max($total, 1)))
    }
    Save-PatchRecord -Record $Record
}

function Add-PatchResult {
    param ([hashtable]$Record, $Update, [hashtable]$Result)

    $row = @{ name = $Update.name; version = [string]$Update.revision; update_id = $Update.update_id }
    foreach ($key in $Result.Keys) {
        $row[$key] = $Result[$key]
    }
    $Record.results = @($Record.results) + $row
}

function Get-InstallerProcess {
    # Who may be installing something, for a person: name and process id.
    $names = 'msiexec.exe', 'wusa.exe', 'TiWorker.exe', 'dism.exe', 'SetupHost.exe', 'CcmExec.exe'
    $found = Get-CimInstance -ClassName Win32_Process | Where-Object { $names -contains $_.Name }
    @($found | ForEach-Object { '{0} {1}' -f ($_.Name -replace '\.exe$', ''), $_.ProcessId }) -join ', '
}

function Wait-PatchInstaller {
    # Windows installs one thing at a time. Gives the error if the other one does not end.
    param ($Session, [hashtable]$Record, [int]$Seconds)

    $until = [datetime]::UtcNow.AddSeconds($Seconds)
    while ($Session.CreateUpdateInstaller().IsBusy) {
        if ([datetime]::UtcNow -ge $until) {
            $who = @("another installer ($(Get-InstallerProcess))", 'another installer')[-not (Get-InstallerProcess)]
            return @{ code = 'installer_busy'
                message = "Failed to install updates: $who is running. Wait for it to end, or raise patch_lock_timeout"
            }
        }
        Set-PatchProgress -Record $Record -Doing 'waiting' -Current (Get-InstallerProcess)
        Start-Sleep -Seconds 5
    }
}

function Invoke-UpdateStep {
    # Downloads or installs one update. What passes by itself is tried again.
    param ($Session, $Update, [string]$Stage, $Argument)

    $words = 'not_started', 'in_progress', 'succeeded', 'succeeded_with_errors', 'failed', 'aborted'
    for ($attempt = 1; ; $attempt++) {
        $reboot = $false
        try {
            $one = New-Object -ComObject Microsoft.Update.UpdateColl
            [void]$one.Add($Update)
            if ($Stage -eq 'downloading') {
                $downloader = $Session.CreateUpdateDownloader()
                $downloader.Updates = $one
                $result = $downloader.Download().GetUpdateResult(0)
            }
            else {
                $installer = $Session.CreateUpdateInstaller()
                $installer.ForceQuiet = $true
                $installer.AllowSourcePrompts = $false
                $installer.Updates = $one
                $result = $installer.Install().GetUpdateResult(0)
                $reboot = [bool]$result.RebootRequired
            }
            $code = [int]$result.ResultCode
            $number = [long]$result.HResult
        }
        catch {
            $code = 4
            $number = Get-UpdateHResult -ErrorRecord $_
        }
        $told = Resolve-UpdateError -HResult $number
        $good = @(2, 3) -contains $code
        if ($good -or -not $told.transient -or $attempt -gt $Argument.retries) {
            break
        }
        Start-Sleep -Seconds $Argument.retry_delay
    }
    $step = @{ stage = $Stage; attempts = $attempt; result_code = $words[$code]; reboot_required = $reboot
        status = @('failed', 'installed')[$good]
    }
    if ($number) {
        $step.hresult = $told.hresult
        $step.hresult_name = $told.hresult_name
    }
    if (-not $good) {
        $code = ('{0} {1}' -f $told.hresult, $told.hresult_name).Trim()
        $step.reason = '{0} while {1}. {2}' -f $code, $Stage, $told.advice
    }
    $step
}

function Find-WantedUpdate {
    # The updates that are wanted as the agent has them: identity and revision, nothing that merely looks like it.
    # What must be installed alone (servicing stack updates are) comes first, else the order is the caller's.
    param ([hashtable]$Record, $Found)

    $offered = @{}
    foreach ($update in $Found) {
        $offered[([string]$update.Identity.UpdateID).ToLowerInvariant()] = $update
    }
    $first = @()
    $then = @()
    foreach ($wanted in $Record.updates) {
        $update = $offered[([string]$wanted.update_id).ToLowerInvariant()]
        $refusal = ''
        if (-not $update) {
            $refusal = 'the node is not offered it any more. Scan the node again'
        }
        elseif ([int]$update.Identity.RevisionNumber -ne [int]$wanted.revision) {
            $refusal = "the node is offered revision $($update.Identity.RevisionNumber) now. Scan the node again"
        }
        elseif ($update.IsInstalled -or $update.RebootRequired) {
            # Until the reboot the agent says "not installed" of what it has installed.
            Add-PatchResult -Record $Record -Update $wanted -Result @{ status = 'installed'; stage = 'searching'
                reason = 'was installed already'; reboot_required = [bool]$update.RebootRequired
            }
            if ($update.RebootRequired) {
                $Record.reboot_required = $true
            }
            continue
        }
        elseif ($update.InstallationBehavior -and $update.InstallationBehavior.CanRequestUserInput) {
            $refusal = 'it may ask questions, and nobody is there to answer. Install it by hand'
        }
        if ($refusal) {
            Add-PatchResult -Record $Record -Update $wanted -Result @{ status = 'not_tried'; stage = 'searching'
                reason = $refusal
            }
        }
        elseif ($update.InstallationBehavior -and [int]$update.InstallationBehavior.Impact -eq 2) {
            $first += @{ wanted = $wanted; update = $update }
        }
        else {
            $then += @{ wanted = $wanted; update = $update }
        }
    }
    $first + $then
}

function Get-WantedUpdate {
    # Downloads, and gives those that can be installed then. Licence terms are accepted of what was approved only.
    param ($Session, [hashtable]$Record, [array]$Items, $Argument)

    foreach ($item in $Items) {
        $wanted = $item.wanted
        Set-PatchProgress -Record $Record -Doing 'downloading' -Current $wanted.name -UpdateId $wanted.update_id `
            -Done $Items.IndexOf($item)
        $step = @{ status = 'installed' }
        try {
            if (-not $item.update.EulaAccepted) {
                $item.update.AcceptEula()
            }
        }
        catch {
            $step = @{ status = 'failed'; stage = 'downloading'
                reason = 'its licence terms could not be accepted: ' + (Get-UpdateErrorText -ErrorRecord $_)
            }
        }
        if ($step.status -eq 'installed' -and -not $item.update.IsDownloaded) {
            $step = Invoke-UpdateStep -Session $Session -Update $item.update -Stage 'downloading' -Argument $Argument
        }
        if ($step.status -eq 'failed') {
            Add-PatchResult -Record $Record -Update $item.wanted -Result $step
        }
        else {
            $item
        }
    }
}

function Install-WantedUpdate {
    # One after the other, so that one that fails takes no other with it, and each has a result of its own.
    param ($Session, [hashtable]$Record, [array]$Items, $Argument)

    $before = @($Record.results).Count
    foreach ($item in $Items) {
        $wanted = $item.wanted
        Set-PatchProgress -Record $Record -Doing 'installing' -Current $wanted.name -UpdateId $wanted.update_id `
            -Done @($Record.results).Count
        if ($Session.CreateUpdateInstaller().RebootRequiredBeforeInstallation) {
            Add-PatchResult -Record $Record -Update $item.wanted -Result @{ status = 'not_tried'; stage = 'installing'
                reason = 'the node must be rebooted first. Reboot it and install again'
            }
            $Record.reboot_required = $true
            continue
        }
        $step = Invoke-UpdateStep -Session $Session -Update $item.update -Stage 'installing' -Argument $Argument
        Add-PatchResult -Record $Record -Update $item.wanted -Result $step
        if ($step.reboot_required) {
            $Record.reboot_required = $true
        }
    }
    Write-Verbose -Message "$(@($Record.results).Count - $before) updates were worked on"
}

function Complete-PatchRecord {
    # Every update has a result in the end: what was at hand failed, what was not is not tried.
    param ([hashtable]$Record, [string]$Reason)

    $known = @($Record.results | ForEach-Object { $_.update_id })
    foreach ($wanted in $Record.updates) {
        if ($known -notcontains $wanted.update_id) {
            $status = @('not_tried', 'failed')[$wanted.update_id -eq $Record.at_hand]
            Add-PatchResult -Record $Record -Update $wanted -Result @{ status = $status; reason = $Reason
                stage = $Record.progress.doing
            }
        }
    }
}

function Invoke-PatchInstall {
    # What the scheduled task does. It answers through the record only.
    param ($Argument)

    $record = Read-PatchOperation
    $record.pid = $PID
    Set-PatchProgress -Record $record -Doing 'searching'
    $opened = $null
    try {
        $opened = Open-UpdateSource -Source $Argument.source -Catalogue $Argument.catalogue
        $record.error = Wait-PatchInstaller -Session $opened.session -Record $record -Seconds $Argument.lock_timeout
        if (-not $record.error) {
            Set-PatchProgress -Record $record -Doing 'searching'
            $found = $opened.searcher.Search('IsInstalled=0 or IsInstalled=1').Updates
            $items = @(Find-WantedUpdate -Record $record -Found $found)
            $items = @(Get-WantedUpdate -Session $opened.session -Record $record -Items $items -Argument $Argument)
            Install-WantedUpdate -Session $opened.session -Record $record -Items $items -Argument $Argument
        }
    }
    catch {
        $told = Resolve-UpdateError -HResult (Get-UpdateHResult -ErrorRecord $_)
        $record.error = @{ hresult = $told.hresult; hresult_name = $told.hresult_name; transient = $told.transient
            code = @('operation_failed', 'search_failed')[$record.progress.doing -eq 'searching']
            message = 'Failed to install updates: ' + (Get-UpdateErrorText -ErrorRecord $_)
        }
    }
    $record.warnings = @(Close-UpdateSource -Opened $opened)
    if ($record.error) {
        Complete-PatchRecord -Record $record -Reason $record.error.message
    }
    else {
        $record.Remove('error')
    }
    $total = @($record.updates).Count
    $record.progress = @{ doing = 'done'; current = ''; done = $total; total = $total; percent = 100 }
    $record.state = 'finished'
    $record.finished_at = ConvertTo-PatchTime -Moment ([datetime]::UtcNow)
    Save-PatchRecord -Record $record -Tries 60
}

function ConvertFrom-PatchTime {
    param ([string]$Text)

    [datetime]::ParseExact($Text, "yyyy-MM-dd'T'HH:mm:ss'Z'", [System.Globalization.CultureInfo]::InvariantCulture,
        [System.Globalization.DateTimeStyles]'AssumeUniversal, AdjustToUniversal')
}

function Get-InterruptionCause {
    # Why the task of an operation is gone though its record says that it runs.
    param ([hashtable]$Record, [bool]$Late)

    if ($Record.unreadable) {
        return 'stopped', 'its record cannot be read'
    }
    $booted = (Get-CimInstance -ClassName Win32_OperatingSystem).LastBootUpTime.ToUniversalTime()
    $current = @('', " while $($Record.progress.current) was at hand")[[bool]$Record.progress.current]
    if ($Late) {
        return 'time_limit', "it passed its limit of $($Record.time_limit) seconds$current and was ended"
    }
    if ($booted -gt (ConvertFrom-PatchTime -Text $Record.started_at)) {
        return 'reboot', "the node was rebooted$current"
    }
    'stopped', "its task was ended$current, by somebody or for want of memory"
}

function Get-PatchOperation {
    # The operation as it stands, nothing if there is none.
    param ([string]$Name, [bool]$Touch)

    $record = Read-PatchOperation
    if (-not $record -or $record.state -ne 'running') {
        return $record
    }
    $task = Get-PatchTask -Name $Name
    $began = [datetime]::MinValue
    if (-not $record.unreadable) {
        $began = ConvertFrom-PatchTime -Text $record.started_at
    }
    $late = -not $record.unreadable -and [datetime]::UtcNow -ge $began.AddSeconds($record.time_limit)
    # 2: queued, 4: running
    $alive = $task -and @(2, 4) -contains [int]$task.State
    # It is written down before its task is there: for a while none is no sign that it was ended.
    $starts = -not $record.pid -and [datetime]::UtcNow -lt $began.AddSeconds(90)
    if (($alive -or $starts) -and -not $late) {
        return $record
    }
    if ($alive -and $Touch) {
        $task.Stop(0)
    }
    # It may have come to its end just now.
    $record = Read-PatchOperation
    if ($record.state -eq 'running') {
        $cause, $words = Get-InterruptionCause -Record $record -Late $late
        $record.state = 'interrupted'
        $record.cause = $cause
        $record.message = "The operation was interrupted: $words." +
        ' Scan the node to see what is installed, then install again'
        Complete-PatchRecord -Record $record -Reason "interrupted: $words"
        if ($Touch) {
            $record.finished_at = ConvertTo-PatchTime -Moment ([datetime]::UtcNow)
            Save-PatchRecord -Record $record
        }
    }
    $record
}

function Show-PatchOperation {
    # What is shown of the record: all but what only the record itself needs.
    param ($Module, $Operation)

    $shown = @{}
    foreach ($key in @($Operation.Keys)) {
        if (@('updates', 'at_hand', 'unreadable') -notcontains $key) {
            $shown[$key] = $Operation[$key]
        }
    }
    $Module.Result.operation = $shown
}

function Lock-PatchOperation {
    # Two callers must not start at the same time: who has this file open is the one. Windows removes it when its
    # process ends, however that happens. The other one may be our own start, whose answer was lost: it is waited for.
    $directory = Get-PatchDirectory
    for ($second = 0; ; $second++) {
        try {
            [void][System.IO.Directory]::CreateDirectory($directory)
            $path = Join-Path -Path $directory -ChildPath 'start.lock'
            # The last by its type: a word there would be taken for "asynchronous".
            return [System.IO.FileStream]::new($path, 'OpenOrCreate', 'ReadWrite', 'None', 1,
                [System.IO.FileOptions]::DeleteOnClose)
        }
        catch {
            # Windows refuses access, too, to a file that is being removed.
            if ($second -ge 90 -or ($second -ge 2 -and (Get-RefusalCode -ErrorRecord $_))) {
                throw
            }
        }
        Start-Sleep -Seconds 1
    }
}

function Unlock-PatchOperation {
    param ($Lock)

    $Lock.Dispose()
    $directory = Get-PatchDirectory
    if (-not [System.IO.Directory]::GetFileSystemEntries($directory).Length) {
        [System.IO.Directory]::Delete($directory)
    }
}

function Get-RefusalCode {
    # What the error of a file or a task means for the caller.
    param ([System.Management.Automation.ErrorRecord]$ErrorRecord, [string]$Otherwise)

    $number = (Resolve-UpdateError -HResult (Get-UpdateHResult -ErrorRecord $ErrorRecord)).hresult
    $code = @{ '0x80070005' = 'not_administrator'; '0x80070070' = 'disk_full' }[$number]
    @($Otherwise, $code)[[bool]$code]
}

function Start-PatchOperation {
    # Writes the record and starts the task; gives what went wrong as code and words.
    param ($Module, [string]$Name, [array]$Updates)

    $id = $Module.Params.operation_id
    $argument = @{
        source = $Module.Params.patch_windows_update_source
        catalogue = [string]$Module.Params.patch_windows_offline_catalogue
        retries = $Module.Params.retries
        retry_delay = $Module.Params.retry_delay
        lock_timeout = $Module.Params.patch_lock_timeout
    }
    $record = @{
        id = $id; state = 'running'; pid = 0; results = @(); updates = $Updates; warnings = @()
        reboot_required = $false
        started_at = ConvertTo-PatchTime -Moment ([datetime]::UtcNow); time_limit = $Module.Params.time_limit
        progress = @{ doing = 'starting'; current = ''; done = 0; total = $Updates.Count; percent = 0 }
    }
    $own = 'Save-PatchRecord', 'Set-PatchProgress', 'Add-PatchResult', 'Get-InstallerProcess', 'Wait-PatchInstaller',
    'Invoke-UpdateStep', 'Find-WantedUpdate', 'Get-WantedUpdate', 'Install-WantedUpdate', 'Complete-PatchRecord',
    'Invoke-PatchInstall'
    $shared = 'Get-UpdateErrorTable', 'Resolve-UpdateError', 'Get-UpdateHResult', 'Get-UpdateErrorText',
    'ConvertTo-PatchTime', 'Get-UpdateServiceId', 'Open-UpdateSource', 'Close-UpdateSource', 'Get-PatchDirectory',
    'Write-PatchFile', 'Read-PatchFile', 'ConvertTo-PlainObject', 'Read-PatchOperation'
    $functions = Get-Command -Name ($own + $shared) -CommandType Function
    $script = New-PatchScript -Function $functions -Command Invoke-PatchInstall -Argument $argument
    try {
        Remove-PatchTask -Name $Name -File 'operation.json'
        Write-PatchFile -Name 'operation.json' -Text (ConvertTo-Json -InputObject $record -Depth 6 -Compress)
        Start-PatchTask -Name $Name -Script $script -Seconds $Module.Params.time_limit
        for ($second = 0; $second -lt 60; $second++) {
            if ((Read-PatchOperation).pid) {
                return
            }
            Start-Sleep -Seconds 1
        }
        $result = '0x{0:X8}' -f [int](Get-PatchTask -Name $Name).LastTaskResult
        $problem = 'not_started', ("its task did not begin within a minute (result $result). See that tasks may run" +
            ' as SYSTEM')
    }
    catch {
        $problem = (Get-RefusalCode -ErrorRecord $_ -Otherwise 'not_written'), (Get-UpdateErrorText -ErrorRecord $_)
    }
    try {
        Remove-PatchTask -Name $Name -File 'operation.json'
    }
    catch {
        $problem[1] += '. What was begun could not be removed: ' + (Get-UpdateErrorText -ErrorRecord $_)
    }
    $problem
}

function Invoke-PatchRequest {
    # Does what is asked; gives what went wrong as code and words.
    param ($Module, [array]$Updates)

    $request = $Module.Params.request
    $id = $Module.Params.operation_id
    $name = 'openpatch.patch_manager.install'
    try {
        $known = Get-PatchOperation -Name $name -Touch (-not $Module.CheckMode)
    }
    catch {
        return 'not_read', "the node's last operation cannot be read: $(Get-UpdateErrorText -ErrorRecord $_)"
    }
    $mine = $known -and (-not $id -or $known.id -eq $id)
    if ($mine -and $request -ne 'forget') {
        Show-PatchOperation -Module $Module -Operation $known
        return
    }
    if ($known.state -eq 'running' -and $request -ne 'poll') {
        $Module.Result.running = @{ id = $known.id; pid = $known.pid; started_at = $known.started_at }
        return 'operation_running', ("operation '$($known.id)' (process $($known.pid), started at" +
            " $($known.started_at)) is still running on this node. Wait for it to end")
    }
    $Module.Result.changed = $request -eq 'start' -or ($request -eq 'forget' -and [bool]$mine)
    if ($Module.CheckMode -or -not $Module.Result.changed) {
        return
    }
    if ($request -eq 'start') {
        $problem = Start-PatchOperation -Module $Module -Name $name -Updates $Updates
        if (-not $problem) {
            Show-PatchOperation -Module $Module -Operation (Get-PatchOperation -Name $name -Touch $true)
        }
        return $problem
    }
    try {
        Remove-PatchTask -Name $name -File 'operation.json'
    }
    catch {
        (Get-RefusalCode -ErrorRecord $_ -Otherwise 'not_written'), (Get-UpdateErrorText -ErrorRecord $_)
    }
}

$spec = @{
    options = @{
        request = @{ type = 'str'; choices = 'start', 'poll', 'forget'; default = 'start' }
        operation_id = @{ type = 'str' }
        updates = @{
            type = 'list'
            elements = 'dict'
            options = @{
                update_id = @{ type = 'str'; required = $true }
                revision = @{ type = 'int'; required = $true }
                name = @{ type = 'str' }
            }
        }
        patch_windows_update_source = @{
            type = 'str'
            choices = 'default', 'wsus', 'windows_update', 'microsoft_update'
            default = 'default'
        }
        patch_windows_offline_catalogue = @{ type = 'path' }
        time_limit = @{ type = 'int'; default = 14400 }
        patch_lock_timeout = @{ type = 'int'; default = 300 }
        retries = @{ type = 'int'; default = 3 }
        retry_delay = @{ type = 'int'; default = 30 }
    }
    required_if = @(, @('request', 'start', @('operation_id', 'updates')))
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)
$module.Result.changed = $false
$request = $module.Params.request
$id = $module.Params.operation_id
$updates = @(
    foreach ($update in $module.Params.updates) {
        @{ update_id = $update.update_id; revision = $update.revision
            name = @($update.update_id, $update.name)[[bool]$update.name]
        }
    }
)
$problem = @()
$lock = $null
if ($id -and $id -notmatch '\A[0-9A-Za-z][0-9A-Za-z._-]{0,99}\z') {
    $problem = 'bad_command', "an id has 1 to 100 letters, digits, '.', '_', '-'"
}
elseif ($request -eq 'start' -and -not $updates.Count) {
    $problem = 'bad_command', 'no updates are named. Name at least one'
}
elseif ($request -ne 'poll' -and -not $module.CheckMode) {
    try {
        $lock = Lock-PatchOperation
    }
    catch {
        $problem = (Get-RefusalCode -ErrorRecord $_), (Get-UpdateErrorText -ErrorRecord $_)
        if (-not $problem[0]) {
            $problem = 'operation_running', "somebody else is starting or forgetting one: $($problem[1])"
        }
    }
}
if (-not $problem) {
    $problem = Invoke-PatchRequest -Module $module -Updates $updates
}
if ($lock) {
    Unlock-PatchOperation -Lock $lock
}
if ($problem) {
    $module.Result.changed = $false
    $module.Result.code = $problem[0]
    $module.FailJson("Failed to $request operation '$id': $($problem[1])")
}
$module.ExitJson()
