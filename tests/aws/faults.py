# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong on purpose."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field, fields
from typing import Any

from .errors import ApiError, ControlError

_THROTTLES = {"resourcegroupstaggingapi": "ThrottledException", "ec2": "RequestLimitExceeded", "sts": "Throttling"}


@dataclass
class Throttle:
    """ThrottlingException for every so many-th call, or for what is more than so many calls a second."""

    every: int | None = None
    per_second: float | None = None
    operations: list[str] = field(default_factory=list)
    """Operations it holds for; none: all."""


@dataclass
class Hang:
    """No answer for a while, or until the client or a reset ends it."""

    operations: list[str] = field(default_factory=list)
    seconds: float = 3600


@dataclass
class Failure:
    """An error of the tester's choice, so many times, or for ever."""

    operation: str
    code: str
    message: str = "An error on request of the test."
    times: int | None = None
    status: int = 400
    done: bool = False
    """Whether what was asked for is done all the same, and only its answer is lost."""


@dataclass
class Faults:
    throttle: Throttle | None = None
    deny: list[str] = field(default_factory=list)
    """Operations, each as `CreatePatchBaseline` or `ssm:CreatePatchBaseline`; of an account: `ssm:...@123456789012`."""
    hang: Hang | None = None
    failures: list[Failure] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    _recent: deque[float] = field(default_factory=deque)
    _counted: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def set(self, name: str, value: Any) -> None:
        """Switch one kind of fault; null switches it off."""
        if name == "throttle":
            self.throttle = None if value is None else _make(Throttle, name, value)
            self._counted = 0
            self._recent.clear()
        elif name == "hang":
            self._over.set()
            self._over = threading.Event()
            self.hang = None if value is None else _make(Hang, name, value)
        elif name == "deny":
            self.deny = list(value or [])
        else:
            self.failures = [_make(Failure, name, entry) for entry in value or []]

    def end(self) -> None:
        """Let go of the requests that hang."""
        self._over.set()

    def wait(self, service: str, operation: str, account: str) -> None:
        """Hang, if this operation is to."""
        if self.hang and _is_meant(self.hang.operations, service, operation, account):
            over = self._over
            over.wait(self.hang.seconds)

    def check(self, service: str, operation: str, account: str) -> None:
        """Count a call, and raise the error that it is to get."""
        name = f"{service}:{operation}"
        self.calls[name] += 1
        try:
            self._check(service, operation, account)
        except ApiError:
            self.refused[name] += 1
            raise

    def _check(self, service: str, operation: str, account: str) -> None:
        if self.deny and _is_meant(self.deny, service, operation, account):
            code = "UnauthorizedOperation" if service == "ec2" else "AccessDeniedException"
            code = "AccessDenied" if service in ("sts", "s3") else code
            raise ApiError(
                code,
                f"User: arn:aws:iam::{account}:user/tester is not authorized to perform: {service}:{operation} "
                "because no identity-based policy allows it",
                403 if service != "ssm" else 400,
            )
        if self.throttle and _is_meant(self.throttle.operations, service, operation, account):
            self._check_rate(self.throttle, service)
        self._fail(service, operation, account, done=False)

    def lose(self, service: str, operation: str, account: str) -> None:
        """Raise the error that comes instead of the answer of what was done."""
        self._fail(service, operation, account, done=True)

    def _fail(self, service: str, operation: str, account: str, *, done: bool) -> None:
        for failure in self.failures:
            is_meant = failure.done == done and _is_meant([failure.operation], service, operation, account)
            if is_meant and failure.times != 0:
                failure.times = None if failure.times is None else failure.times - 1
                raise ApiError(failure.code, failure.message, failure.status)

    def _check_rate(self, throttle: Throttle, service: str) -> None:
        self._counted += 1
        too_much = bool(throttle.every) and self._counted % (throttle.every or 1) == 0
        if throttle.per_second is not None:
            now = time.monotonic()
            while self._recent and now - self._recent[0] >= 1:
                self._recent.popleft()
            too_much = too_much or len(self._recent) >= throttle.per_second
            if not too_much:
                self._recent.append(now)
        if too_much:
            status = 429 if service == "ssm-quicksetup" else 503 if service == "ec2" else 400
            raise ApiError(_THROTTLES.get(service, "ThrottlingException"), "Rate exceeded", status)


def _is_meant(names: list[str], service: str, operation: str, account: str) -> bool:
    if not names:
        return True
    spelled = {operation, f"{service}:{operation}", f"{service}:*", "*"}
    return any(name.partition("@")[0] in spelled and name.partition("@")[2] in ("", account) for name in names)


def _make(kind: Any, name: str, value: Any) -> Any:
    known = {entry.name for entry in fields(kind)}
    if not isinstance(value, dict) or not set(value) <= known:
        raise ControlError(
            f"Failed to read '{name}': {value!r} is not an object with some of {', '.join(sorted(known))}."
        )
    return kind(**value)
