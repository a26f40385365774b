# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """What the modules of Systems Manager share beyond amazon.aws's options."""

    DOCUMENTATION = r"""
options: {}
requirements:
  - the collection amazon.aws
notes:
  - Runs on the controller, with C(connection=local) or C(delegate_to=localhost); it needs no node.
  - To work under another role give O(profile) a profile with C(role_arn), or take the keys from
    M(amazon.aws.sts_assume_role).
  - Throttled calls are repeated with growing, jittered waits.
attributes:
  check_mode:
    support: full
    description: Can run in check mode and return changed status prediction without modifying the target.
  diff_mode:
    support: full
    description: Returns details on what has changed, or would change, when in diff mode.
"""

    INFO = r"""
options: {}
requirements:
  - the collection amazon.aws
notes:
  - Runs on the controller, with C(connection=local) or C(delegate_to=localhost); it needs no node.
  - To work under another role give O(profile) a profile with C(role_arn), or take the keys from
    M(amazon.aws.sts_assume_role).
  - Throttled calls are repeated with growing, jittered waits.
attributes:
  check_mode:
    support: full
    description: Can run in check mode; nothing is ever changed.
  diff_mode:
    support: N/A
    description: Nothing is changed, so there is no difference to show.
"""

    BASELINE = r"""
options:
  baseline_id:
    description: Id of a patch baseline; for one of AWS its ARN.
    type: str
  baseline_name:
    description:
      - Name of a patch baseline, of AWS or your own, instead of O(baseline_id). Where several baselines have it,
        O(operating_system) has to tell them apart.
    type: str
"""
