# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a node that AWS manages has to reach in a Region: service endpoints and the buckets that AWS owns.

Sources: ``setup-create-vpc``, ``ssm-agent-technical-details``, ``patch-operations-s3-buckets``. The names of some
buckets end in a word that cannot be worked out; it is known for the Regions below.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.errors import OperationError

PORT = 443
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d{1,2}")

# Region: (what ends the name of aws-patch-manager-*, what ends that of patch-baseline-snapshot-* or "")
REGIONS: dict[str, tuple[str, str]] = {
    "us-east-1": ("1970c647d", ""),
    "us-east-2": ("552881074", ""),
    "us-west-1": ("8badb4304", ""),
    "us-west-2": ("34d7f99f8", ""),
    "af-south-1": ("bdd5f65a9", "tbxdb5b9"),
    "ap-east-1": ("632356271", ""),
    "ap-east-2": ("5a64b2916", "8947749e"),
    "ap-south-1": ("cb7c62ff9", ""),
    "ap-south-2": ("32f4b4128", "50209442"),
    "ap-northeast-1": ("4849fa78f", ""),
    "ap-northeast-2": ("10467995c", ""),
    "ap-northeast-3": ("67373598a", ""),
    "ap-southeast-1": ("7fdfd9ef7", ""),
    "ap-southeast-2": ("17283a275", ""),
    "ap-southeast-3": ("aa48fc462", "be0a3174"),
    "ap-southeast-4": ("01e2c40d3", "dc6f76ce"),
    "ap-southeast-5": ("dcb42f3e3", ""),
    "ap-southeast-6": ("df0d3a7f2", "62f446f2"),
    "ap-southeast-7": ("c707c017a", "1699f14f"),
    "ca-central-1": ("3148e69e3", ""),
    "ca-west-1": ("9e3a4b2f9", ""),
    "eu-central-1": ("9163fdaaf", ""),
    "eu-central-2": ("184ce43c8", ""),
    "eu-west-1": ("5522fb710", ""),
    "eu-west-2": ("902a2bc74", ""),
    "eu-west-3": ("29bf85721", ""),
    "eu-north-1": ("795879e9b", ""),
    "eu-south-1": ("c52f3f594", ""),
    "eu-south-2": ("a4cf248b1", "df2c9d70"),
    "il-central-1": ("e221cb57b", ""),
    "me-central-1": ("2932f2f80", ""),
    "me-south-1": ("a53fc9dce", "uduvl7q8"),
    "mx-central-1": ("396b275ad", "ed0da79c"),
    "sa-east-1": ("ddf4b6a09", ""),
}


class Endpoint(NamedTuple):
    """A host and what it is needed for; without one that is not ``needed`` patching works."""

    host: str
    purpose: str
    needed: bool = True


def list_endpoints(region: str) -> tuple[Endpoint, ...]:
    """The endpoints and buckets of a Linux node in a Region; those whose names are not known are left out.

    Raises OperationError for what cannot be the name of a Region.
    """
    if not _REGION.fullmatch(region):
        raise OperationError(
            f"Failed to read patch_preflight_region '{region}': it is no name of an AWS Region."
            " Give one such as eu-central-1"
        )
    domain = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    services = (
        Endpoint(f"ssm.{region}.{domain}", "Systems Manager"),
        Endpoint(f"ssmmessages.{region}.{domain}", "Run Command"),
        Endpoint(f"ec2messages.{region}.{domain}", "Run Command of agents before 3.3.40.0", needed=False),
        Endpoint(f"s3.{region}.{domain}", "logs in S3", needed=False),
    )
    buckets = [(f"aws-ssm-{region}", "modules of AWS-RunPatchBaseline"), (f"amazon-ssm-{region}", "agent updates")]
    if region in REGIONS:
        suffix, snapshot_suffix = REGIONS[region]
        snapshot = "-".join(filter(None, ("patch-baseline-snapshot", region, snapshot_suffix)))
        buckets += [(f"aws-patch-manager-{region}-{suffix}", "patching"), (snapshot, "baseline snapshots")]
    return services + tuple(
        Endpoint(f"{name}.s3.{region}.{domain}", f"bucket for {purpose}") for name, purpose in buckets
    )
