# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measure the engine: verdicts a second on one core, and whether twice the patches take twice the time.

Run it with the collection on the path: ``python benchmarks/engine.py``. The nodes are made up but shaped like real
ones: several versions per package, lists with wildcards, and every verdict carries its reason. Exits with 1 if a budget
is missed.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.approve import compile_baseline
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.facts import parse_facts
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import (
    ApprovalRule,
    Baseline,
    ComplianceLevel,
    OperatingSystem,
    PatchFilter,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import NodeFacts
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.plan import plan_install
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.states import evaluate

NOW = datetime(2026, 11, 23, 18, tzinfo=timezone.utc)
PATCHES = 20_000
VERSIONS_PER_PACKAGE = 7
PACKAGES_PER_NOTICE = 5
BUDGET = 250_000  # verdicts a second
LINEAR = 1.35  # twice the patches may take at most twice this ratio
ROUNDS = 25
LOOP_STEPS = 200_000


class Case(NamedTuple):
    name: str
    baseline: Baseline
    make_facts: Callable[[int], dict[str, object]]
    budget: int = BUDGET


def make_apt_facts(patches: int) -> dict[str, object]:
    """Return an Ubuntu node whose packages have versions in several archives."""
    archives = ("jammy", "jammy-updates", "jammy-security", "jammy-backports")
    repositories = [
        {"id": f"{suite}/{component}", "origin": "Ubuntu", "suite": suite, "codename": "jammy", "component": component}
        for suite in archives
        for component in ("main", "universe", "restricted")
    ]
    carriers = (["jammy/main"], ["jammy-updates/main"], ["jammy-updates/main", "jammy-security/main"])
    sections = ("libs", "admin", "net", "python", "universe/libs", "kernel")
    priorities = ("optional", "important", "standard", "required", "extra")
    candidates = [
        {
            "name": f"package{number // VERSIONS_PER_PACKAGE}",
            "arch": "amd64",
            "version": f"2.{number}-1ubuntu0.{number % VERSIONS_PER_PACKAGE}",
            "repositories": carriers[number % len(carriers)],
            "section": sections[number // VERSIONS_PER_PACKAGE % len(sections)],
            "priority": priorities[number // VERSIONS_PER_PACKAGE % len(priorities)],
        }
        for number in range(patches)
    ]
    return {
        "schema": 1,
        "os": {"operating_system": "UBUNTU", "product": "Ubuntu22.04", "codename": "jammy", "arch": "amd64"},
        "booted_at": "2026-11-20T08:00:00Z",
        "repositories": repositories,
        "candidates": candidates,
        "installed": [
            {**package, "version": "1.0", "repositories": [], "installed_at": "2026-01-01T00:00:00Z"}
            for package in candidates[::VERSIONS_PER_PACKAGE]
        ],
    }


def make_rpm_facts(patches: int) -> dict[str, object]:
    """Return a RHEL node whose candidates are named by notices, a few by none."""
    types = ("security", "bugfix", "enhancement", "security")
    severities = ("Critical", "Important", "Moderate", "Low", "None")
    notices = {
        f"RHSA-2026:{number}": {
            "type": types[number % len(types)],
            "severity": severities[number % len(severities)],
            "issued": (NOW - timedelta(hours=number % 4000)).isoformat(),
            "cve_ids": [f"CVE-2026-{number}"],
            "bugzilla_ids": [str(2_000_000 + number)],
        }
        for number in range(patches // PACKAGES_PER_NOTICE + 1)
    }
    candidates = [
        {
            "name": f"package{number // VERSIONS_PER_PACKAGE}",
            "arch": "x86_64",
            "epoch": str(number % 2),
            "version": f"3.{number}.1",
            "release": f"{number % 30}.el9_4",
            "repositories": ["rhel-9-baseos"],
            "notices": [f"RHSA-2026:{number // PACKAGES_PER_NOTICE}"] if number % 50 else [],
            "built_at": (NOW - timedelta(hours=number % 5000)).isoformat(),
        }
        for number in range(patches)
    ]
    return {
        "schema": 1,
        "os": {"operating_system": "REDHAT_ENTERPRISE_LINUX", "product": "RedhatEnterpriseLinux9.4", "arch": "x86_64"},
        "booted_at": "2026-11-20T08:00:00Z",
        "repositories": [{"id": "rhel-9-baseos", "has_notices": True}],
        "notices": notices,
        "candidates": candidates,
        "installed": [
            {**package, "version": "1.0", "notices": [], "installed_at": "2026-01-01T00:00:00Z"}
            for package in candidates[::VERSIONS_PER_PACKAGE]
        ],
    }


def make_stream_facts(patches: int) -> dict[str, object]:
    """Return a CentOS Stream node: no notices, every package is dated by its own time of building."""
    facts = make_rpm_facts(patches)
    facts["os"] = {"operating_system": "CENTOS", "product": "CentOS9", "arch": "x86_64"}
    facts["notices"] = {}
    packages = facts["candidates"]
    assert isinstance(packages, list)
    built = ((NOW - timedelta(seconds=977 * number)).isoformat() for number in range(patches))
    facts["candidates"] = [
        {**package, "notices": [], "built_at": moment} for package, moment in zip(packages, built, strict=True)
    ]
    return facts


def make_rules(*filters: PatchFilter, wide: bool = False) -> tuple[ApprovalRule, ...]:
    """Return a strict and a loose rule."""
    return (
        ApprovalRule(
            filters, approve_after_days=7, compliance_level=ComplianceLevel.CRITICAL, enable_non_security=wide
        ),
        ApprovalRule(filters[:2], approve_after_days=30, enable_non_security=wide),
    )


def list_cases() -> tuple[Case, ...]:
    """Return the nodes and baselines to measure."""
    apt = Baseline(
        "apt",
        OperatingSystem.UBUNTU,
        approval_rules=make_rules(
            PatchFilter("PRODUCT", ("Ubuntu22.04",)),
            PatchFilter("PRIORITY", ("Required", "Important", "Standard")),
            PatchFilter("SECTION", ("libs", "admin", "net")),
        ),
        approved_patches=(*(f"package{number}" for number in range(0, 400, 10)), "linux-image-*", "package11*"),
        rejected_patches=(*(f"package{number}" for number in range(5, 405, 10)), "openjdk-*", "package22*"),
    )
    filters = (
        PatchFilter("PRODUCT", ("*",)),
        PatchFilter("CLASSIFICATION", ("Security", "Bugfix")),
        PatchFilter("SEVERITY", ("Critical", "Important")),
    )
    rpm = Baseline(
        "rpm",
        OperatingSystem.REDHAT_ENTERPRISE_LINUX,
        approval_rules=make_rules(*filters),
        approved_patches=(
            *(f"package{number}.x86_64" for number in range(0, 400, 20)),
            *(f"RHSA-2026:{number}" for number in range(0, 100, 10)),
            *("CVE-2026-777", "2000123", "kernel-5.14.0-*.el9_4.x86_64", "package11*"),
        ),
        rejected_patches=(
            *(f"package{number}-3.{number * VERSIONS_PER_PACKAGE}.1" for number in range(5, 405, 20)),
            *("java-*", "kernel*", "package22*"),
        ),
    )
    stream = Baseline("stream", OperatingSystem.CENTOS, approval_rules=make_rules(*filters[:1], wide=True))
    return (
        Case("apt", apt, make_apt_facts),
        Case("rpm", rpm, make_rpm_facts),
        # The worst case, without a budget: each package has a date of its own, so there is nothing to remember.
        Case("rpm without notices", stream, make_stream_facts, budget=0),
    )


def measure(action: Callable[[], object]) -> float:
    """Return the shortest of several rounds in seconds of processor time: other work should not count."""
    times = []
    for _round in range(ROUNDS):
        gc.collect()
        begin = time.process_time()
        action()
        times.append(time.process_time() - begin)
    return min(times)


def run_loop() -> int:
    """Do a fixed amount of plain Python, to tell how fast this machine is at the moment."""
    total = 0
    for number in range(LOOP_STEPS):
        total += number
    return total


def judge_all(baseline: Baseline, facts: NodeFacts) -> Sequence[str]:
    """Judge every candidate from a cold start and read every reason."""
    judge = compile_baseline(baseline, facts, NOW)
    return [judge.verdict(package).reason for package in facts.candidates]


def run_case(case: Case) -> bool:
    """Measure and print one case; true if it keeps the budgets."""
    data, double = case.make_facts(PATCHES), case.make_facts(2 * PATCHES)
    facts, double_facts = parse_facts(data), parse_facts(double)
    seconds = measure(lambda: judge_all(case.baseline, facts))
    ratio = measure(lambda: judge_all(case.baseline, double_facts)) / seconds / 2
    rate = PATCHES / seconds
    kept = rate >= case.budget and ratio <= LINEAR
    print(f"{case.name}: {PATCHES} candidates, {len(set(judge_all(case.baseline, facts)))} different reasons")
    said = f"budget {case.budget:,} /s, {'kept' if rate >= case.budget else 'MISSED'}" if case.budget else "no budget"
    print(f"  verdicts        {rate:12,.0f} /s    {said}")
    steps = LOOP_STEPS / measure(run_loop)
    print(
        f"  one verdict     {steps / rate:12.0f} steps of a plain loop, of which this machine does {steps:,.0f} /s now"
    )
    said = f"linear is 2, budget {2 * LINEAR:.1f}, {'kept' if ratio <= LINEAR else 'MISSED'}"
    print(f"  twice as many   {2 * ratio:12.2f} x     {said}")
    print(f"  parse_facts     {measure(lambda: parse_facts(data)) * 1e3:12.1f} ms")
    print(f"  evaluate        {measure(lambda: evaluate(case.baseline, facts, NOW)) * 1e3:12.1f} ms")
    print(f"  plan_install    {measure(lambda: plan_install(case.baseline, facts, NOW)) * 1e3:12.1f} ms")
    return kept


def run_all() -> bool:
    """Run every case, also after one has missed its budget."""
    return min([run_case(case) for case in list_cases()])


if __name__ == "__main__":
    sys.exit(0 if run_all() else 1)
