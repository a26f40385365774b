# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ``apt-get update`` said: which repositories it could not reach, or does not trust, and why."""

import re

from .words import to_lines, to_word

# apt prints one line per item it could not get, the reason indented below ...
_ITEM = re.compile(r"Err(?::\d+)? (\S+) (.+)$")
# ... and messages: of all versions since 1.0; newer ones write "Error:" to a terminal
_MESSAGE = re.compile(r"(E|W|Error|Warning): (.+)$")
_REPOSITORY = re.compile(
    r"(?:[Rr]epository|GPG error:) '?([a-z][a-z0-9+.-]*:/\S+) ([^':]+?)'?"
    r"(?::| is not signed| does not have| is no longer| changed|$)"
)
_FETCH = re.compile(r"Failed to fetch (\S+)\s+(.*)$")
_SUITE_FILE = re.compile(r"/(?:InRelease|Release(?:\.gpg)?)$")
_EXPIRED = re.compile(r"Release file for (\S+) is (?:not valid yet|expired)")
_SIGNATURE = re.compile(
    r"NO_PUBKEY|(?:BAD|EXPKEY|REVKEY|ERR)SIG|KEYEXPIRED|GPG error|[Ss]ignatures? (?:couldn't be verified|were invalid)"
    r"|signature verification|is not signed|no longer signed|not authenticated|gpgv|Sub-process /usr/bin/sqv returned"
    r"|OpenPGP signature|cannot be authenticated"
)
_SUMMARIES = (
    "Some index files failed to download",
    "Problem executing scripts",
    "Sub-process ",
    "Updating from such a repository",
)
UNREACHABLE, UNSIGNED, EXPIRED = "repository_unreachable", "repository_unsigned", "repository_expired"
# a bad signature on a repository the administrator said to trust nevertheless
DOUBTFUL = "repository_signature"


class Trouble(object):
    """One suite that could not be refreshed: a warning code, its address, its suite, the reason."""

    def __init__(self, code, address, suite, reason):
        self.code = code
        self.address = address
        self.suite = suite
        self.reason = reason


def parse_update(text):
    """(troubles, other messages) of the joined outputs of ``apt-get update``."""
    troubles, messages = {}, []
    item = None
    for line in to_lines(text):
        match = _ITEM.match(line)
        if match:
            item = (match.group(1).rstrip("/"), find_suite(match.group(2)))
            _note(troubles, item, "")
        elif item and line.startswith("  "):
            _note(troubles, item, line.strip())
        else:
            item = None
            match = _MESSAGE.match(line)
            if match:
                _read_message(troubles, messages, match.group(2).strip())
    found = [Trouble(code, key[0], key[1], reason or "no reason given") for key, (code, reason) in troubles.items()]
    return sorted(found, key=lambda trouble: (trouble.address, trouble.suite)), messages


def find_suite(words):
    """The suite in ``bookworm InRelease``, ``bookworm/main amd64 Packages`` or ``stable/ Packages``."""
    parts = words.split(" ")
    if len(parts) == 1:
        return ""
    # an index has its component behind the suite; the file of a suite does not
    has_component = len(parts) > 2 and "/" in parts[0] and not parts[0].endswith("/")
    return parts[0].rpartition("/")[0] if has_component else parts[0]


def split_address(uri):
    """(address, suite) of ``http://host/debian/dists/bookworm/InRelease`` or of any other file below ``dists``."""
    address, dists, rest = uri.partition("/dists/")
    if not dists:
        return uri.rpartition("/")[0], ""
    if _SUITE_FILE.search(rest):
        return address, rest.rpartition("/")[0]
    # <suite>/<component>/binary-<arch>/Packages.xz, where the suite may have slashes of its own
    return address, re.split(r"/[^/]+/(?:binary-|source/|i18n/)", rest)[0]


def _note(troubles, key, reason):
    """Keep the first code that is certain and the first reason."""
    code = UNREACHABLE
    if reason.startswith("GPG error:"):
        if key in troubles:
            return
        code = DOUBTFUL
    elif _SIGNATURE.search(reason):
        code = UNSIGNED
    elif _EXPIRED.search(reason):
        code = EXPIRED
    known_code, known_reason = troubles.get(key, (UNREACHABLE, ""))
    troubles[key] = (code if known_code in (UNREACHABLE, DOUBTFUL) else known_code, known_reason or to_word(reason))


def _read_message(troubles, messages, message):
    match = _EXPIRED.search(message)
    if match:
        return _note(troubles, split_address(match.group(1)), message)
    match = _FETCH.match(message)
    if match:
        return _note(troubles, split_address(match.group(1)), match.group(2))
    match = _REPOSITORY.search(message)
    if match:
        return _note(troubles, (match.group(1).rstrip("/"), find_suite(match.group(2))), message)
    if not message.startswith(_SUMMARIES):
        messages.append(to_word(message))
    return None


def judge_repositories(repositories, troubles):
    """Mark what was reached and what is trusted; a repository apt never fetched is added, so that it counts too."""
    for trouble in troubles:
        if not repositories.of(trouble.address, trouble.suite):
            repositories.add(trouble.address, trouble.suite, "")
    for entry in repositories.facts:
        entry["reachable"] = True
    for trouble in troubles:
        for entry in repositories.of(trouble.address, trouble.suite):
            if trouble.code == DOUBTFUL:
                # newer apt says itself whether it trusts a repository; for older ones the message is all there is
                entry.setdefault("signed", False)
            elif trouble.code == UNSIGNED:
                entry["signed"] = False
            else:
                entry["reachable"] = False


def describe_trouble(trouble):
    """The warning a person reads."""
    verb = {UNREACHABLE: "read", EXPIRED: "use"}.get(trouble.code, "verify")
    name = ("%s %s" % (trouble.address, trouble.suite)).strip()
    return {"code": trouble.code, "message": "Failed to %s repository '%s': %s" % (verb, name, trouble.reason)}
