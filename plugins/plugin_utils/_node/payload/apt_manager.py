# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""apt and dpkg, as the rest of the program sees a package manager (``managers.py``)."""

from . import apt_collect, apt_install, apt_plan, apt_results, results, wanted


class Manager(object):
    def collect(self, command):
        return apt_collect.collect(
            command.get("refresh", True), command.get("lock_timeout", 300), command.get("sources") or ()
        )

    def plan(self, command):
        return apt_plan.plan(command)

    def check(self, command):
        wanted.read_wanted(command.get("packages") or [])

    def install(self, record):
        apt_install.install(record)

    def judge_interrupted(self, document):
        packages = wanted.read_wanted(document["command"].get("packages") or [])
        return results.judge_interrupted(document, packages, apt_results.read_packages())


MANAGER = Manager()
