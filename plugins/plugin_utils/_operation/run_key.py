# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which run of ansible-playbook this process belongs to.

Ansible gives its forks nothing that names the run. What they do share is the process they were forked from, so a run
is that process.
"""

from __future__ import annotations

import os

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.controller import name_controller


def find_run_key() -> str:
    """A text that is the same in every fork of one ansible-playbook process and in no other process."""
    return name_controller(os.getppid())
