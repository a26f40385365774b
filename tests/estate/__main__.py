# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""python3 -m tests.estate: real nodes on this machine, for tests and for people."""

from __future__ import annotations

import argparse
import sys
import time

from .catalog import SETS, SPECS, name_copies
from .errors import EstateError
from .estate import Estate
from .requirements import install_tools


def main() -> int:
    """Run one command; errors are one line on stderr."""
    arguments = _parse_arguments()
    try:
        return int(arguments.command(Estate(), arguments) or 0)
    except EstateError as error:
        print(f"estate: {error}", file=sys.stderr)
        return 1


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 -m tests.estate", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    up = commands.add_parser("up", help="build what is missing, start nodes, write an inventory")
    chosen = up.add_mutually_exclusive_group()
    chosen.add_argument("--nodes", help=f"comma-separated: {', '.join(SPECS)}")
    chosen.add_argument("--set", choices=SETS, default="small")
    up.add_argument("--copies", type=int, default=0, help="this many copies of each node, for benchmarks")
    up.set_defaults(command=_up)

    build = commands.add_parser("build", help="build base systems without starting a node")
    build.add_argument("--nodes", default=",".join(SPECS), help="for these nodes (default: all)")
    build.set_defaults(command=_build)
    commands.add_parser("install-tools", help="install the Debian packages this needs").set_defaults(command=_install)
    commands.add_parser("prune", help="remove from the cache what no recipe makes any more").set_defaults(
        command=_prune
    )
    commands.add_parser("down", help="stop everything, remove everything but the cache").set_defaults(command=_down)
    commands.add_parser("status", help="what exists, what runs").set_defaults(command=_status)
    for name, text in (("restart", "reboot a node"), ("reset", "throw a node's changes away and start it fresh")):
        command = commands.add_parser(name, help=text)
        command.add_argument("node")
        command.set_defaults(command=_restart if name == "restart" else _reset)
    execute = commands.add_parser("exec", help="run a command on a node, as root")
    execute.add_argument("node")
    execute.add_argument("words", nargs=argparse.REMAINDER, metavar="command")
    execute.set_defaults(command=_exec)
    return parser.parse_args()


def _up(estate: Estate, arguments: argparse.Namespace) -> None:
    names = arguments.nodes.split(",") if arguments.nodes else list(SETS[arguments.set])
    if arguments.copies:
        names = [copy for name in names for copy in name_copies(name, arguments.copies)]
    started = time.monotonic()
    nodes = estate.up(names)
    print(f"{len(nodes)} nodes up in {time.monotonic() - started:.1f} s: {', '.join(node.name for node in nodes)}")
    print(f"inventory: {estate.inventory}")
    print(f"try: ansible -i {estate.inventory} {nodes[0].name} -m ansible.builtin.ping")


def _build(estate: Estate, arguments: argparse.Namespace) -> None:
    for name, lowers in estate.build(arguments.nodes.split(",")).items():
        print(f"{name:18} {lowers[0]}")


def _prune(estate: Estate, arguments: argparse.Namespace) -> None:
    for path in estate.prune():
        print(f"removed {path}")


def _install(estate: Estate, arguments: argparse.Namespace) -> None:
    install_tools()


def _down(estate: Estate, arguments: argparse.Namespace) -> None:
    estate.down()


def _status(estate: Estate, arguments: argparse.Namespace) -> None:
    for node in estate.nodes():
        state = "up" if node.pid else "down"
        print(f"{node.name:18} {node.address:16} {state if node.spec.runs else '-':5} {node.spec.about}")


def _restart(estate: Estate, arguments: argparse.Namespace) -> None:
    estate.node(arguments.node).restart()


def _reset(estate: Estate, arguments: argparse.Namespace) -> None:
    estate.node(arguments.node).reset()


def _exec(estate: Estate, arguments: argparse.Namespace) -> int:
    words = arguments.words
    result = estate.node(arguments.node).run(words[0] if len(words) == 1 else words)
    sys.stdout.write(result.out)
    sys.stderr.write(result.err)
    return result.rc


if __name__ == "__main__":
    sys.exit(main())
