# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the inventory plugin: in this process with the options of a file, or as ansible-inventory does."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible import constants
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader

from ansible_collections.openpatch.patch_manager.plugins.inventory import patch_groups
from tests.aws.conftest import Aws
from tests.integration.controller import Controller

NAME = "openpatch.patch_manager.patch_groups"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "none"}
FRAGMENTS = {
    "inventory_cache": ("ansible.plugins.doc_fragments.inventory_cache", "DOCUMENTATION"),
    "constructed": ("ansible.plugins.doc_fragments.constructed", "DOCUMENTATION"),
    "amazon.aws.boto3": ("ansible_collections.amazon.aws.plugins.doc_fragments.boto3", "DOCUMENTATION"),
    "amazon.aws.common.plugins": ("ansible_collections.amazon.aws.plugins.doc_fragments.common", "PLUGINS"),
    "amazon.aws.region.plugins": ("ansible_collections.amazon.aws.plugins.doc_fragments.region", "PLUGINS"),
    "amazon.aws.assume_role.plugins": ("ansible_collections.amazon.aws.plugins.doc_fragments.assume_role", "PLUGINS"),
}


@dataclass(frozen=True)
class Parsed:
    """What came of an inventory file."""

    hosts: Mapping[str, Mapping[str, Any]]
    groups: Mapping[str, set[str]]
    """Names of the hosts of each group, those of groups within it too."""
    warnings: list[str] = field(default_factory=list)

    def groups_of(self, host: str) -> set[str]:
        return {name for name, hosts in self.groups.items() if host in hosts} - {"all"}


@dataclass(frozen=True)
class Inventories:
    """Inventory files of a user."""

    aws: Aws
    folder: Path

    def write(self, **options: Any) -> Path:
        path = self.folder / "aws.patch_groups.yml"
        given = {"plugin": NAME, "regions": ["us-east-1"], "endpoint_url": self.aws.url, **options}
        path.write_text(json.dumps({key: value for key, value in given.items() if value is not None}))
        return path

    def parse(self, refresh: bool = False, /, **options: Any) -> Parsed:
        """Parse a file with these options here: the plugin's own code, real clients, HTTP."""
        found, said = InventoryData(), list[str]()
        self.parse_into(found, said, refresh, **options)
        found.reconcile_inventory()
        return Parsed(
            {name: host.get_vars() for name, host in found.hosts.items()},
            {name: {host.name for host in group.get_hosts()} for name, group in found.groups.items()},
            said,
        )

    def parse_into(self, found: InventoryData, said: list[str], refresh: bool = False, /, **options: Any) -> None:
        path = self.write(**options)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # botocore's
            plugin = make_plugin()
            plugin.warn = said.append
            plugin.parse(found, DataLoader(), str(path), cache=not refresh)
            if plugin.get_option("cache"):
                plugin.update_cache_if_changed()

    def list(self, *arguments: str, source: Path | None = None, **options: Any) -> subprocess.CompletedProcess[str]:
        """Call ansible-inventory on a file with these options, or on one that is there."""
        # amazon.aws's own, on the newest ansible-core
        quiet = {"ANSIBLE_DEPRECATION_WARNINGS": "false"}
        controller = Controller(self.folder, environment=KEYS | quiet)
        program = Path(sys.executable).with_name("ansible-inventory")
        return subprocess.run(
            [str(program), "-i", str(source or self.write(**options)), *(arguments or ("--list",))],
            cwd=self.folder,
            env=controller.env(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


@cache
def _options() -> dict[str, Any]:
    documentation = yaml.safe_load(patch_groups.DOCUMENTATION)
    options: dict[str, Any] = {}
    for name in documentation["extends_documentation_fragment"]:
        module, attribute = FRAGMENTS[name]
        fragment = getattr(importlib.import_module(module).ModuleDocFragment(), attribute)
        options |= yaml.safe_load(fragment).get("options", {})
    options |= documentation["options"]
    return options


def make_plugin() -> Any:
    """Return the plugin as Ansible's loader of plugins, which this process goes without, would."""
    constants.config.initialize_plugin_configuration_definitions("inventory", NAME, _options())
    plugin = patch_groups.InventoryModule()
    plugin._load_name = plugin.ansible_name = NAME
    plugin._redirected_names = [NAME]
    return plugin


@pytest.fixture
def inventories(aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Inventories:
    """Inventory files with the account of the emulator, in which nothing is."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    return Inventories(aws, tmp_path)
