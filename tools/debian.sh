#!/bin/sh
# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Install what some tests need from Debian, if this is root on a machine with apt; else those tests say that they are
# skipped. tests/estate installs its own tools.
set -eu
missing=
command -v shellcheck >/dev/null || missing="shellcheck"                  # part of ansible-test sanity
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql" # the store's tests start a server of their own
command -v systemd-analyze >/dev/null || missing="$missing systemd"       # tells the dates of compiled timers
if [ -z "$missing" ] || [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    exit 0
fi
echo "Installing $missing ..." >&2
export DEBIAN_FRONTEND=noninteractive
install() {
    # shellcheck disable=SC2086 # a list of words
    apt-get install --yes --quiet --no-install-recommends $missing >/dev/null
}
install 2>/dev/null || { apt-get update --quiet >/dev/null && install; }
