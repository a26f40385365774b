# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A set of nodes that live and end together."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType

from .catalog import SPECS, find_spec
from .errors import NodeError
from .identity import make_key
from .inventory import write_inventory
from .layers import build_base, stands_on
from .network import address_of
from .node import Node, power_off
from .packages import GONE_HOST, REPOSITORY_HOST
from .paths import cache_dir, locked, state_dir
from .pruning import prune
from .repositories import Repositories, build_published
from .requirements import install_tools, require_estate
from .rpm_catalog import RPM_LAYERS, rpm_layers_of
from .rpm_layers import build_published_rpms
from .rpm_packages import RPM_HOST
from .rpm_repositories import RpmRepositories
from .signing import SigningKeys
from .ubuntu_packages import PACKAGES

_SERVER = 1
_RPM_SERVER = 2
_FIRST_NODE = 10
_BUILDS_AT_ONCE = 2
_STARTS_AT_ONCE = 8


class Estate:
    """Nodes with one ssh key and one inventory, all under one state directory.

    Everything can be asked again after a crash: what runs is read from the kernel, what exists from the directory.
    As a context manager it takes everything down at the end.
    """

    def __init__(self, state: Path | None = None, cache: Path | None = None) -> None:
        self.state = (state or state_dir()).resolve()
        self.cache = (cache or cache_dir()).resolve()
        self.inventory = self.state / "inventory.yml"
        self.repositories = Repositories(self.state, self.cache, address_of(self.state, _SERVER))
        self.rpm_repositories = RpmRepositories(self.state, self.cache, address_of(self.state, _RPM_SERVER))

    def __enter__(self) -> Estate:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.down()

    def up(self, names: Sequence[str]) -> list[Node]:
        """Build what is missing, start these nodes beside those that run, and write the inventory."""
        specs = [find_spec(name) for name in names]
        self.build(names)
        with locked(self.state):
            make_key(self.state / "ssh/id_ed25519")
            self._remember(names)
            if any(stands_on(spec.base, "ubuntu") for spec in specs):
                self.repositories.start()
            layers = {layer.name: layer for spec in specs for layer in rpm_layers_of(spec.base)}
            if layers:
                self.rpm_repositories.start(list(layers.values()))
            nodes = [self.node(name) for name in names]
            with ThreadPoolExecutor(_STARTS_AT_ONCE) as pool:
                list(pool.map(Node.start, nodes))
            self._write_inventory()
        return nodes

    def build(self, names: Sequence[str]) -> dict[str, list[Path]]:
        """Build the base systems of these nodes where the cache lacks them; their directories, by base."""
        install_tools()
        require_estate()
        bases = sorted({spec.base for spec in map(find_spec, names) if spec.runs})
        with ThreadPoolExecutor(_BUILDS_AT_ONCE) as pool:
            return dict(zip(bases, pool.map(lambda base: build_base(base, self.cache), bases), strict=True))

    def prune(self) -> list[Path]:
        """Remove from the cache what no recipe makes any more; builds what is missing first."""
        lowers = [path for paths in self.build(list(SPECS)).values() for path in paths]
        tops = {self.cache / path.relative_to(self.cache).parts[0] for path in lowers}
        published = build_published(self.cache, list(PACKAGES.values()))
        rpms = {build_published_rpms(layer, self.cache) for layer in RPM_LAYERS.values()}
        return prune(self.cache, {*tops, *rpms, published, SigningKeys(self.cache).directory})

    def node(self, name: str) -> Node:
        """A node of this estate, running or not."""
        spec = find_spec(name)
        index = self._indexes().get(name)
        if index is None:
            raise NodeError(f"Failed to find node '{name}': this estate has none of that name. Start it with 'up'.")
        hosts = dict.fromkeys((REPOSITORY_HOST, GONE_HOST), self.repositories.address)
        hosts[RPM_HOST] = self.rpm_repositories.address
        return Node(spec, self.state, address_of(self.state, index), lambda: build_base(spec.base, self.cache), hosts)

    def nodes(self) -> list[Node]:
        """All nodes of this estate, running or not."""
        return [self.node(name) for name in self._indexes()]

    def down(self) -> None:
        """Stop everything and remove the state directory; the cache stays. Safe at any time, after any crash."""
        self.repositories.stop()
        self.rpm_repositories.stop()
        power_off(self.state)
        if self.state.is_dir():
            with locked(self.state):
                power_off(self.state)
                shutil.rmtree(self.state)

    def _write_inventory(self) -> None:
        nodes = self.nodes()
        known = [node.known_hosts_line for node in nodes if node.spec.runs]
        (self.state / "ssh/known_hosts").write_text("".join(known))
        write_inventory(self.inventory, nodes)

    def _indexes(self) -> dict[str, int]:
        path = self.state / "nodes.json"
        loaded: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}
        return loaded

    def _remember(self, names: Sequence[str]) -> None:
        indexes = self._indexes()
        for name in names:
            indexes.setdefault(name, _FIRST_NODE + len(indexes))
        (self.state / "nodes.json").write_text(json.dumps(indexes))
