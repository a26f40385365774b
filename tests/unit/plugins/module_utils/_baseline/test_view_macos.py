# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What macOS software is judged by."""

from __future__ import annotations

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import Package
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.view_macos import MacosView
from tests.unit.plugins.module_utils._baseline.nodes import make_facts


def test_security_is_what_the_collector_says() -> None:
    view = MacosView(make_facts("MACOS"))
    for secure in (True, False):
        package = Package("Safari", classification="softwareupdate", is_security=secure)
        (subject,) = view.list_subjects(package)
        assert subject.traits.attributes == {"PRODUCT": ("Ventura13.7",), "CLASSIFICATION": ("softwareupdate",)}
        assert (subject.traits.security, bool(subject.traits.security_miss)) == (secure, not secure)
        details = view.describe(package)
        assert (details.classification, details.security) == ("softwareupdate", secure)
