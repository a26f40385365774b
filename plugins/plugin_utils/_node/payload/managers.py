# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The package managers this program can work with, and which of them is the node's.

The module of a package manager has a ``MANAGER`` with these methods; nothing else of the program knows which it is::

    collect(command)            -> facts, without what is true of any node
    plan(command)               -> {"transaction": [RESULT...], "repair": [name...]}
    check(command)              refuses what cannot be a list of packages of this package manager
    install(record)             the work of a detached operation; its results go into the record
    judge_interrupted(document) -> [RESULT...] of an operation whose process was killed
"""

import glob

from . import os_identity
from .files import read_text
from .refusal import Refusal

_RPM = (
    "ALMA_LINUX", "AMAZON_LINUX", "AMAZON_LINUX_2", "AMAZON_LINUX_2022", "AMAZON_LINUX_2023", "CENTOS", "ORACLE_LINUX",
    "REDHAT_ENTERPRISE_LINUX", "ROCKY_LINUX",
)  # fmt: skip
# (module, systems in the words of the API, a file that is only there with it); of two the first one
MANAGERS = (
    ("apt_manager", ("DEBIAN", "RASPBIAN", "UBUNTU"), "/usr/bin/apt-get"),
    # from 8 on /usr/bin/yum is dnf by another name
    ("yum_manager", _RPM, "/usr/lib/python2.*/site-packages/yum/__init__.py"),
    ("dnf_manager", _RPM, "/usr/bin/dnf"),
    ("zypper_manager", ("SUSE",), "/usr/bin/zypper"),
)


def name_manager(operating_system, exists=glob.glob):
    """The module for a node: of those that are there the one its system goes by; None when there is none.

    A system nobody knows gets the first one that is there: its facts then say what it is.
    """
    present = [(module, systems) for module, systems, marker in MANAGERS if exists(marker)]
    fitting = [module for module, systems in present if operating_system in systems]
    return (fitting or [module for module, _systems in present] or [None])[0]


def find_manager(read=read_text):
    """The ``MANAGER`` of this node's package manager."""
    system = os_identity.identify(read)
    name = name_manager(system.get("operating_system"))
    if name is None:
        raise Refusal(
            "unsupported",
            "Failed to find a package manager on this node (%s): apt, dnf, yum and zypper are supported"
            % (system.get("name") or system.get("id") or "unknown system"),
        )
    return __import__("%s.%s" % (__name__.rpartition(".")[0], name), None, None, ["MANAGER"]).MANAGER
