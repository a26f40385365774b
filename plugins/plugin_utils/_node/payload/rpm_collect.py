# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Facts of a node with dnf, yum or zypper: ``gather`` asks a session, ``rpm_facts.normalize`` is pure."""

import os

from . import node, os_identity, rpm_reboot
from .files import read_text

OS_FILES = ("/etc/os-release", "/usr/lib/os-release") + os_identity.RELEASE_FILES


def gather(session, refresh, problems):
    """``raw`` of ``rpm_facts``."""
    session.open(refresh)
    updateinfo = []
    known = dict((repository["id"], repository) for repository in session.repositories)
    for identity, text in session.read_notices():
        known[identity]["has_notices"] = text is not None
        if text is not None:
            updateinfo.append([identity, text])
    return {
        "user": os.geteuid(),
        "refreshed": getattr(session, "refreshed", refresh),
        "problems": problems,
        "arch": node.machine(),
        "kernel": [node.kernel_release(), node.kernel_build()],
        "booted": node.booted(),
        "files": dict((path, read_text(path)) for path in OS_FILES + rpm_reboot.FLAGS),
        "installed": session.read_installed(),
        "available": session.read_newer(),
        "repositories": session.repositories,
        "updateinfo": updateinfo,
        "streams": session.read_streams(),
        "install_only": session.list_install_only(),
    }
