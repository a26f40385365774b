#!/bin/sh
# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Run a command with what requirements-dev.txt asks for on its path, and with this checkout as the collection.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
unset CACHE # pyproject.toml knows one place
venv=$(sh "$root/tools/venv.sh" requirements-dev.txt)
ANSIBLE_COLLECTIONS_PATH=$(sh "$root/tools/collections.sh")
"$venv/bin/python" "$root/tools/amazon_aws.py" "$ANSIBLE_COLLECTIONS_PATH"
PATH=$venv/bin:$PATH
export ANSIBLE_COLLECTIONS_PATH PATH
cd "$root"
exec "$@"
