# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real nodes over ssh on this machine; see README.md."""

from __future__ import annotations

from .errors import BuildError, EstateError, HostError, NodeError
from .estate import Estate
from .node import Node
from .requirements import estate_available

__all__ = ["BuildError", "Estate", "EstateError", "HostError", "Node", "NodeError", "estate_available"]
