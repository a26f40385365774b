# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stands in for rpm's bindings: what ``yum_session`` uses of them, and the package database of ``yum.WORLD``."""

RPMCALLBACK_INST_OPEN_FILE = 4
RPMCALLBACK_UNINST_START = 512
RPMCALLBACK_SCRIPT_ERROR = 32768
RPMCALLBACK_SCRIPT_START = 65536
RPMTAG_SHA1HEADER = 269


def expandMacro(text):
    return "/nonexistent/rpm.lock" if text == "%{_rpmlock_path}" else text
