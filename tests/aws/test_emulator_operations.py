# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every operation: the least that its model allows is answered, or refused with an error that it documents."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.aws import operations
from tests.aws.conftest import Aws
from tests.aws.shapes import operation_model

_COMMON = {"ValidationException", "AccessDeniedException", "ThrottlingException"}
_NAMES = {
    "InstanceId": "i-0123456789abcdef0",
    "BaselineId": "pb-0123456789abcdef0",
    "WindowId": "mw-0123456789abcdef0",
    "ManagerArn": "arn:aws:ssm-quicksetup:us-east-1:123456789012:configuration-manager/"
    "11111111-2222-3333-4444-555555555555",
    "InstanceIds": ["i-0123456789abcdef0"],
    "TypeName": "AWS:Application",
    "ResourceType": "ManagedInstance",
    "MaintenanceWindowResourceType": "INSTANCE",
    "Schedule": "rate(1 day)",
    "Id": "a",
    "AttributeName": "PlatformType",
}
_GUID = "11111111-2222-3333-4444-555555555555"


def _least(shape: Any, name: str = "") -> Any:
    if shape.name in _NAMES or name in _NAMES:
        return _NAMES.get(shape.name, _NAMES.get(name))
    if shape.type_name == "structure":
        return {member: _least(shape.members[member], member) for member in shape.required_members}
    if shape.type_name == "list":
        return [_least(shape.member)] * max(1, shape.metadata.get("min") or 0)
    if shape.type_name == "map":
        return {"a": _least(shape.value)}
    if shape.type_name == "string":
        return _text(shape)
    return {"boolean": True, "timestamp": 1700000000}.get(shape.type_name, shape.metadata.get("min") or 1)


def _text(shape: Any) -> str:
    if shape.enum:
        return str(shape.enum[0])
    least, most = shape.metadata.get("min") or 0, shape.metadata.get("max")
    is_identifier = least == 36 or "{8}" in str(shape.metadata.get("pattern"))
    return _GUID if is_identifier and most in (None, 36) else "a" * max(3, least)


@pytest.mark.parametrize(("service", "operation"), sorted(operations.SERVED))
def test_least_request_is_answered_or_refused_as_documented(aws: Aws, service: str, operation: str) -> None:
    model = operation_model(service, operation)
    client = aws.client(service)
    method = {found: name for name, found in client.meta.method_to_api_mapping.items()}[operation]
    aws.seed(
        nodes=[{"InstanceId": "i-0123456789abcdef0", "Patches": [{"Title": "t", "KBId": "k", "State": "Missing"}]}]
    )
    try:
        getattr(client, method)(**(_least(model.input_shape) if model.input_shape else {}))
    except ClientError as error:
        assert error.response["Error"]["Code"] in {shape.name for shape in model.error_shapes} | _COMMON
    assert aws.status()["calls"][f"{service}:{operation}"] == 1


def test_the_model_knows_no_patch_operation_that_is_not_served() -> None:
    names = boto3.session.Session().client("ssm", region_name="us-east-1").meta.service_model.operation_names
    about = (
        "Patch",
        "Compliance",
        "MaintenanceWindow",
        "InventoryS",
        "PutInventory",
        "GetInventory",
        "ResourceDataSync",
    )
    missing = {name for name in names if any(word in name for word in about)} - {
        name for _unused, name in operations.SERVED
    }
    assert missing == set()
