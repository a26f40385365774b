# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes wrong between the controller and AWS, in words its administrator can act on.

::

    AwsError     what was tried, where and as whom, the cause, and the way out where there is one; .code
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

_NO_CREDENTIALS = (
    "Give some as AWS's command line takes them: environment variables, a profile (patch_aws_profile), or a role of the"
    " machine that runs Ansible"
)
_WRONG_CREDENTIALS = (
    "These credentials are wrong or too old: correct or renew those of the environment or of patch_aws_profile, and set"
    " this machine's clock"
)
_NO_PERMISSION = "Allow it to this user or role, or work under another (patch_aws_profile, patch_aws_assume_role_arn)"
_THROTTLED = "It was tried several times. Run again later, or at a time at which less else asks AWS"
_UNREACHABLE = (
    "Check this machine's network, proxy and name service, the region (patch_aws_region) and patch_aws_endpoint_url"
)
_NO_REGION = "Name one: patch_aws_region, AWS_REGION in the environment, or the profile's"
_NO_PROFILE = "Correct patch_aws_profile (or AWS_PROFILE), or AWS's files of configuration"
_LOG_IN = "Log in anew with what gives this profile its credentials"

# by the API's word for the error
_CODES = {
    **dict.fromkeys(
        (
            "AuthFailure",
            "ExpiredToken",
            "ExpiredTokenException",
            "IncompleteSignature",
            "InvalidAccessKeyId",
            "InvalidClientTokenId",
            "InvalidSignatureException",
            "InvalidToken",
            "MissingAuthenticationToken",
            "RequestExpired",
            "RequestTimeTooSkewed",
            "SignatureDoesNotMatch",
            "UnrecognizedClientException",
        ),
        _WRONG_CREDENTIALS,
    ),
    **dict.fromkeys(
        ("AccessDenied", "AccessDeniedException", "UnauthorizedAccess", "UnauthorizedOperation"), _NO_PERMISSION
    ),
    **dict.fromkeys(
        (
            "RequestLimitExceeded",
            "SlowDown",
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "TooManyRequestsException",
        ),
        _THROTTLED,
    ),
    "OptInRequired": "Enable the region for the account, or name another one (patch_aws_region)",
}
# by botocore's class, for what no service has answered
_CLASSES = {
    "NoCredentialsError": _NO_CREDENTIALS,
    "PartialCredentialsError": _NO_CREDENTIALS,
    "CredentialRetrievalError": _NO_CREDENTIALS,
    "NoAuthTokenError": _LOG_IN,
    "SSOError": _LOG_IN,
    "SSOTokenLoadError": _LOG_IN,
    "TokenRetrievalError": _LOG_IN,
    "UnauthorizedSSOTokenError": _LOG_IN,
    "NoRegionError": _NO_REGION,
    "InvalidRegionError": _NO_REGION,
    "ProfileNotFound": _NO_PROFILE,
    "ConfigNotFound": _NO_PROFILE,
    "ConfigParseError": _NO_PROFILE,
    "InfiniteLoopConfigError": _NO_PROFILE,
    "InvalidConfigError": _NO_PROFILE,
    "ConnectionError": _UNREACHABLE,
    "HTTPClientError": _UNREACHABLE,  # no answer in time, a proxy, a certificate
    "ResponseParserError": _UNREACHABLE,  # what answered is not AWS
}


class AwsError(Exception):
    """AWS was asked for something and did not give it; ``code`` is the API's word, or botocore's class without one."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


@contextlib.contextmanager
def translate(doing: str, where: str = "") -> Iterator[None]:
    """Turn what boto3, botocore and our own layer of Systems Manager raise into an AwsError.

    ``doing`` completes "Failed to"; ``where`` says in which region and as whom (``AwsSession.describe``).
    """
    try:
        yield
    except AwsError:
        raise
    except Exception as error:
        told = _tell(f"Failed to {doing}{where}", where, error)
        if told is None:
            raise
        raise told from error


def _tell(tried: str, where: str, error: Exception) -> AwsError | None:
    """The error in our words; nothing if it is another's. Without boto3 nothing can be boto3's."""
    try:
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError
    except ImportError:
        return None
    from_aws = (Boto3Error, BotoCoreError, ClientError, ResponseParserError)
    if isinstance(error, from_aws):
        return _describe(tried, error)
    if type(error).__name__ not in ("SsmError", "StateError"):  # not imported: they need amazon.aws
        return None
    cause = getattr(error, "exception", None)
    if isinstance(cause, from_aws):  # of several calls in one block, theirs say which it was
        return _describe(f"{getattr(error, 'message', '')}{where}", cause)
    return AwsError(str(error))


def _describe(tried: str, cause: Exception) -> AwsError:
    answer = (getattr(cause, "response", None) or {}).get("Error", {})
    code = str(answer.get("Code", "")) or type(cause).__name__
    text = f"{str(answer.get('Message') or '').rstrip('. ')} ({code})" if answer else _first_line(cause)
    names = [code, *(kind.__name__ for kind in type(cause).__mro__)]
    way_out = next((found for name in names if (found := _CODES.get(name) or _CLASSES.get(name))), "")
    message = f"{tried}: {text.rstrip('. ')}"
    return AwsError(f"{message}. {way_out}" if way_out else message, code)


def _first_line(cause: Exception) -> str:
    """What botocore says; below it may come the page of a proxy."""
    return next(iter(str(cause).splitlines()), "")
