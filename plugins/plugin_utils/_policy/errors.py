# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong with a policy or a limit, in words that name the place and the way out.

::

    PolicyError
    └── LimitError       patch_max_concurrency or patch_max_errors
"""

from __future__ import annotations


class PolicyError(Exception):
    """Root of everything this package raises on purpose."""


class LimitError(PolicyError):
    """A limit is neither a number nor a percentage in its range."""
