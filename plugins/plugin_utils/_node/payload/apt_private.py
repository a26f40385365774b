# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Package lists of one's own, for users who may not refresh the system's."""

import os
import pwd
import shutil
import tempfile

from .files import make_private_directory

SYSTEM_LISTS = "/var/lib/apt/lists"
# the node's hooks on updates are written for root, and would only fail here
_CONFIGURATION = """\
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Dir::State::lists "%(place)s/lists";
Dir::Cache "%(place)s/cache";
"""


class PrivateLists(object):
    """A directory below the user's cache; ``options`` make every apt command use it."""

    def __init__(self, place, is_temporary=False):
        self.place = place
        self.lists = os.path.join(place, "lists")
        self.is_temporary = is_temporary
        self.options = ["-c", os.path.join(place, "apt.conf")]

    def prepare(self, system_lists=SYSTEM_LISTS):
        """Make the directories and begin with what the system has, where that is newer and may be read.

        Links, not copies: apt replaces lists, it does not write into them.
        """
        for name in ("lists/partial", "cache/archives/partial"):
            make_private_directory(os.path.join(self.place, *name.split("/")[:1]))
            make_private_directory(os.path.join(self.place, *name.split("/")))
        with open(self.options[1], "w") as stream:
            stream.write(_CONFIGURATION % {"place": self.place})
        for name in _list_readable(system_lists):
            _link_if_newer(os.path.join(system_lists, name), os.path.join(self.lists, name))

    def remove(self):
        if self.is_temporary:
            shutil.rmtree(self.place, True)


def _list_readable(directory):
    try:
        names = os.listdir(directory)
    except OSError:
        return []
    paths = [(name, os.path.join(directory, name)) for name in names if name != "lock"]
    return [name for name, path in paths if os.path.isfile(path) and os.access(path, os.R_OK)]


def _link_if_newer(source, target):
    try:
        if os.path.islink(target) and os.readlink(target) == source:
            return
        if os.path.lexists(target):
            if os.stat(target).st_mtime >= os.stat(source).st_mtime:
                return
            os.unlink(target)
        os.symlink(source, target)
    except OSError:
        # apt fetches what is not there
        return


def open_private_lists():
    """The user's own lists; temporary ones for a user whose home cannot be written."""
    home = os.environ.get("HOME") or pwd.getpwuid(os.getuid()).pw_dir
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(home, ".cache")
    place = os.path.join(cache, "openpatch", "patch_manager", "apt")
    try:
        if not os.path.isabs(cache):
            raise OSError("not absolute")
        make_private_directory(place)
        lists = PrivateLists(place)
        lists.prepare()
    except (IOError, OSError):
        lists = PrivateLists(tempfile.mkdtemp(prefix="openpatch-"), True)
        lists.prepare()
    return lists
