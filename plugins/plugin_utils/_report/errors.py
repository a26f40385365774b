# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the reports raise.

::

    ReportError
    └── ReportWriteError    a report cannot be written to its path
"""

from __future__ import annotations


class ReportError(Exception):
    """Root of everything the reports raise on purpose."""


class ReportWriteError(ReportError):
    """A report cannot be written to its path."""
