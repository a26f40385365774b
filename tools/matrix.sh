#!/bin/sh
# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# On the oldest Python and ansible-core we support, or on the newest of this machine: make patch; the same by the package
# installed as a user does it; the unit tests; a few tests on nodes.
#
# usage: tools/matrix.sh oldest|newest
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cache=$root/.cache
logs=$cache/logs

pair=$1
PYTHON=$pair
# What knows nothing of Ansible is the same on the oldest pair as in stage unit, whose Python is the oldest too.
case $pair in
    oldest)
        ANSIBLE_CORE=2.16
        set -- tests/unit/plugins/action tests/unit/plugins/callback tests/unit/plugins/inventory \
            tests/unit/plugins/plugin_utils/_node tests/unit/plugins/plugin_utils/_operation \
            tests/unit/plugins/plugin_utils/_source
        ;;
    newest)
        ANSIBLE_CORE=
        set -- tests/unit
        ;;
esac
export PYTHON ANSIBLE_CORE
venv=$(sh "$root/tools/venv.sh" requirements-test.txt)
"$venv/bin/ansible" --version | sed -n -e 1p -e '/python version/p'

place=$cache/matrix/$pair
rm -rf "$place"
mkdir -p "$place/collections"
"$venv/bin/python" "$root/tools/amazon_aws.py" "$place/collections"
export XDG_STATE_HOME="$place/state"

sh "$root/tools/venv.sh" requirements.txt >/dev/null # or else it says that it does
sh "$root/tools/patch.sh" >"$place/table" 2>&1 || { cat "$place/table" && exit 1; }
cat "$place/table"
case $(head -n 1 "$place/table") in
    NODE*) ;;
    *) echo "make patch printed something else than its table" && exit 1 ;;
esac

(
    cd "$place"
    export ANSIBLE_COLLECTIONS_PATH="$place/collections" ANSIBLE_REMOTE_TEMP="$place/tmp"
    "$venv/bin/ansible-galaxy" collection build "$root"
    "$venv/bin/ansible-galaxy" collection install --offline --collections-path collections ./*.tar.gz
    "$venv/bin/ansible-playbook" openpatch.patch_manager.patch
    "$venv/bin/ansible-playbook" openpatch.patch_manager.report
    grep -q '"host": "localhost"' patch-report.json
)

cd "$root"
"$venv/bin/python" -m pytest -n2 --junitxml="$logs/matrix-$pair.xml" "$@"
"$venv/bin/python" -m pytest --junitxml="$logs/matrix-$pair-nodes.xml" -m smoke tests/integration
