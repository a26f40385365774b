# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Systems Manager API: one way to call an operation, one way to read all pages.

Session, region, profile (and with it an assumed role), endpoint and proxies are amazon.aws's options. A throttled call
is repeated with exponential, jittered waits, on top of what botocore does itself. What must not happen twice and has no
token against it is not repeated unless AWS has refused it.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry, RetryingBotoClientWrapper
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.errors import (
    MISSING,
    SsmError,
    SsmErrorHandler,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.request_limits import find_faults

Answer = dict[str, Any]

# amazon.aws knows the words of EC2; Systems Manager and the tagging API have their own.
RETRY = AWSRetry.jittered_backoff(
    retries=6,
    delay=1,
    max_delay=30,
    catch_extra_error_codes=["ThrottlingException", "ThrottledException", "InternalServerError", "TooManyUpdates"],
)
_REFUSED = frozenset({"ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded"})
_MORE_TRIES = 6
_PAGE_TOKENS = {  # where a request and where an answer has it, if it is not NextToken
    "resourcegroupstaggingapi": ("PaginationToken", "PaginationToken"),
    "ssm-quicksetup": ("StartingToken", "NextToken"),
}

# service, region or None for the one of the options, further settings of botocore
Connect = Callable[[str, "str | None", Mapping[str, Any]], Any]


class Ssm:
    """A client of the API, or of one beside it."""

    def __init__(self, open_client: Connect, service: str = "ssm", region: str | None = None) -> None:
        self._open, self._service, self._region = open_client, service, region
        self._client = open_client(service, region, {})

    @property
    def region(self) -> str:
        """The region that is asked."""
        return str(self._client.meta.region_name)

    def beside(self, service: str, region: str | None = None) -> Ssm:
        """Return a client of another service or region with the same account."""
        return Ssm(self._open, service, region)

    def call(self, doing: str, operation: str, **request: Any) -> Answer:
        """Return the answer of ``create_patch_baseline`` or whichever operation. Raises ``SsmError`` with ``doing``."""
        method = SsmErrorHandler.common_error_handler(doing)(getattr(self._client, operation))
        answer: Answer = method(aws_retry=True, **request)
        answer.pop("ResponseMetadata", None)
        return answer

    def call_once(self, doing: str, operation: str, **request: Any) -> Answer:
        """Like ``call`` for what has no token against being done twice: repeated only if AWS refused it as too much.

        If it fails and ``SsmError.is_open``, AWS may have done it.
        """
        client = self._open(self._service, self._region, {"retries": {"total_max_attempts": 1}})
        method = SsmErrorHandler.common_error_handler(doing)(getattr(client, operation))
        for attempt in range(_MORE_TRIES + 1):
            try:
                answer: Answer = method(**request)
            except SsmError as error:
                if error.code not in _REFUSED or attempt == _MORE_TRIES:
                    raise
                time.sleep(min(2**attempt, 30) * random.uniform(0.5, 1))
            else:
                break
        answer.pop("ResponseMetadata", None)
        return answer

    def check(self, doing: str, operation: str, request: Mapping[str, Any], unknown: type) -> None:
        """Raise ``SsmError`` for a request that AWS would refuse; ``unknown`` is the type of what is not known yet."""
        meta = self._client.meta
        shape = meta.service_model.operation_model(meta.method_to_api_mapping[operation]).input_shape
        faults = list(find_faults(shape, request, unknown))
        if faults:
            more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
            raise SsmError(f"Failed to {doing}: {faults[0]}{more}.")

    def find(self, doing: str, operation: str, **request: Any) -> Answer | None:
        """Like ``call``, but ``None`` if what is asked for does not exist."""
        try:
            return self.call(doing, operation, **request)
        except SsmError as error:
            if error.code in MISSING:
                return None
            raise

    def pages(self, doing: str, operation: str, items: str, /, **request: Any) -> Iterator[Answer]:
        """Yield the items of all pages; a page may be empty and not the last."""
        token = None
        asked, answered = _PAGE_TOKENS.get(self._service, ("NextToken", "NextToken"))
        while True:
            answer = self.call(doing, operation, **request, **({asked: token} if token else {}))
            yield from answer.get(items, ())
            token = answer.get(answered)
            if not token:
                return


def connect(module: Any, service: str = "ssm") -> Ssm:
    """Return a client for the options of an ``AnsibleAWSModule``; it ends the module itself if they are no good."""

    def open_client(name: str, region: str | None, settings: Mapping[str, Any]) -> Any:
        place = {"region": region} if region else {}
        if not settings:
            return module.client(name, retry_decorator=RETRY, **place)
        config = {**(module.params.get("aws_config") or {}), **settings}
        return module.client(name, aws_config=config, **place)

    return Ssm(open_client, service)


def connect_over(client: Any, service: str = "ssm", retry: Callable[[Any], Any] = lambda method: method) -> Ssm:
    """Return the API over a boto3 client, which repeats throttled calls itself or is made to by ``retry``."""
    wrapped = RetryingBotoClientWrapper(client, retry)

    def give_client(name: str, region: str | None, settings: Mapping[str, Any]) -> Any:
        if name != service or region or settings:
            raise ValueError(f"a client of {service} is all there is, not one of {name}, {region}, {settings}")
        return wrapped

    return Ssm(give_client, service)


def to_filters(filters: Mapping[str, Any]) -> list[Answer]:
    """Return the API's list of filters. A single value is a list of one; those without values are left out."""
    lists = {key: value if isinstance(value, (list, tuple)) else [value] for key, value in filters.items()}
    texts = {key: [str(value) for value in values if value is not None] for key, values in lists.items()}
    return [{"Key": key, "Values": values} for key, values in texts.items() if values]
