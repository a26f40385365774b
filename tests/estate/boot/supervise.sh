#!/bin/sh
# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# supervise.sh NODE_DIR HOSTNAME
# Runs one node, and runs it again after a "reboot" (exit status 42 of its PID 1).
# Killing this process kills the node: each link of the chain dies with its parent,
# and the mounts go with the last process of their namespace.
here=$(dirname "$0")
while :; do
    setpriv --pdeathsig KILL \
        unshare --mount --pid --uts --ipc --fork --kill-child \
        /bin/sh "$here/assemble.sh" "$1/root" "$2" /bin/sh /run/estate-init
    [ $? -eq 42 ] || exit
done
