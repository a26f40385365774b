# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: patch_groups
short_description: EC2 instances and nodes of AWS Systems Manager with their patch groups
version_added: 0.2.0
description:
  - Finds EC2 instances and the managed nodes of AWS Systems Manager, hybrid ones (C(mi-...)) too, in any number of
    accounts and regions, and makes each a host with its C(patch_group), so that scans and installs use it.
  - The patch group is the value of the tag C(Patch Group) or C(PatchGroup). A node whose two tags contradict each other
    gets both, which scans and installs refuse.
  - The file has to end with C(patch_groups.yml) or C(patch_groups.yaml).
  - Either all that is asked for is read, or there is no host at all; see O(allow_partial). Ansible itself goes on with
    its other inventories after a failure unless C(any_unparsed_is_failed) is set in section C([inventory]) of
    C(ansible.cfg).
notes:
  - Needs the permissions C(ec2:DescribeInstances), C(ssm:DescribeInstanceInformation) and C(tag:GetResources), without
    O(regions) also C(ec2:DescribeRegions).
  - A node costs 1/50 of a call, and 1/100 for the tags of one outside of EC2. Throttled calls are repeated with
    growing, jittered waits.
  - Variables of a host are C(patch_group), if a tag says it; C(patch_tags), all tags, by which patch policies find
    their targets; C(ansible_host); C(aws_instance_id), C(aws_account_id), C(aws_region); C(aws_ec2), C(aws_ssm), what
    DescribeInstances and DescribeInstanceInformation answer, with keys in snake_case, or empty.
  - What comes from AWS is text and never a template. Names of groups have other characters than letters, digits and
    underscores replaced.
requirements:
  - the collection amazon.aws
extends_documentation_fragment:
  - inventory_cache
  - constructed
  - amazon.aws.boto3
  - amazon.aws.common.plugins
  - amazon.aws.region.plugins
  - amazon.aws.assume_role.plugins
author:
  - openpatch contributors (@openpatch)
options:
  plugin:
    description: V(openpatch.patch_manager.patch_groups).
    type: str
    required: true
    choices: [openpatch.patch_manager.patch_groups]
  regions:
    description:
      - Regions to read. If empty, all that an account has enabled.
      - O(region) only says where it is asked which these are.
    type: list
    elements: str
    default: []
  accounts:
    description:
      - Accounts to read, each by O(accounts[].profile) or O(accounts[].assume_role_arn); a profile may name a role. If
        empty, the account of the plugin's own credentials.
      - Without O(accounts[].profile), the plugin's own credentials assume the role.
    type: list
    elements: dict
    default: []
    suboptions:
      profile:
        description: Profile of the AWS configuration.
        type: str
      assume_role_arn:
        description: ARN of the role.
        type: str
      regions:
        description: Regions of this account, if others than O(regions).
        type: list
        elements: str
  sources:
    description:
      - What is asked. With V(ec2) alone there are no hybrid nodes; with V(ssm) alone only what Systems Manager manages,
        and C(aws_ec2) is empty.
    type: list
    elements: str
    choices: [ec2, ssm]
    default: [ec2, ssm]
  filters:
    description:
      - Filters of DescribeInstances, a value or a list each. They do not touch nodes outside of EC2.
      - Without C(instance-state-name) all but terminated instances are found, as by P(amazon.aws.aws_ec2#inventory).
    type: dict
    default: {}
  ssm_filters:
    description:
      - Filters of DescribeInstanceInformation, such as C(PingStatus), C(PlatformTypes), C(tag:KEY). With these, EC2
        instances that Systems Manager does not list are left out.
      - AWS does not combine filters by tags with others.
    type: dict
    default: {}
  hostnames:
    description:
      - What a host is called, the first of these that it has, and its id if it has none.
      - One of V(instance-id), V(dns-name), V(private-dns-name), V(ip-address), V(private-ip-address), V(ipv6-address)
        of EC2, V(computer-name), V(ssm-ip-address), V(ssm-name) of Systems Manager, or V(tag:KEY).
      - Characters that do not belong into names become C(_). Where several nodes had one name, they have their ids.
        The name of a group is no host's.
    type: list
    elements: str
    default: [instance-id]
  addresses:
    description:
      - Where a host is reached (C(ansible_host)), the first of these that it has; words as in O(hostnames). To
        overwrite it by an expression use O(compose).
      - What is no host name or IP address is not used, nor C(localhost) and other addresses of the controller itself.
      - V(dns-name), the public name, leads to the private address from within the VPC. To always take the private
        address, give V(private-ip-address) first.
    type: list
    elements: str
    default: [dns-name, ip-address, private-ip-address, ssm-ip-address, computer-name]
  group_by:
    description:
      - Which groups are made. V(patch_group) gives C(patch_group_VALUE), C(no_patch_group), C(several_patch_groups);
        V(platform_type) C(platform_type_linux) and so on; V(platform) C(platform_NAME) and in it
        C(platform_NAME_VERSION); V(ping_status) C(ping_status_online), C(ping_status_connection_lost) and
        C(not_managed_by_ssm); V(region) C(region_NAME); V(account) C(account_NUMBER).
      - An empty list gives none.
    type: list
    elements: str
    choices: [patch_group, platform_type, platform, ping_status, region, account]
    default: [patch_group, platform_type, platform, ping_status, region, account]
  allow_partial:
    description:
      - Whether an account or region that cannot be read is left out with a warning. Otherwise there is no host at all.
      - What is partial is not kept in the cache.
    type: bool
    default: false
"""

EXAMPLES = r"""
# aws.patch_groups.yml: one account, two regions; keys, profile and role as for amazon.aws.aws_ec2
plugin: openpatch.patch_manager.patch_groups
regions:
  - eu-central-1
  - us-east-1

---

# Several accounts by roles; hosts called as their Name tags say, reached by their private addresses
plugin: openpatch.patch_manager.patch_groups
regions:
  - eu-central-1
accounts:
  - assume_role_arn: arn:aws:iam::111122223333:role/patching
  - assume_role_arn: arn:aws:iam::444455556666:role/patching
    regions:
      - us-east-1
hostnames:
  - tag:Name
  - computer-name
addresses:
  - private-ip-address
  - ssm-ip-address

---

# Only what can be patched now; kept for an hour
plugin: openpatch.patch_manager.patch_groups
regions:
  - eu-central-1
filters:
  instance-state-name: running
ssm_filters:
  PingStatus: Online
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: /tmp/patch_groups
cache_timeout: 3600

---

# Groups and variables of one's own
plugin: openpatch.patch_manager.patch_groups
regions:
  - eu-central-1
strict: true
compose:
  stage: patch_tags.Stage | default('none')
  patch_max_errors: "'10%' if patch_group | default('') == 'web' else '0'"
groups:
  servers: aws_ssm.platform_type | default('') == 'Windows'
keyed_groups:
  - key: patch_tags.Stage | default('')
    prefix: stage
    default_value: none
"""

from collections.abc import Mapping
from typing import Any

from ansible import template
from ansible.errors import AnsibleParserError

from ansible_collections.amazon.aws.plugins.plugin_utils.botocore import get_aws_connection_info
from ansible_collections.amazon.aws.plugins.plugin_utils.inventory import AWSInventoryBase
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.client import RETRY, Ssm, connect_over
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.errors import SsmError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._inventory.errors import InventoryError, describe
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._inventory.hosts import Choices, Host, make_hosts
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._inventory.names import check_preferences
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._inventory.nodes import Node, from_json
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._inventory.options import (
    Query,
    read_groupings,
    read_query,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._inventory.reading import read_nodes

try:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError
except ImportError:
    pass  # AWSInventoryBase says so

# From ansible-core 2.19 on text is no template unless it is marked as one, and lookups are a matter of that mark too.
if hasattr(template, "trust_as_template"):
    WITH_LOOKUPS = {}

    def as_text(variables: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return variables in which nothing is a template."""
        return variables
else:
    from ansible.utils.unsafe_proxy import wrap_var

    WITH_LOOKUPS = {"disable_lookups": False}

    def as_text(variables: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return variables in which nothing is a template."""
        wrapped: Mapping[str, Any] = wrap_var(variables)
        return wrapped


# Where it is asked which regions there are, if nothing says it.
_HOME = "us-east-1"
# What decides which accounts answer, besides the query.
_IDENTITY = ("profile", "endpoint_url")


class InventoryModule(AWSInventoryBase):
    """From the options of an inventory file to hosts and groups."""

    NAME = "openpatch.patch_manager.patch_groups"
    INVENTORY_FILE_SUFFIXES = ("patch_groups.yml", "patch_groups.yaml")

    class TemplatedOptions(AWSInventoryBase.TemplatedOptions):
        """Options in which templates count: amazon.aws's, and ours of the same kind."""

        TEMPLATABLE_OPTIONS = (*AWSInventoryBase.TemplatedOptions.TEMPLATABLE_OPTIONS, "accounts", "ssm_filters")

        def get(self, *args: Any) -> Any:
            """Return an option; amazon.aws's own way to do it is a deprecated one on newer ansible-core."""
            value = self.original_options.get(*args)
            if not value or not self.templar or args[0] not in self.TEMPLATABLE_OPTIONS:
                return value
            return self.templar.template(value, **WITH_LOOKUPS)

    def __init__(self) -> None:
        super().__init__()
        self._connection: tuple[str | None, str | None, dict[str, Any]] | None = None
        self._sessions: dict[str | None, Any] = {}

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Add the hosts and groups of the file, or none of them."""
        super().parse(inventory, loader, path, cache=cache)
        try:
            query = read_query(self.get_option)
            choices = Choices(
                check_preferences("hostnames", self.get_option("hostnames")),
                check_preferences("addresses", self.get_option("addresses")),
                read_groupings(self.get_option("group_by"), query.sources),
            )
            nodes = self._find_nodes(query, path, cache)
        except InventoryError as error:
            raise AnsibleParserError(str(error)) from error
        made = make_hosts(nodes, choices, self._sanitize_group_name, inventory.groups)
        for warning in made.warnings:
            self.warn(warning)
        known = set(inventory.hosts)
        try:
            for host in made.hosts:
                self._add(host)
        except Exception:
            # Ansible goes on with what was added, and half of the hosts would look like all of them.
            for name in set(inventory.hosts) - known:
                inventory.remove_host(inventory.hosts[name])
            raise

    def _set_frozen_credentials(self) -> None:
        """Leave ``assume_role_arn`` to ``read_nodes``: amazon.aws would ask no region, and take no other account."""

    def _find_nodes(self, query: Query, path: str, cache: bool) -> list[Node]:
        fingerprint = query.fingerprint(**{name: self.get_option(name) for name in _IDENTITY})
        is_cached, kept = self.get_cached_result(path, cache)
        if is_cached and isinstance(kept, Mapping) and kept.get("query") == fingerprint:
            nodes = [from_json(entry) for entry in kept.get("nodes", ())]
            if all(nodes):
                return [node for node in nodes if node]
        reading = read_nodes(query, self._connect, self.region or (query.accounts[0].regions or (_HOME,))[0])
        if reading.failures and not self.get_option("allow_partial"):
            raise AnsibleParserError(describe(reading.failures))
        for error in reading.failures:
            self.warn(f"{error}. Its nodes are not in the inventory")
        if not reading.failures:
            kept = {"query": fingerprint, "nodes": [node.to_json() for node in reading.nodes]}
            self.update_cached_result(path, False, kept)
        return list(reading.nodes)

    def _connect(self, service: str, region: str, credentials: Mapping[str, Any]) -> Ssm:
        """Make a client as ``self.client`` does, but all of a profile from one session.

        Each session reads the models of the services anew: for 17 regions that took 8 s and 700 MB.
        """
        if not self._connection:
            self._connection = get_aws_connection_info(self)
        _region, endpoint, given = self._connection
        options = {**given, **credentials}
        profile, config = options.pop("profile_name", None), options.pop("aws_config", None)
        try:
            if profile not in self._sessions:
                self._sessions[profile] = boto3.session.Session(profile_name=profile)
            client = self._sessions[profile].client(
                service, region_name=region, endpoint_url=endpoint, config=config or Config(), **options
            )
        except (BotoCoreError, ValueError) as error:
            raise SsmError(message=f"Failed to connect to {service}", exception=error) from error
        return connect_over(client, service, RETRY)

    def _add(self, host: Host) -> None:
        # Of the groups that options compose nobody knows the names before.
        known = host.plain_name if host.name in self.inventory.groups else host.name
        self.inventory.add_host(known)
        variables = as_text(host.variables)
        for name, value in variables.items():
            self.inventory.set_variable(known, name, value)
        for path in host.groups:
            names = [self.inventory.add_group(name) for name in path]
            for parent, child in zip(names, [*names[1:], known], strict=True):
                self.inventory.add_child(parent, child)
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), variables, known, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, known, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, known, strict=strict)
