# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.choose_hosts import choose_hosts
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.errors import OperationError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.targets import Targets

HOSTS = ("web1", "web2", "db1", "db2")
GROUPS = {"all": list(HOSTS), "web": ["web1", "web2"], "db": ["db1", "db2"], "eu": ["web2", "db2"], "ungrouped": []}
HOSTVARS: dict[str, Any] = {
    "web1": {"patch_tags": {"Patch": True}},
    "web2": {"tags": {"Patch": "true"}},
    "db1": {"patch_tags": {"Patch": "no"}, "tags": {"Patch": "true"}},
    "db2": {"tags": ["true"]},
}


class Broken(dict[str, Any]):
    """Variables of a host one of which cannot be templated."""

    def get(self, name: str, default: Any = None) -> Any:
        raise AnsibleError("'nothing' is undefined")


def choose(
    targets: Targets, hosts: tuple[str, ...] = HOSTS, hostvars: dict[str, Any] | None = None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    chosen = choose_hosts(targets, hosts, {"groups": GROUPS, "hostvars": hostvars or HOSTVARS}, DataLoader())
    return chosen.hosts, chosen.warnings


@pytest.mark.parametrize(
    ("targets", "chosen"),
    [
        (Targets(), HOSTS),
        (Targets("groups", ("web",)), ("web1", "web2")),
        (Targets("groups", ("eu", "web")), ("web1", "web2", "db2")),
        (Targets("hosts", ("db1", "web1")), ("web1", "db1")),
        (Targets("pattern", ("web:!eu",)), ("web1",)),
        (Targets("pattern", ("web:&eu",)), ("web2",)),
        (Targets("pattern", ("web,db1",)), ("web1", "web2", "db1")),
        (Targets("pattern", ("*1",)), ("web1", "db1")),
        (Targets("pattern", ("web[0]",)), ("web1",)),
        (Targets("pattern", ("~(web|db)2",)), ("web2", "db2")),
        (Targets("pattern", ("all:!all",)), ()),
        (Targets("tags", tags=(("Patch", ("true",)),)), ("web1", "web2")),
    ],
)
def test_each_kind_of_targets_chooses_its_hosts_in_the_order_of_the_play(
    targets: Targets, chosen: tuple[str, ...]
) -> None:
    assert choose(targets) == (chosen, ())


@pytest.mark.parametrize(
    "targets",
    [
        Targets(),
        Targets("groups", ("web",)),
        Targets("hosts", ("web1", "web2")),
        Targets("pattern", ("web",)),
        Targets("tags", tags=(("Patch", ("true",)),)),
    ],
)
def test_a_limit_narrows_the_targets_and_is_no_slip(targets: Targets) -> None:
    assert choose(targets, hosts=("web2",)) == (("web2",), ())


@pytest.mark.parametrize(
    ("targets", "warning"),
    [
        (Targets("groups", ("web", "wbe")), "there is no group 'wbe'"),
        (Targets("hosts", ("web1", "web2", "web3")), "there is no host 'web3'"),
    ],
)
def test_what_the_inventory_does_not_know_is_said(targets: Targets, warning: str) -> None:
    hosts, (found,) = choose(targets)
    assert hosts == ("web1", "web2")
    assert warning in found


@pytest.mark.parametrize("variables", [{"patch_tags": ["Patch"]}, Broken()])
def test_a_host_whose_tags_cannot_be_read_is_no_target_and_said(variables: dict[str, Any]) -> None:
    tags = Targets("tags", tags=(("Patch", ("true",)),))
    hosts, (warning,) = choose(tags, hostvars={**HOSTVARS, "web2": variables})
    assert hosts == ("web1",)
    assert "host 'web2' is no target" in warning


def test_a_pattern_that_is_none_is_said() -> None:
    with pytest.raises(OperationError, match=r"targets\.pattern '~\('.*Correct the pattern"):
        choose(Targets("pattern", ("~(",)))
