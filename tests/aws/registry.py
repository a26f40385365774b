# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operations that are served here, by service and name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from .world import Call, Json

Handler: TypeAlias = Callable[[Call, Json], Json]

HANDLERS: dict[tuple[str, str], Handler] = {}
QUICK_SETUP = "ssm-quicksetup"
RESOURCE_GROUPS = "resource-groups"
REST = (QUICK_SETUP, RESOURCE_GROUPS)
"""Services with an operation in the path of the request."""


def serves(operation: str, service: str = "ssm") -> Callable[[Handler], Handler]:
    """Register a function as what answers an operation."""

    def register(handler: Handler) -> Handler:
        HANDLERS[service, operation] = handler
        return handler

    return register


def is_read(operation: str) -> bool:
    return operation.startswith(("Get", "List", "Describe"))
