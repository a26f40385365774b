# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which proxies a node's package manager and its environment are set to, and addresses without their passwords."""

import glob
import os
import re

from . import commands
from .files import read_text

_USER = re.compile(r"(?<=://)[^/@\s'\"]+@")
# SUSE's addresses are followed by a token alone; others name it
_TOKEN = re.compile(
    r"(\?)[^=&\s'\"]+(?=[\s'\"]|$)|([?&]\w*(?:token|secret|passw|auth|key|sig)\w*=)[^&\s'\"]+", re.IGNORECASE
)
_APT = re.compile(r'(?m)^Acquire::(\w+)::[Pp]roxy(?:::(\S+))? "(.+)";$')
_RPM = re.compile(r"(?m)^proxy\s*=\s*(\S+)\s*$")
_SHELL = re.compile(r"(?m)^(\w+)_PROXY=[\"']?([^\"'\s]+)")
_DNF = ("/etc/dnf/dnf.conf", "/etc/yum.conf", "/etc/yum.repos.d/*.repo")
_YUM = ("/etc/yum.conf", "/etc/yum/yum.conf", "/etc/yum.repos.d/*.repo")
FILES = {"dnf": _DNF, "yum": _YUM, "zypper": ("/etc/zypp/repos.d/*.repo",)}
SUSE = "/etc/sysconfig/proxy"
SCHEMES = ("http", "https", "ftp", "all")
_NONE = ("direct", "false", "none", "_none_", "")


def hide_secrets(text):
    """The text, its addresses without users, passwords and tokens."""
    return _TOKEN.sub(lambda match: (match.group(1) or match.group(2)) + "***", _USER.sub("***@", text))


def find_proxies(manager, environment=None):
    """``[{"scheme", "address", "place"}]``; whoever wants to use an address takes it from ``read_proxies``."""
    return [
        {"scheme": scheme, "address": hide_secrets(address), "place": place}
        for scheme, address, place in read_proxies(manager, environment)
    ]


def read_proxies(manager, environment=None):
    """(scheme, address, where it was found), the package manager's own first."""
    found = []
    if manager == "apt":
        found += parse_apt(commands.run(["apt-config", "dump"], 60).out)
    for pattern in FILES.get(manager, ()):
        for path in sorted(glob.glob(pattern)):
            found += [("all", address, path) for address in _RPM.findall(read_text(path) or "")]
    if manager == "zypper":
        found += parse_suse(read_text(SUSE) or "")
    found += read_environment(os.environ if environment is None else environment)
    return [proxy for proxy in found if proxy[1].lower() not in _NONE]


def parse_apt(text):
    """Proxies of ``apt-config dump``."""
    return [
        (scheme.lower(), address, "apt.conf" + (" for " + host if host else ""))
        for scheme, host, address in _APT.findall(text)
    ]


def parse_suse(text):
    if not re.search(r"(?m)^PROXY_ENABLED=[\"']?yes", text):
        return []
    return [(scheme.lower(), address, SUSE) for scheme, address in _SHELL.findall(text) if scheme.lower() in SCHEMES]


def read_environment(environment):
    """curl takes only the lower case of http_proxy, everybody else both."""
    found = []
    for scheme in SCHEMES:
        for name in (scheme + "_proxy", scheme.upper() + "_PROXY"):
            if environment.get(name):
                found.append((scheme, environment[name], "environment " + name))
                break
    return found
