# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Idempotency tokens."""

from __future__ import annotations

from collections.abc import Callable

from .errors import ApiError
from .world import Call, Json


def once(call: Call, act: Callable[[], Json]) -> Json:
    """Act, unless the request's `ClientToken` did it before: then the same answer again.

    The same token with other parameters is IdempotentParameterMismatch.
    """
    token = call.request.get("ClientToken")
    if token is None:
        return act()
    asked = {key: value for key, value in call.request.items() if key != "ClientToken"}
    key = (call.operation, token)
    if key in call.state.answered:
        before, answer = call.state.answered[key]
        if before != asked:
            raise ApiError("IdempotentParameterMismatch", "The client token was used before with other parameters.")
        return answer
    answer = act()
    call.state.answered[key] = (asked, answer)
    return answer
