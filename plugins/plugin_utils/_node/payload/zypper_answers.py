# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What zypper answers: its exit statuses, repositories, transactions, and its reasons against them."""

import re
import time

from . import zypper_xml
from .rpm_transaction import Transaction
from .words import to_lines, to_word

# zypper(8), EXIT CODES
NOT_ROOT, NO_REPOSITORIES, LOCKED = 5, 6, 7
STATUSES = {
    1: "zypper met an error of its own",
    2: "zypper did not understand what it was asked",
    3: "zypper did not understand what it was asked",
    4: "zypper's library met an error",
    5: "zypper needs root for that",
    6: "no repositories are defined",
    7: "zypper is locked",
    8: "the installation failed",
    104: "no such package in the repositories",
    105: "zypper was interrupted by a signal",
}
# patches, security patches, a reboot, a restart of zypper are needed; repositories were skipped; a script failed
GOOD = (0, 100, 101, 102, 103, 106, 107)

_SKIPPED = re.compile(r"Skipping repository '(.*)' because of the above error")
_OWN = re.compile(r"\[[^|\]]*\|[^\]]*\]\s*(.*)")
_GENERIC = (
    "History:", "Please check", "Please see", "Problem occurred", "Installation has been aborted", "- ABORT request",
)  # fmt: skip
_SOLUTION = re.compile(r"\s*Solution \d+:")
_FAILED_SCRIPT = re.compile(r"(?:warning|error): (%(\w+)\((\S+?)\) scriptlet failed.*)")
_FAILED_PACKAGE = re.compile(r"(?:Installation|Removal) of (\S+) failed")
_NAMED_PACKAGE = re.compile(r"(?:Failed to provide )?(?:Package )?(\S+-[^-\s]+-[^-\s]+\.\w+) \(")
_NEVRA = re.compile(r"(.+)-([^-]+)-([^-]+)\.([^.-]+)\Z")
_RETRIEVED = re.compile(r"(?:Retrieving package|Retrieving:|In cache) (.*?)(?:,\s|\s\(\d+/|$)")
_MOST_REASONS = 3
_SIGN_SECONDS = 5


def read_repositories(text):
    """The enabled repositories: [{id, name}]."""
    repositories = zypper_xml.find(text, "repo")
    return [
        {"id": repo.get("alias"), "name": to_word(repo.get("name") or repo.get("alias")), "enabled": True}
        for repo in repositories
        if repo.get("alias") and repo.get("enabled") == "1"
    ]


def find_skipped(text):
    """Reasons by name of the repositories that a refresh had to leave out."""
    reasons = {}
    before = ""
    for message in zypper_xml.find(text, "message"):
        if message.get("type") != "error":
            continue
        match = _SKIPPED.search(message.text)
        if match:
            reasons[match.group(1)] = shorten(before) or "zypper gave no reason"
        else:
            before = message.text
    return reasons


def shorten(text):
    """An error of zypper's library in a line: what it says itself, then what it says of the cause."""
    lines = [line.strip() for line in to_lines(text) if line.strip()]
    own = [match.group(1) for match in (_OWN.match(line) for line in lines) if match and match.group(1)]
    causes = [line.lstrip("- ") for line in lines if line.startswith("- ") and not line.startswith(_GENERIC)]
    told = [line for line in lines if line.startswith(("Error code:", "Error message:"))]
    found = own + causes + told
    if not own and not causes:
        found = [line for line in lines if not line.startswith(_GENERIC)]
    return to_word(": ".join(line.rstrip(":.") for line in found[: _MOST_REASONS + 1]))


def find_errors(text):
    """zypper's error messages, each a line, without those that only say that there was one."""
    messages = [message for message in zypper_xml.find(text, "message") if message.get("type") == "error"]
    shown = [shorten(message.text) for message in messages]
    return [line for line in shown if line and not line.startswith(_GENERIC)]


def explain(status, text):
    """Why a command failed; None when it did not."""
    if status in GOOD:
        return None
    reasons = find_problems(text) or [message for _name, message in find_file_conflicts(text)] or find_errors(text)
    if status is None:
        reasons = ["zypper did not end within its time limit"]
    elif status < 0:
        reasons.append("zypper was ended by signal %d" % -status)
    return to_word("; ".join(reasons[:_MOST_REASONS])) or STATUSES.get(status, "zypper ended with status %d" % status)


def find_problems(text):
    """What the solver has against a transaction, each a line."""
    found = []
    for prompt in zypper_xml.find(text, "prompt"):
        for description in zypper_xml.find(prompt.inner, "description"):
            problems, solutions = [], []
            for line in to_lines(description.text):
                if _SOLUTION.match(line) or solutions:
                    solutions.append(line.strip())
                elif line.strip():
                    problems.append(re.sub(r"^Problem: (?:\d+: )?", "", line.strip()))
            locks = [line for line in solutions if "remove lock" in line]
            if problems:
                found.append(": ".join(problems) + _describe_locks(locks))
    return found


def _describe_locks(lines):
    """Of the ways out that zypper offers, what they tell of the cause."""
    held = []
    for line in lines:
        held += re.findall(r"remove lock to allow (?:installation|removal) of ([^\s\[]+)", line)
    return " (locked: %s)" % ", ".join(sorted(set(held))) if held else ""


def find_file_conflicts(text):
    """(name, reason) of packages with files that others have too."""
    return [found for conflict in zypper_xml.find(text, "fileconflict") for found in read_file_conflict(conflict)]


def read_file_conflict(conflict):
    """(name, reason) of the package that would come in; nothing when it cannot be read."""
    sides = []
    for side in zypper_xml.find(conflict.inner, "lhs", "rhs"):
        path = "".join(element.text for element in zypper_xml.find(side.inner, "file"))
        for solvable in zypper_xml.find(side.inner, "solvable"):
            name = "".join(element.text for element in zypper_xml.find(solvable.inner, "name"))
            editions = [edition.get("version") for edition in zypper_xml.find(solvable.inner, "edition")]
            sides.append((name, to_word(path), "-".join([name] + editions[:1])))
    if len(sides) != 2:
        return []
    return [(sides[0][0], "file %s conflicts with the one of %s" % (sides[0][1], to_word(sides[1][2])))]


def read_transaction(status, text):
    """The ``Transaction`` in the answer to a dry run."""
    transaction = Transaction(explain(status, text))
    for summary in zypper_xml.find(text, "install-summary"):
        for section in zypper_xml.find(summary.inner, r"to-[\w-]+"):
            for solvable in zypper_xml.find(section.inner, "solvable"):
                if solvable.get("type") == "package":
                    _add(transaction, section.name, solvable)
    return transaction


def _add(transaction, section, solvable):
    name, arch = solvable.get("name"), solvable.get("arch")
    version = with_epoch(solvable.get("edition"))
    if section == "to-remove":
        transaction.object_to("would remove %s-%s.%s" % (name, solvable.get("edition"), arch))
        return
    if section.startswith("to-downgrade"):
        transaction.object_to("would take %s back to %s" % (name, version))
    elif section == "to-change-vendor":
        transaction.object_to("would change the vendor of %s" % name)
    entry = (name, arch, version, with_epoch(solvable.get("edition-old")))
    if entry not in transaction.entries:
        transaction.add(*entry)


def with_epoch(edition):
    """``epoch:version-release``, of which zypper leaves out an epoch of 0."""
    return edition if ":" in edition or not edition else "0:" + edition


def without_epoch(version):
    return version[2:] if version.startswith("0:") else version


def name_of(nevra):
    match = _NEVRA.match(nevra)
    return match.group(1) if match else nevra


class Listener(object):
    """Reads what a running zypper says, and tells a ``report`` of it (that of ``rpm_worker``).

    ``failed`` are reasons by name of what could not be fetched or trusted; ``blamed``: whether a package was told of.
    """

    def __init__(self, report):
        self._report = report
        self._rest = u""
        self._shown = None
        self._shown_at = 0
        self._current = ""
        self._said = []
        self.failed = {}
        self.blamed = False

    def hear(self, text):
        self._rest += text
        end = 0
        for element in zypper_xml.find(self._rest, "message", "progress", "download", "fileconflict"):
            end = element.end
            getattr(self, "_hear_" + element.name)(element)
        self._rest = self._rest[end:]

    def _show(self, name, doing, done, total):
        # again and again, as a sign of life
        if (name, doing) != self._shown or time.time() - self._shown_at > _SIGN_SECONDS:
            self._shown, self._shown_at = (name, doing), time.time()
            self._report.step(name, doing, done, total)

    def _hear_progress(self, progress):
        match = re.match(r"\(\s*(\d+)/(\d+)\) (\w+): (\S+)", progress.get("name"))
        if match and progress.get("id") in ("install-resolvable", "remove-resolvable"):
            self._current = name_of(match.group(4))
            self._said = []
            doing = "%s %s" % (match.group(3), match.group(4))
            self._show(self._current, doing, int(match.group(1)) - 1, int(match.group(2)))

    def _hear_download(self, download):
        if not download.get("done"):
            self._show("", "downloading " + to_word(download.get("url").rpartition("/")[2]), 0, 0)

    def _hear_fileconflict(self, conflict):
        for name, message in read_file_conflict(conflict):
            self._blame(name, message)

    def _blame(self, name, message):
        self.blamed = True
        self._report.error(message, name)

    def _hear_message(self, message):
        text = message.text
        fetched = _RETRIEVED.match(text)
        if fetched and message.get("type") == "info":
            return self._show("", "downloading " + to_word(fetched.group(1)), 0, 0)
        lines = [line.strip() for line in to_lines(text) if line.strip()]
        if text.startswith("Additional rpm output:"):
            self._hear_rpm(lines[1:])
        elif message.get("type") == "error":
            self._hear_error(text, lines)
        elif message.get("type") == "warning":
            self._said = lines
            self._report.said("\n".join(lines))
        return None

    def _hear_rpm(self, lines):
        said = []
        for line in lines:
            match = _FAILED_SCRIPT.match(line)
            if match:
                self._report.said("\n".join(said))
                self._blame(name_of(match.group(3)), match.group(1))
                said = []
            else:
                said.append(line)
        if said:
            self._report.said("\n".join(said))

    def _hear_error(self, text, lines):
        match = _FAILED_PACKAGE.match(text)
        if match:
            name = name_of(match.group(1))
            errors = [line.partition("error: ")[2] for line in lines if line.startswith("error: ")]
            telling = [line for line in errors if not line.endswith(("install failed", "erase skipped"))]
            others = [line for line in lines[1:] if not line.startswith(("error: ", "Error: "))]
            self._report.said("\n".join(others))
            return self._blame(name, "; ".join((telling or errors or lines[-1:])[:_MOST_REASONS]))
        match = _NAMED_PACKAGE.match(text)
        if match and _NEVRA.match(match.group(1)):
            self.failed[name_of(match.group(1))] = self._describe_failure(text)
            return None
        return self._report.said("\n".join(line for line in lines if not line.startswith(_GENERIC)))

    def _describe_failure(self, text):
        if "Signature verification failed" in text:
            return "its signature is not good: " + to_word(text)
        why = [line for line in self._said if line.startswith(("Digest verification", "File "))]
        first, _question, rest = text.partition(" Do you want to retry retrieval?")
        reasons = [first.rstrip(".")] + why + [line for line in [shorten(rest)] if line]
        return "download failed: " + to_word("; ".join(reasons))
