# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Facts of an rpm system from what its package manager said. Pure: dnf, yum and zypper fill the same ``raw``.

``raw`` can be written as JSON::

    user, refreshed      who asked (0: root), whether metadata was fetched anew
    arch, kernel         of the machine; (release, build) of the running kernel
    files                texts by path: what tells the system and the need of a reboot
    installed            [name, arch, epoch, version, release, built, installed, repository]
    available            [name, arch, epoch, version, release, built, repository, held]: newer than what is installed
    repositories         [{id, name, reachable, has_notices, ...}]
    updateinfo           [[repository, bytes or text], ...]
    streams              {module: enabled stream}
    install_only         names of which several versions live side by side
    problems             [[code, message]]

Times are seconds after the epoch, 0 when not known; ``held`` is the reason why the node keeps a version out, or "".
"""

from . import clock, os_identity, rpm_reboot
from .rpm_order import Version
from .rpm_snapshot import RpmSnapshot
from .updateinfo import Notices
from .words import to_word

NAME, ARCH, EPOCH, VERSION, RELEASE = range(5)


def normalize(raw, package_manager="rpm"):
    """The facts in ``raw``."""
    problems = list(raw.get("problems", ()))
    newest = find_newest(raw["installed"])
    notices = _read_notices(raw, problems)
    facts = {"schema": 1, "package_manager": package_manager, "os": os_identity.identify(raw["files"].get)}
    facts["os"].update(kernel=raw["kernel"][0], arch=raw["arch"])
    facts["installed"] = [_describe_installed(row, notices) for row in raw["installed"]]
    facts["candidates"], facts["held"] = _describe_candidates(raw, newest, notices)
    named = set(identity for part in ("installed", "candidates") for one in facts[part] for identity in one["notices"])
    facts["notices"] = dict((identity, notices.notices[identity]) for identity in sorted(named))
    facts["repositories"] = raw["repositories"]
    duplicates = RpmSnapshot(raw["installed"]).list_duplicates(raw["install_only"])
    facts["unfinished"] = ["%s.%s" % (name, arch) for name, arch, _versions in duplicates]
    reasons = rpm_reboot.find_reboot_reasons(raw)
    facts["reboot_required"] = {"required": bool(reasons), "reasons": reasons}
    facts["warnings"] = [{"code": code, "message": to_word(message)} for code, message in problems]
    facts["warnings"] += _warn_of_user(raw)
    return facts


def find_newest(installed):
    """The newest installed ``Version`` by (name, arch)."""
    newest = {}
    for row in installed:
        key, version = (row[NAME], row[ARCH]), Version(*row[EPOCH : RELEASE + 1])
        if key not in newest or newest[key] < version:
            newest[key] = version
    return newest


def _read_notices(raw, problems):
    notices = Notices(set(row[NAME] for row in raw["installed"]))
    for repository, data in raw["updateinfo"]:
        fault = notices.read(data if isinstance(data, bytes) else data.encode("utf-8"))
        if fault:
            problems.append(["notices_unreadable", "Failed to read repository '%s': %s" % (repository, fault)])
    return notices


def _describe(row, notices):
    facts = dict(zip(("name", "arch", "epoch", "version", "release"), row[:5]))
    facts["notices"] = notices.ids.get(tuple(row[:5]), [])
    return facts


def _describe_installed(row, notices):
    facts = _describe(row, notices)
    built, installed, repository = row[5:8]
    facts["repositories"] = [repository] if repository else []
    if built:
        facts["built_at"] = clock.utc(built)
    if installed:
        facts["installed_at"] = clock.utc(installed)
    return facts


def _describe_candidates(raw, newest, notices):
    """(candidates ascending per name and architecture, ids and titles of what the node holds)."""
    found = {}
    held = []
    for row in raw["available"]:
        facts = found.get(tuple(row[:5]))
        if facts is None:
            facts = found[tuple(row[:5])] = _describe(row, notices)
            facts["repositories"] = []
            if row[5]:
                facts["built_at"] = clock.utc(row[5])
        if row[6] not in facts["repositories"]:
            facts["repositories"].append(row[6])
        if row[7]:
            held.append(name_version(row))
    for key in notices.ids:
        if key not in found and _is_gone(key, newest, notices, raw["streams"]):
            found[key] = dict(_describe(key, notices), repositories=[], available=False)
    order = sorted(found, key=lambda key: (key[0], key[1], _sortable(key)))
    return [found[key] for key in order], sorted(set(held))


def _sortable(key):
    return Version(*key[EPOCH : RELEASE + 1])


def _is_gone(key, newest, notices, streams):
    """Whether a notice names a version that is newer than the installed one, but in no repository any more."""
    installed = newest.get(key[:2])
    if installed is None or not installed < _sortable(key):
        return False
    stream = notices.streams.get(key)
    return stream is None or streams.get(stream[0]) == stream[1]


def name_version(row):
    """``name.arch:epoch:version-release``, as the engine calls a version of a package."""
    return "%s.%s:%s:%s-%s" % tuple(row[:5])


def _warn_of_user(raw):
    if raw["user"] == 0:
        return []
    where = "the user's own copy of the metadata" if raw["refreshed"] else "the metadata as it is"
    message = "Collected without root: from %s. Use become to refresh the system's" % where
    return [{"code": "not_root", "message": message}]
