# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the estate's own tests."""

from __future__ import annotations

from .fixtures import estate, pytest_configure

__all__ = ["estate", "pytest_configure"]
