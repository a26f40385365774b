# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finishing what dpkg has begun: before an operation what others left, after it what it left itself."""

from . import apt_command, apt_reasons, apt_results, commands, dpkg


def repair(runner, lock_timeout):
    """Finish an interrupted dpkg, and let apt complete dependencies if that is not enough; nothing is ever removed.

    Each step is noted in the operation's repairs.
    """
    pending = find_pending(apt_results.read_packages())
    if not pending and not dpkg.was_interrupted():
        return
    record = runner.record
    record.progress("finishing what dpkg left: " + (", ".join(pending) or "its own database"))
    status, text = runner.run(apt_command.configure([]))
    left = find_pending(apt_results.read_packages())
    record.repaired(
        "dpkg --configure -a: finished %s" % (", ".join(sorted(set(pending) - set(left))) or "dpkg's own database")
        if status == 0
        else "dpkg --configure -a failed: " + describe_failure(text)
    )
    options = list(runner.lists.options)
    if commands.run(["apt-get"] + options + ["check"], 600, runner.environment).status == 0:
        return
    status, text = runner.run(apt_command.fix_broken(lock_timeout, options))
    outcome = "completed dependencies" if status == 0 else "failed: " + describe_failure(text)
    record.repaired("apt-get -f install: " + outcome)


def settle(runner):
    """Configure whatever an unsuccessful transaction left unpacked. Scripts known to hang are left out."""
    pending = find_pending(apt_results.read_packages())
    able = [name for name in pending if name not in runner.hung]
    if not able:
        return {}
    runner.record.progress("configuring " + ", ".join(able))
    _status, text = runner.run(apt_command.configure([] if able == pending else able))
    return apt_reasons.find_package_reasons(text)


def find_pending(packages):
    return sorted(set(package.name for package in packages.list_pending()))


def describe_failure(text):
    reasons = apt_reasons.find_package_reasons(text)
    named = "; ".join("%s: %s" % (name, reasons[name]) for name in sorted(reasons))
    return named or apt_reasons.explain(text)
