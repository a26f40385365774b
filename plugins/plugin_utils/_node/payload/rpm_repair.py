# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finishing what a killed transaction left: old versions beside the new ones that have replaced them."""

from . import commands

TIMEOUT = 1800


def repair(leftovers, voice):
    """Remove what stayed behind, as ``RpmSnapshot.list_duplicates`` has it; each step is told."""
    for name, arch, versions in leftovers:
        for version in versions:
            shown = "%s-%s.%s" % (name, version.partition(":")[2], arch)
            doing = "removing %s, left by an interrupted transaction" % shown
            voice.say("step", name=name, doing=doing, done=0, total=0)
            # what the newer version has is left alone, and so are packages that need it
            result = commands.run(["rpm", "-e", "--nodeps", "--allmatches", shown], TIMEOUT)
            outcome = "removed %s" if result.status == 0 else "failed to remove %s"
            reason = "" if result.status == 0 else ": " + result.reason()
            voice.say("repaired", message=outcome % shown + ", left by an interrupted transaction" + reason)
