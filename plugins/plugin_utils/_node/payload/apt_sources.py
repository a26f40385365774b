# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which package lists apt works on: the system's, a user's own copy, or those of a baseline's repositories.

All three have ``options`` for every apt command, ``directory`` with the lists, ``hold`` for commands that may outlive
us, and ``close``. Repositories of a baseline stand in a directory that goes with the process: apt is told by options
where its sources, lists and archives are. Of the node's own the keys, passwords and preferences stay in force; nothing
is changed.
"""

import os

from . import apt_private, apt_update, commands
from .scratch import Scratch

UPDATE_TIMEOUT = 1800
# the node's hooks on updates are about its own lists
_CONFIGURATION = """\
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Dir::Etc::sourcelist "%(place)s/sources.list";
Dir::Etc::sourceparts "%(place)s/none";
Dir::State::lists "%(place)s/lists";
Dir::Cache "%(place)s/cache";
"""


class SystemLists(object):
    """What the node has."""

    options = ()
    directory = apt_private.SYSTEM_LISTS

    def hold(self, argv):
        return argv

    def close(self):
        return


class UserLists(SystemLists):
    """A copy of the user's own, for one who may not refresh the system's."""

    def __init__(self):
        self._private = apt_private.open_private_lists()
        self.options = self._private.options
        self.directory = self._private.lists

    def close(self):
        self._private.remove()


class SourceLists(SystemLists):
    """Repositories of a baseline, in place of the node's own."""

    def __init__(self, sources, **place):
        self._scratch = Scratch(**place)
        # apt fetches as a user of its own, who must get through to the lists
        os.chmod(self._scratch.path, 0o711)
        for name in ("none", "lists/partial", "cache/archives/partial"):
            self._scratch.make(name)
        lines = []
        for source in sources:
            lines += [line for line in source["configuration"].splitlines() if line.strip() and line not in lines]
        # an address may hold a password
        os.chmod(self._scratch.write("sources.list", u"".join(u"%s\n" % line for line in lines)), 0o600)
        self.options = ["-c", self._scratch.write("apt.conf", _CONFIGURATION % {"place": self._scratch.path})]
        self.directory = os.path.join(self._scratch.path, "lists")

    def hold(self, argv):
        return self._scratch.holding(argv)

    def update(self):
        """Fetch the lists; gives the warnings of what could not be had."""
        result = commands.run(self.hold(["apt-get"] + self.options + ["update"]), UPDATE_TIMEOUT)
        troubles, messages = apt_update.parse_update(result.out + "\n" + result.err)
        found = [apt_update.describe_trouble(trouble) for trouble in troubles]
        return found + [{"code": "apt_message", "message": message} for message in messages]

    def close(self):
        self._scratch.close()


def open_lists(sources=(), private=False):
    """The lists for a command with these ``sources``; without any the system's, or with ``private`` the user's own."""
    if sources:
        return SourceLists(sources)
    return UserLists() if private else SystemLists()
