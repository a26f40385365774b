# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The worked examples of ``selection-and-install.md``; 17 to 19 are about reboots and have tests of their own."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import OperatingSystem
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.predefined import predefined_default
from tests.unit.plugins.module_utils._baseline.examples import Example, utc
from tests.unit.plugins.module_utils._baseline.nodes import (
    days_ago,
    deb,
    kb,
    make_baseline,
    make_facts,
    notice,
    result,
    rpm,
    rule,
)

RHEL, ROCKY, CENTOS, UBUNTU, WINDOWS = "REDHAT_ENTERPRISE_LINUX", "ROCKY_LINUX", "CENTOS", "UBUNTU", "WINDOWS"
IMPORTANT = {"IMPORTANT": notice("security", "Important", days_ago(20))}
OPENSSL = {**IMPORTANT, "MODERATE": notice("security", "Moderate", days_ago(10))}
NEWEST = "openssl.x86_64:1:3.0.7-27"


def list_examples() -> Iterator[Example]:
    """Every example of a decision."""
    yield from _list_rpm_versions()
    yield from _list_rpm_repositories()
    yield from _list_rpm_names()
    yield from _list_apt()
    yield from _list_suse()
    yield from _list_windows()
    yield Example(
        id="selection-23",
        baseline=make_baseline("MACOS", rule(CLASSIFICATION=["*"], wide=True)),
        facts=make_facts(
            "MACOS",
            [{"name": "Agent", "version": "1", "classification": "installer"}],
            [{"name": "Agent", "version": "2", "classification": "installer"}],
        ),
        states={"Agent": "INSTALLED"},
        installs=[],
    )


def _list_rpm_versions() -> Iterator[Example]:
    installed = [rpm("openssl-1:3.0.7-24.x86_64")]
    newer = rpm("openssl-1:3.0.7-27.x86_64", "MODERATE")
    gone = rpm("openssl-1:3.0.7-25.x86_64", "IMPORTANT", available=False, repositories=[])
    yield Example(
        id="selection-1",
        baseline=predefined_default(OperatingSystem.REDHAT_ENTERPRISE_LINUX),
        facts=make_facts(RHEL, installed, [rpm("openssl-1:3.0.7-25.x86_64", "IMPORTANT"), newer], notices=OPENSSL),
        installs=["openssl.x86_64:1:3.0.7-25"],
        states={"openssl.x86_64": "MISSING"},
    )
    yield Example(
        id="selection-2",
        baseline=predefined_default(OperatingSystem.REDHAT_ENTERPRISE_LINUX),
        facts=make_facts(RHEL, installed, [gone, newer], notices=OPENSSL),
        installs=[],
        states={"openssl.x86_64": "INSTALLED_OTHER"},
    )
    for os in (OperatingSystem.ROCKY_LINUX, OperatingSystem.ALMA_LINUX):
        yield Example(
            id=f"selection-3-{os.value}",
            baseline=predefined_default(os),
            facts=make_facts(os.value, installed, [gone, newer], notices=OPENSSL),
            installs=[NEWEST],
            states={"openssl.x86_64": "MISSING"},
            reasons={"openssl.x86_64": "replaces 3.0.7-25, no longer in a repository: approval_rules[0]"},
        )


def _list_rpm_repositories() -> Iterator[Example]:
    installed = [rpm("tool-1-1.x86_64")]
    without_notices = [{"id": "third-party", "has_notices": False}]
    yield Example(
        id="selection-4",
        baseline=make_baseline(CENTOS, rule(CLASSIFICATION=["Security"])),
        facts=make_facts(CENTOS, installed, [rpm("tool-2-1.x86_64")], repositories=without_notices),
        states={"tool.x86_64": "INSTALLED_OTHER"},
        installs=[],
        status="COMPLIANT",
    )
    for letter, age, installs in (("a", 6, []), ("b", 8, ["tool.x86_64:0:2-1"])):
        yield Example(
            id=f"selection-5{letter}",
            baseline=predefined_default(OperatingSystem.CENTOS),
            facts=make_facts(CENTOS, installed, [rpm("tool-2-1.x86_64", built_at=days_ago(age))]),
            installs=installs,
        )
    outside = make_facts(ROCKY, installed, [rpm("tool-2-1.x86_64")], repositories=without_notices)
    yield Example(
        id="selection-6",
        baseline=make_baseline(ROCKY, rule(CLASSIFICATION=["*"])),
        facts=outside,
        states={"tool.x86_64": "INSTALLED_OTHER"},
        installs=[],
    )
    yield Example(
        id="selection-7",
        baseline=make_baseline(ROCKY, rule(CLASSIFICATION=["*"], wide=True)),
        facts=outside,
        states={"tool.x86_64": "MISSING"},
        installs=["tool.x86_64:0:2-1"],
    )
    yield Example(
        id="selection-24",
        baseline=predefined_default(OperatingSystem.REDHAT_ENTERPRISE_LINUX),
        facts=make_facts(
            RHEL,
            installed,
            [rpm("tool-2-1.x86_64", "IMPORTANT")],
            notices=IMPORTANT,
            repositories=[{"id": "baseos"}, {"id": "epel", "reachable": False}],
        ),
        installs=["tool.x86_64:0:2-1"],
    )


def _list_rpm_names() -> Iterator[Example]:
    kernels = make_facts(
        RHEL, [rpm("kernel-5.14-1.x86_64")], [rpm("kernel-5.14-2.x86_64", "IMPORTANT")], notices=IMPORTANT
    )
    for letter, rejected, installs in (("a", [], ["kernel.x86_64:0:5.14-2"]), ("b", ["kernel*"], [])):
        yield Example(
            id=f"selection-15{letter}",
            baseline=make_baseline(RHEL, rule(CLASSIFICATION=["Security"]), rejected_patches=rejected),
            facts=kernels,
            installs=installs,
        )
    yield Example(
        id="selection-16",
        baseline=make_baseline(RHEL, rule(CLASSIFICATION=["Security"])),
        facts=make_facts(
            RHEL,
            [rpm("foo-1.0-1.x86_64")],
            [rpm("foo-1.1-1.x86_64", "IMPORTANT"), rpm("foo-ng-2.0-1.x86_64", "IMPORTANT")],
            notices=IMPORTANT,
        ),
        installs=["foo.x86_64:0:1.1-1"],
    )


def _list_apt() -> Iterator[Example]:
    ubuntu = predefined_default(OperatingSystem.UBUNTU)
    yield Example(
        id="selection-9",
        baseline=ubuntu,
        facts=make_facts(UBUNTU, [deb("bash", "1")], [deb("bash", "2", "jammy-updates")]),
        states={"bash.amd64": "INSTALLED_OTHER"},
        installs=[],
        reasons={"bash.amd64:2": "not in a security archive (only jammy-updates)"},
        status="COMPLIANT",
    )
    yield Example(
        id="selection-10",
        baseline=ubuntu,
        facts=make_facts(
            UBUNTU,
            [deb("bash", "1.2-3")],
            [deb("bash", "1.2-3ubuntu0.1", "jammy-security"), deb("bash", "1.2-3ubuntu0.2", "jammy-updates")],
        ),
        states={"bash.amd64": "MISSING"},
        installs=["bash.amd64:1.2-3ubuntu0.1"],
    )
    yield Example(
        id="selection-11",
        baseline=ubuntu,
        facts=make_facts(UBUNTU, [deb("python3-apt", "1")], [deb("python3-apt", "2", "jammy-updates")]),
        states={"python3-apt.amd64": "INSTALLED_OTHER"},
        installs=["python3-apt.amd64:2"],
    )
    yield Example(
        id="selection-12",
        baseline=make_baseline("DEBIAN", rule(SECTION=["libs"])),
        facts=make_facts(
            "DEBIAN",
            [deb("libssl3", "1"), deb("openssh-server", "1", section="net")],
            [deb("libssl3", "2", "bookworm-security"), deb("openssh-server", "2", "bookworm-security", section="net")],
        ),
        states={"libssl3.amd64": "MISSING", "openssh-server.amd64": "INSTALLED_OTHER"},
        installs=["libssl3.amd64:2"],
    )


def _list_suse() -> Iterator[Example]:
    patch = {"SUSE-2026-1": notice("security", "important", days_ago(10))}
    yield Example(
        id="selection-13",
        baseline=predefined_default(OperatingSystem.SUSE),
        facts=make_facts(
            "SUSE",
            [rpm("curl-1-1.x86_64"), rpm("libcurl4-1-1.x86_64")],
            [rpm("curl-2-1.x86_64", "SUSE-2026-1"), rpm("libcurl4-2-1.x86_64", "SUSE-2026-1")],
            notices=patch,
        ),
        installs=["curl.x86_64:0:2-1", "libcurl4.x86_64:0:2-1"],
    )
    locked = make_facts(
        "SUSE",
        [rpm("libzypp-1-1.x86_64"), rpm("zypper-1-1.x86_64")],
        [rpm("libzypp-2-1.x86_64", "SUSE-2026-1"), rpm("zypper-2-1.x86_64", "SUSE-2026-1")],
        notices=patch,
        held=["libzypp.x86_64"],
    )
    reason = "nothing provides libzypp 2, it is locked"
    yield Example(
        id="selection-14-scan",
        baseline=predefined_default(OperatingSystem.SUSE),
        facts=locked,
        states={"libzypp.x86_64": "MISSING", "zypper.x86_64": "MISSING"},
        installs=["libzypp.x86_64:0:2-1", "zypper.x86_64:0:2-1"],
    )
    yield Example(
        id="selection-14-install",
        baseline=predefined_default(OperatingSystem.SUSE),
        facts=locked,
        operation="Install",
        results=[result(name, "0:2-1", "failed", reason, arch="x86_64") for name in ("libzypp", "zypper")],
        states={"libzypp.x86_64": "FAILED", "zypper.x86_64": "FAILED"},
    )


def _list_windows() -> Iterator[Example]:
    week = make_baseline(WINDOWS, rule(7, CLASSIFICATION=["SecurityUpdates"]))
    day = "2026-06-{:02d}T00:00:00Z".format
    for letter, now, verdict, installs in (
        ("a", day(9), "pending", []),  # released on the first, revised on day 5
        ("b", day(13), "approved", ["Update (KB5031361)"]),
    ):
        yield Example(
            id=f"selection-20{letter}",
            baseline=week,
            facts=make_facts(WINDOWS, [], [kb("KB5031361", released_at=day(6))]),
            now=utc(now),
            verdicts={"Update (KB5031361)": verdict},
            approved_at={"Update (KB5031361)": day(13)},
            installs=installs,
        )
    yield Example(
        id="selection-21",
        baseline=make_baseline(WINDOWS, rule(CLASSIFICATION=["Drivers"])),
        facts=make_facts(WINDOWS, [], [kb("Contoso - Net - 1.2", "Drivers", kb_ids=[], title="Contoso - Net")]),
        verdicts={"Contoso - Net": "approved"},
        states={},
        installs=[],
    )
    yield Example(
        id="selection-22",
        baseline=make_baseline(WINDOWS, rule(PATCH_SET=["APPLICATION"], PRODUCT=["*"])),
        facts=make_facts(WINDOWS),
        states={},
        installs=[],
        status="COMPLIANT",
    )
