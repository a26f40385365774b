# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The packages of the Ubuntu-like nodes. Tests take names and versions from here.

`PACKAGES[name].installed.version` is what a fresh node has, `PACKAGES[name].suites[SECURITY].version` what is offered.
"""

from __future__ import annotations

from .packages import ACME, ESM_APPS, ESM_INFRA, RELEASE, SECURITY, STRANGER, UNSIGNED, UPDATES, Build, Package

_NEW = Build("1.0-1ubuntu0.1")


def _package(
    name: str,
    about: str,
    *,
    installed: Build | str | None = "1.0-1",
    updates: Build | str | None = None,
    security: Build | str | None = None,
    elsewhere: tuple[str, Build | str] | None = None,
    released: bool = True,
    section: str = "utils",
    priority: str = "optional",
    architecture: str = "all",
    hazard: str = "",
    after_install: str = "",
    layer: str = "ubuntu",
) -> Package:
    own = _build(installed)
    offered = {
        RELEASE: own if released else None,
        UPDATES: _build(updates),
        SECURITY: _build(security),
    }
    if elsewhere:
        offered[elsewhere[0]] = _build(elsewhere[1])
    suites = {suite: build for suite, build in offered.items() if build}
    return Package(name, about, section, priority, architecture, own, suites, hazard, after_install, layer)


def _build(build: Build | str | None) -> Build | None:
    return Build(build) if isinstance(build, str) else build


def _failing(script: str) -> Build:
    text = f"#!/bin/sh\necho '{script} cannot go on: no space on planet' >&2\nexit 1\n"
    return Build(_NEW.version, scripts={script: text})


def _depending(version: str, depends: str) -> Build:
    return Build(version, fields={"Depends": depends})


_SETTINGS = "/etc/conffile-edited.conf"
_TEMPLATES = """Template: debconf-question/answer
Type: string
Description: Which answer should be given?
 Nothing works before this is answered, and there is no default.
"""
_CONFIG = """#!/bin/sh
set -e
. /usr/share/debconf/confmodule
db_input critical debconf-question/answer || true
db_go || true
"""
_CONFIGURE = "#!/bin/sh\nset -e\n. /usr/share/debconf/confmodule\ndb_stop\n"
_READ_ANSWER = "#!/bin/sh\nprintf 'Really go on? [y/N] '\nread -r answer || true\n"
_SLEEP = '#!/bin/sh\n[ "$1" != configure ] || sleep 25\n'
_ASK_FOR_REBOOT = """#!/bin/sh
echo '*** System restart required ***' > /run/reboot-required
echo wants-reboot >> /run/reboot-required.pkgs
"""
_TABLE = (
    # Which archive a version comes from
    _package("two-pockets", "selection-and-install example 10: higher in -updates than in -security", installed="1.2-3",
             security="1.2-3ubuntu0.1", updates="1.2-3ubuntu0.2", section="libs"),
    _package("copied-fix", "the same version in -security and -updates", security="1.0-1ubuntu0.1", updates=_NEW),
    _package("updates-only", "selection-and-install example 9: only in -updates", updates=_NEW, section="shells"),
    _package("phased-out", "in -updates, offered to no machine yet", section="admin",
             updates=Build(_NEW.version, index={"Phased-Update-Percentage": "0"})),
    _package("esm-infra-only", "newer only in ESM's infra archive", section="libs",
             elsewhere=(ESM_INFRA, "1.0-1ubuntu0.1~esm1")),
    _package("esm-apps-only", "newer only in ESM's apps archive", section="universe/libs",
             elsewhere=(ESM_APPS, "1.0-1ubuntu0.1~esm2")),
    _package("acme-tool", "third-party software, unknown to Ubuntu", section="devel", released=False,
             installed="4.1", elsewhere=(ACME, "4.2")),
    _package("acme-override", "higher at a third party than in -security", security=_NEW, elsewhere=(ACME, "9.0acme1")),
    _package("unsigned-tool", "newer only in a repository nobody signed", elsewhere=(UNSIGNED, "6.6")),
    _package("stranger-tool", "newer only in a repository signed with a foreign key", elsewhere=(STRANGER, "6.6")),
    # Section and priority
    _package("sec-required", "priority required", security=_NEW, section="admin", priority="required"),
    _package("sec-important", "priority important", security=_NEW, section="net", priority="important"),
    _package("sec-standard", "priority standard", security=_NEW, section="utils", priority="standard"),
    _package("sec-optional", "priority optional", security=_NEW, section="libs", priority="optional"),
    _package("sec-extra", "priority extra, in universe", security=_NEW, section="universe/libs", priority="extra"),
    # What is installed already
    _package("sec-current", "already at the version of -security", installed=_NEW, security=_NEW),
    _package("newer-local", "installed newer than anything offered", installed="9.0-1", released=False, security=_NEW),
    _package("local-only", "installed, offered nowhere", released=False),
    _package("not-installed", "offered by -security, not installed", installed=None, security=_NEW),
    _package("removed-keeps-conf", "removed, its configuration left: not installed",
             installed=Build("1.0-1", conffiles={"/etc/removed-keeps-conf.conf": "a = 1\n"}), security=_NEW,
             after_install="dpkg --remove removed-keeps-conf"),
    _package("held-back", "held by the administrator", security=_NEW, hazard="hold",
             after_install="apt-mark hold held-back"),
    # Names, versions, architectures
    _package("foo+bar1.0", "a name and versions with every odd character", installed="1:2.0~rc1-1",
             security="1:2.0-1+b1", section="libs"),
    _package("libmulti", "Multi-Arch: same, two architectures that must move together", architecture="both",
             security=_NEW, section="libs"),
    # Dependencies
    _package("needs-new", "needs a package that is not installed", security=_depending("2.0-1", "brand-new-dep")),
    _package("brand-new-dep", "what needs-new needs", installed=None, security="2.0-1", section="libs"),
    _package("libfoo", "what bar needs", security="2.0-1", section="libs"),
    _package("bar", "needs a newer libfoo, also in -security", security=_depending("2.0-1", "libfoo (>= 2.0)")),
    _package("libqux", "what qux needs", updates="2.0-1", section="libs"),
    _package("qux", "in -security, needs a libqux that is only in -updates",
             security=_depending("2.0-1", "libqux (>= 2.0)")),
    _package("pusher", "can only be updated by removing bystander", hazard="removes bystander",
             security=Build("2.0-1", fields={"Conflicts": "bystander"})),
    _package("bystander", "what pusher would remove"),
    _package("unsatisfiable", "needs what does not exist", security=_depending("2.0-1", "no-such-package"),
             hazard="unmet dependency"),
    # Maintainer scripts that ask, fail, hang
    _package("conffile-edited", "its conffile was edited and has changed upstream", hazard="conffile prompt",
             installed=Build("1.0-1", conffiles={_SETTINGS: "level = 1\n"}),
             security=Build(_NEW.version, conffiles={_SETTINGS: "level = 2\n"}),
             after_install=f"echo 'level = 7 # mine' > {_SETTINGS}"),
    _package("debconf-question", "a debconf question of critical priority without a default", hazard="debconf prompt",
             security=Build(_NEW.version, fields={"Depends": "debconf"},
                            scripts={"templates": _TEMPLATES, "config": _CONFIG, "postinst": _CONFIGURE})),
    _package("stdin-reader", "postinst waits for a line on standard input", hazard="reads stdin",
             security=Build(_NEW.version, scripts={"postinst": _READ_ANSWER})),
    _package("preinst-fails", "preinst fails", security=_failing("preinst"), hazard="preinst fails"),
    _package("postinst-fails", "postinst fails", security=_failing("postinst"), hazard="postinst fails"),
    _package("postinst-slow", "postinst takes 25 seconds", hazard="slow",
             security=Build(_NEW.version, scripts={"postinst": _SLEEP})),
    _package("wants-reboot", "asks for a reboot", hazard="reboot",
             security=Build(_NEW.version, scripts={"postinst": _ASK_FOR_REBOOT})),
    # Only on the node ubuntu-pyapt
    _package("python3-apt", "selection-and-install example 11: the helper, newer only in -updates", section="python",
             installed="2.4.0ubuntu1", updates="2.4.0ubuntu4", layer="ubuntu-pyapt"),
)  # fmt: skip

PACKAGES = {package.name: package for package in _TABLE}
