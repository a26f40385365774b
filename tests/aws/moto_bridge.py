# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The only place that knows moto: accounts, EC2 instances and their tags, documents, and its server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.backends import get_backend
from moto.ec2.models import ec2_backends
from moto.iam.models import get_account_id_from
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from moto.resourcegroupstaggingapi.models import resourcegroupstaggingapi_backends
from moto.ssm.models import ssm_backends

from .world import Json

_BACKENDS = ("ec2", "s3", "sts", "ssm", "iam", "resourcegroupstaggingapi")
_IMAGE = "ami-0123456789abcdef0"
"""The one of images.json."""

RequestHandler = MotoRequestHandler


def make_application() -> Any:
    """moto's own server as a WSGI application."""
    return DomainDispatcherApplication(create_backend_app)


class _Use:
    """Whether moto has anything to forget."""

    is_new = True


def touch() -> None:
    """Say that moto is about to be asked for something."""
    _Use.is_new = False


def reset() -> None:
    """Forget all that moto has, which takes a while."""
    if _Use.is_new:
        return
    _Use.is_new = True
    for name in _BACKENDS:
        for account in get_backend(name).values():
            if name == "s3":  # who owns which bucket it keeps elsewhere as well
                for partition in account.values():
                    partition.reset()
            account.clear()  # what is asked for again is made anew


def account_of(access_key: str) -> str:
    """The account of an access key: one of a role that sts:AssumeRole gave, or else moto's only user."""
    return str(get_account_id_from(access_key))


def instance_tags(account: str, region: str) -> dict[str, dict[str, str]]:
    """Tags of EC2 resources by identifier."""
    tags: dict[str, dict[str, str]] = ec2_backends[account][region].tags
    return tags


def tag_instance(account: str, region: str, node_id: str, tags: dict[str, str]) -> None:
    touch()
    ec2_backends[account][region].tags[node_id].update(tags)


def run_instances(account: str, region: str, tags: list[dict[str, str]]) -> list[Json]:
    """Start an EC2 instance for each set of tags, and say what DescribeInstanceProperties wants to know.

    Each is a reservation of its own: moto's pages are so many reservations, AWS's so many instances.
    """
    touch()
    backend = ec2_backends[account][region]
    instances = [_run_instance(backend, region) for _wanted in tags]
    for instance, wanted in zip(instances, tags, strict=True):
        backend.tags[instance.id].update(wanted)
    return [{"InstanceId": instance.id, "IPAddress": instance.private_ip} for instance in instances]


def _run_instance(backend: Any, region: str) -> Any:
    reservation = backend.run_instances(
        _IMAGE,
        1,
        None,
        [],
        instance_type="t3.micro",
        is_instance_type_default=False,
        region_name=region,
        placement=f"{region}a",
        block_device_mappings=[],  # or else moto makes a volume, which takes its time
    )
    return reservation.instances[0]


def has_document(account: str, region: str, name: str) -> bool:
    """Whether the account made a document of that name."""
    return name in ssm_backends[account][region]._documents


def tagged_resources(
    account: str, region: str, tag_filters: list[Json] | None, types: list[str] | None
) -> Iterator[tuple[str, dict[str, str]]]:
    """(ARN, tags) of what is moto's."""
    backend = resourcegroupstaggingapi_backends[account][region]
    for found in backend._get_resources_generator(tag_filters=tag_filters, resource_type_filters=types):
        yield found.arn, dict(found.tags)
