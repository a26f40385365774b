#!/bin/sh
# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Run the Molecule scenarios given as arguments, or all, each on nodes of its own. Called by tools/stages.py, whose
# environment has molecule on its path.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cache=$root/.cache
cd "$root"
[ $# -gt 0 ] || set -- scan install mixed
for scenario; do
    state=$cache/molecule/$scenario
    mkdir -p "$state"
    rm -f "$state"/store.* # assessments of an earlier run
    export ESTATE_DIR="$state/estate" PATCH_STORE_URL="sqlite:///$state/store.sqlite3"
    player=
    if [ "$scenario" = mixed ]; then
        export WINDOWS_INVENTORY="$state/windows.json"
        export ANSIBLE_CONNECTION_PLUGINS="$root/tests/integration/windows/connection"
        rm -f "$WINDOWS_INVENTORY"
        python -m tests.integration.windows "$WINDOWS_INVENTORY" &
        player=$!
        until [ -e "$WINDOWS_INVENTORY" ]; do
            kill -0 "$player" # or else it has failed
            sleep 0.2
        done
    fi
    status=0
    molecule test --scenario-name "$scenario" || status=$?
    if [ -n "$player" ]; then
        kill "$player" 2>/dev/null || true
    fi
    [ "$status" = 0 ] || exit "$status"
done
