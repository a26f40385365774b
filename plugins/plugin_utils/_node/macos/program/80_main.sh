# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh

# The commands a Mac obeys.

# obey COMMAND WORD...
obey() {
    tell command "$1"
    obeyed=$1
    shift
    case $obeyed in
    identify)
        describe_system
        ;;
    collect)
        describe_system
        if [ -r "${state:?}" ]; then describe_operation; fi
        collect_software
        collect_brew "$1"
        ;;
    plan)
        tell items "$(print_items "$@")"
        ;;
    install)
        start_install "$@"
        ;;
    poll)
        poll_install "$@"
        ;;
    preflight)
        observe "$@"
        ;;
    reboot)
        go_down "$@"
        ;;
    bad_command)
        refuse bad_command "$1"
        ;;
    *)
        refuse unknown_command "Failed to obey command '$obeyed': the program for macOS does not know it"
        ;;
    esac
}
