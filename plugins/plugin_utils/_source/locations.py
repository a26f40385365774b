# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a document comes from: a file on the controller or an https address."""

from __future__ import annotations

import re
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError

from ansible.module_utils.urls import ConnectionError as UrlsError
from ansible.module_utils.urls import open_url

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.errors import BaselineError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.override import check_override_location
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.documents import Document, read_documents
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.errors import DocumentError

MAX_BYTES = 4 * 1024 * 1024  # a baseline of the API's full size is under 100 KB
TIMEOUT_SECONDS = 30


def read_override(location: str, *, option: str, base_dir: str) -> Document:
    """Read the one document at a path (relative ones: below ``base_dir``) or https address that an option names.

    Raises DocumentError that names the option and the location.
    """
    shown = show_location(location)
    try:
        check_override_location(location)
    except BaselineError as error:
        raise DocumentError(f"Failed to read {option} '{shown}': {error}") from error
    if location.startswith("https://"):
        text = _fetch(location, option)
    elif "://" in location:
        scheme = location.split("://", 1)[0]
        raise DocumentError(
            f"Failed to read {option} '{shown}': {scheme}:// is not supported. Give a path on the controller or https://"
        )
    else:
        text = read_text(find_path(location, option, base_dir), option)
    documents = read_documents(text, shown)
    if len(documents) != 1:
        raise DocumentError(f"Failed to read {option} '{shown}': it holds {len(documents)} documents instead of one")
    return documents[0]


def show_location(location: str) -> str:
    """A location as messages and records may show it: without the password or signature an address can hold."""
    scheme, separator, rest = location.partition("://")
    if not separator:
        return location
    # not urlsplit: what is no proper address may hold a password as well
    rest = re.split("[?#]", rest, maxsplit=1)[0]
    authority, slash, path = rest.partition("/")
    return f"{scheme}://{authority.rpartition('@')[2]}{slash}{path}"


def find_path(text: str, what: str, base_dir: str) -> Path:
    """The path somebody wrote: ``~`` is a home folder, a relative path starts at ``base_dir``."""
    try:
        return Path(base_dir, Path(text).expanduser())
    except RuntimeError as error:  # ~name of nobody
        raise DocumentError(f"Failed to find {what} '{text}': {error} Write the path out") from error


def read_text(path: Path, what: str) -> str:
    """Read a text file of sensible size; the error names it and says what it was read for."""
    try:
        with path.open("rb") as stream:
            return _decode(stream.read(MAX_BYTES + 1), str(path), what)
    except OSError as error:
        raise DocumentError(
            f"Failed to read {what} '{path}': {error.strerror or error}. Correct the path, or make it a readable file"
        ) from error
    except ValueError as error:  # a NUL in the path
        raise DocumentError(f"Failed to read {what} {str(path)!r}: {error}") from error


def _fetch(url: str, option: str) -> str:
    shown = show_location(url)
    try:
        with open_url(url, timeout=TIMEOUT_SECONDS) as response:
            content = response.read(MAX_BYTES + 1)
            missing = response.length if len(content) <= MAX_BYTES else 0
    except (OSError, HTTPException, UrlsError, EOFError, ValueError) as error:  # ValueError: no address at all
        cause: object = error
        if isinstance(error, HTTPError):
            error.close()  # it holds the connection
        elif isinstance(error, URLError):
            cause = error.reason
        raise DocumentError(
            f"Failed to read {option} '{shown}': {cause}. Check the address, and whether this controller may reach it"
        ) from error
    if missing:  # half a list is a list as well: what it leaves out would be installed
        raise DocumentError(f"Failed to read {option} '{shown}': it broke off, {missing} bytes are missing. Try again")
    return _decode(content, shown, option)


def _decode(content: bytes, where: str, what: str) -> str:
    if len(content) > MAX_BYTES:
        raise DocumentError(f"Failed to read {what} '{where}': larger than {MAX_BYTES // 1024 // 1024} MiB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError(f"Failed to read {what} '{where}': not UTF-8 text at byte {error.start}") from error
