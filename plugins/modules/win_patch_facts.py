# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: win_patch_facts
short_description: Collect what a Windows node has, what it lacks and why it wants a reboot
version_added: 0.1.0
description:
  - Asks the Windows Update Agent once for everything that is installed and missing, software and drivers, and adds
    update history, C(Win32_QuickFixEngineering), the source of updates and every reason for a pending reboot.
  - It judges nothing. The facts are what M(openpatch.patch_manager.patch_scan) hands to the engine on the controller.
  - Classifications, products and families are told by their ids, so the language of the node changes no verdict.
  - A search that fails fails the module, with the HRESULT, its published name and a way out. It never looks as if
    there was nothing to do.
options:
  patch_windows_update_source:
    description:
      - Where to look for updates. V(default) is what the node's policy says. The others choose a service for this
        search alone; the policy of the node stays as it is.
      - V(microsoft_update) is registered for the time of the search if it is not, and removed again.
    type: str
    choices: [default, wsus, windows_update, microsoft_update]
    default: default
  patch_windows_offline_catalogue:
    description:
      - Path on the node of C(wsusscn2.cab). The search then uses this catalogue alone; the service made for it is
        removed again. Takes the place of O(patch_windows_update_source).
    type: path
  patch_step_timeout:
    description: How many seconds the search may take where it has to run apart from the connection.
    type: int
    default: 3600
attributes:
  check_mode:
    support: full
    description: Works the same in check mode; it only reads.
  diff_mode:
    support: none
    description: It changes nothing.
  platform:
    platforms: windows
    support: full
    description: Windows PowerShell 5.1 and PowerShell 7 on Windows Server 2016 to 2025, also Core.
notes:
  - Windows Server 2012 and 2012 R2 work with Windows PowerShell 5.1 installed, as far as the ansible-core in use still
    reaches them. ansible-core 2.16 needs PowerShell 3.0 or newer and ansible-core 2.17 and later 5.1.
  - Where Windows refuses a network logon what the search needs (an offline catalogue, a service that is to be
    registered), the search runs as SYSTEM in a scheduled task that is removed afterwards.
author:
  - openpatch contributors (@openpatch)
seealso:
  - module: openpatch.patch_manager.win_patch_install
  - module: openpatch.patch_manager.patch_scan
"""

EXAMPLES = r"""
- name: What the node itself says
  openpatch.patch_manager.win_patch_facts:

- name: What Microsoft Update would offer, whatever the policy of the node
  openpatch.patch_manager.win_patch_facts:
    patch_windows_update_source: microsoft_update

- name: What an offline catalogue says
  openpatch.patch_manager.win_patch_facts:
    patch_windows_offline_catalogue: C:\Temp\wsusscn2.cab
"""

RETURN = r"""
facts:
  description:
    - The node's facts as the engine reads them. What is not known is left out. Times are UTC in ISO 8601.
  type: dict
  returned: success
  contains:
    schema:
      description: Version of this structure.
      type: int
      sample: 1
    package_manager:
      description: Always V(windows).
      type: str
      sample: windows
    os:
      description:
        - What runs on the node. C(product) is the API's word and comes from build and role, not from a name.
      type: dict
      sample:
        id: windows
        name: Microsoft Windows Server 2022 Datacenter
        version: 10.0.20348.2227
        kernel: 10.0.20348
        arch: x86_64
        codename: 21H2
        operating_system: WINDOWS
        product: WindowsServer2022
        edition: ServerDatacenter
        installation_type: Server Core
        powershell: 5.1.20348.2227
    hostname:
      description: Name of the node.
      type: str
      sample: WEB01
    boot_id:
      description: Changes with every boot.
      type: str
      sample: "41"
    booted_at:
      description: When the node booted.
      type: str
      sample: "2026-03-02T04:11:09Z"
    collected_at:
      description: When the node was asked.
      type: str
      sample: "2026-03-09T02:00:12Z"
    reboot_required:
      description: Whether the node says that it needs a reboot, with every reason found.
      type: dict
      sample: {required: true, reasons: ["Windows Update: an installed update waits for a restart"]}
    candidates:
      description:
        - What the search offers and the node lacks, hidden updates too (C(hidden) is true, and C(held) has its name).
      type: list
      elements: dict
      contains:
        name:
          description: The KB id, or the update id where there is none.
          type: str
          sample: KB5034129
        version:
          description: The revision number as text.
          type: str
          sample: "200"
        update_id:
          description: Identity of the update, with C(revision) what M(openpatch.patch_manager.win_patch_install) wants.
          type: str
          sample: 5b1c3f1e-5d4e-4b5f-a5e7-1d8c2b1f7c11
        revision:
          description: Revision number.
          type: int
          sample: 200
        title:
          description: Title in the node's language. Nothing is decided by it.
          type: str
          sample: 2024-01 Cumulative Update for Microsoft server operating system version 21H2 (KB5034129)
        kb_ids:
          description: KB ids.
          type: list
          elements: str
          sample: [KB5034129]
        bulletin_ids:
          description: Security bulletins.
          type: list
          elements: str
          sample: [MS17-010]
        cve_ids:
          description: CVE ids, where the service tells them.
          type: list
          elements: str
          sample: [CVE-2024-20674]
        msrc_severity:
          description: Severity by Microsoft. Left out if there is none, which means Unspecified.
          type: str
          sample: Critical
        classification:
          description: The API's word for the classification, by its id.
          type: str
          sample: SecurityUpdates
        products:
          description: Products by their ids. The name the node gives for an id that is not known here.
          type: list
          elements: str
          sample: [Microsoft Server operating system-21H2]
        product_family:
          description: Product family by its id.
          type: str
          sample: Windows
        categories:
          description: All categories as the node has them, with type, id, name in its language and id of the parent.
          type: list
          elements: dict
          sample:
            - id: 0fa1201d-4330-4fa8-8ae9-b877473b6441
              name: Sicherheitsupdates
              type: UpdateClassification
        type:
          description: V(software) or V(driver).
          type: str
          sample: software
        released_at:
          description: Last change of the deployment. Left out if unknown; the engine takes 1970-01-01 then.
          type: str
          sample: "2024-01-09T18:00:00Z"
        superseded_update_ids:
          description: Ids of the updates that this one replaces.
          type: list
          elements: str
          sample: [0b97c243-5833-4bf3-bcf8-77063e53c42a]
        bundled_updates:
          description: The updates inside this one, with C(update_id), C(revision), C(title) and C(kb_ids).
          type: list
          elements: dict
          sample: []
        size:
          description: Largest download in bytes.
          type: int
          sample: 67042638
        is_downloaded:
          description: Whether it is on the node already.
          type: bool
          sample: false
        eula_accepted:
          description: Whether its licence terms are accepted, or it has none.
          type: bool
          sample: true
        can_request_user_input:
          description: Whether it may ask questions, in which case it is not installed.
          type: bool
          sample: false
        reboot_behavior:
          description: V(never), V(always) or V(can_request).
          type: str
          sample: can_request
        impact:
          description: V(normal), V(minor) or V(exclusive), which is what servicing stack updates are.
          type: str
          sample: normal
        hidden:
          description: Whether somebody hid it on the node.
          type: bool
          sample: false
        browse_only:
          description: Whether Windows itself would offer it as optional only.
          type: bool
          sample: false
        mandatory:
          description: Whether it belongs to the update agent itself.
          type: bool
          sample: false
        reboot_required:
          description: Whether it is installed already and waits for a reboot.
          type: bool
          sample: false
        applicable:
          description: Always true here.
          type: bool
          sample: true
    installed:
      description:
        - The same for what is installed, with C(installed_at) from the update history or from
          C(Win32_QuickFixEngineering), and C(source) which is V(search), V(history) or V(qfe).
        - What only history or C(Win32_QuickFixEngineering) know has no more than name, title, KB id and date.
      type: list
      elements: dict
      sample: [{name: KB5012170, kb_ids: [KB5012170], installed_at: "2022-08-10T03:00:00Z", source: qfe}]
    held:
      description: Names of what is hidden on the node.
      type: list
      elements: str
      sample: []
    repositories:
      description: The update services registered on the node, and whether the one that was searched answered.
      type: list
      elements: dict
      sample:
        - id: 3da21691-e39d-4da6-8a4b-b43877bcb1b7
          name: Windows Server Update Service
          enabled: true
          reachable: true
    update_source:
      description:
        - Where the search looked. C(effective) is V(wsus), V(windows_update), V(microsoft_update), V(offline) or
          V(other); C(other_products) tells whether Microsoft's other products are served too.
      type: dict
      sample:
        requested: default
        effective: wsus
        service_id: 3da21691-e39d-4da6-8a4b-b43877bcb1b7
        wsus_url: http://wsus.example.com:8530
        other_products: true
    last_operation:
      description: The last install by M(openpatch.patch_manager.win_patch_install) that nobody has fetched yet.
      type: dict
      sample: {id: 20260309-web, state: finished, results: []}
    warnings:
      description: What could not be found out, each with C(code) and C(message).
      type: list
      elements: dict
      sample: []
hresult:
  description: The error of the Windows Update Agent.
  type: str
  returned: when the search failed
  sample: "0x80240438"
hresult_name:
  description: Its published name, empty if it has none that is known here.
  type: str
  returned: when the search failed
  sample: WU_E_PT_ENDPOINT_UNREACHABLE
transient:
  description: Whether trying again later may help.
  type: bool
  returned: when the search failed
  sample: true
"""
