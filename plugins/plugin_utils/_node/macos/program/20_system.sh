# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh

# What is true of a Mac whatever is installed on it.

describe_system() {
    ask sw_vers 30 sw_vers
    tell machine "$(uname -m)"
    tell kernel "$(uname -r)"
    tell hostname "$(uname -n)"
    tell boot_id "$(find_boot)"
    tell boot_time "$(sysctl -n kern.boottime 2> /dev/null)"
    tell now "$(date +%s)"
}

# The id of this boot: another one after each start of the machine.
find_boot() {
    sysctl -n kern.bootsessionuuid 2> /dev/null
}
