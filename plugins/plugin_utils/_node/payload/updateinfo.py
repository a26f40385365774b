# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Update notices, as ``updateinfo.xml`` of an rpm repository has them, of any vendor."""

import datetime
import io
import re

from . import clock
from .words import to_word

try:
    from xml.etree.cElementTree import ParseError, iterparse
except ImportError:
    from xml.etree import ElementTree

    iterparse = ElementTree.iterparse
    # 2.6 has no error of its own for XML
    ParseError = getattr(ElementTree, "ParseError", SyntaxError)

_MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?\s*(?:Z|UTC|GMT|[+-]00:?00)?$")
_EPOCH = re.compile(r"\d{6,11}$")
_TRUE = ("true", "1", "yes")
_REFERENCE = {"cve": "cve_ids", "bugzilla": "bugzilla_ids"}
_KEY = ("name", "arch", "epoch", "version", "release")
_CVE = re.compile(r"CVE-\d{4}-\d{4,}$")


class Notices(object):
    """The notices of a node's repositories about packages it has.

    ``notices`` are facts by id. ``ids`` are the notices' ids by (name, arch, epoch, version, release), in the order
    they were read; ``streams`` are the modules' (name, stream) that a package is part of, by the same key.
    """

    def __init__(self, names):
        self._names = names
        self.notices = {}
        self.ids = {}
        self.streams = {}

    def read(self, data):
        """Add the notices of one repository; gives a text that says what is wrong with it, or None."""
        try:
            for _event, element in iterparse(io.BytesIO(data)):
                if _name(element) == "update":
                    self._read_update(element)
                    element.clear()
        except (ParseError, SyntaxError, ValueError) as error:
            return "its update notices cannot be read: %s" % error
        return None

    def _read_update(self, element):
        # most notices are about packages this node does not have: these come first
        packages = [found for child in element if _name(child) == "pkglist" for found in self._read_packages(child)]
        if not packages:
            return
        identity = ""
        notice = {}
        for child in element:
            name = _name(child)
            if name == "id":
                identity = to_word(child.text or "")
            else:
                _READERS.get(name, _ignore)(notice, child)
        if not identity:
            return
        kind = to_word(element.get("type") or "")
        if kind:
            notice["type"] = kind
        known = self.notices.setdefault(identity, notice)
        for key, stream, reboot in packages:
            ids = self.ids.setdefault(key, [])
            if identity not in ids:
                ids.append(identity)
            if stream:
                self.streams.setdefault(key, stream)
            if reboot:
                known["reboot_suggested"] = True

    def _read_packages(self, pkglist):
        """((name, arch, epoch, version, release), module stream or None, whether it suggests a reboot) of interest."""
        for collection in pkglist:
            stream = None
            for child in collection:
                name = _name(child)
                if name == "module":
                    stream = (child.get("name") or "", child.get("stream") or "")
                elif name == "package" and child.get("name") in self._names:
                    words = [to_word(child.get(word) or "") for word in _KEY]
                    words[2] = words[2] or "0"
                    yield tuple(words), stream, _suggests_reboot(child)


def _name(element):
    """The name of an element, whatever its namespace."""
    return element.tag.rpartition("}")[2]


def _suggests_reboot(package):
    # an empty element says nothing
    return any(
        _name(child) == "reboot_suggested" and (child.text or "").strip().lower() in _TRUE for child in package
    )


def _ignore(_notice, _element):
    return


def _read_severity(notice, element):
    word = to_word(element.text or "")
    if word:
        notice["severity"] = word


def _read_title(notice, element):
    title = to_word(element.text or "")
    if title:
        notice["title"] = title


def _read_reboot(notice, element):
    if (element.text or "").strip().lower() in _TRUE:
        notice["reboot_suggested"] = True


def _read_references(notice, element):
    for reference in element:
        kind = (reference.get("type") or "").lower()
        identity = to_word(reference.get("id") or "")
        # some vendors give their CVEs without saying that they are
        if kind not in _REFERENCE and _CVE.match(identity):
            kind = "cve"
        if kind in _REFERENCE and identity:
            known = notice.setdefault(_REFERENCE[kind], [])
            if identity not in known:
                known.append(identity)


def _read_date(field):
    def read(notice, element):
        moment = parse_moment(element.get("date") or element.text or "")
        if moment:
            notice[field] = moment

    return read


_READERS = {
    "severity": _read_severity,
    "title": _read_title,
    "reboot_suggested": _read_reboot,
    "references": _read_references,
    "issued": _read_date("issued"),
    "updated": _read_date("updated"),
}


def parse_moment(text):
    """A notice's date in UTC, ISO 8601; None for what is no date. Vendors write days, moments, or seconds."""
    text = text.strip()
    if _EPOCH.match(text):
        return clock.utc(int(text))
    match = _MOMENT.match(text)
    if not match:
        return None
    numbers = [int(number or 0) for number in match.groups()]
    try:
        datetime.datetime(*numbers)  # noqa: DTZ001, only looked at
    except ValueError:
        return None
    return "%04d-%02d-%02dT%02d:%02d:%02dZ" % tuple(numbers)
