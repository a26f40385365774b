# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build the one script that runs on a node: ``/bin/sh`` finds a Python, Python gets the node program on its input.

The program is the modules of ``payload/``, compressed, in a here-document, so the script works from a file and from the
standard input of ``sh`` (pipelining), and leaves no file on the node. Its modules are imported from memory; a detached
install forks and so needs no file either, even while the node's own Python is being upgraded.

A Mac obeys the program of ``macos/`` instead, whatever Python it has: a bare one has none, and asking for it opens a
window. It comes last, so that all of the script is read before it begins.
"""

from __future__ import annotations

import base64
import functools
import json
import re
import shlex
import zlib
from collections.abc import Mapping
from typing import Any

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.answer import MARK
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.macos.script import (
    DEFAULT_PLACES,
    Places,
    build_program,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._node.sources import read_sources

PACKAGE = "openpatch_node"
# The package manager's own interpreter first: only that one has its bindings.
SHEBANGS = ("/usr/bin/dnf", "/usr/bin/yum")
INTERPRETERS = (
    "/usr/libexec/platform-python",
    "/usr/bin/python3",
    "python3",
    "/usr/bin/python2",
    "python2",
    "python2.7",
    "python",
)
_NONCE = re.compile(r"[0-9a-f]{32}")

_SCRIPT = """\
#!/bin/sh
# Node program of openpatch.patch_manager; see plugins/plugin_utils/_node/bundle.py
cd / || exit 1
set -f --
PATH=${{PATH:-/usr/bin:/bin}}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
system=$(uname -s 2> /dev/null)
if [ "$system" != Darwin ]; then
{find}
fi
if [ $# -gt 0 ]; then
exec "$@" -E -s -c {boot} {nonce} <<'{end}'
{program}
{end}
fi
if [ "$system" = Darwin ]; then
{macos}
fi
echo
echo "{mark} {nonce} no_python" {missing}
"""

_FROM_SHEBANG = """\
if [ $# -eq 0 ] && [ -r {path} ]; then
line=; IFS= read -r line < {path}
case $line in
'#!'*python*) set -- ${{line#'#!'}}; if command -v "$1" > /dev/null 2>&1; then set -- "$1"; else set --; fi;;
esac
fi"""

_BY_NAME = """\
for name in {names}; do
if [ $# -eq 0 ] && command -v "$name" > /dev/null 2>&1; then set -- "$name"; fi
done"""

_GIVEN = """\
if command -v {name} > /dev/null 2>&1; then set -- {words}; fi"""

# Read by Python 2.6 to 3.14. The directory Python was started in must not supply modules.
_BOOT = """\
import sys
sys.path = [p for p in sys.path if p]
try:
    import base64, fcntl, json, select, subprocess, zlib
except ImportError:
    print("\\n{mark} " + sys.argv[1] + " no_python " + sys.executable + ": " + str(sys.exc_info()[1]))
    sys.exit(0)
exec(zlib.decompress(base64.b64decode(sys.stdin.read().encode("ascii"))).decode("ascii"))
"""

_PROGRAM = """\
import linecache, os, sys
SOURCES = {sources}
class Finder(object):
    def find_module(self, name, path=None):
        return self if name in SOURCES else None
    def load_module(self, name):
        module = sys.modules.setdefault(name, type(sys)(name))
        if name == {package!r}:
            module.__path__ = []
        module.__package__ = {package!r}
        self.exec_module(module)
        return module
    def find_spec(self, name, path=None, target=None):
        if name in SOURCES:
            from importlib.machinery import ModuleSpec
            return ModuleSpec(name, self, is_package=name == {package!r})
    def create_module(self, spec):
        return None
    def exec_module(self, module):
        name = module.__name__
        place = name.replace(".", "/") + ".py"
        linecache.cache[place] = (len(SOURCES[name]), None, SOURCES[name].splitlines(True), place)
        exec(compile(SOURCES[name], place, "exec"), module.__dict__)
sys.meta_path.insert(0, Finder())
nothing = os.open(os.devnull, os.O_RDONLY)
os.dup2(nothing, 0)
import json
from {package} import main
main.run(json.loads({command!r}), {nonce!r})
"""


def build_script(
    command: Mapping[str, Any],
    nonce: str,
    interpreter: str = "",
    last_resort: str = "",
    places: Places = DEFAULT_PLACES,
) -> bytes:
    """The script that makes a node obey one command and answer in an envelope with ``nonce`` (32 hex digits).

    ``interpreter`` is used as it is, with its arguments, and no other; ``last_resort`` when nothing else is there.
    ``places`` are those of a Mac.
    """
    if not _NONCE.fullmatch(nonce):
        raise ValueError("a nonce has 32 hex digits")
    program = _PROGRAM.format(
        sources=_write_sources(),
        package=PACKAGE,
        command=json.dumps(command, ensure_ascii=True),
        nonce=nonce,
    )
    packed = base64.b64encode(zlib.compress(program.encode("ascii"), 9)).decode("ascii")
    script = _SCRIPT.format(
        find=_find_interpreter(interpreter, last_resort),
        boot=shlex.quote(_BOOT.format(mark=MARK)),
        nonce=nonce,
        end=f"end_{nonce}",
        program="\n".join(packed[start : start + 76] for start in range(0, len(packed), 76)),
        macos=build_program(command, nonce, places),
        mark=MARK,
        missing=shlex.quote(f"no '{interpreter}'" if interpreter else "no Python found"),
    )
    return script.encode("ascii")


def _find_interpreter(interpreter: str, last_resort: str) -> str:
    """Lines of shell that leave the interpreter's words in ``$@``, or nothing."""
    if interpreter:
        words = shlex.split(interpreter)
        return _GIVEN.format(name=shlex.quote(words[0]), words=shlex.join(words))
    shebangs = [_FROM_SHEBANG.format(path=path) for path in SHEBANGS]
    names = shlex.join(name for name in (*INTERPRETERS, last_resort) if name)
    return "\n".join([*shebangs, _BY_NAME.format(names=names)])


@functools.cache
def _write_sources() -> str:
    """The payload as a Python literal: texts by module name."""
    return repr({PACKAGE: "", **{f"{PACKAGE}.{name}": text for name, text in read_sources().items()}})
