# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The facts of a Mac: what its commands said, in the words of every node's facts. It holds no rule.

An update of Apple's goes by its title, as in the list, and keeps the label it is installed by in ``title``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.macos.blocks import Blocks, show_end
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.macos.homebrew import (
    Outdated,
    parse_outdated,
    parse_versions,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.macos.operation import (
    describe_last,
    find_reboot_reasons,
    warn_of,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.macos.records import (
    Installed,
    parse_history,
    parse_receipts,
    read_plist,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.macos.software_update import (
    Offer,
    find_deferral,
    is_complete,
    parse_deferrals,
    parse_offers,
    parse_recommended,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.macos.system import describe_system

Json = dict[str, Any]
APPLE, HOMEBREW = "softwareupdate", "homebrew"
_CASK_PREFIX = "homebrew/cask/"
_KINDS = (("brew", "formulae"), ("brew cask", "casks"))
_BREW_COMMANDS = {
    "version": "--version",
    "update": "update",
    "formulae": "list --formula",
    "casks": "list --cask",
    "outdated_formulae": "outdated --formula",
    "outdated_casks": "outdated --cask",
}


def describe_facts(blocks: Blocks) -> Json:
    """The answer to ``collect``."""
    facts = describe_system(blocks)
    facts.update(package_manager="macos", installed=[], candidates=[], held=[], repositories=[], warnings=[])
    last = describe_last(blocks)
    if last:
        facts["last_operation"] = last
        facts["warnings"] += warn_of(last)
        reasons = find_reboot_reasons(blocks, facts.get("booted_at", ""))
        if reasons:
            facts["reboot_required"] = {"required": True, "reasons": reasons}
    _add_apple(facts, blocks)
    _add_homebrew(facts, blocks)
    return facts


def _warn(facts: Json, code: str, message: str) -> None:
    facts["warnings"].append({"code": code, "message": message})


def _add_apple(facts: Json, blocks: Blocks) -> None:
    facts["repositories"].append(describe_apple(blocks, facts["warnings"]))
    history = _read_history(facts, blocks)
    offers = [offer for offer in _list_offers(facts, blocks) if not _is_behind(offer, history)]
    for offer in offers:
        # what Apple offers to a Mac is an update of something that it has
        history.setdefault(offer.title, Installed(offer.title, ""))
    plain = {offer.title for offer in offers if not offer.recommended}
    facts["installed"] += [
        _describe_installed(found, APPLE, is_security=found.name not in plain) for found in history.values()
    ]
    facts["candidates"] += [_describe_offer(offer) for offer in sorted(offers, key=lambda offer: order(offer.version))]
    known = {package for found in history.values() for package in found.packages}
    facts["installed"] += [
        _describe_installed(receipt, "installer")
        for receipt in parse_receipts(blocks["receipts"].text)
        if receipt.name not in known
    ]
    if blocks["receipts"].status not in (0, -1):
        _warn(facts, "receipts", f"pkgutil did not list all packages: {show_end(blocks['receipts'].text)}")


def _is_behind(offer: Offer, history: dict[str, Installed]) -> bool:
    """Whether something newer is there: of the Command Line Tools Apple offers several versions side by side."""
    known = history.get(offer.title, Installed(offer.title, "")).version
    return bool(known and offer.version) and order(offer.version) < order(known)


def describe_apple(blocks: Blocks, warnings: list[Json]) -> Json:
    """Apple's update service as a repository; a search that failed is told, and never taken for nothing to do."""
    found = blocks["softwareupdate"]
    reachable = found.status == 0 and is_complete(found.text)
    if not reachable:
        why = "it did not end in time" if found.status == 124 else show_end(found.text)
        message = f"Failed to ask Apple for updates: {why}. Try 'softwareupdate --list' on the node"
        warnings.append({"code": "repository_unreachable", "message": message})
    return {"id": APPLE, "name": "Apple's update service", "enabled": True, "reachable": reachable}


def _read_history(facts: Json, blocks: Blocks) -> dict[str, Installed]:
    found: dict[str, Installed] = {}
    try:
        entries = parse_history(blocks["history"].text)
    except ValueError as error:
        _warn(facts, "history", f"the history of installs cannot be read: {error}")
        entries = []
    for entry in entries:
        if not Offer("", entry.name).is_system:  # an earlier version of macOS is not installed any more
            found[entry.name] = entry
    try:
        safari = read_plist(blocks["safari"].text)
    except ValueError:
        safari = None
    if isinstance(safari, str) and (known := found.get("Safari", Installed("Safari", ""))).version != safari:
        # it also comes with each version of the system, without an entry
        found["Safari"] = known._replace(version=safari, at="")
    return found


def _list_offers(facts: Json, blocks: Blocks) -> list[Offer]:
    """What may be installed; what is left alone is told."""
    system = parse_recommended(blocks["recommended"].text)
    deferrals = parse_deferrals(blocks["deferred"].text)
    major = facts["os"].get("version", "").partition(".")[0]
    offers: dict[tuple[str, str], Offer] = {}
    for offer in parse_offers(blocks["softwareupdate"].text):
        if offer.is_system or (offer.title, offer.version) in system:
            what = (
                "a new version of macOS" if offer.version.partition(".")[0] == major else "an upgrade to another macOS"
            )
            _warn(
                facts,
                "system_update",
                f"left alone: {offer.title} ({what}), which Patch Manager leaves to Apple's own way",
            )
            continue
        until = find_deferral(offer, deferrals)
        is_ahead = until.replace(" ", "T") > facts.get("collected_at", "")
        if offer.deferred or is_ahead:
            facts["held"].append(_title(offer))
            deferred = f"deferred until {until}" if is_ahead else "deferred"
            _warn(facts, "update_deferred", f"left alone: {offer.title} {offer.version}, {deferred} by a profile")
        if offer.action == "shut down":
            facts["held"].append(_title(offer))
            _warn(
                facts,
                "update_shuts_down",
                f"left alone: {offer.title} {offer.version}, after which the Mac has to be shut down."
                f" Install it at the Mac: softwareupdate --install '{offer.label}'",
            )
        offers[offer.title, offer.version] = offer
    return list(offers.values())


def _title(offer: Offer) -> str:
    """What the engine calls one version of a package of macOS."""
    return f"{offer.title}.{offer.version}" if offer.version else offer.title


def _describe_offer(offer: Offer) -> Json:
    return {
        "name": offer.title,
        "version": offer.version,
        "title": offer.label,
        "classification": APPLE,
        "is_security": offer.recommended,
        "repositories": [APPLE],
    }


def _describe_installed(found: Installed, classification: str, *, is_security: bool = False) -> Json:
    entry: Json = {"name": found.name, "version": found.version, "classification": classification}
    if is_security:
        entry["is_security"] = True
    if found.at:
        entry["installed_at"] = found.at
    return entry


def _add_homebrew(facts: Json, blocks: Blocks) -> None:
    if "brew" not in blocks:
        return
    repository: Json = {"id": HOMEBREW, "name": "Homebrew", "enabled": True, "reachable": True}
    facts["repositories"].append(repository)
    for problem in find_brew_problems(blocks):
        repository["reachable"] = False
        _warn(facts, "repository_unreachable", f"Failed to ask Homebrew: {problem}")
    if "brew_formulae" not in blocks:
        return
    names: set[str] = set()
    for classification, kind in _KINDS:
        prefix = _CASK_PREFIX if kind == "casks" else ""
        installed = parse_versions(blocks[f"brew_{kind}"].text) if blocks[f"brew_{kind}"].status == 0 else {}
        outdated = _read_outdated(blocks, kind)
        for found in outdated:
            installed.setdefault(found.name, found.installed)
        # a cask may have the name of a formula; Homebrew itself then calls it by its full name
        called = {name: f"{prefix}{name}" if name in names else name for name in installed}
        names |= set(installed)
        facts["installed"] += [
            {"name": called[name], "version": version, "classification": classification}
            for name, version in installed.items()
        ]
        facts["candidates"] += [
            {
                "name": called[found.name],
                "version": found.version,
                "classification": classification,
                "repositories": [HOMEBREW],
            }
            for found in outdated
        ]
        facts["held"] += [called[found.name] for found in outdated if found.pinned]


def _read_outdated(blocks: Blocks, kind: str) -> list[Outdated]:
    try:
        return parse_outdated(blocks[f"brew_outdated_{kind}"].text, kind)
    except ValueError:  # told by find_brew_problems
        return []


def find_brew_problems(blocks: Blocks) -> Iterator[str]:
    """Why what Homebrew said is not all that it has."""
    trouble = blocks.line("brew_trouble")
    if trouble:
        yield trouble
        return
    for name, words in _BREW_COMMANDS.items():
        block = blocks[f"brew_{name}"]
        if block.status == 124:
            yield f"'brew {words}' did not end in time"
        elif block.status > 0:
            yield f"'brew {words}' said: {show_end(block.text)}"
        elif name.startswith("outdated_") and block.status == 0:
            try:
                parse_outdated(block.text, name.removeprefix("outdated_"))
            except ValueError as error:
                yield f"'brew {words}' cannot be read: {error}"


def order(version: str) -> list[tuple[int, str]]:
    """A key that orders versions: numbers by value, and what has a word at its end before what has none."""
    parts = re.findall(r"[0-9]+|[a-z]+", version.lower())
    return [*((int(part), "") if part.isdecimal() else (-1, part) for part in parts), (0, "")]
