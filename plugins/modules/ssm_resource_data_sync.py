# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ssm_resource_data_sync
short_description: Keep a resource data sync in AWS Systems Manager
version_added: 0.2.0
description:
  - Creates, changes and deletes a resource data sync, by which Systems Manager writes inventory and compliance of all
    nodes to a bucket, or collects OpsData from other regions and accounts.
  - A sync to a bucket cannot be changed, and of one from elsewhere only its regions and switches can. What AWS does not
    change is an error, unless O(replace) is set.
  - Deleting a sync leaves the data that it has written.
options:
  state:
    description: Whether the sync is to be there.
    type: str
    choices: [present, absent]
    default: present
  sync_name:
    description: Name of the sync. Together with O(sync_type) it says which one is meant.
    type: str
    required: true
  sync_type:
    description: Whether it writes to a bucket, or collects from elsewhere.
    type: str
    choices: [SyncToDestination, SyncFromSource]
    default: SyncToDestination
  s3_destination:
    description: The bucket, for O(sync_type=SyncToDestination).
    type: dict
    suboptions:
      bucket_name:
        description: Name of the bucket. Its policy has to let Systems Manager write.
        type: str
        required: true
      prefix:
        description: Folder in the bucket.
        type: str
      sync_format:
        description: Format of the files.
        type: str
        choices: [JsonSerDe]
        default: JsonSerDe
      region:
        description: Region of the bucket.
        type: str
        required: true
      aws_kms_key_arn:
        description: ARN of the key with which files are encrypted; it has to be in the region of the bucket.
        type: str
      destination_data_sharing_type:
        description: V(Organization), if the accounts of the organization share the bucket.
        type: str
        choices: [Organization]
  sync_source:
    description: Where it comes from, for O(sync_type=SyncFromSource).
    type: dict
    suboptions:
      source_type:
        description: Whether it comes from several regions of this account, or from an organization.
        type: str
        choices: [SingleAccountMultiRegions, AwsOrganizations]
        required: true
      source_regions:
        description: The regions.
        type: list
        elements: str
        required: true
      include_future_regions:
        description: Whether new regions of AWS are added.
        type: bool
        default: false
      enable_all_ops_data_sources:
        description: Whether all sources of OpsData are switched on in the accounts and regions.
        type: bool
        default: false
      aws_organizations_source:
        description: The part of the organization, for O(sync_source.source_type=AwsOrganizations).
        type: dict
        suboptions:
          organization_source_type:
            description: Whether all of it or some organizational units.
            type: str
            choices: [EntireOrganization, OrganizationalUnits]
            required: true
          organizational_units:
            description: Ids of the units, C(ou-...).
            type: list
            elements: str
  replace:
    description: Whether a sync that AWS does not change is deleted and created again as it is wanted.
    type: bool
    default: false
  wait:
    description: Whether to wait until the sync has succeeded for the first time, or is gone.
    type: bool
    default: true
  wait_timeout:
    description: How many seconds to wait.
    type: int
    default: 600
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - openpatch.patch_manager._ssm
author:
  - openpatch contributors (@openpatch)
seealso:
  - module: openpatch.patch_manager.ssm_resource_data_sync_info
"""

EXAMPLES = r"""
- name: Write inventory and compliance to a bucket
  openpatch.patch_manager.ssm_resource_data_sync:
    sync_name: inventory
    s3_destination:
      bucket_name: patch-inventory
      prefix: hybrid
      region: us-east-1

- name: Collect what other regions know
  openpatch.patch_manager.ssm_resource_data_sync:
    sync_name: explorer
    sync_type: SyncFromSource
    sync_source:
      source_type: SingleAccountMultiRegions
      source_regions: [us-east-1, eu-west-1]

- name: Write to no bucket any more
  openpatch.patch_manager.ssm_resource_data_sync:
    sync_name: inventory
    state: absent
"""

RETURN = r"""
resource_data_sync:
  description: The sync as it is now, or in check mode as it would be; empty if it is not there.
  type: dict
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

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.data_syncs import DataSync
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.module import STATE, run_resource

DESTINATION = {
    "type": "dict",
    "options": {
        "bucket_name": {"type": "str", "required": True},
        "prefix": {"type": "str"},
        "sync_format": {"type": "str", "choices": ["JsonSerDe"], "default": "JsonSerDe"},
        "region": {"type": "str", "required": True},
        "aws_kms_key_arn": {"type": "str", "no_log": False},
        "destination_data_sharing_type": {"type": "str", "choices": ["Organization"]},
    },
}
ORGANIZATION = {
    "type": "dict",
    "options": {
        "organization_source_type": {
            "type": "str",
            "choices": ["EntireOrganization", "OrganizationalUnits"],
            "required": True,
        },
        "organizational_units": {"type": "list", "elements": "str"},
    },
}
SOURCE = {
    "type": "dict",
    "options": {
        "source_type": {
            "type": "str",
            "choices": ["SingleAccountMultiRegions", "AwsOrganizations"],
            "required": True,
        },
        "source_regions": {"type": "list", "elements": "str", "required": True},
        "include_future_regions": {"type": "bool", "default": False},
        "enable_all_ops_data_sources": {"type": "bool", "default": False},
        "aws_organizations_source": ORGANIZATION,
    },
}
SPEC = {
    "state": STATE,
    "sync_name": {"type": "str", "required": True},
    "sync_type": {"type": "str", "choices": ["SyncToDestination", "SyncFromSource"], "default": "SyncToDestination"},
    "s3_destination": DESTINATION,
    "sync_source": SOURCE,
    "replace": {"type": "bool", "default": False},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 600},
}


def main() -> None:
    run_resource(DataSync, "resource_data_sync", SPEC, mutually_exclusive=[("s3_destination", "sync_source")])


if __name__ == "__main__":
    main()
