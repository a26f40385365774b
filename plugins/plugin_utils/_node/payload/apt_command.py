# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The words of apt's and dpkg's commands, so that nothing can ask, remove or go back."""

DPKG_OPTIONS = ["--force-confdef", "--force-confold"]
APT_GET = ["apt-get", "-y", "-q"]
OPTIONS = [
    "--no-remove",
    "--no-install-recommends",
    "-o", "Dpkg::Use-Pty=0",
    "-o", "Acquire::Retries=3",
    "-o", "APT::Color=0",
    "-o", "Dpkg::Progress-Fancy=0",
]
for _option in DPKG_OPTIONS:
    OPTIONS += ["-o", "Dpkg::Options::=" + _option]

# Whatever may ask a person: debconf, apt-listchanges, apt-listbugs, needrestart, ucf. A maintainer script that reads
# its standard input gets its end.
QUIET = {
    "DEBIAN_FRONTEND": "noninteractive",
    "DEBIAN_PRIORITY": "critical",
    "DEBCONF_NONINTERACTIVE_SEEN": "true",
    "APT_LISTCHANGES_FRONTEND": "none",
    "APT_LISTBUGS_FRONTEND": "none",
    "NEEDRESTART_MODE": "l",
    "NEEDRESTART_SUSPEND": "1",
    "UCF_FORCE_CONFFOLD": "1",
    "TERM": "dumb",
    "LC_ALL": "C.UTF-8",
}


def install(words, lock_timeout=0, companions=(), options=()):
    """Bring installed packages to exact versions: ``words`` are ``name=version``, ``companions`` what they need beside.

    ``--only-upgrade`` leaves alone what was removed meanwhile, but a companion may be new. ``Mark-Auto`` keeps apt from
    marking what it is given by name as installed by hand.
    """
    extra = ["-o", "DPkg::Lock::Timeout=%d" % lock_timeout, "-o", "APT::Get::Mark-Auto=1"]
    return _begin(options) + OPTIONS + extra + _name(words, companions)


def simulate(words, options=(), companions=()):
    return _begin(options) + OPTIONS + ["-s"] + _name(words, companions)


def _begin(options):
    """``options`` say where apt has its lists and archives."""
    return APT_GET[:1] + list(options) + APT_GET[1:]


def _name(words, companions):
    return ([] if companions else ["--only-upgrade"]) + ["install"] + list(words) + list(companions)


def fix_broken(lock_timeout=0, options=()):
    return _begin(options) + OPTIONS + ["-o", "DPkg::Lock::Timeout=%d" % lock_timeout, "-f", "install"]


def configure(names):
    """Finish what dpkg began: all of it, or only some packages."""
    return ["dpkg"] + DPKG_OPTIONS + ["--configure"] + (sorted(names) or ["-a"])
