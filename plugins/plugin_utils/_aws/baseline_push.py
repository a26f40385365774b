# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Baselines of files as baselines, patch groups and defaults in AWS: read all, plan all, then change.

A file is the whole truth about the content of its baseline. Tags, patch groups and being the default belong to a file
only if it speaks of them: what it does not mention stays as it is in AWS. Needs amazon.aws, see ``AwsSession.ssm``.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import Baseline, OperatingSystem
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.predefined import predefined_default
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.render import to_snake
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.baselines import (
    BaselineState,
    Found,
    PatchBaseline,
    is_owned_by_aws,
    list_identities,
    read_identified,
    same_id,
    step_default,
    step_deregister,
    step_register,
    view_baseline,
)
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.client import Answer, Ssm
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.errors import SsmError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.patch_groups import list_groups
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.plan import Step, apply_steps
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.transformations import (
    CONTENT,
    normalise_content,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._aws.session import AwsError, AwsSession

Json = dict[str, Any]
GroupKey = tuple[str, str]  # patch group, operating system

_MORE_READS = 5  # after a change: the API does not promise to show it at once
_FIRST_WAIT = 0.2  # seconds
_NEW = "new "  # stands before the place of a baseline that has no id yet


@dataclass(frozen=True, slots=True)
class Wanted:
    """A baseline of a file, which of tags, patch_groups and default_baseline the file speaks of, and its place."""

    baseline: Baseline
    says: frozenset[str]
    place: str

    @property
    def system(self) -> str:
        return self.baseline.operating_system.value


@dataclass(frozen=True, slots=True)
class Pushed:
    """What becomes of one baseline: before and after are what counts of it, empty if it is not there."""

    place: str
    name: str
    operating_system: str
    baseline_id: str
    before: Json
    after: Json

    @property
    def changed(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class PushPlan:
    """What is to be done: calls about content by baseline, then groups that move (from, to), then defaults."""

    pushed: tuple[Pushed, ...]
    content: tuple[tuple[str, tuple[Step, ...]], ...]
    groups: tuple[tuple[GroupKey, str, str], ...]
    defaults: tuple[tuple[str, str], ...]
    only_in_aws: tuple[str, ...]

    @property
    def changed(self) -> bool:
        return bool(self.content or self.groups or self.defaults)


@dataclass
class _Account:
    """What is in AWS: identities, the baselines that files mean, owners of groups and defaults by their ids."""

    identities: Sequence[Answer]
    found: dict[str, Found] = field(default_factory=dict)  # by the place of the file
    groups: dict[GroupKey, str] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)


def plan_push(session: AwsSession, wanted: Sequence[Wanted]) -> PushPlan:
    """Compare files with AWS. Raises AwsError, and BaselineError for what AWS would not take."""
    with session.translate("compare the patch baselines"):
        account = _read_account(session.ssm(), wanted)
        content = [(each.place, _plan_content(each, account.found.get(each.place))) for each in wanted]
    keys = {each.place: _name_key(each, account) for each in wanted}
    groups, defaults = _want_groups(wanted, keys, account), _want_defaults(wanted, keys, account)
    pushed = [
        _describe(each, keys[each.place], expected, account, groups, defaults)
        for each, (_place, (expected, _steps)) in zip(wanted, content, strict=True)
    ]
    meant = {key.rpartition("/")[2] for key in keys.values()}
    return PushPlan(
        pushed=tuple(pushed),
        content=tuple((place, steps) for place, (_expected, steps) in content if steps),
        groups=tuple(_list_moves(account.groups, groups)),
        defaults=tuple((system, key) for system, key in defaults.items() if account.defaults.get(system) != key),
        only_in_aws=tuple(
            f"{identity['BaselineName']} ({identity['BaselineId']})"
            for identity in account.identities
            if not is_owned_by_aws(identity["BaselineId"]) and identity["BaselineId"] not in meant
        ),
    )


def apply_push(session: AwsSession, plan: PushPlan) -> None:
    """Do what is planned. Raises AwsError that says what was done before; to run again goes on there."""
    done: list[str] = []
    try:
        with session.translate("change the patch baselines"):
            for step in _apply(session.ssm(), plan):
                done.append(step)
    except AwsError as error:
        if not done:
            raise
        raise AwsError(f"{error}. Done before: {'; '.join(done)}. A next run goes on from there", error.code) from error


def confirm_push(session: AwsSession, wanted: Sequence[Wanted]) -> PushPlan:
    """Compare again until AWS shows what was done, for a moment."""
    plan = plan_push(session, wanted)
    for attempt in range(_MORE_READS):
        if not plan.changed:
            break
        time.sleep(_FIRST_WAIT * 2**attempt)
        plan = plan_push(session, wanted)
    return plan


def _read_account(ssm: Ssm, wanted: Sequence[Wanted]) -> _Account:
    account = _Account(list_identities(ssm, {}))
    for group in list_groups(ssm):
        for identity in group["identities"]:
            account.groups[group["patch_group"], identity["OperatingSystem"]] = identity["BaselineId"]
    for identity in account.identities:
        if identity["DefaultBaseline"]:
            account.defaults[identity["OperatingSystem"]] = identity["BaselineId"]
    for place, identity in _match(wanted, account.identities).items():
        if found := read_identified(ssm, identity):
            account.found[place] = found
    return account


def _match(wanted: Sequence[Wanted], identities: Sequence[Answer]) -> dict[str, Answer]:
    """The baselines in AWS that files mean, by the places of these: by id, and then by name among those that are left.

    An id that is not there is one of another region or account.
    """
    matches = {
        each.place: identity
        for each in wanted
        for identity in identities
        if each.baseline.id != each.baseline.name and same_id(identity["BaselineId"], each.baseline.id)
    }
    taken = [identity["BaselineId"] for identity in matches.values()]
    rest = [identity for identity in identities if identity["BaselineId"] not in taken]
    for each in wanted:
        if each.place not in matches and (named := _match_name(each, rest)):
            matches[each.place] = named
    return matches


def _match_name(wanted: Wanted, identities: Sequence[Answer]) -> Answer | None:
    baseline = wanted.baseline
    named = [
        identity
        for identity in identities
        if (identity["BaselineName"], identity["OperatingSystem"]) == (baseline.name, wanted.system)
        and is_owned_by_aws(identity["BaselineId"]) == is_owned_by_aws(baseline.id)
    ]
    if len(named) > 1:
        ids = ", ".join(identity["BaselineId"] for identity in named)
        raise AwsError(
            f"Failed to find the baseline of '{wanted.place}' in AWS: several are called '{baseline.name}': {ids}."
            " Set baseline_id in the file"
        )
    return named[0] if named else None


def _plan_content(wanted: Wanted, found: Found | None) -> tuple[Json, tuple[Step, ...]]:
    """The baseline as it is to be, and the calls."""
    baseline = wanted.baseline
    if is_owned_by_aws(found.id if found else baseline.id):
        return _keep_predefined(wanted, found), ()
    options: Json = {
        **dict.fromkeys(CONTENT),
        **{key: value for key, value in to_snake(baseline).items() if key in CONTENT},
        "state": "present",
        "name": baseline.name,
        "baseline_id": found.id if found else None,
        "operating_system": wanted.system,
        "tags": dict(baseline.tags) if "tags" in wanted.says else None,
        "purge_tags": True,
        "replace": True,
        "force": False,
    }
    plan = PatchBaseline(options).plan(BaselineState(found))
    return plan.expected, plan.steps


def _keep_predefined(wanted: Wanted, found: Found | None) -> Json:
    """One of AWS's own: nobody can change it, but it may have patch groups and be the default."""
    baseline = wanted.baseline
    if found is None:
        raise AwsError(
            f"Failed to push '{wanted.place}': there is no predefined baseline '{baseline.name}' for {wanted.system} in"
            " AWS. Give it a name of your own and take baseline_id out"
        )
    view = view_baseline(found)
    own = {key: value for key, value in to_snake(baseline).items() if key in CONTENT}
    if normalise_content(view) != normalise_content({**view, **own}):
        raise AwsError(
            f"Failed to push '{wanted.place}': '{baseline.name}' is one of AWS's own, which cannot be changed. Give it"
            " a name of your own and take baseline_id out, or pull it again"
        )
    return view


def _name_key(wanted: Wanted, account: _Account) -> str:
    found = account.found.get(wanted.place)
    return found.id if found else f"{_NEW}{wanted.place}"


def _want_groups(wanted: Sequence[Wanted], keys: Mapping[str, str], account: _Account) -> dict[GroupKey, str]:
    """Who is to have each group: what files do not speak of stays."""
    owners = dict(account.groups)
    speaking = [each for each in wanted if "patch_groups" in each.says]
    for each in speaking:
        for (group, system), owner in account.groups.items():
            if owner == keys[each.place] and group not in each.baseline.patch_groups:
                owners.pop((group, system))
    for each in speaking:
        owners.update(dict.fromkeys(((group, each.system) for group in each.baseline.patch_groups), keys[each.place]))
    return owners


def _want_defaults(wanted: Sequence[Wanted], keys: Mapping[str, str], account: _Account) -> dict[str, str]:
    """Which baseline is to be each system's default: AWS's own where a file says that its baseline is not it."""
    defaults = dict(account.defaults)
    speaking = [each for each in wanted if "default_baseline" in each.says]
    for each in speaking:
        if not each.baseline.default_baseline and defaults.get(each.system) == keys[each.place]:
            name = predefined_default(OperatingSystem(each.system)).name
            for identity in account.identities:
                if is_owned_by_aws(identity["BaselineId"]) and identity["BaselineName"] == name:
                    defaults[each.system] = identity["BaselineId"]
    for each in speaking:
        if each.baseline.default_baseline:
            defaults[each.system] = keys[each.place]
    return defaults


def _list_moves(before: Mapping[GroupKey, str], after: Mapping[GroupKey, str]) -> Iterator[tuple[GroupKey, str, str]]:
    """Groups that leave a baseline first: one has room for 25."""
    changed = [key for key in sorted({*before, *after}) if before.get(key) != after.get(key)]
    for leaving in (True, False):
        yield from ((key, before.get(key, ""), after.get(key, "")) for key in changed if (key not in after) is leaving)


def _describe(
    wanted: Wanted,
    key: str,
    expected: Json,
    account: _Account,
    groups: Mapping[GroupKey, str],
    defaults: Mapping[str, str],
) -> Pushed:
    found = account.found.get(wanted.place)

    def show(view: Json, owners: Mapping[GroupKey, str], chosen: Mapping[str, str]) -> Json:
        return {
            "name": view["name"],
            "operating_system": view["operating_system"],
            **normalise_content({name: view[name] for name in CONTENT}),
            "patch_groups": sorted(group for (group, _system), owner in owners.items() if owner == key),
            "default_baseline": chosen.get(wanted.system) == key,
            "tags": dict(sorted(view["tags"].items())),
        }

    return Pushed(
        place=wanted.place,
        name=wanted.baseline.name,
        operating_system=wanted.system,
        baseline_id=found.id if found else "",
        before=show(view_baseline(found), account.groups, account.defaults) if found else {},
        after=show(expected, groups, defaults),
    )


def _apply(ssm: Ssm, plan: PushPlan) -> Iterator[str]:
    """Make the calls; yields each thing that is done."""
    ids: dict[str, str] = {}
    for place, steps in plan.content:
        for step in steps:
            answer = ssm.call(step.doing, step.operation, **step.request)
            if step.operation == "create_patch_baseline":
                ids[f"{_NEW}{place}"] = str(answer["BaselineId"])
            yield step.doing
    for (group, _system), before, after in plan.groups:
        moves = [step_deregister(group, before)] if before else []
        moves += [step_register(group, ids.get(after, after))] if after else []
        _apply_together(ssm, moves)
        yield "; ".join(move.doing for move in moves)
    for system, key in plan.defaults:
        step = step_default({"BaselineId": ids.get(key, key), "OperatingSystem": system})
        apply_steps(ssm, [step])
        yield step.doing


def _apply_together(ssm: Ssm, steps: Sequence[Step]) -> None:
    """A group whose second call fails is given back to the baseline it had."""
    try:
        apply_steps(ssm, steps)
    except SsmError as error:
        notes = " ".join(getattr(error, "__notes__", ()))
        if notes:
            raise AwsError(f"{error} {notes}", error.code) from error
        raise
