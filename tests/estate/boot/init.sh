#!/bin/sh
# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PID 1 of a node: starts sshd, reaps what loses its parent, leaves on TERM (halt) and INT (reboot).
trap 'exit 0' TERM
trap 'exit 42' INT
unset DEBIAN_FRONTEND LC_ALL
/usr/sbin/sshd
while :; do
    sleep 86400 &
    wait
done
