# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the way to a node raises. An unreachable node is ansible's own ``AnsibleConnectionFailure``: it passes through.

::

    NodeError
    ├── NoPythonError     the node has no Python, or one that cannot run the node program
    ├── BadAnswerError    what came back is no answer of the node program
    ├── NodeCrashError    the node program failed in a way nobody foresaw: .place
    └── NodeRefusedError  the node will not do it: .code, .details
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class NodeError(Exception):
    """Root of everything the way to a node raises on purpose."""


class NoPythonError(NodeError):
    """The node has no Python, or one that cannot run the node program."""


class BadAnswerError(NodeError):
    """What came back is no answer of the node program."""


class NodeCrashError(NodeError):
    """The node program failed in a way nobody foresaw; ``place`` is the line of its source."""

    def __init__(self, message: str, place: str) -> None:
        super().__init__(message)
        self.place = place


class NodeRefusedError(NodeError):
    """The node will not do it. ``code`` is for programs: ``locked``, ``operation_running``, ``unsupported``, ..."""

    def __init__(self, message: str, code: str, details: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.code = code
        self.details = dict(details)
