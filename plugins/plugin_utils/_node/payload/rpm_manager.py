# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What dnf and yum have in common, for ``dnf_manager`` and ``yum_manager``. They give ``open_session``."""

from . import commands, results, rpm_collect, rpm_facts, wanted
from .rpm_snapshot import RpmSnapshot

QUERY = ["rpm", "-qa", "--queryformat", "%{NAME}\\t%{ARCH}\\t%{EPOCHNUM}\\t%{VERSION}\\t%{RELEASE}\\n"]


def read_packages():
    """rpm's packages as they are now, asked of rpm in a process of its own."""
    lines = commands.run(QUERY).out.splitlines()
    return RpmSnapshot([line.split("\t") for line in lines if line.count("\t") == 4 and line[:11] != "gpg-pubkey\t"])


def collect(command, open_session):
    problems = []
    session = open_session(command, problems)
    try:
        return rpm_facts.normalize(rpm_collect.gather(session, command.get("refresh", True), problems))
    finally:
        session.close()


def check(command):
    wanted.read_wanted(command.get("packages") or [], wanted.RPM)


def judge_interrupted(document):
    packages = wanted.read_wanted(document["command"].get("packages") or [], wanted.RPM)
    return results.judge_interrupted(document, packages, read_packages())
