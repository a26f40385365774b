# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The worked examples at the end of ``predefined-baselines.yml``: one patch, one moment, the baselines AWS ships."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.predefined import predefined_baselines
from tests.unit.plugins.module_utils._baseline.examples import Example, utc
from tests.unit.plugins.module_utils._baseline.nodes import Json, deb, kb, make_facts, notice, rpm

TITLE = "p.x86_64:0:2-1"


def _rpm(number: int, baseline: str, published: Json | None, now: str, verdict: str, moment: str | None) -> Example:
    """An rpm or zypper patch; without notice it was built on the first of May 2025."""
    found = next(item for item in predefined_baselines() if item.name == baseline)
    patch = rpm("p-2-1.x86_64", *(["N"] if published else []), built_at="2025-05-01T00:00:00Z")
    return Example(
        id=f"predefined-{number}",
        baseline=found,
        facts=make_facts(found.operating_system.value, [], [patch], notices={"N": published} if published else {}),
        now=utc(now),
        verdicts={TITLE: verdict},
        approved_at={TITLE: moment},
    )


def _other(number: int, baseline: str, patch: Json, title: str, now: str, verdict: str, moment: str | None) -> Example:
    found = next(item for item in predefined_baselines() if item.name == baseline)
    return Example(
        id=f"predefined-{number}",
        baseline=found,
        facts=make_facts(found.operating_system.value, [], [patch]),
        now=utc(now),
        verdicts={title: verdict},
        approved_at={title: moment},
    )


def list_examples() -> Iterator[Example]:
    """Every example, in the order of the file."""
    al2023, rhel = "AWS-AmazonLinux2023DefaultPatchBaseline", "AWS-RedHatDefaultPatchBaseline"
    oracle, ubuntu = "AWS-OracleLinuxDefaultPatchBaseline", "AWS-UbuntuDefaultPatchBaseline"
    windows = "AWS-WindowsPredefinedPatchBaseline-OS"
    begin = "2025-01-01T00:00:00Z"
    november = notice("security", "Important", "2025-11-09T18:00:00Z")
    ripe = "2025-11-16T18:00:00Z"
    yield _rpm(1, al2023, november, "2025-11-16T17:59:59Z", "pending", ripe)
    yield _rpm(2, al2023, november, "2025-11-16T18:00:01Z", "approved", ripe)
    yield _rpm(3, rhel, notice("security", "Moderate", begin), "2025-12-01T00:00:00Z", "not approved", None)
    bugfix = notice("bugfix", "", "2025-03-01T12:00:00Z")
    yield _rpm(4, rhel, bugfix, "2025-03-09T00:00:00Z", "approved", "2025-03-08T12:00:00Z")
    yield _rpm(5, "AWS-RockyLinuxDefaultPatchBaseline", None, "2026-01-01T00:00:00Z", "not approved", None)
    yield _rpm(6, oracle, notice("security", "Critical", begin), "2025-06-01T00:00:00Z", "not approved", None)
    moderate = notice("security", "Moderate", begin)
    yield _rpm(7, oracle, moderate, "2025-01-08T00:00:01Z", "approved", "2025-01-08T00:00:00Z")
    recommended = notice("recommended", "Important", begin)
    yield _rpm(8, "AWS-SuseDefaultPatchBaseline", recommended, "2025-06-01T00:00:00Z", "not approved", None)
    stream = "AWS-CentOSDefaultPatchBaseline"
    yield _rpm(9, stream, None, "2025-05-09T00:00:00Z", "approved", "2025-05-08T00:00:00Z")
    for number, archive, verdict in ((10, "jammy-security", "approved"), (11, "jammy-updates", "not approved")):
        yield _other(number, ubuntu, deb("p", "2", archive), "p.amd64:2", "2025-05-01T00:01:00Z", verdict, None)
    tuesday = kb("KB1", title="T", released_at="2025-11-11T18:00:00Z")
    when = "2025-11-18T18:00:00Z"
    yield _other(12, "AWS-DefaultPatchBaseline", tuesday, "T", "2025-11-18T18:00:01Z", "approved", when)
    office = kb("KB1", "SecurityUpdates", "Critical", title="T", product_family="Office", released_at=begin)
    yield _other(13, windows, office, "T", "2025-06-01T00:00:00Z", "not approved", None)
    undated = kb("KB1", "Updates", "Unspecified", title="T", product_family="Office")
    epoch = "1970-01-08T00:00:00Z"
    yield _other(14, f"{windows}-Applications", undated, "T", "2025-06-01T00:00:00Z", "approved", epoch)
