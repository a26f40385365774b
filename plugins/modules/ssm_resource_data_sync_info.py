# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ssm_resource_data_sync_info
short_description: Read resource data syncs of AWS Systems Manager
version_added: 0.2.0
description:
  - Returns resource data syncs and how they stand.
options:
  sync_name:
    description: Only syncs with this name.
    type: str
  sync_type:
    description: Only syncs of this type.
    type: str
    choices: [SyncToDestination, SyncFromSource]
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - openpatch.patch_manager._ssm.info
author:
  - openpatch contributors (@openpatch)
seealso:
  - module: openpatch.patch_manager.ssm_resource_data_sync
"""

EXAMPLES = r"""
- name: Read all syncs
  openpatch.patch_manager.ssm_resource_data_sync_info:
  register: syncs

- name: Show those that fail
  ansible.builtin.debug:
    msg: "{{ syncs.resource_data_syncs | selectattr('last_status', 'eq', 'Failed') | map(attribute='sync_name') }}"
"""

RETURN = r"""
resource_data_syncs:
  description: The syncs, by name; empty if there is none.
  type: list
  elements: dict
  returned: success
  contains:
    sync_name:
      description: Name of the sync.
      type: str
      returned: success
      sample: inventory
    sync_type:
      description: Where it goes.
      type: str
      returned: success
      sample: SyncToDestination
    s3_destination:
      description: The bucket; null if it does not go to one.
      type: dict
      returned: success
      contains:
        bucket_name:
          description: Name of the bucket.
          type: str
          returned: success
          sample: patch-inventory
        prefix:
          description: Folder in the bucket, empty if there is none.
          type: str
          returned: success
          sample: hybrid
        sync_format:
          description: Format of the files.
          type: str
          returned: success
          sample: JsonSerDe
        region:
          description: Region of the bucket.
          type: str
          returned: success
          sample: us-east-1
        aws_kms_key_arn:
          description: The key with which files are encrypted, empty if there is none.
          type: str
          returned: success
          sample: ""
        destination_data_sharing_type:
          description: With whom the bucket is shared, empty if with nobody.
          type: str
          returned: success
          sample: Organization
    sync_source:
      description: Where it comes from; null if it goes to a bucket.
      type: dict
      returned: success
      contains:
        source_type:
          description: Whether it comes from this account or from an organization.
          type: str
          returned: success
          sample: SingleAccountMultiRegions
        source_regions:
          description: The regions.
          type: list
          elements: str
          returned: success
          sample: [us-east-1, eu-west-1]
        include_future_regions:
          description: Whether new regions of AWS are added.
          type: bool
          returned: success
          sample: false
        enable_all_ops_data_sources:
          description: Whether all sources of OpsData are switched on.
          type: bool
          returned: success
          sample: false
        aws_organizations_source:
          description: The part of the organization; null if it comes from this account.
          type: dict
          returned: success
          sample: {organization_source_type: EntireOrganization, organizational_units: []}
    last_status:
      description: How it stands, C(InProgress), C(Successful) or C(Failed); null in check mode if it would be created.
      type: str
      returned: success
      sample: Successful
    last_sync_status_message:
      description: What AWS says about it.
      type: str
      returned: success
      sample: The sync was successfully completed
    last_sync_time:
      description: When it last ran.
      type: str
      returned: success
      sample: "2026-01-01T00:00:00Z"
    last_successful_sync_time:
      description: When it last succeeded.
      type: str
      returned: success
      sample: "2026-01-01T00:00:00Z"
    sync_created_time:
      description: When it was created; null in check mode if it would be created.
      type: str
      returned: success
      sample: "2026-01-01T00:00:00Z"
    sync_last_modified_time:
      description: When it was changed last; null in check mode if it would be created.
      type: str
      returned: success
      sample: "2026-01-01T00:00:00Z"
"""

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.data_syncs import read_syncs
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.module import run_info

SPEC = {
    "sync_name": {"type": "str"},
    "sync_type": {"type": "str", "choices": ["SyncToDestination", "SyncFromSource"]},
}


def main() -> None:
    run_info(read_syncs, SPEC)


if __name__ == "__main__":
    main()
