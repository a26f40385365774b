#!/bin/sh
# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Scan this machine with the predefined baseline of its operating system. Further arguments go to ansible-playbook.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
venv=$(sh "$root/tools/venv.sh" requirements.txt)
ANSIBLE_COLLECTIONS_PATH=$(sh "$root/tools/collections.sh")
ANSIBLE_CONFIG=$root/tools/patch.cfg
ANSIBLE_HOME=${CACHE:-$root/.cache}/ansible
export ANSIBLE_COLLECTIONS_PATH ANSIBLE_CONFIG ANSIBLE_HOME

# ansible-core refuses to start where letters beyond ASCII cannot be shown.
[ "$(locale charmap 2>/dev/null)" = UTF-8 ] || export LC_ALL=C.UTF-8

exec "$venv/bin/ansible-playbook" openpatch.patch_manager.patch --inventory localhost, --connection local "$@"
