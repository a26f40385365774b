#!/bin/sh
# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Print a collections path in which this checkout is openpatch.patch_manager.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
collections=${CACHE:-$root/.cache}/collections
link=$collections/ansible_collections/openpatch/patch_manager
if [ "$(readlink "$link" 2>/dev/null)" != "$root" ]; then
    mkdir -p "$(dirname "$link")"
    ln -sfn "$root" "$link"
fi
echo "$collections"
