# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Identifiers of runs and snapshots: GUIDs, as ``SnapshotId`` of AWS-RunPatchBaseline."""

from __future__ import annotations

import re

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.errors import StoreValueError

_GUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")


def parse_guid(text: str, thing: str) -> str:
    """Give a GUID in lower case; ``thing`` is what the error calls it.

    Raises StoreValueError for any other text.
    """
    if not _GUID.fullmatch(text):
        raise StoreValueError(
            f"Failed to use {thing} {text!r}: it is not a GUID such as 01234567-89ab-cdef-0123-456789abcdef."
            " The command uuidgen makes one"
        )
    return text.lower()
