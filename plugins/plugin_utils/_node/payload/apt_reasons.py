# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why apt or dpkg failed, taken from what they printed."""

import re

from .words import to_lines, to_word

_PROCESSING = re.compile(r"dpkg: error processing (?:package |archive )?(\S+) \(--?[a-z-]+\):$")
_PREVENTS = re.compile(r"dpkg: dependency problems prevent (?:configuration|processing triggers) (?:of|for) (\S+?):?$")
_FETCH = re.compile(r"(?:E|Error|W): Failed to fetch (\S+)\s+(.*)$")
_ERROR = re.compile(r"(?:E|Error): (.+)$")
_GENERIC = (
    "Sub-process ",
    "Unable to correct problems",
    "Some index files failed",
    "Unable to fetch some archives",
    "Broken packages",
    "Packages need to be removed",
    "Packages were downgraded",
    "Held packages were changed",
    "The following information from --solver",
    "Unmet dependencies",
    "Unable to lock",
)
_UNMET = ("The following packages have unmet dependencies:", "Unsatisfied dependencies:")
LOCKED = re.compile(
    r"Could not get lock |dpkg frontend lock was locked|dpkg status database is locked|Unable to acquire the dpkg "
)
DISK_FULL = "No space left on device"
_UNTRUSTED = "WARNING: The following packages cannot be authenticated!"
_DOWNGRADE = "The following packages will be DOWNGRADED:"
_MOST_LINES = 6
_OWN_WORDS = ("Setting up ", "Preparing ", "Unpacking ", "Processing triggers ", "Selecting ", "(Reading ", "dpkg: ")
_MOST_LAST_WORDS = 3


def find_package_reasons(text):
    """Reasons by package name, for the packages dpkg or apt named themselves."""
    reasons = {}
    why_dependencies = {}
    lines = to_lines(text)
    for place, line in enumerate(lines):
        match = _PREVENTS.match(line)
        if match:
            why_dependencies[strip_arch(match.group(1))] = join_indented(lines, place)
        match = _PROCESSING.match(line)
        if match:
            name = name_of_archive(match.group(1)) if "/" in match.group(1) else strip_arch(match.group(1))
            reason = join_indented(lines, place)
            if "script subprocess" in reason:
                reason = " - ".join([reason] + find_last_words(lines, place))
            if reason.startswith("dependency problems"):
                reason = "dependency problems: " + why_dependencies.get(name, reason)
            reasons.setdefault(name, reason or "dpkg gave no reason")
        match = _FETCH.match(line)
        if match:
            reasons.setdefault(name_of_archive(match.group(1)), "download failed: " + to_word(match.group(2)))
        if line == _UNTRUSTED:
            for name in join_indented(lines, place).split():
                reasons.setdefault(name, "it cannot be authenticated: its repository is not signed by a key apt trusts")
    return reasons


def find_last_words(lines, place):
    """What a maintainer script said before it failed: the lines between dpkg's own."""
    said = []
    for line in reversed(lines[:place]):
        if not line.strip() or line.startswith(_OWN_WORDS) or len(said) == _MOST_LAST_WORDS:
            break
        said.insert(0, line.strip())
    return [to_word(" ".join(said))] if said else []


def join_indented(lines, place):
    """The indented lines below a line, as one."""
    found = []
    for line in lines[place + 1 :]:
        if not line.startswith(" ") or len(found) == _MOST_LINES:
            break
        found.append(" ".join(line.split()))
    return to_word(" ".join(found))


def strip_arch(name):
    return name.partition(":")[0]


def name_of_archive(address):
    """The package of a ``.deb`` by its address: ``.../libstdc%2b%2b6_12%3a1_amd64.deb``."""
    base = address.rpartition("/")[2].partition("_")[0]
    if "/apt-dpkg-install-" in address:
        # apt hands many archives to dpkg as numbered links
        base = base.partition("-")[2]
    return re.sub(r"%([0-9a-fA-F]{2})", lambda match: chr(int(match.group(1), 16)), base)


def is_downgrade(text):
    """Simulated, apt only tells of a downgrade; it refuses one when it is meant."""
    return _DOWNGRADE in text


def explain(text):
    """The reason of a whole command, in apt's words: unmet dependencies first, then its errors."""
    reasons = []
    lines = to_lines(text)
    for place, line in enumerate(lines):
        if line.startswith(_UNMET):
            reason = join_indented(lines, place)
            if reason:
                reasons.append("unmet dependencies: " + reason)
        elif line.startswith("The following packages will be REMOVED:"):
            reasons.append("would remove " + join_indented(lines, place))
        elif line.startswith("The following held packages will be changed:"):
            reasons.append("would change held packages: " + join_indented(lines, place))
        elif line.startswith(_DOWNGRADE):
            reasons.append("a newer version is installed: " + join_indented(lines, place))
    errors = [match.group(1) for match in (_ERROR.match(line) for line in lines) if match]
    telling = [error for error in errors if not error.startswith(_GENERIC)]
    if telling or not reasons:
        reasons += (telling or errors)[:_MOST_LINES]
    return to_word("; ".join(unique(reasons))) or "apt gave no reason"


def unique(items):
    found = []
    for item in items:
        if item not in found:
            found.append(item)
    return found
