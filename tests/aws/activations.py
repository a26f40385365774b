# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hybrid activations."""

from __future__ import annotations

import secrets
import uuid

from .errors import ApiError
from .nodes import compare
from .paging import page
from .registry import serves
from .world import Call, Json

_DAY = 86400
_MEMBERS = {"ActivationIds": "ActivationId", "DefaultInstanceName": "DefaultInstanceName", "IamRole": "IamRole"}


@serves("CreateActivation")
def create(call: Call, request: Json) -> Json:
    expires = request.get("ExpirationDate", call.now + _DAY)
    if not call.now < expires <= call.now + 30 * _DAY:
        raise ApiError("InvalidParameters", "The expiration date has to be within the next 30 days.")
    activation_id = str(uuid.uuid4())
    call.state.activations[activation_id] = {
        "ActivationId": activation_id,
        "RegistrationLimit": request.get("RegistrationLimit", 1),
        "RegistrationsCount": 0,
        "CreatedDate": call.now,
        **{key: request[key] for key in ("Description", "DefaultInstanceName", "IamRole", "Tags") if key in request},
        "ExpirationDate": expires,
    }
    # The code opens nothing here.
    return {"ActivationId": activation_id, "ActivationCode": secrets.token_urlsafe(15)}


@serves("DescribeActivations")
def describe(call: Call, request: Json) -> Json:
    found = [a | {"Expired": a["ExpirationDate"] <= call.now} for a in call.state.activations.values()]
    for filter_ in request.get("Filters", []):
        key, values = filter_.get("FilterKey", ""), filter_.get("FilterValues", [])
        if key not in _MEMBERS:
            raise ApiError("InvalidFilter", f"The filter {key} isn't valid.")
        found = [entry for entry in found if compare(entry.get(_MEMBERS[key], ""), "Equal", values)]
    return page(call, found, "ActivationList")


@serves("DeleteActivation")
def delete(call: Call, request: Json) -> Json:
    if call.state.activations.pop(request["ActivationId"], None) is None:
        raise ApiError("InvalidActivation", "The activation isn't valid.")
    return {}
