# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The terminal of `make patch`: what the actions print themselves, and what goes wrong."""

from __future__ import annotations

from typing import Any

from ansible.plugins.callback.default import CallbackModule as DefaultCallback

DOCUMENTATION = """
name: table_only
type: stdout
short_description: What the actions print themselves, and what goes wrong
description:
  - Leaves out the headings of plays and tasks, what went well, and the recap.
extends_documentation_fragment:
  - default_callback
  - result_format_callback
"""


class CallbackModule(DefaultCallback):
    """ansible-core's own callback, without what goes well."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "table_only"

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """Remember the play, which the lines of what goes wrong need."""
        self._play = play

    def leave_out(self, *arguments: Any, **more: Any) -> None:
        """Say nothing."""

    v2_playbook_on_include = leave_out
    v2_playbook_on_no_hosts_matched = leave_out  # without a policy there is nobody whom its play is for
    v2_playbook_on_stats = leave_out
    v2_runner_on_ok = leave_out
    v2_runner_on_skipped = leave_out
    v2_runner_item_on_ok = leave_out
    v2_runner_item_on_skipped = leave_out
