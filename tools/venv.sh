#!/bin/sh
# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Print the folder of a virtual environment with what a requirements file asks for; make it first if it is missing or
# out of date, which takes a while once and nothing later.
#
# usage: tools/venv.sh REQUIREMENTS_FILE
#   PYTHON        interpreter to use; "oldest", "newest": of this machine, from 3.11. Default: python3, or else the newest
#   ANSIBLE_CORE  release of ansible-core, such as 2.16. Default: the newest that the interpreter can run
#   CACHE         folder to keep it in. Default: .cache in the checkout
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
cache=${CACHE:-$root/.cache}
requirements=$root/$1
core=${ANSIBLE_CORE:-newest}
pyenv=${PYENV_ROOT:-${HOME:-/nonexistent}/.pyenv}

fail() {
    echo "$*" >&2
    exit 1
}

# The release of an interpreter, such as 3.11.7; nothing if it is too old, a pre-release, or only pretends to exist.
release_of() {
    "$1" "$root/tools/release.py" 2>/dev/null || true
}

# The first interpreter that will do, of those given as minor releases.
find_python() {
    for minor; do
        for candidate in $(command -v "python3.$minor") "$pyenv/versions/3.$minor."*/bin/python; do
            if [ -x "$candidate" ] && [ -n "$(release_of "$candidate")" ]; then
                echo "$candidate"
                return
            fi
        done
    done
}

case ${PYTHON:-} in
    newest) python=$(find_python 16 15 14 13 12 11) ;;
    oldest) python=$(find_python 11 12 13 14 15 16) ;;
    "")
        python=python3
        [ -n "$(release_of python3)" ] || python=$(find_python 16 15 14 13 12 11)
        ;;
    *) python=$PYTHON ;;
esac
release=$(release_of "${python:-false}")
[ -n "$release" ] || fail "Failed to find Python 3.11 or newer${PYTHON:+ as $PYTHON}. Install one, or name it: make PYTHON=/path/to/python3.11"

name=$(basename "$1" .txt)
venv=$cache/venv/$name-${release%.*}-$core
stamp="$("$python" -c 'import sys; print(sys.base_prefix)') $release $core $(cat "$root"/requirements*.txt | cksum)"

if [ "$(cat "$venv/stamp" 2>/dev/null)" = "$stamp" ] && "$venv/bin/python" -c '' 2>/dev/null; then
    echo "$venv"
    exit
fi

mkdir -p "$cache/venv" 2>/dev/null || true
[ -w "$cache/venv" ] || fail "Failed to write to '$cache'. Name a folder of your own: make CACHE=\$HOME/.cache/openpatch"
echo "Preparing Python $release with ansible-core $core in $venv (once) ..." >&2
rm -rf "$venv"
if ! error=$("$python" -m venv "$venv" 2>&1); then
    rm -rf "$venv"
    fail "Failed to make a virtual environment with '$python': $error
On Debian and Ubuntu: apt install python3-venv"
fi

set -- --requirement "$requirements"
[ "$core" = newest ] || set -- "$@" "ansible-core==$core.*"
"$venv/bin/python" -m pip --quiet --quiet --no-input --disable-pip-version-check install --no-compile "$@" >&2 ||
    fail "Failed to install '$requirements' into '$venv'"
echo "$stamp" >"$venv/stamp"
echo "$venv"
