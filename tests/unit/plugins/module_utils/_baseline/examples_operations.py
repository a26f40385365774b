# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The worked examples of ``operations.md`` 17 that decide what is installed; 1 to 4 are tested with ``reboot``."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.install_override import OverrideEntry
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import OperatingSystem
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.predefined import predefined_default
from tests.unit.plugins.module_utils._baseline.examples import Example
from tests.unit.plugins.module_utils._baseline.nodes import deb, kb, make_baseline, make_facts, result, rpm, rule

ROCKY, UBUNTU, WINDOWS = "ROCKY_LINUX", "UBUNTU", "WINDOWS"


def list_examples() -> Iterator[Example]:
    """Every example of a decision."""
    rocky = predefined_default(OperatingSystem.ROCKY_LINUX)
    httpd = rpm("httpd-2.4.57-1.x86_64")
    newer = rpm("httpd-2.4.62-1.x86_64")
    override = [OverrideEntry("httpd*", None), OverrideEntry("nginx*", None)]
    yield Example(
        # an Install asks plan_install, which takes the list; a Scan has no way to be given one
        id="operations-11",
        baseline=rocky,
        facts=make_facts(ROCKY, [httpd], [newer]),
        states={"httpd.x86_64": "INSTALLED_OTHER"},
        status="COMPLIANT",
    )
    yield Example(
        id="operations-12-install",
        baseline=rocky,
        facts=make_facts(ROCKY, [httpd], [newer, rpm("nginx-1-1.x86_64")]),
        override=override,
        installs=["httpd.x86_64:0:2.4.62-1"],
    )
    yield Example(
        id="operations-12-scan",
        baseline=rocky,
        facts=make_facts(ROCKY, [newer]),
        states={"httpd.x86_64": "INSTALLED_OTHER"},
        status="COMPLIANT",
    )
    yield Example(
        id="operations-13",
        baseline=make_baseline(WINDOWS, rule(CLASSIFICATION=["SecurityUpdates"])),
        facts=make_facts(WINDOWS, [], [kb("KB1"), kb("KB2", "Updates"), kb("KB3")]),
        override=[OverrideEntry("kb1", None), OverrideEntry("KB2", "informational")],
        installs=["Update (KB1)"],
    )
    # Section 4 of the document: the list pins a dependency to a lower version.
    yield Example(
        id="override-list-pins",
        baseline=make_baseline(UBUNTU, rule(PRIORITY=["*"])),
        facts=make_facts(
            UBUNTU,
            [deb("apt", "1.2.24"), deb("apt-utils", "1.2.24")],
            [deb("apt", "1.2.27", "jammy-updates"), deb("apt-utils", "1.2.25", "jammy-updates")],
        ),
        operation="Install",
        override=[OverrideEntry("apt.amd64", "*1.2.27"), OverrideEntry("apt-utils.amd64", "*1.2.25")],
        installs=["apt.amd64:1.2.27", "apt-utils.amd64:1.2.25"],
        results=[result("apt", "1.2.27", "failed", "needs apt-utils 1.2.27, which is pinned to 1.2.25")],
        states={"apt.amd64": "FAILED", "apt-utils.amd64": "INSTALLED_OTHER"},
        status="NON_COMPLIANT",
    )
