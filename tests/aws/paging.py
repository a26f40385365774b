# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages with opaque tokens."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from .errors import ApiError
from .shapes import has_error
from .world import Call, Json


def page(
    call: Call,
    items: Sequence[Any],
    member: str,
    default: int = 50,
    size_key: str = "MaxResults",
    token_key: str = "NextToken",
) -> Json:
    """One page of a list as an answer.

    A token is good for the operation and the request that it came from, and says nothing. As with AWS, a page may hold
    less than was asked for.
    """
    request = call.request
    asked = {key: value for key, value in request.items() if key not in (token_key, size_key)}
    digest = sha256(json.dumps([call.account, call.region, call.operation, asked], sort_keys=True).encode()).hexdigest()
    begin, was_empty = 0, False
    if request.get(token_key):
        begin, was_empty = _read_token(call, request[token_key], digest)
    limit = call.world.page_limit
    size = request.get(size_key) or default
    if limit:
        size = min(size, limit)
    if limit == 0 and not was_empty and begin < len(items):
        return {member: [], "NextToken": call.world.keep_page(digest, begin, True)}
    answer: Json = {member: list(items[begin : begin + size])}
    if begin + size < len(items):
        answer["NextToken"] = call.world.keep_page(digest, begin + size, False)
    return answer


def _read_token(call: Call, token: str, digest: str) -> tuple[int, bool]:
    known, begin, empty = call.world.pages.get(token, ("", 0, False))
    if known != digest:
        code = (
            "InvalidNextToken" if has_error(call.service, call.operation, "InvalidNextToken") else "ValidationException"
        )
        raise ApiError(code, "The specified token isn't valid.")
    return begin, empty
