# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Systems Manager API: one way to call an operation, one way to read all pages.

Session, region, profile (and with it an assumed role), endpoint and proxies are amazon.aws's options. A throttled call
is repeated with exponential, jittered waits, on top of what botocore does itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry, RetryingBotoClientWrapper
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.errors import (
    MISSING,
    SsmError,
    SsmErrorHandler,
)

Answer = dict[str, Any]

# amazon.aws knows the words of EC2; Systems Manager and the tagging API have their own.
RETRY = AWSRetry.jittered_backoff(
    retries=6,
    delay=1,
    max_delay=30,
    catch_extra_error_codes=["ThrottlingException", "ThrottledException", "InternalServerError", "TooManyUpdates"],
)


class Ssm:
    """A client of the API."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def call(self, doing: str, operation: str, **request: Any) -> Answer:
        """Return the answer of ``create_patch_baseline`` or whichever operation. Raises ``SsmError`` with ``doing``."""
        method = SsmErrorHandler.common_error_handler(doing)(getattr(self._client, operation))
        answer: Answer = method(aws_retry=True, **request)
        answer.pop("ResponseMetadata", None)
        return answer

    def find(self, doing: str, operation: str, **request: Any) -> Answer | None:
        """Like ``call``, but ``None`` if what is asked for does not exist."""
        try:
            return self.call(doing, operation, **request)
        except SsmError as error:
            if error.code in MISSING:
                return None
            raise

    def pages(
        self, doing: str, operation: str, items: str, token_key: str = "NextToken", /, **request: Any
    ) -> Iterator[Answer]:
        """Yield the items of all pages; a page may be empty and not the last."""
        token = None
        while True:
            answer = self.call(doing, operation, **request, **({token_key: token} if token else {}))
            yield from answer.get(items, ())
            token = answer.get(token_key)
            if not token:
                return


def connect(module: Any) -> Ssm:
    """Return a client for the options of an ``AnsibleAWSModule``; it ends the module itself if they are no good."""
    return Ssm(module.client("ssm", retry_decorator=RETRY))


def connect_over(client: Any) -> Ssm:
    """Return the API over a boto3 client that repeats throttled calls itself."""
    return Ssm(RetryingBotoClientWrapper(client, lambda method: method))


def to_filters(filters: Mapping[str, list[str] | tuple[str, ...]]) -> list[Answer]:
    """Return the API's list of filters; those without values are left out."""
    return [{"Key": key, "Values": list(values)} for key, values in filters.items() if values]
