# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ansible-core of any release makes of hostile text. The rest is run over HTTP by tests/aws/test_inventory.py."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.openpatch.patch_manager.plugins.inventory.patch_groups import InventoryModule
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._inventory.hosts import Host

try:
    from ansible.template import trust_as_template as write
except ImportError:
    write = str

HOSTILE = "{{ 6 * 7 }}"
OPTIONS = {
    "strict": True,
    "compose": {"composed": write("patch_tags.Name"), "joined": write("'<' ~ patch_tags.Name ~ '>'")},
    "groups": {"six": write("patch_tags.Name == '42'")},
    "keyed_groups": [{"key": write("patch_tags"), "prefix": "tag"}],
    "use_extra_vars": False,
    "leading_separator": True,
}


@pytest.fixture
def plugin() -> Any:
    """The plugin as it is after it has read its options."""
    made = InventoryModule()
    made.inventory, made.loader, made._vars = InventoryData(), DataLoader(), {}
    made.templar = Templar(made.loader)
    made._options = dict(OPTIONS)
    return made


def test_tags_are_never_templates(plugin: Any) -> None:
    tags = {"Name": HOSTILE, HOSTILE: ["x", {"y": HOSTILE}]}
    plugin._add(Host("web", {"patch_group": HOSTILE, "patch_tags": tags}, (("outer", "inner"),), "mi-1"))
    host = plugin.inventory.get_host("web")
    templar = Templar(DataLoader(), variables=host.get_vars())
    shown = {
        name: templar.template(write("{{ " + name + " }}"))
        for name in ("patch_group", "patch_tags", "composed", "joined")
    }
    assert shown == {
        "patch_group": HOSTILE,
        "patch_tags": tags,
        "composed": HOSTILE,
        "joined": f"<{HOSTILE}>",
    }
    assert {group.name for group in host.get_groups()} >= {"outer", "inner", "tag_Name____6___7___"}
    assert "six" not in plugin.inventory.groups


def test_a_host_never_has_the_name_of_a_group_that_options_compose(plugin: Any) -> None:
    plugin._options["keyed_groups"] = [{"key": write("patch_tags.Stage"), "prefix": "stage"}]
    for name, stage in (("db1", "prod"), ("stage_prod", "dev")):
        tags = {"Name": name, "Stage": stage}
        plugin._add(Host(name, {"patch_tags": tags}, (("all_nodes",),), f"mi-{name}"))
    members = {name: sorted(host.name for host in group.get_hosts()) for name, group in plugin.inventory.groups.items()}
    assert members["stage_prod"] == ["db1"]
    assert members["stage_dev"] == ["mi-stage_prod"], "the hosts of a group do not get into another by one node's tags"
    assert members["all_nodes"] == ["db1", "mi-stage_prod"]
