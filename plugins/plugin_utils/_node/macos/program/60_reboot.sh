# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh

# Rebooting: answer first, go down a moment later.

# go_down BOOT: only while the Mac is still in that boot.
go_down() {
    require_root reboot
    down_boot=$(find_boot)
    if [ "$down_boot" != "$1" ]; then
        tell boot_id "$down_boot"
        tell reboot_command ''
        return 0
    fi
    if is_running; then refuse_second reboot; fi
    down_command=$(find_reboot)
    [ -n "$down_command" ] || refuse no_reboot_command \
        'Failed to reboot: this Mac has neither shutdown nor reboot. Restart it by its own means and scan'
    make_state || refuse disk_full "Failed to make ${state:?}. Free some space there"
    (
        exec < /dev/null > "$state/reboot.log" 2>&1 # see "send"
        trap '' HUP INT
        sleep 2
        # shellcheck disable=SC2086
        exec $down_command
    ) &
    tell boot_id "$down_boot"
    tell reboot_command "$down_command"
}

find_reboot() {
    if command -v shutdown > /dev/null 2>&1; then
        echo 'shutdown -r now'
    elif command -v reboot > /dev/null 2>&1; then
        echo reboot
    fi
}
