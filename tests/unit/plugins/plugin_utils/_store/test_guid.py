# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is a GUID, as the pattern of SnapshotId says (operations.md 2.1)."""

from __future__ import annotations

import pytest

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.errors import StoreValueError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.guid import parse_guid

GUID = "01234567-89AB-cdef-0123-456789abcdef"


def test_guid_is_the_same_in_either_case() -> None:
    assert parse_guid(GUID, "snapshot id") == GUID.lower()


@pytest.mark.parametrize(
    "text",
    ["", "weekly", GUID[:-1], GUID + "0", GUID + "\n", f"{{{GUID}}}", GUID.replace("-", ""), GUID.replace("0", "٠")],
)
def test_other_text_is_refused_with_the_way_out(text: str) -> None:
    with pytest.raises(
        StoreValueError, match=r"Failed to use snapshot id .*: it is not a GUID such as .* uuidgen makes"
    ):
        parse_guid(text, "snapshot id")
