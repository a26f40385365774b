# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real supersedence, years of it, and the real lists of real Windows systems, against an oracle that shares no code.

``windows-chains.txt`` holds what Microsoft published for three servers until June 2026: KB, day, gravest severity, and
the KBs it supersedes. Where the folder of raw data is, all servers and the recorded systems are judged as well.
"""

from __future__ import annotations

import functools
import gzip
import json
import os
import re
import tarfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.facts import parse_facts
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.node import NodeFacts
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.plan import plan_install
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.predefined import predefined_baselines
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.states import evaluate
from tests.unit.plugins.module_utils._baseline.nodes import make_baseline, rule

REFERENCE = Path(os.environ.get("OPENPATCH_REFERENCE", Path(__file__).parents[6] / "shared/reference"))
DATA = REFERENCE.parent / "data/windows"
CHAINS = Path(__file__).with_name("windows-chains.txt")
BASELINES = {baseline.name: baseline for baseline in predefined_baselines() if baseline.operating_system == "WINDOWS"}
SERVER = BASELINES["AWS-DefaultPatchBaseline"]
WEEK = timedelta(days=7)
GRAVE = ("Critical", "Important")
with_data = pytest.mark.skipif(not DATA.is_dir(), reason="the raw data are not here")


class Published(NamedTuple):
    """A security update as Microsoft lists it."""

    kb: str
    day: datetime
    severity: str
    supersedes: tuple[str, ...]

    def describe(self, **more: object) -> dict[str, object]:
        """The update as a search offers it."""
        return {
            "name": f"KB{self.kb}",
            "kb_ids": [f"KB{self.kb}"],
            "update_id": f"id-{self.kb}",
            "superseded_update_ids": [f"id-{kb}" for kb in self.supersedes],
            "version": "200",
            "title": f"Update (KB{self.kb})",
            "classification": "SecurityUpdates",
            "product_family": "Windows",
            "released_at": self.day.isoformat(),
            **({"msrc_severity": self.severity} if self.severity else {}),
            **more,
        }


@functools.cache
def read_chains() -> dict[str, tuple[Published, ...]]:
    """The condensed chains, by product."""
    chains: dict[str, list[Published]] = {}
    for line in CHAINS.read_text(encoding="ascii").splitlines():
        if line.startswith("Windows"):
            chain = chains.setdefault(line, [])
            continue
        kb, day, severity, *supersedes = line.split()
        chain.append(Published(kb, _read_day(day), severity.strip("-"), tuple(supersedes)))
    return {product: tuple(chain) for product, chain in chains.items()}


@functools.cache
def read_raw() -> dict[str, tuple[Published, ...]]:
    """The same from the raw data, for every product; a KB that a product has twice is one update."""
    chains: dict[str, dict[str, Published]] = {}
    with gzip.open(DATA / "msrc-server-kbs.ndjson.gz", "rt", encoding="utf-8") as stream:
        for row in map(json.loads, stream):
            if row["kb"]:
                found = Published(row["kb"], _read_day(row["first"]), row["severity"], tuple(row["supersedes"]))
                chains.setdefault(row["product"], {})[row["kb"]] = found
    return {product: tuple(chain.values()) for product, chain in chains.items()}


def _read_day(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%d").replace(hour=18, tzinfo=timezone.utc)


def make_node(installed: Iterable[Mapping[str, object]], offered: Iterable[Mapping[str, object]]) -> NodeFacts:
    """A Windows node that booted long after everything was installed."""
    return parse_facts(
        {
            "schema": 1,
            "os": {"operating_system": "WINDOWS"},
            "booted_at": "2030-01-01T00:00:00Z",
            "installed": [{"installed_at": "2000-01-01T00:00:00Z", **package} for package in installed],
            "candidates": list(offered),
        }
    )


def list_superseded(chain: Iterable[Published], by: Iterable[str]) -> set[str]:
    """The oracle: everything that some KBs supersede, over any number of generations, found by looking again."""
    # Microsoft's list has a KB that supersedes itself: it stays
    direct = {update.kb: [old for old in update.supersedes if old != update.kb] for update in chain}
    found = {old for kb in by for old in direct.get(kb, ())}
    while True:
        more = {old for kb in found for old in direct.get(kb, ())} - found
        if not more:
            return found
        found |= more


def expect(chain: Iterable[Published], installed: set[str], now: datetime) -> dict[str, str]:
    """The oracle: states of what is not installed, by AWS-DefaultPatchBaseline."""
    known = [update for update in chain if update.day <= now]
    offered = {update.kb for update in known} - installed
    done, replaced = list_superseded(known, installed), list_superseded(known, offered)
    states = {}
    for update in known:
        approved = update.severity in GRAVE and now - update.day >= WEEK
        if update.kb not in offered:
            continue
        if update.kb in done:
            if approved:
                states[f"KB{update.kb}"] = "NOT_APPLICABLE"
        elif update.kb not in replaced:
            states[f"KB{update.kb}"] = "MISSING" if approved else "AVAILABLE_SECURITY_UPDATE"
    return states


def live(chain: tuple[Published, ...]) -> Iterator[Counter[str]]:
    """Take a server through everything that was ever published for it: three and eight days after each release."""
    installed: set[str] = set()
    for day in sorted({update.day for update in chain}):
        for now in (day + timedelta(days=3), day + timedelta(days=8)):
            known = [update for update in chain if update.day <= now]
            node = make_node(
                [update.describe() for update in known if update.kb in installed],
                [update.describe() for update in known if update.kb not in installed],
            )
            found = evaluate(SERVER, node, now)
            states = {patch.id: patch.state.value for patch in found.patches}
            here = {f"KB{kb}" for kb in installed}
            assert {id_: state for id_, state in states.items() if id_ not in here} == expect(chain, installed, now)
            assert all(states[id_] in ("INSTALLED", "INSTALLED_OTHER") for id_ in here)
            planned = {item.name for item in plan_install(SERVER, node, now).install}
            assert planned == {id_ for id_, state in states.items() if state == "MISSING"}
            yield Counter(states.values())
        installed |= {name.removeprefix("KB") for name in planned}


@pytest.mark.parametrize("product", read_chains())
def test_a_server_through_all_the_years(product: str) -> None:
    chain = read_chains()[product]
    seen = sum(live(chain), Counter())
    # else nothing was put to the test
    assert min(seen[state] for state in ("MISSING", "AVAILABLE_SECURITY_UPDATE", "NOT_APPLICABLE")) > 20
    assert max(len(list_superseded(chain, [update.kb])) for update in chain) > 12, "chains are short"


def test_a_fresh_server_needs_the_newest_of_years() -> None:
    """Server 2019 as installed: of a hundred updates those few are missing that nothing newer supersedes."""
    chain = read_chains()["Windows Server 2019"]
    now = datetime(2026, 6, 30, tzinfo=timezone.utc)
    planned = plan_install(SERVER, make_node([], [update.describe() for update in chain]), now).install
    assert len(chain) == 99
    assert "KB5094123" in {package.name for package in planned}  # the cumulative update of June 2026
    assert len(planned) == len([kb for kb, state in expect(chain, set(), now).items() if state == "MISSING"]) < 12


@pytest.mark.parametrize(
    ("day", "states"),
    [
        # baselines.md 5.3: KB5087538 of 12 May is due after seven days, and is not installed until its successor is out
        ("20260515", {"KB5087538": "AVAILABLE_SECURITY_UPDATE"}),
        ("20260520", {"KB5087538": "MISSING"}),
        ("20260610", {"KB5094123": "AVAILABLE_SECURITY_UPDATE"}),
        ("20260617", {"KB5094123": "MISSING"}),
    ],
)
def test_a_successor_begins_its_delay_anew(day: str, states: dict[str, str]) -> None:
    chain = [
        update for update in read_chains()["Windows Server 2019"] if update.kb in ("5082123", "5087538", "5094123")
    ]
    now = _read_day(day)
    known = [update.describe() for update in chain if update.day <= now]
    assert {patch.id: patch.state.value for patch in evaluate(SERVER, make_node([], known), now).patches} == states


@with_data
def test_the_condensed_chains_are_the_raw_ones() -> None:
    assert {product: set(chain) for product, chain in read_chains().items()} == {
        product: set(read_raw()[product]) for product in read_chains()
    }


@with_data
def test_every_server_ever_is_judged_as_the_oracle_says() -> None:
    """Each product's whole catalogue on a new machine, and on one that has every second update."""
    now = datetime(2026, 6, 12, tzinfo=timezone.utc)
    judged = 0
    for chain in read_raw().values():
        for installed in (set(), {update.kb for update in chain[::2]}):
            node = make_node(
                [update.describe() for update in chain if update.kb in installed],
                [update.describe() for update in chain if update.kb not in installed],
            )
            states = {patch.id: patch.state.value for patch in evaluate(SERVER, node, now).patches}
            here = {f"KB{kb}" for kb in installed}
            assert {id_: state for id_, state in states.items() if id_ not in here} == expect(chain, installed, now)
            judged += len(chain)
    assert judged > 25_000


class Recorded(NamedTuple):
    """A real system: its hotfixes, and what its own search or Microsoft's list says that it lacks."""

    name: str
    hotfixes: tuple[str, ...]
    missing: tuple[tuple[str, str], ...]  # KB and title
    chain: tuple[Published, ...] = ()


# Of the systems that have no list of their own the missing updates are those that Microsoft published for the product.
SERVERS = {
    "srv_2003_sp1_x64_standard_en-us": "Microsoft Windows Server 2003 x64 Edition",
    "srv_2003r2_sp2_x86_standard_en-us": "Windows Server 2003 R2 Service Pack 2",
    "srv_2003r2_sp2_rtm_x64_standard_en-us": "Windows Server 2003 R2 x64 Edition Service Pack 2",
    "srv_2008_rtm_x86_standard_en-us": "Windows Server 2008 for 32-bit Systems",
    "srv_2008_rtm_x64_standard_en-us": "Windows Server 2008 for x64-based Systems",
    "srv_2008r2_sp1_x64_standard_en-us": "Windows Server 2008 R2 for x64-based Systems Service Pack 1",
    "srv_2012r2_u1": "Windows Server 2012 R2",
    "srv_2012r2_x64_standard_ru": "Windows Server 2012 R2",
    "srv_2016_1607_datacenter_en-us": "Windows Server 2016",
    "srv_2019_rtm_datacenter_en-us": "Windows Server 2019",
    "srv_2022": "Windows Server 2022",
}
_HOTFIX = re.compile(r"\bKB\d{6,7}\b")
_MISSING = re.compile(r"(KB\d{6,7}): (.+)")


@functools.cache
def read_systems() -> tuple[Recorded, ...]:
    """The recorded systems: five with a list of their own search, and the servers with Microsoft's."""
    texts: dict[str, str] = {}
    with tarfile.open(DATA / "wesng-validation.tar.gz") as archive:
        for member in archive.getmembers():
            stream = archive.extractfile(member)
            if stream is not None:
                texts[Path(member.name).stem] = _decode(stream.read())
    systems = []
    for name, text in sorted(texts.items()):
        base, _updates, kind = name.partition("_updates")
        if name != base:
            hotfixes = _read_hotfixes(texts, base)
            systems.append(Recorded(f"{base}{kind}", hotfixes, tuple(_MISSING.findall(text))))
    for name, product in SERVERS.items():
        systems.append(Recorded(name, _read_hotfixes(texts, name), (), read_raw()[product]))
    return tuple(systems)


def _read_hotfixes(texts: Mapping[str, str], base: str) -> tuple[str, ...]:
    found = [
        kb
        for name, text in texts.items()
        if name in (f"{base}_qfe", f"{base}_systeminfo")
        for kb in _HOTFIX.findall(text)
    ]
    return tuple(sorted(set(found)))


def _decode(data: bytes) -> str:
    for mark in (b"\xff\xfe", b"\xfe\xff"):
        if data.startswith(mark):
            return data.decode("utf-16")
    return data.replace(b"\0", b"").decode("latin-1").replace("\r", "")


def _classify(title: str, severities: Mapping[str, str], kb: str) -> tuple[str, str]:
    """What the service says of an update whose list tells its title only: classification and severity."""
    if title.startswith(("Definition Update", "Security Intelligence Update")):
        return "DefinitionUpdates", ""
    if "Malicious Software Removal Tool" in title:
        return "UpdateRollups", ""
    severity = severities.get(kb.removeprefix("KB"), "")
    return ("SecurityUpdates", severity) if severity else ("Updates", "")


def _read_severities() -> dict[str, str]:
    return {update.kb: update.severity for chain in read_raw().values() for update in chain}


def _describe(system: Recorded) -> NodeFacts:
    chain = {f"KB{update.kb}": update for update in system.chain}
    installed = [
        chain[kb].describe() if kb in chain else {"name": kb, "kb_ids": [kb], "title": kb} for kb in system.hotfixes
    ]
    offered = [update.describe() for kb, update in chain.items() if kb not in system.hotfixes]
    severities = _read_severities()
    for number, (kb, title) in enumerate(system.missing):
        classification, severity = _classify(title, severities, kb)
        offered.append(
            {
                "name": kb,
                "kb_ids": [kb],
                "title": title,
                "update_id": f"{kb}-{number}",
                "version": "1",
                "classification": classification,
                "msrc_severity": severity,
                "product_family": "Windows",
            }
        )
    return make_node(installed, offered)


def _count(system: Recorded, now: datetime) -> dict[str, int]:
    """The counters from the raw lists alone, by counting lines."""
    severities = _read_severities()
    counts: Counter[str] = Counter()
    hotfixes = set(system.hotfixes)
    for kb, title in system.missing:
        classification, severity = _classify(title, severities, kb)
        approved = classification == "SecurityUpdates" and severity in GRAVE
        counts["missing"] += approved
        # a hotfix that is offered anew is missing, or simply there: one patch
        counts["available"] += classification == "SecurityUpdates" and not approved and kb not in hotfixes
        if approved:
            hotfixes.discard(kb)
    states = expect(system.chain, {kb.removeprefix("KB") for kb in hotfixes}, now)
    counts["missing"] += list(states.values()).count("MISSING")
    counts["available"] += list(states.values()).count("AVAILABLE_SECURITY_UPDATE")
    here = {f"KB{update.kb}" for update in system.chain if update.severity in GRAVE}
    return {
        "missing_count": counts["missing"],
        "available_security_update_count": counts["available"],
        "not_applicable_count": list(states.values()).count("NOT_APPLICABLE"),
        "installed_count": len(here & hotfixes),
        "installed_other_count": len(hotfixes - here),
        "security_non_compliant_count": counts["missing"],
        "other_non_compliant_count": 0,
        "critical_non_compliant_count": 0,
        "failed_count": 0,
    }


@with_data
@pytest.mark.parametrize("baseline", BASELINES)
def test_real_systems_get_the_counters_of_their_lists(baseline: str) -> None:
    now = datetime(2026, 7, 1, tzinfo=timezone.utc)
    seen: Counter[str] = Counter()
    for system in read_systems():
        found = evaluate(BASELINES[baseline], _describe(system), now).counts.to_dict()
        expected = _count(system, now)
        assert {name: found[name] for name in expected} == expected, system.name
        seen.update(expected)
    assert len(read_systems()) == 16
    assert seen["missing_count"] > 100
    assert seen["installed_count"] > 10
    assert seen["installed_other_count"] > 100


@with_data
def test_the_language_packs_of_a_real_server_are_patches_of_their_own() -> None:
    system = next(system for system in read_systems() if system.name.startswith("7_sp1_x64_enterprise"))
    packs = [title for kb, title in system.missing if kb == "KB2483139"]
    found = evaluate(make_baseline("WINDOWS", rule(0)), _describe(system), datetime(2026, 7, 1, tzinfo=timezone.utc))
    assert len(packs) > 30
    assert sorted(patch.title for patch in found.patches if patch.id == "KB2483139") == sorted(packs)
