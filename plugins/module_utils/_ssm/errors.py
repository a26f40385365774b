# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes wrong between a module and the Systems Manager API.

::

    AnsibleAWSError (amazon.aws)
    └── SsmError            a call failed: what was tried, the cause, and the way out where there is one; .code
        └── StateError      what is asked for contradicts what is there
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.errors import AWSErrorHandler
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError

_WAYS_OUT = {
    "ResourceInUseException": "Deregister its patch groups first, or set force.",
    "ResourceLimitExceededException": "Remove what is not needed any more, or ask AWS for a higher quota.",
    "ThrottlingException": "It was tried several times. Run again later, or with fewer forks.",
    "TargetInUseException": "Take it from the tasks that name it first.",
    "AssociationLimitExceeded": "Remove associations that are not needed any more.",
    "AssociationVersionLimitExceeded": "Delete the association and make it anew.",
    "InvalidAssociationVersion": "Somebody else changed it meanwhile. Run again.",
    "IdempotentParameterMismatch": "Run again.",
    "InvalidInstanceId": "Look at the region, the agent and the permissions of the nodes.",
    "ConflictException": "AWS is at work on it already. Run again in some minutes.",
    "UnsupportedOperatingSystem": "AWS answers this for baselines of Windows only.",
}
MISSING = frozenset(
    {"AssociationDoesNotExist", "DoesNotExistException", "InvalidResourceId", "ResourceNotFoundException"}
)
# botocore's words for calls that nobody received
_NOT_SENT = frozenset(
    "EndpointConnectionError ConnectTimeoutError ProxyConnectionError SSLError NoCredentialsError "
    "PartialCredentialsError CredentialRetrievalError TokenRetrievalError ParamValidationError NoRegionError "
    "UnknownServiceError InvalidRegionError EndpointProviderError".split()
)


class SsmError(AnsibleAWSError):
    """A call failed."""

    @property
    def code(self) -> str:
        """The API's word for the error, empty if it does not come from the API."""
        response = getattr(self.exception, "response", None) or {}
        return str(response.get("Error", {}).get("Code", ""))

    @property
    def cause(self) -> str:
        """What the API said, without the names of exception and operation around it."""
        response = getattr(self.exception, "response", None) or {}
        message = response.get("Error", {}).get("Message")
        # below the first line of botocore's words may come the page of a proxy
        return f"{message} ({self.code})" if message else next(iter(str(self.exception or "").splitlines()), "")

    @property
    def is_open(self) -> bool:
        """Whether AWS may have done what was asked: nobody knows who got the call, or its answer says no more."""
        if self.exception is None:
            return False
        response = getattr(self.exception, "response", None)
        if response is None:
            return type(self.exception).__name__ not in _NOT_SENT
        status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
        return bool(status >= 500) and self.code not in ("ServiceUnavailable", "ThrottlingException")

    def __str__(self) -> str:
        texts = [f"{self.message}: {self.cause}" if self.exception else str(self.message)]
        if self.code in _WAYS_OUT:
            texts[0] = texts[0].rstrip(".") + "."
            texts.append(_WAYS_OUT[self.code])
        return " ".join(texts)


class StateError(SsmError):
    """What is asked for contradicts what is there."""


class SsmErrorHandler(AWSErrorHandler):
    """Turns what boto3 raises into an ``SsmError`` that names the action."""

    _CUSTOM_EXCEPTION = SsmError

    @classmethod
    def common_error_handler(cls, description: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Like the one of amazon.aws, also where it was not AWS that answered, as with the page of a proxy."""
        known = super().common_error_handler(description)

        def wrapper(function: Callable[..., Any]) -> Callable[..., Any]:
            call = known(function)

            @functools.wraps(function)
            def handler(*arguments: Any, **named: Any) -> Any:
                try:
                    return call(*arguments, **named)
                except Exception as error:
                    # by its name: what has no boto3 gets here too; it is none of botocore's own errors
                    if type(error).__name__ != "ResponseParserError":
                        raise
                    raise cls._CUSTOM_EXCEPTION(message=f"Failed to {description}", exception=error) from error

            return handler

        return wrapper
