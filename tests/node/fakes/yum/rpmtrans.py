# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""yum 3's way from rpm's callbacks to a display."""

import rpm


class RPMBaseCallback(object):
    def __init__(self):
        self.files = []

    def filelog(self, package, action):
        self.files.append((package, action))


class RPMTransaction(object):
    def __init__(self, base, test=False, display=None):
        self.base = base
        self.test = test
        self.display = display
        self.complete_actions = 0
        self.total_actions = 0
        self.output = None

    def callback(self, what, bytes, total, h, user):
        if what == rpm.RPMCALLBACK_INST_OPEN_FILE:
            self.complete_actions += 1
        elif what == rpm.RPMCALLBACK_SCRIPT_ERROR:
            kind = "Error in %s scriptlet" if total else "Non-fatal %s scriptlet failure"
            # the display hears of the failure first, then of what the script had said
            self.display.errorlog((kind + " in rpm package %s") % (bytes, h.po if hasattr(h, "po") else h))
            self.display.scriptout(h, self.output)
            self.output = None
