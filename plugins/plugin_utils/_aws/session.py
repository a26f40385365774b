# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sessions with AWS for code that runs on the controller: actions and inventory. Modules have amazon.aws's own.

Credentials come from where AWS's command line takes them. boto3 and the collection amazon.aws are looked for when AWS
is asked, and not before: whoever keeps everything on the controller needs neither.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.errors import AwsError, translate

if TYPE_CHECKING:
    from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.client import Ssm

__all__ = ["AWS_OPTIONS", "AwsError", "AwsOptions", "AwsSession", "name_place", "read_aws_options", "translate"]

AWS_OPTIONS: dict[str, dict[str, Any]] = {
    "patch_aws_region": {"type": "str"},
    "patch_aws_profile": {"type": "str"},
    "patch_aws_assume_role_arn": {"type": "str"},
    "patch_aws_endpoint_url": {"type": "str"},
}

CONNECT_TIMEOUT = 10  # seconds
READ_TIMEOUT = 30
# With botocore's waits between them some 15 seconds for a throttled call, some three minutes for an endpoint that
# hangs. AWS_MAX_ATTEMPTS and AWS_RETRY_MODE, or the profile's, win.
ATTEMPTS = 6
_ROLE_SESSION = "openpatch.patch_manager"  # what CloudTrail shows


@dataclass(frozen=True, slots=True)
class AwsOptions:
    """Where AWS is asked and as whom; what is not said comes from AWS's own configuration and environment."""

    region: str | None = None
    profile: str | None = None
    assume_role_arn: str | None = None
    endpoint_url: str | None = None


def read_aws_options(args: Mapping[str, Any]) -> AwsOptions:
    """Take the options out of validated arguments; an empty text says nothing."""
    return AwsOptions(**{name.removeprefix("patch_aws_"): args.get(name) or None for name in AWS_OPTIONS})


def name_place(options: AwsOptions) -> list[str | None]:
    """What tells one region and account from another without asking AWS, the same on every fork and controller.

    Keys are not in it: those of a role change with every job slice, and mean the same account.
    """
    region = options.region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    profile = options.profile or os.environ.get("AWS_PROFILE")
    return ["ssm", region, profile, options.assume_role_arn, options.endpoint_url]


class AwsSession:
    """Clients for one set of options. Nothing is read or asked before the first of them is wanted."""

    def __init__(
        self, options: AwsOptions, *, connect_timeout: float = CONNECT_TIMEOUT, read_timeout: float = READ_TIMEOUT
    ) -> None:
        self.options = options
        self._timeouts = {"connect_timeout": connect_timeout, "read_timeout": read_timeout}
        self._clients: dict[tuple[str, str], Any] = {}
        self._found_region = ""
        self._account_id = ""
        self._base: Any = None  # the caller's own
        self._configured: Any = None  # reads the caller's configuration, of which a role's session knows nothing
        self._session: Any = None  # of the role, if one is assumed

    def client(self, service: str, region: str | None = None) -> Any:
        """Give a client that repeats what is throttled or unreachable, and ends. Raises AwsError.

        What its operations raise is botocore's: call them within ``translate``.
        """
        key = (service, region or self.region)
        if key not in self._clients:
            with self.translate(f"connect to {service}", key[1]):
                self._clients[key] = self._make_client(self._find_session(), *key)
        return self._clients[key]

    def ssm(self, region: str | None = None) -> Ssm:
        """Give the layer of Systems Manager. What it raises is its own SsmError: call it within ``translate``."""
        client = self.client("ssm", region)
        try:
            from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.client import connect_over
        except ImportError as error:
            raise AwsError(
                f"Failed to ask Systems Manager: this machine lacks the collection amazon.aws ({error})."
                " Install it: ansible-galaxy collection install 'amazon.aws:>=8.0.0'"
            ) from error
        return connect_over(client)

    @property
    def region(self) -> str:
        """The region that is asked where no other is named. Raises AwsError if nothing names one."""
        if not self._found_region:
            found = self.options.region or os.environ.get("AWS_REGION") or self._find_base().region_name
            if not found:
                raise AwsError(
                    "Failed to ask AWS: no region is set. Name one: patch_aws_region, AWS_REGION in the environment, or"
                    " the profile's",
                    "NoRegionError",
                )
            self._found_region = str(found)
        return self._found_region

    def account_id(self) -> str:
        """The account whose credentials these are. Raises AwsError."""
        if not self._account_id:
            with self.translate("find out the AWS account"):
                self._account_id = str(self.client("sts").get_caller_identity()["Account"])
        return self._account_id

    def describe(self, region: str | None = None) -> str:
        """Say in which region and as whom, for messages: `` in eu-central-1 with profile 'prod'``."""
        options = self.options
        name = region or self._found_region or options.region
        return "".join(
            (
                f" in {name}" if name else "",
                f" with profile '{options.profile}'" if options.profile else "",
                f" as {options.assume_role_arn}" if options.assume_role_arn else "",
                f" at {options.endpoint_url}" if options.endpoint_url else "",
            )
        )

    def translate(self, doing: str, region: str | None = None) -> AbstractContextManager[None]:
        """Like the function, and says where and as whom as well."""
        return translate(doing, self.describe(region))

    def _find_base(self) -> Any:
        if self._base is None:
            try:
                import boto3
                from botocore.session import get_session
            except ImportError as error:
                raise AwsError(
                    f"Failed to ask AWS: the Python that runs Ansible lacks boto3 ({error})."
                    " Install it there: pip install boto3"
                ) from error
            with self.translate("read the configuration of AWS"):
                core = get_session()
                base = boto3.session.Session(botocore_session=core, profile_name=self.options.profile)
            self._base, self._configured = base, core.get_config_variable
        return self._base

    def _find_session(self) -> Any:
        if self._session is None:
            self._session = self._assume_role() if self.options.assume_role_arn else self._find_base()
        return self._session

    def _assume_role(self) -> Any:
        import boto3

        with self.translate("assume the role"):
            client = self._make_client(self._find_base(), "sts", self.region)
            answer = client.assume_role(RoleArn=self.options.assume_role_arn, RoleSessionName=_ROLE_SESSION)
        given = answer["Credentials"]
        return boto3.session.Session(
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
        )

    def _make_client(self, session: Any, service: str, region: str) -> Any:
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError

        retries: dict[str, Any] = {}
        if self._configured("retry_mode") in (None, "legacy"):
            retries["mode"] = "standard"
        if self._configured("max_attempts") is None:
            retries["total_max_attempts"] = ATTEMPTS
        config = Config(user_agent_extra="openpatch.patch_manager", retries=retries or None, **self._timeouts)
        try:
            return session.client(service, region_name=region, endpoint_url=self.options.endpoint_url, config=config)
        except ValueError as error:
            if isinstance(error, BotoCoreError):
                raise
            raise AwsError(  # botocore's way to refuse an address
                f"Failed to connect to {service}{self.describe(region)}: {error}. Correct patch_aws_endpoint_url"
            ) from error
