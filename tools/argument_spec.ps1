# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Print the argument spec of a PowerShell module, which ansible-test otherwise asks pwsh for by a script of its own. That
# script makes a second runspace, which an engine on its own may not have. Takes ansible-test's description as JSON.

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$manifest = ConvertFrom-Json -InputObject $args[0]
Add-Type -TypeDefinition (Get-Content -LiteralPath $manifest.ansible_basic -Raw)
[Ansible.Basic.AnsibleModule]::_DebugArgSpec = $true
foreach ($util in $manifest.ps_utils.PSObject.Properties) {
    $code = [ScriptBlock]::Create((Get-Content -LiteralPath $util.Value -Raw))
    New-Module -Name $util.Name -ScriptBlock $code | Import-Module -Global
}
$complex_args = @{}
try { $null = . $manifest.module_path } catch { $failure = $_ }
$spec = Get-Variable -Name ansibleTestArgSpec -Scope Global -ValueOnly -ErrorAction SilentlyContinue
if ($null -eq $spec) { throw $failure }
ConvertTo-Json -InputObject $spec -Compress -Depth 20
