# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finishing what a killed transaction left: old versions beside the new ones that have replaced them."""

from . import commands

TIMEOUT = 1800


def repair(record, read_packages, open_session, command):
    """Remove what stayed behind; each step is noted in the operation's repairs."""
    if not read_packages().list_duplicates(()):
        return
    session = open_session(command, [], None)
    try:
        session.open(False)
        install_only = set(session.list_install_only())
    finally:
        session.close()
    # asked again: another's transaction may have come to its end while the session waited for it
    for name, arch, versions in read_packages().list_duplicates(install_only):
        for version in versions:
            shown = "%s-%s.%s" % (name, version.partition(":")[2], arch)
            record.progress("removing %s, left by an interrupted transaction" % shown)
            # what the newer version has is left alone, and so are packages that need it
            result = commands.run(["rpm", "-e", "--nodeps", "--allmatches", shown], TIMEOUT)
            outcome = "removed" if result.status == 0 else "failed to remove"
            record.repaired("%s %s, left by an interrupted transaction%s" % (
                outcome, shown, "" if result.status == 0 else ": " + result.reason()
            ))
