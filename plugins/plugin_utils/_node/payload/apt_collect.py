# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Facts of a Debian-like node. ``gather`` runs commands and reads files, ``normalize`` is pure."""

import os

from . import apt_policy, apt_repositories, apt_sources, apt_update, commands, dpkg, locks, node, os_identity, reboot
from .files import read_text
from .refusal import Refusal

UPDATE_TIMEOUT = 1800
QUERY_TIMEOUT = 600
OS_FILES = ("/etc/os-release", "/usr/lib/os-release", "/etc/debian_version")


def collect(refresh=True, lock_timeout=300, sources=()):
    """The facts of this node, as far as apt and dpkg know them."""
    return normalize(gather(refresh, lock_timeout, sources))


def gather(refresh=True, lock_timeout=300, sources=(), get_uid=os.geteuid):
    """Everything ``normalize`` needs, as the commands printed it: texts by name, and a few numbers.

    Of ``sources``, which the node has never seen, the lists are always fetched.
    """
    refresh = refresh or bool(sources)
    raw = {"user": get_uid(), "refreshed": refresh, "problems": []}
    if sources:
        raw["sources"] = [source["name"] for source in sources]
    lists = apt_sources.open_lists(sources, refresh and get_uid() != 0)
    try:
        _gather_lists(raw, lists, lock_timeout)
        _gather_versions(raw, list(lists.options))
    finally:
        lists.close()
    raw["install_times"] = dpkg.read_install_times()
    raw["files"] = dict((path, read_text(path)) for path in OS_FILES + _name_reboot_files())
    raw["kernel"] = (node.kernel_release(), node.kernel_build())
    return raw


def _name_reboot_files():
    return tuple(path + suffix for path in reboot.FLAGS for suffix in ("", ".pkgs"))


def _gather_lists(raw, lists, lock_timeout):
    """Refresh the lists, and ask dpkg meanwhile: neither needs the other."""
    lock = os.path.join(lists.directory, "lock")
    update = ["apt-get"] + list(lists.options) + ["update"]
    if raw["refreshed"]:
        locks.wait_until_free([lock], lock_timeout)
    else:
        update.append("--print-uris")
    installed, update = commands.wait_all(
        [
            commands.Running(dpkg.QUERY, QUERY_TIMEOUT),
            commands.Running(lists.hold(update), UPDATE_TIMEOUT),
        ]
    )
    if installed.status != 0:
        raise Refusal("dpkg_unreadable", "Failed to read dpkg's database: %s" % installed.reason())
    raw["packages"] = installed.out
    if not raw["refreshed"]:
        raw["never_fetched"] = apt_repositories.find_never_fetched(update.out, lists.directory)
    elif "Could not get lock" in update.err:
        # somebody was quicker between our look and apt's
        locks.wait_until_free([lock], lock_timeout)
        update = commands.run(update.argv, UPDATE_TIMEOUT)
    raw["update"] = update.out + "\n" + update.err
    if update.status is None:
        raw["problems"].append(("refresh_timeout", "Failed to refresh package lists: %s" % update.reason()))


def _gather_versions(raw, options):
    packages = dpkg.parse_packages(raw["packages"])
    native = dpkg.find_native_arch(packages)
    names = sorted(set(apt_policy.name_for_apt(package.name, package.arch, native) for package in packages))
    ask = ["apt-cache"] + options
    targets = apt_repositories.TARGETS
    policy, targets = commands.wait_all(
        [
            commands.Running(ask + ["policy"] + names, QUERY_TIMEOUT),
            commands.Running(targets[:1] + options + targets[1:], QUERY_TIMEOUT),
        ]
    )
    if policy.status != 0:
        raw["problems"].append(("lists_unreadable", "Failed to read package lists: %s" % policy.reason()))
    raw["policy"] = policy.out
    raw["targets"] = targets.out if targets.status == 0 else None
    if raw["targets"] is None:
        raw["releases"] = commands.run(ask + ["policy"], QUERY_TIMEOUT).out
    tables = apt_policy.parse_policy(policy.out)
    newer = ["%s=%s" % (name, version.version) for name, version in _list_newer(packages, tables, native)]
    shown = commands.run_in_parts(ask + ["show"], newer, QUERY_TIMEOUT)
    raw["records"] = "\n\n".join(result.out for result in shown)


def _list_newer(packages, tables, native):
    for package in packages:
        name = apt_policy.name_for_apt(package.name, package.arch, native)
        if package.good_version and name in tables:
            for version in tables[name].find_newer(package.good_version):
                yield name, version


def normalize(raw):
    """The facts in ``raw``."""
    packages = dpkg.parse_packages(raw["packages"])
    native = dpkg.find_native_arch(packages)
    tables = apt_policy.parse_policy(raw["policy"])
    if raw.get("targets") is not None:
        repositories = apt_repositories.parse_targets(raw["targets"])
    else:
        repositories = apt_repositories.parse_releases(raw["releases"])
    facts = {"schema": 1, "package_manager": "apt", "os": os_identity.identify(raw["files"].get)}
    facts["os"]["kernel"] = raw["kernel"][0]
    if native:
        facts["os"]["arch"] = native
    warnings = [{"code": code, "message": message} for code, message in raw["problems"]]
    warnings += _judge_lists(raw, repositories)
    facts["installed"], facts["candidates"] = _describe_packages(raw, packages, tables, native, repositories)
    facts["held"] = ["%s.%s" % package.key for package in packages if package.want == "hold"]
    facts["unfinished"] = ["%s.%s" % package.key for package in packages if package.is_pending]
    facts["repositories"] = repositories.facts
    reasons = reboot.find_reboot_reasons(raw["files"].get, facts["installed"], raw["kernel"][0], raw["kernel"][1])
    facts["reboot_required"] = {"required": bool(reasons), "reasons": reasons}
    facts["warnings"] = warnings + _warn_of_packages(packages) + _warn_of_user(raw)
    return facts


def _judge_lists(raw, repositories):
    if not raw["refreshed"]:
        return [_add_never_fetched(repositories, uri) for uri in raw.get("never_fetched", ())]
    troubles, messages = apt_update.parse_update(raw["update"])
    apt_update.judge_repositories(repositories, troubles)
    return [apt_update.describe_trouble(trouble) for trouble in troubles] + [
        {"code": "apt_message", "message": message} for message in messages
    ]


def _add_never_fetched(repositories, uri):
    address, suite = apt_update.split_address(uri + "/Release")
    repositories.add(address, suite, "", reachable=False)
    name = ("%s %s" % (address, suite)).strip()
    return {
        "code": apt_update.UNREACHABLE,
        "message": "Failed to read repository '%s': its lists were never fetched. Refresh the package lists" % name,
    }


def _describe_packages(raw, packages, tables, native, repositories):
    records = apt_policy.parse_records(raw["records"])
    installed, candidates = [], []
    for package in packages:
        if not package.good_version:
            continue
        facts = dpkg.describe_installed(package, raw["install_times"])
        installed.append(facts)
        table = tables.get(apt_policy.name_for_apt(package.name, package.arch, native))
        if not table:
            continue
        facts["repositories"] = _find_all(repositories, table.find_indexes(package.good_version))
        for version in table.find_newer(package.good_version):
            candidates.append(_describe_candidate(package, version, repositories, records))
    return installed, candidates


def _describe_candidate(package, version, repositories, records):
    facts = {
        # the slot of the installed package, also where the newer version moves from one architecture to "all"
        "name": package.name,
        "arch": package.arch,
        "version": version.version,
        "repositories": _find_all(repositories, version.indexes),
    }
    record = records.get((package.name, version.version), {})
    for field in ("section", "priority"):
        if record.get(field):
            facts[field] = record[field]
    if version.phased is not None:
        facts["phased_percent"] = version.phased
    return facts


def _find_all(repositories, indexes):
    found = []
    for index in indexes:
        identity = repositories.find(index)
        if identity and identity not in found:
            found.append(identity)
    return found


def _warn_of_packages(packages):
    return [
        {
            "code": "package_not_configured",
            "message": "Package '%s' %s is %s: dpkg has not finished with it"
            % (package.name, package.version, package.state),
        }
        for package in packages
        if not package.works
    ]


def _warn_of_user(raw):
    if raw["user"] == 0 or raw.get("sources"):
        return []
    where = "the user's own copy of the package lists" if raw["refreshed"] else "the system's package lists as they are"
    message = "Collected without root: from %s. Use become to refresh the system's" % where
    return [{"code": "not_root", "message": message}]
