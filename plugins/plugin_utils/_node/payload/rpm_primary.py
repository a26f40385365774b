# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The packages of an rpm repository, as its ``primary.xml`` lists them.

Such a file may have a hundred megabytes, of which six words for each package are wanted: it is cut into packages, and
only those asked for are looked into.
"""

import re

_CHUNK = 1048576
_END = b"</package>"
_COUNT = re.compile(br"<metadata\b[^>]*\bpackages=[\"'](\d+)[\"']")
_NAME = re.compile(br"<name>([^<]+)</name>")
_ARCH = re.compile(br"<arch>([^<]+)</arch>")
_VERSION = re.compile(br"<version\b([^>]*)>")
_TIME = re.compile(br"<time\b[^>]*\bbuild=[\"'](\d+)[\"']")
_ATTRIBUTE = re.compile(br"\b(epoch|ver|rel)=[\"']([^\"']*)[\"']")


class Unreadable(Exception):
    """Not the ``primary.xml`` we know."""


def read_packages(stream, names=None):
    """[name, arch, epoch, version, release, built] of the packages, or of those with one of ``names``."""
    rest = b""
    expected = None
    found = 0
    while True:
        data = stream.read(_CHUNK)
        parts = (rest + data).split(_END)
        rest = parts.pop()
        if expected is None:
            match = _COUNT.search((parts or [rest])[0])
            expected = int(match.group(1)) if match else None
        for part in parts:
            found += 1
            row = _read(part, names)
            if row:
                yield row
        if not data:
            break
    if expected is None or found != expected:
        raise Unreadable("it lists %d packages, and should %s" % (found, expected))


def _read(part, names):
    name = _NAME.search(part)
    if not name:
        raise Unreadable("a package in it has no name")
    text = name.group(1).decode("utf-8", "replace")
    if names is not None and text not in names:
        return None
    arch, version, built = _ARCH.search(part), _VERSION.search(part), _TIME.search(part)
    words = dict(_ATTRIBUTE.findall(version.group(1))) if version else {}
    if not arch or b"ver" not in words:
        raise Unreadable("package '%s' in it has no version" % text)
    edition = [words.get(key, b"").decode("utf-8", "replace") for key in (b"epoch", b"ver", b"rel")]
    edition[0] = edition[0] or "0"
    return [text, arch.group(1).decode("utf-8", "replace")] + edition + [int(built.group(1)) if built else 0]
