# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """How actions and the inventory, which run on the controller, come to AWS."""

    DOCUMENTATION = r"""
options:
  patch_aws_region:
    description:
      - AWS Region to ask. If not given, that of E(AWS_REGION), E(AWS_DEFAULT_REGION) or the profile.
    type: str
  patch_aws_profile:
    description:
      - Profile of AWS's own files of configuration. If not given, that of E(AWS_PROFILE), or the keys in the
        environment, or the role of the machine that runs Ansible.
    type: str
  patch_aws_assume_role_arn:
    description: Role to work under, also of another account. The credentials have to be allowed to assume it.
    type: str
  patch_aws_endpoint_url:
    description:
      - Address to ask instead of those of AWS, for all services. For one of them set what AWS's command line reads,
        such as E(AWS_ENDPOINT_URL_SSM).
    type: str
"""
