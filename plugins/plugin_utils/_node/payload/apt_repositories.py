# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which repositories apt has, and which of them carries a version."""

import os

from .words import to_lines, to_word

DPKG_STATUS = "/var/lib/dpkg/status"
# one line per index: in apt's own order, so that ids are stable from scan to scan
TARGET_FIELDS = ("DESCRIPTION", "REPO_URI", "RELEASE", "COMPONENT", "ORIGIN", "LABEL", "SUITE", "CODENAME", "TRUSTED",
                 "CREATED_BY")
TARGETS = ["apt-get", "indextargets", "--format", "\t".join("$(%s)" % field for field in TARGET_FIELDS)]
# apt before 1.1 has no indextargets; there the list of package files tells
RELEASES = ["apt-cache", "policy"]
_RELEASE_KEYS = {"o": "origin", "l": "label", "a": "suite", "n": "codename", "c": "component"}


class Repositories(object):
    """The repositories of a node: a component of a suite of an address each."""

    def __init__(self):
        self.facts = []
        self.addresses = {}
        self.by_index = {}
        self.by_name = {}

    def add(self, address, place, component, **facts):
        """Add a repository, once; gives its id. ``place`` is the suite as sources.list names it."""
        name = "%s %s" % (address, "/".join(part for part in (place, component) if part))
        if name not in self.by_name:
            identity = "r%d" % (len(self.facts) + 1)
            entry = {"id": identity, "name": to_word(name), "enabled": True}
            if component:
                facts["component"] = component
            for key, value in facts.items():
                if value is True or value is False:
                    entry[key] = value
                elif value:
                    entry[key] = to_word(value)
            self.facts.append(entry)
            self.by_name[name] = identity
            self.addresses[identity] = (address.rstrip("/"), place)
        return self.by_name[name]

    def find(self, index):
        """The id of the repository an index line of ``apt-cache policy`` belongs to; None for what dpkg has."""
        index = " ".join(index.split())
        if index not in self.by_index:
            self.by_index[index] = self.add(*split_index(index)) if "://" in index or ":/" in index else None
        return self.by_index[index]

    def of(self, address, place):
        """The facts of all components of a suite."""
        wanted = (address.rstrip("/"), place)
        return [entry for entry in self.facts if self.addresses[entry["id"]] == wanted]


def split_index(index):
    """``http://host/debian bookworm/main amd64 Packages`` -> (address, suite, component)."""
    words = index.split(" ")
    address, place = words[0], words[1] if len(words) > 2 else ""
    if place.endswith("/") or "/" not in place:
        return address, place, ""
    suite, _slash, component = place.rpartition("/")
    # the component of Debian's old security suites looks like a part of their names: buster/updates/main
    return address, suite, component


def parse_targets(text):
    """Repositories from ``apt-get indextargets``."""
    repositories = Repositories()
    for line in to_lines(text):
        parts = line.split("\t")
        if len(parts) != len(TARGET_FIELDS):
            continue
        # a field that apt does not know stays as it was asked for
        values = dict((field, "" if "$(" in parts[n] else parts[n]) for n, field in enumerate(TARGET_FIELDS))
        if values["CREATED_BY"] != "Packages":
            continue
        identity = repositories.add(
            values["REPO_URI"].rstrip("/"),
            values["RELEASE"],
            values["COMPONENT"],
            origin=values["ORIGIN"],
            label=values["LABEL"],
            suite=values["SUITE"],
            codename=values["CODENAME"],
            signed=values["TRUSTED"] == "yes",
        )
        repositories.by_index[" ".join(values["DESCRIPTION"].split())] = identity
    return repositories


def parse_releases(text):
    """Repositories from the list of package files that ``apt-cache policy`` prints without a name."""
    repositories = Repositories()
    index = None
    for line in to_lines(text):
        words = line.split()
        if not words:
            continue
        if words[0] == "release":
            if index:
                _add_release(repositories, index, line.strip()[len("release ") :])
            index = None
        elif words[0].lstrip("-").isdigit():
            index = None if words[1] == DPKG_STATUS else " ".join(words[1:])
    return repositories


def _add_release(repositories, index, release):
    values = {}
    key = None
    for part in release.split(","):
        name, equals, value = part.partition("=")
        if equals and len(name) == 1:
            key = name
            values[key] = value
        elif key:
            # a comma inside a label
            values[key] += "," + part
    facts = dict((_RELEASE_KEYS[name], value) for name, value in values.items() if name in _RELEASE_KEYS)
    component = facts.pop("component", "")
    address, suite, from_index = split_index(index)
    repositories.by_index[index] = repositories.add(address, suite, from_index or component, **facts)


def find_never_fetched(print_uris, directory):
    """Suites whose lists are not there, from ``apt-get update --print-uris``: their addresses, as it prints them.

    ``indextargets`` and ``apt-cache`` do not know such a repository, so without this it would count as "nothing to do".
    """
    missing = []
    for line in to_lines(print_uris):
        words = line.split()
        if len(words) < 2 or not words[1].endswith(("_InRelease", "_Release")):
            continue
        stem = os.path.join(directory, words[1].rpartition("_")[0])
        if not os.path.exists(stem + "_InRelease") and not os.path.exists(stem + "_Release"):
            missing.append(words[0].strip("'").rpartition("/")[0])
    return missing
