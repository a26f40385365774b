# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong with a schedule, in words that name the place and the way out."""

from __future__ import annotations


class ScheduleError(Exception):
    """A cron, rate or at expression, its time zone or its offset cannot be understood."""
