# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two overrides of one run: a list of baselines, a list of patches."""

from __future__ import annotations

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.errors import BaselineError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.install_override import (
    OverrideEntry,
    parse_install_override_list,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import OperatingSystem
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.override import parse_baseline_override
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse import ParsedBaseline
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.errors import DocumentError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.locations import (
    find_path,
    read_override,
    read_text,
)


def load_baseline_override(location: str, base_dir: str, operating_system: OperatingSystem) -> ParsedBaseline:
    """Read the baseline that ``patch_baseline_override`` gives an operating system.

    Raises DocumentError that names the option, the file and the line.
    """
    option = "patch_baseline_override"
    document = read_override(location, option=option, base_dir=base_dir)
    try:
        return parse_baseline_override(document.data, operating_system)
    except BaselineError as error:
        raise DocumentError(document.describe(error, option)) from error


def load_install_override_list(location: str, base_dir: str) -> tuple[OverrideEntry, ...]:
    """Read the patches that ``patch_install_override_list`` names; errors as above."""
    option = "patch_install_override_list"
    document = read_override(location, option=option, base_dir=base_dir)
    try:
        return parse_install_override_list(document.data)
    except BaselineError as error:
        raise DocumentError(document.describe(error, option)) from error


def mention_in_override(location: str, base_dir: str, word: str) -> bool:
    """Tell whether a word may stand in an override. What lies at an address is not fetched for that: it may."""
    if "://" in location:
        return True
    option = "patch_baseline_override"
    return word in read_text(find_path(location, option, base_dir), option).casefold()
