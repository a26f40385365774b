# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.parsers import ResponseParserError

from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.errors import SsmError, SsmErrorHandler

PAGE = "Unable to parse response (not well-formed), invalid XML received. Further retries may succeed:\n<html>Log in"


def fail(error: Exception) -> None:
    def ask() -> None:
        raise error

    SsmErrorHandler.common_error_handler("list EC2 instances")(ask)()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ResponseParserError(PAGE), PAGE.splitlines()[0]),
        (EndpointConnectionError(endpoint_url="https://x"), 'Could not connect to the endpoint URL: "https://x"'),
    ],
)
def test_an_answer_that_is_none_of_aws_is_an_error_like_others(error: Exception, words: str) -> None:
    with pytest.raises(SsmError) as caught:
        fail(error)
    assert str(caught.value) == f"Failed to list EC2 instances: {words}"


def test_an_error_of_ours_stays_what_it_is() -> None:
    with pytest.raises(KeyError):
        fail(KeyError("x"))
