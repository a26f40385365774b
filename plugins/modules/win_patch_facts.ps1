#!powershell

# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

#AnsibleRequires -CSharpUtil Ansible.Basic
#AnsibleRequires -PowerShell ..module_utils.WindowsUpdateAgent

# Windows PowerShell 5.1 and PowerShell 7. It reports, and holds no rule: what is approved is decided on the controller.

$ErrorActionPreference = 'Stop'

function Get-CategoryWord {
    # What the ids of categories mean, since their names are in the language of the node. Products that are not here
    # keep the name the node gives them.
    @{
        UpdateClassification = @{
            'e6cf1350-c01b-414d-a61f-263d14d133b4' = 'CriticalUpdates'
            'e0789628-ce08-4437-be74-2495b842f43b' = 'DefinitionUpdates'
            'ebfc1fc5-71a4-4f7b-9aca-3b9a503104a0' = 'Drivers'
            'b54e7d24-7add-428f-8b75-90a396fa584f' = 'FeaturePacks'
            '0fa1201d-4330-4fa8-8ae9-b877473b6441' = 'SecurityUpdates'
            '68c5b0a3-d1a6-4553-ae49-01d3a7827828' = 'ServicePacks'
            'b4832bd8-e735-4761-8daf-37f882276dab' = 'Tools'
            '28bc880e-0592-4cbf-8f95-c79b17911d5f' = 'UpdateRollups'
            'cd5ffd1e-e932-4e3a-bf74-18bf0b1bbd83' = 'Updates'
            '3689bdc8-b205-4af4-8d4a-a63924c5e9d5' = 'Upgrades'
        }
        ProductFamily = @{
            '6964aab4-c5b5-43bd-a17d-ffb4346a8e1d' = 'Windows'
            '477b856e-65c4-4473-b621-a8b230bb70d9' = 'Office'
            '352f9494-d516-4b40-a21a-cd2416098982' = 'Exchange Server'
            '0a4c6c73-8887-4d7f-9cbe-d08fa8fa9d1e' = 'SQL Server'
            '57742761-615a-4e06-90bb-008394eaea47' = 'Active Directory'
            '48ce8c86-6850-4f68-8e9d-7dc8535ced60' = 'Developer Tools, Runtimes, and Redistributables'
            '26a5d0a5-b108-46f1-93fa-f2a9cf10d029' = 'System Center'
        }
        Product = @{
            'ba0ae9cc-5f01-40b4-ac3f-50192b5d6aaf' = 'Windows Server 2008'
            'fdfe8200-9d98-44ba-a12a-772282bf60ef' = 'Windows Server 2008 R2'
            'a105a108-7c9b-4518-bbbe-73f0fe30012b' = 'Windows Server 2012'
            'd31bd4c3-d872-41c9-a2e7-231f372588cb' = 'Windows Server 2012 R2'
            '569e8e8f-c6cd-42c8-92a3-efbb20a0f6f5' = 'Windows Server 2016'
            'f702a48c-919b-45d6-9aef-ca4248d50397' = 'Windows Server 2019'
            '71718f13-7324-4b0f-8f9e-2ca9dc978e53' = 'Microsoft Server operating system-21H2'
            'b256987d-4693-4c87-955d-dbb9341205eb' = 'Microsoft Server operating system-24H2'
            'bfe5b177-a086-47a0-b102-097e4fa1f807' = 'Windows 7'
            '6407468e-edc7-4ecd-8c32-521f64cee65e' = 'Windows 8.1'
            'a3c2375d-0c8a-42f9-bce0-28333e198407' = 'Windows 10'
            'b3c75dc1-155f-4be4-b015-3f1a91758e52' = 'Windows 10, version 1903 and later'
            '72e7624a-5b00-45d2-b92f-e561c0a6a160' = 'Windows 11'
            '8c3fcc84-7410-4a95-8b89-a166a0190486' = 'Microsoft Defender Antivirus'
            '041e4f9f-3a3d-4f58-8b2f-5e6fe95c4591' = 'Office 2007'
            '84f5f325-30d7-41c4-81d1-87a0e6535b66' = 'Office 2010'
            '704a0a4a-518f-4d69-9e03-10ba44198bd5' = 'Office 2013'
            '9b135dd5-fc75-4609-a6ae-fb5d22333ef0' = 'Exchange Server 2010'
            'd3d7c7a6-3e2f-4029-85bf-b59796b82ce7' = 'Exchange Server 2013'
            'c5f0b23c-e990-4b71-9808-718d353f533a' = 'SQL Server 2008'
            'bb7bc3a7-857b-49d4-8879-b639cf5e8c3c' = 'SQL Server 2008 R2'
            '56750722-19b4-4449-a547-5b68f19eee38' = 'Microsoft SQL Server 2012'
            'fdcfda10-5b1f-4e57-8298-c744257e30db' = 'Active Directory Rights Management Services Client 2.0'
        }
    }
}

function Get-PlainLine {
    # One line that can be printed: French titles have no-break spaces, others line ends.
    param ([string]$Text)

    ($Text -replace '[\p{Cc}\p{Cf}\p{Z}]+', ' ').Trim()
}

function Get-KbId {
    param ($Ids)

    foreach ($id in $Ids) {
        'KB' + ([string]$id -replace '^KB', '')
    }
}

function ConvertTo-CategoryFact {
    param ($Category)

    $fact = @{
        id = ([string]$Category.CategoryID).ToLowerInvariant()
        name = Get-PlainLine -Text $Category.Name
        type = [string]$Category.Type
    }
    if ($Category.Parent) {
        $fact.parent_id = ([string]$Category.Parent.CategoryID).ToLowerInvariant()
    }
    $fact
}

function Add-CategoryFact {
    # Classification, products and family of an update, by the ids of its categories.
    param ([hashtable]$Fact, [array]$Categories, [hashtable]$Words)

    $products = @()
    foreach ($category in $Categories) {
        if ($category.type -eq 'UpdateClassification') {
            $Fact.classification = $Words.UpdateClassification[$category.id]
        }
        elseif ($category.type -eq 'Product') {
            $known = $Words.Product[$category.id]
            $products += @($category.name, $known)[[bool]$known]
        }
        foreach ($id in @($category.id, $category.parent_id)) {
            if ($id -and $Words.ProductFamily.ContainsKey($id)) {
                $Fact.product_family = $Words.ProductFamily[$id]
            }
        }
    }
    # Other classifications (connectors, guidance) have no word in the API.
    if (-not $Fact.classification) {
        $Fact.Remove('classification')
    }
    $Fact.categories = $Categories
    $Fact.products = $products
}

function ConvertTo-UpdateFact {
    # One update as the Windows Update Agent has it. What older agents do not know stays out.
    param ($Update, [hashtable]$Words)

    $kb = @(Get-KbId -Ids $Update.KBArticleIDs)
    $id = ([string]$Update.Identity.UpdateID).ToLowerInvariant()
    $fact = @{
        kind = 'update'
        installed = [bool]$Update.IsInstalled
        name = ($kb + $id)[0]
        version = [string]$Update.Identity.RevisionNumber
        update_id = $id
        revision = [int]$Update.Identity.RevisionNumber
        title = Get-PlainLine -Text $Update.Title
        kb_ids = $kb
        bulletin_ids = @(foreach ($bulletin in $Update.SecurityBulletinIDs) { [string]$bulletin })
        cve_ids = @(foreach ($cve in $Update.CveIDs) { [string]$cve })
        superseded_update_ids = @(foreach ($old in $Update.SupersededUpdateIDs) { ([string]$old).ToLowerInvariant() })
        type = @('', 'software', 'driver')[[int]$Update.Type]
        size = [long]$Update.MaxDownloadSize
        is_downloaded = [bool]$Update.IsDownloaded
        eula_accepted = [bool]$Update.EulaAccepted
        hidden = [bool]$Update.IsHidden
        mandatory = [bool]$Update.IsMandatory
        browse_only = [bool]$Update.BrowseOnly
        reboot_required = [bool]$Update.RebootRequired
        applicable = $true
    }
    if ($Update.MsrcSeverity) {
        $fact.msrc_severity = [string]$Update.MsrcSeverity
    }
    $released = ConvertTo-PatchTime -Moment $Update.LastDeploymentChangeTime
    if ($released) {
        $fact.released_at = $released
    }
    $behavior = $Update.InstallationBehavior
    if ($behavior) {
        $fact.can_request_user_input = [bool]$behavior.CanRequestUserInput
        $fact.reboot_behavior = @('never', 'always', 'can_request')[[int]$behavior.RebootBehavior]
        $fact.impact = @('normal', 'minor', 'exclusive')[[int]$behavior.Impact]
    }
    $fact.bundled_updates = @(
        foreach ($child in $Update.BundledUpdates) {
            @{
                update_id = ([string]$child.Identity.UpdateID).ToLowerInvariant()
                revision = [int]$child.Identity.RevisionNumber
                title = Get-PlainLine -Text $child.Title
                kb_ids = @(Get-KbId -Ids $child.KBArticleIDs)
            }
        }
    )
    $categories = @(foreach ($category in $Update.Categories) { ConvertTo-CategoryFact -Category $category })
    Add-CategoryFact -Fact $fact -Categories $categories -Words $Words
    $fact
}

function ConvertTo-HistoryFact {
    param ($Entry)

    $fact = @{
        kind = 'history'
        update_id = ([string]$Entry.UpdateIdentity.UpdateID).ToLowerInvariant()
        revision = [int]$Entry.UpdateIdentity.RevisionNumber
        title = Get-PlainLine -Text $Entry.Title
        installs = ([int]$Entry.Operation -eq 1)
        succeeded = @(2, 3) -contains [int]$Entry.ResultCode
        at = ConvertTo-PatchTime -Moment $Entry.Date
    }
    $fact
}

function ConvertTo-ErrorFact {
    param ([System.Management.Automation.ErrorRecord]$ErrorRecord)

    $told = Resolve-UpdateError -HResult (Get-UpdateHResult -ErrorRecord $ErrorRecord)
    @{ kind = 'error'; hresult = $told.hresult; hresult_name = $told.hresult_name; transient = $told.transient
        message = (Get-UpdateErrorText -ErrorRecord $ErrorRecord)
    }
}

function Find-NodeUpdate {
    # Everything the Windows Update Agent is asked, as a row of dictionaries: this also runs as SYSTEM (see below).
    param ($Argument)

    $opened = $null
    try {
        $opened = Open-UpdateSource -Source $Argument.source -Catalogue $Argument.catalogue
        $searcher = $opened.searcher
        # One search for all: software and drivers, installed and missing, hidden or not.
        $found = $searcher.Search('IsInstalled=0 or IsInstalled=1')
        $words = Get-CategoryWord
        foreach ($update in $found.Updates) {
            ConvertTo-UpdateFact -Update $update -Words $words
        }
        foreach ($warning in $found.Warnings) {
            $told = Resolve-UpdateError -HResult $warning.HResult
            @{ kind = 'warning'; code = 'search_warning'
                message = ('{0} {1}: {2}' -f $told.hresult, $told.hresult_name, $warning.Message)
            }
        }
        $count = $searcher.GetTotalHistoryCount()
        if ($count) {
            foreach ($entry in $searcher.QueryHistory(0, $count)) {
                ConvertTo-HistoryFact -Entry $entry
            }
        }
        foreach ($service in $opened.manager.Services) {
            @{
                kind = 'service'
                id = ([string]$service.ServiceID).ToLowerInvariant()
                name = Get-PlainLine -Text $service.Name
                default = [bool]$service.IsDefaultAUService
                registered = [bool]$service.IsRegisteredWithAU
                used = ($service.ServiceID -eq $searcher.ServiceID)
            }
        }
        $code = [int]$found.ResultCode
        if (@(2, 3) -notcontains $code) {
            @{ kind = 'error'; hresult = ''; hresult_name = ''; transient = $true
                message = "the search ended with result code $code. Try again later"
            }
        }
    }
    catch {
        ConvertTo-ErrorFact -ErrorRecord $_
    }
    foreach ($problem in Close-UpdateSource -Opened $opened) {
        @{ kind = 'warning'; code = 'service_left'; message = $problem }
    }
}

function Save-NodeUpdate {
    # What the scheduled task does: one line of JSON for each dictionary.
    param ($Argument)

    $lines = @(Find-NodeUpdate -Argument $Argument | ForEach-Object {
            ConvertTo-Json -InputObject $_ -Depth 6 -Compress
        })
    Write-PatchFile -Name $Argument.file -Text ($lines -join "`n")
}

function Remove-OldSearch {
    # What searches left that were cut off; a day is longer than any may take.
    $directory = Get-PatchDirectory
    if ([System.IO.Directory]::Exists($directory)) {
        foreach ($path in [System.IO.Directory]::GetFiles($directory, 'openpatch.patch_manager.search.*.ps1')) {
            if ([System.IO.File]::GetLastWriteTimeUtc($path) -lt [datetime]::UtcNow.AddDays(-1)) {
                $name = [System.IO.Path]::GetFileNameWithoutExtension($path)
                Remove-PatchTask -Name $name -File "$name.json"
            }
        }
    }
}

function Find-NodeUpdateApart {
    # As SYSTEM in a scheduled task, where nothing is refused because of the network logon.
    param ([hashtable]$Argument, [int]$Seconds)

    $name = 'openpatch.patch_manager.search.' + [guid]::NewGuid().ToString('N')
    $Argument.file = "$name.json"
    $own = 'Get-CategoryWord', 'Get-PlainLine', 'Get-KbId', 'ConvertTo-CategoryFact', 'Add-CategoryFact',
    'ConvertTo-UpdateFact', 'ConvertTo-HistoryFact', 'ConvertTo-ErrorFact', 'Find-NodeUpdate', 'Save-NodeUpdate'
    $shared = 'Get-UpdateErrorTable', 'Resolve-UpdateError', 'Get-UpdateHResult', 'Get-UpdateErrorText',
    'ConvertTo-PatchTime', 'Get-UpdateServiceId', 'Open-UpdateSource', 'Close-UpdateSource', 'Get-PatchDirectory',
    'Write-PatchFile', 'ConvertTo-PlainObject'
    $functions = Get-Command -Name ($own + $shared) -CommandType Function
    $script = New-PatchScript -Function $functions -Command Save-NodeUpdate -Argument $Argument
    $until = [datetime]::UtcNow.AddSeconds($Seconds)
    try {
        Start-PatchTask -Name $name -Script $script -Seconds $Seconds
        $task = Get-PatchTask -Name $name
        # 2: queued, 4: running; a task that was told to run is neither for a moment, its result says so
        while ((@(2, 4) -contains $task.State -or [int]$task.LastTaskResult -eq 0x41303) -and
            [datetime]::UtcNow -lt $until) {
            Start-Sleep -Seconds 2
            $task = Get-PatchTask -Name $name
        }
        $text = Read-PatchFile -Name $Argument.file
        if ($text) {
            foreach ($line in $text -split "`n") {
                ConvertTo-PlainObject -Value (ConvertFrom-Json -InputObject $line)
            }
        }
        else {
            $result = '0x{0:X8}' -f [int]$task.LastTaskResult
            @{ kind = 'error'; hresult = ''; hresult_name = ''; transient = $true
                message = "the search as SYSTEM gave no answer within $Seconds seconds (task result $result)." +
                ' Look for what occupies the node, or give it more time'
            }
        }
    }
    catch {
        ConvertTo-ErrorFact -ErrorRecord $_
    }
    try {
        Remove-PatchTask -Name $name -File $Argument.file
    }
    catch {
        @{ kind = 'warning'; code = 'search_left'
            message = "Failed to remove the task ${name}: $(Get-UpdateErrorText -ErrorRecord $_)"
        }
    }
}

function Get-RegistryValue {
    param ([string]$Path, [string]$Name)

    (Get-ItemProperty -LiteralPath "HKLM:\$Path" -Name $Name -ErrorAction SilentlyContinue).$Name
}

function Get-RebootReason {
    # Every trace of a pending reboot, each in words. None of them is weighed here.
    $session = 'SYSTEM\CurrentControlSet\Control\Session Manager'
    $servicing = 'SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing'
    $agent = 'SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate'
    $name = 'SYSTEM\CurrentControlSet\Control\ComputerName'
    $keys = @(
        @("$servicing\RebootPending", 'Component Based Servicing: a component waits for a restart'),
        @("$servicing\RebootInProgress", 'Component Based Servicing: a restart is under way'),
        @("$servicing\PackagesPending", 'Component Based Servicing: packages wait for a restart'),
        @("$agent\Auto Update\RebootRequired", 'Windows Update: an installed update waits for a restart'),
        @("$agent\Auto Update\PostRebootReporting", 'Windows Update: a restart is to be reported'),
        @('SOFTWARE\Microsoft\ServerManager\CurrentRebootAttempts', 'Server Manager: a role waits for a restart')
    )
    foreach ($key in $keys) {
        if (Test-Path -LiteralPath "HKLM:\$($key[0])") {
            $key[1]
        }
    }
    $values = @(
        @($session, 'PendingFileRenameOperations', 'Session Manager: files in use are to be replaced'),
        @($session, 'PendingFileRenameOperations2', 'Session Manager: files in use are to be replaced (2)'),
        @('SOFTWARE\Microsoft\Updates', 'UpdateExeVolatile', 'update.exe: an installer waits for a restart'),
        @('SOFTWARE\Microsoft\Windows\CurrentVersion\RunOnce', 'DVDRebootSignal', 'RunOnce: a restart is announced'),
        @('SYSTEM\CurrentControlSet\Services\Netlogon', 'JoinDomain', 'Netlogon: the node joins a domain'),
        @('SYSTEM\CurrentControlSet\Services\Netlogon', 'AvoidSpnSet', 'Netlogon: the node joins a domain (SPN)')
    )
    foreach ($value in $values) {
        if (Get-RegistryValue -Path $value[0] -Name $value[1]) {
            $value[2]
        }
    }
    $active = Get-RegistryValue -Path "$name\ActiveComputerName" -Name ComputerName
    $wanted = Get-RegistryValue -Path "$name\ComputerName" -Name ComputerName
    if ($active -ne $wanted) {
        "Computer name: $active becomes $wanted"
    }
    if ((New-Object -ComObject Microsoft.Update.SystemInfo).RebootRequired) {
        'Windows Update Agent: a restart is required'
    }
    try {
        $client = Invoke-CimMethod -Namespace root\ccm\ClientSDK -ClassName CCM_ClientUtilities `
            -MethodName DetermineIfRebootPending
        if ($client.RebootPending -or $client.IsHardRebootPending) {
            'Configuration Manager: its client wants a restart'
        }
    }
    catch {
        # The client is not there.
        Write-Verbose -Message ([string]$_)
    }
}

function Get-NodeFact {
    # The system itself. The product comes from build and role: names differ by language and edition.
    $system = Get-CimInstance -ClassName Win32_OperatingSystem
    $current = 'SOFTWARE\Microsoft\Windows NT\CurrentVersion'
    $build = [int]$system.BuildNumber
    $servers = @{
        9200 = 'WindowsServer2012'; 9600 = 'WindowsServer2012R2'; 14393 = 'WindowsServer2016'
        17763 = 'WindowsServer2019'; 20348 = 'WindowsServer2022'; 26100 = 'WindowsServer2025'
    }
    $product = $servers[$build]
    if ([int]$system.ProductType -eq 1) {
        $product = @('', 'Windows10', 'Windows11')[($build -ge 10240) + ($build -ge 22000)]
    }
    $revision = Get-RegistryValue -Path $current -Name UBR
    $codename = @('DisplayVersion', 'ReleaseId') | ForEach-Object { Get-RegistryValue -Path $current -Name $_ } |
        Select-Object -First 1
    $booted = ConvertTo-PatchTime -Moment $system.LastBootUpTime
    $boot = Get-RegistryValue -Name BootId -Path ('SYSTEM\CurrentControlSet\Control\Session Manager\' +
        'Memory Management\PrefetchParameters')
    @{
        schema = 1
        package_manager = 'windows'
        hostname = [string]$system.CSName
        booted_at = $booted
        boot_id = [string]@($boot, $booted)[$null -eq $boot]
        collected_at = ConvertTo-PatchTime -Moment ([datetime]::UtcNow)
        os = @{
            id = 'windows'
            operating_system = 'WINDOWS'
            name = Get-PlainLine -Text $system.Caption
            version = @($system.Version, $revision | Where-Object { $_ }) -join '.'
            kernel = [string]$system.Version
            codename = "$codename"
            # The word for 64 bit is in the language of the node, the number is not.
            arch = "$(@{ AMD64 = 'x86_64'; ARM64 = 'arm64'; x86 = 'i386' }[[string]$env:PROCESSOR_ARCHITECTURE])"
            product = "$product"
            edition = "$(Get-RegistryValue -Path $current -Name EditionID)"
            installation_type = "$(Get-RegistryValue -Path $current -Name InstallationType)"
            powershell = [string]$PSVersionTable.PSVersion
        }
    }
}

function Get-SourceFact {
    # Where the search looked: the service that was used, else the default one, else what the policy says.
    param ([string]$Requested, [bool]$Offline, [array]$Services)

    $policy = 'SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate'
    $ids = Get-UpdateServiceId
    $used = @($Services | Where-Object { $_.used }) + @($Services | Where-Object { $_.default }) |
        Select-Object -First 1
    $managed = (Get-RegistryValue -Path "$policy\AU" -Name UseWUServer) -eq 1
    $id = "$($used.id)"
    if ($Requested -ne 'default') {
        $id = $ids[$Requested]
    }
    elseif (-not $id) {
        $id = @($ids.windows_update, $ids.wsus)[$managed]
    }
    $source = @{ requested = $Requested; service_id = $id; effective = 'other'; other_products = $false }
    foreach ($word in $ids.Keys) {
        if ($ids[$word] -eq $id) {
            $source.effective = $word
        }
    }
    if ($Offline) {
        $source.effective = 'offline'
    }
    $microsoft = @($Services | Where-Object { $_.id -eq $ids.microsoft_update -and $_.registered })
    $source.other_products = @('wsus', 'microsoft_update') -contains $source.effective -or
        ($source.effective -eq 'other' -and $microsoft.Count -gt 0)
    foreach ($pair in @(@('wsus_url', 'WUServer'), @('wsus_status_url', 'WUStatusServer'))) {
        $url = Get-RegistryValue -Path $policy -Name $pair[1]
        if ($url -and $managed) {
            $source[$pair[0]] = [string]$url -replace '://[^/@]*@', '://'
        }
    }
    foreach ($name in 'DisableWindowsUpdateAccess', 'DoNotConnectToWindowsUpdateInternetLocations') {
        if ((Get-RegistryValue -Path $policy -Name $name) -eq 1) {
            $source.policy = @(@($source.policy) + $name | Where-Object { $_ })
        }
    }
    $source
}

function Get-HotFixMoment {
    # Win32_QuickFixEngineering has the day as month/day/year in any language, as digits, or as a hexadecimal FILETIME.
    # A day begins at the node's own midnight: the one of UTC may be after the reboot that followed the installation.
    param ($Value)

    $day = [datetime]::MinValue
    $text = [string]$Value
    if ($text -match '^[0-9a-fA-F]{16}$') {
        return ConvertTo-PatchTime -Moment ([datetime]::FromFileTimeUtc([Convert]::ToInt64($text, 16)))
    }
    if ($Value -is [datetime]) {
        $day = $Value
    }
    else {
        [void][datetime]::TryParseExact($text, [string[]]@('M/d/yyyy', 'yyyyMMdd'),
            [System.Globalization.CultureInfo]::InvariantCulture, [System.Globalization.DateTimeStyles]::None,
            [ref]$day)
    }
    ConvertTo-PatchTime -Moment ([datetime]::SpecifyKind($day, [System.DateTimeKind]::Local))
}

function Get-LastEntry {
    # Of the entries of one update the last that succeeded counts, be it an installation or a removal.
    param ([array]$History, [scriptblock]$Key)

    $last = @{}
    foreach ($entry in $History) {
        foreach ($name in & $Key $entry) {
            if ($entry.succeeded -and (-not $last[$name] -or [string]$last[$name].at -lt [string]$entry.at)) {
                $last[$name] = $entry
            }
        }
    }
    $last
}

function Add-InstalledFact {
    # When installed updates were installed, and those the search no longer knows, from history and hot fixes.
    param ([System.Collections.ArrayList]$Installed, [array]$Missing, [array]$History)

    $byId = Get-LastEntry -History $History -Key { param ($entry) $entry.update_id }
    foreach ($fact in $Installed) {
        $fact.source = 'search'
    }
    # What waits for a reboot was installed all the same, though the search has it among the missing.
    foreach ($fact in @($Installed) + @($Missing | Where-Object { $_.reboot_required })) {
        $entry = $byId[$fact.update_id]
        if ($entry -and $entry.installs -and $entry.at) {
            $fact.installed_at = $entry.at
        }
    }
    $names = @{}
    foreach ($fact in $Installed) {
        foreach ($name in $fact.kb_ids) {
            $names[$name] = $fact
        }
    }
    $offered = @($Missing | ForEach-Object { $_.update_id })
    $byKb = Get-LastEntry -History $History -Key {
        param ($entry)
        [regex]::Matches($entry.title, 'KB\d{5,8}') | ForEach-Object { $_.Value } | Select-Object -Unique
    }
    foreach ($name in @($byKb.Keys | Sort-Object)) {
        $entry = $byKb[$name]
        if ($entry.installs -and -not $names[$name] -and $offered -notcontains $entry.update_id) {
            $names[$name] = @{ name = $name; kb_ids = @($name); title = $entry.title; source = 'history'
                update_id = $entry.update_id; revision = $entry.revision; version = [string]$entry.revision
            }
            if ($entry.at) {
                $names[$name].installed_at = $entry.at
            }
            [void]$Installed.Add($names[$name])
        }
    }
    foreach ($fix in Get-CimInstance -ClassName Win32_QuickFixEngineering) {
        $name = [regex]::Match([string]$fix.HotFixID, '^KB\d+').Value
        if ($name -and -not $names[$name]) {
            $names[$name] = @{ name = $name; kb_ids = @($name); source = 'qfe'
                title = ('{0} ({1})' -f (Get-PlainLine -Text $fix.Description), $name)
            }
            [void]$Installed.Add($names[$name])
        }
        $day = Get-HotFixMoment -Value $fix.InstalledOn
        if ($name -and $day -and -not $names[$name].installed_at) {
            $names[$name].installed_at = $day
        }
    }
}

$spec = @{
    options = @{
        patch_windows_update_source = @{
            type = 'str'
            choices = 'default', 'wsus', 'windows_update', 'microsoft_update'
            default = 'default'
        }
        patch_windows_offline_catalogue = @{ type = 'path' }
        patch_step_timeout = @{ type = 'int'; default = 3600 }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)
$module.Result.changed = $false
$wanted = $module.Params.patch_windows_update_source
$catalogue = $module.Params.patch_windows_offline_catalogue
if ($catalogue -and -not [System.IO.File]::Exists($catalogue)) {
    $module.FailJson("Failed to search for updates: there is no '$catalogue' on the node." +
        ' Copy wsusscn2.cab there first, or leave out patch_windows_offline_catalogue')
}

$question = @{ source = $wanted; catalogue = [string]$catalogue }
$answer = @(Find-NodeUpdate -Argument $question)
$problem = $answer | Where-Object { $_.kind -eq 'error' } | Select-Object -First 1
if ($problem.hresult -eq '0x80070005') {
    $answer = @(Find-NodeUpdateApart -Argument $question -Seconds $module.Params.patch_step_timeout)
    $problem = $answer | Where-Object { $_.kind -eq 'error' } | Select-Object -First 1
}
if ($problem) {
    foreach ($key in 'hresult', 'hresult_name', 'transient') {
        $module.Result.$key = $problem.$key
    }
    $module.FailJson("Failed to search for updates: $($problem.message)")
}

try {
    $facts = Get-NodeFact
    $installed = [System.Collections.ArrayList]@()
    $candidates = [System.Collections.ArrayList]@()
    $history = [System.Collections.ArrayList]@()
    $services = [System.Collections.ArrayList]@()
    $warnings = [System.Collections.ArrayList]@()
    foreach ($item in $answer) {
        $kind = $item.kind
        $item.Remove('kind')
        if ($kind -eq 'update') {
            $list = @($candidates, $installed)[[bool]$item.installed]
            $item.Remove('installed')
            [void]$list.Add($item)
        }
        elseif ($kind -eq 'history') {
            [void]$history.Add($item)
        }
        elseif ($kind -eq 'service') {
            [void]$services.Add($item)
        }
        else {
            [void]$warnings.Add($item)
        }
    }
    Add-InstalledFact -Installed $installed -Missing $candidates -History $history
    $facts.update_source = Get-SourceFact -Requested $wanted -Offline ([bool]$catalogue) -Services $services
    if ($facts.update_source.policy) {
        [void]$warnings.Add(@{ code = 'policy'
                message = 'A policy of the node limits Windows Update: ' + ($facts.update_source.policy -join ', ')
            })
    }
    if (-not $facts.os.product) {
        $facts.os.Remove('product')
        [void]$warnings.Add(@{ code = 'unknown_product'
                message = "Build $($facts.os.kernel) is no Windows Server from 2012 to 2025"
            })
    }
    if (-not $module.CheckMode) {
        Remove-OldSearch
    }
    $reasons = @(Get-RebootReason)
    $facts.reboot_required = @{ required = ($reasons.Count -gt 0); reasons = $reasons }
    $facts.installed = $installed
    $facts.candidates = $candidates
    $facts.held = @($candidates | Where-Object { $_.hidden } | ForEach-Object { $_.name })
    $facts.repositories = @(
        foreach ($service in $services) {
            $used = $service.used -or $service.id -eq $facts.update_source.service_id
            $enabled = $service.default -or $service.registered -or $used
            $repository = @{ id = $service.id; name = $service.name; enabled = [bool]$enabled }
            if ($used) {
                $repository.reachable = $true
            }
            $repository
        }
    )
    $facts.warnings = $warnings
    $operation = Read-PatchOperation
    if ($operation) {
        $facts.last_operation = $operation
    }
}
catch {
    $module.FailJson("Failed to collect the facts of the node: $(Get-UpdateErrorText -ErrorRecord $_)", $_)
}
$module.Result.facts = $facts
$module.ExitJson()
