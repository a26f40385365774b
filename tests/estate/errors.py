# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything the estate can fail with.

EstateError
├── HostError      this machine cannot carry an estate: not root, no overlay, a tool or a mirror is missing
├── BuildError     a base system, a package or a repository could not be built
└── NodeError      a node did not start, or was asked for something it cannot do
"""

from __future__ import annotations


class EstateError(Exception):
    """Base of all errors of the estate; the message is for people."""


class HostError(EstateError):
    """The machine lacks something the estate needs."""


class BuildError(EstateError):
    """A base system, package or repository could not be built."""


class NodeError(EstateError):
    """A node did not come up or does not exist."""
