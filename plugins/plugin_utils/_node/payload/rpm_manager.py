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


class Manager(object):
    """A package manager of ``managers.py``.

    ``open_session(command, problems, tell)`` gives what works with its library; ``find_scripts(pid)`` the scripts of
    packages that run below one of its processes; ``name`` is what the facts call it.
    """

    def __init__(self, open_session, name="rpm", find_scripts=processes.find_scripts):
        self._open_session = open_session
        self._name = name
        self._find_scripts = find_scripts

    def collect(self, command):
        problems = []
        session = self._open_session(command, problems)
        session.skip_unavailable = command.get("skip_unavailable", False)
        try:
            raw = rpm_collect.gather(session, command.get("refresh", True), problems)
            return rpm_facts.normalize(raw, self._name)
        finally:
            session.close()

    def check(self, command):
        wanted.read_wanted(command.get("packages") or [], wanted.RPM)

    def plan(self, command):
        return plan(command, self._open_session)

    def install(self, record):
        rpm_install.Installation(record, self._open_session, read_packages, self._find_scripts).do()

    def judge_interrupted(self, document):
        packages = wanted.read_wanted(document["command"].get("packages") or [], wanted.RPM)
        return results.judge_interrupted(document, packages, read_packages())


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
