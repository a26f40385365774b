# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stops the operation on one host, in words its administrator can act on."""

from __future__ import annotations


class OperationError(Exception):
    """The operation cannot go on for this host; the message names the host, the cause and the way out."""


class OrphanedError(OperationError):
    """The ansible-playbook of this process has ended: nobody hears what it finds out any more."""
