# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What dnf, yum and zypper have in common, for their managers. These give ``open_session``."""

from . import commands, processes, results, rpm_collect, rpm_facts, rpm_install, rpm_transaction, wanted
from .blocked import Blocked
from .choose import choose
from .rpm_snapshot import RpmSnapshot

QUERY = ["rpm", "-qa", "--queryformat", "%{NAME}\\t%{ARCH}\\t%{EPOCHNUM}\\t%{VERSION}\\t%{RELEASE}\\n"]


def read_packages():
    """rpm's packages as they are now, asked of rpm in a process of its own."""
    lines = commands.run(QUERY).out.splitlines()
    return RpmSnapshot([line.split("\t") for line in lines if line.count("\t") == 4 and line[:11] != "gpg-pubkey\t"])


def collect(command, open_session, package_manager="rpm"):
    problems = []
    session = open_session(command, problems)
    try:
        return rpm_facts.normalize(rpm_collect.gather(session, command.get("refresh", True), problems), package_manager)
    finally:
        session.close()


def check(command):
    wanted.read_wanted(command.get("packages") or [], wanted.RPM)


def plan(command, open_session):
    """The exact transaction of an install, changing nothing."""
    packages = wanted.read_wanted(command.get("packages") or [], wanted.RPM)
    before = read_packages()
    session = open_session(command, [])
    try:
        session.open(False)
        if command.get("blocked"):
            session.keep_out(Blocked(command["blocked"], command.get("blocked_shapes") or ()).find)
        todo, reasons = results.sort_out(packages, before)
        objector = rpm_transaction.Objector(session, command.get("pinned") or ())
        accepted, refused = choose(todo, objector.object_to) if todo else ([], {})
        reasons.update((key, (results.FAILED, reason)) for key, reason in refused.items())
        planned = [results.describe_plan(package, before, reasons) for package in packages]
        coming = session.resolve(accepted).list_dependencies(accepted) if accepted else []
        for name, arch, version, old in coming:
            entry = wanted.Wanted(name, arch, version)
            planned.append(entry.result(results.DEPENDENCY, "comes in as a dependency", old))
        install_only = session.list_install_only()
    finally:
        session.close()
    repair = ["%s.%s" % (name, arch) for name, arch, _versions in before.list_duplicates(install_only)]
    return {"transaction": planned, "repair": repair}


def install(record, open_session, find_scripts=processes.find_scripts):
    rpm_install.Installation(record, open_session, read_packages, find_scripts).do()


def judge_interrupted(document):
    packages = wanted.read_wanted(document["command"].get("packages") or [], wanted.RPM)
    return results.judge_interrupted(document, packages, read_packages())
