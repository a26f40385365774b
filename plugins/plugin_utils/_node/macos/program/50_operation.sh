# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh

# The one install at a time: started detached, polled, and remembered until the next one starts. Its record is a folder:
# "items" (one a line, fields parted by a character that no name has), "progress" (begin and end of each), a log of each.

record=${state:?}/operation
separator=$(printf '\037')

# install ID SECONDS INFO { MANAGER NAME VERSION FROM_VERSION LABEL }...
start_install() {
    require_root "start operation '$1'"
    make_state || refuse disk_full "Failed to make $state. Free some space there"
    umask 077
    take_start "$1"
    # a start whose answer was lost may be repeated
    if [ "$(read_record id)" != "$1" ]; then
        if is_running; then refuse_second "start operation '$1'"; fi
        write_record "$@" || refuse disk_full "Failed to write $record. Free some space there"
        (
            exec < /dev/null > "$record/log" 2>&1 # see "send"
            trap '' HUP INT
            umask 022 # what is installed is for everybody
            work "$2"
        ) &
        printf '%s\n%s\n' "$!" "$(find_start "$!")" > "$record/process.new"
        mv "$record/process.new" "$record/process"
    fi
    rm -f "$state/starting"
    describe_operation
}

# Root's alone, but not what is above it.
make_state() {
    mkdir -p "$state" && chmod 700 "$state"
}

# Of two that start at once one waits; who was killed meanwhile holds up nobody.
take_start() {
    start_tries=0
    until ln -s "$$" "$state/starting" 2> /dev/null; do
        start_holder=$(readlink "$state/starting")
        start_tries=$((start_tries + 1))
        [ "$start_tries" -le 15 ] || refuse disk_full "Failed to write into $state. Free some space there"
        if ! kill -0 "${start_holder:-0}" 2> /dev/null || [ "$start_tries" -gt 10 ]; then rm -f "$state/starting"; fi
        sleep 1
    done
}

write_record() {
    rm -rf "$record.new" && mkdir "$record.new" || return 1
    # not ":", a file that cannot be written would end the shell
    printf '%s\n' "$1" > "$record.new/id" && date +%s > "$record.new/started" &&
        printf '%s\n' "$3" > "$record.new/info" && printf '' > "$record.new/progress" || return 1
    shift 3
    print_items "$@" > "$record.new/items" || return 1
    rm -rf "$record" && mv "$record.new" "$record"
}

# Five words for each item. "printf" begins its format again; "shift" in bash 3.2 takes minutes for ten thousand.
print_items() {
    [ $# -eq 0 ] || printf "%s$separator%s$separator%s$separator%s$separator%s\n" "$@"
}

# work SECONDS: the detached process.
work() {
    work_tries=0
    # before it is on record, nobody could tell that this process is at work
    until [ -e "$record/process" ]; do
        [ "$work_tries" -lt 100 ] || exit 1
        nap
        work_tries=$((work_tries + 1))
    done
    find_brew
    list_brewed > "$record/before"
    work_end=$(($(date +%s) + $1))
    work_number=0
    while IFS="$separator" read -r item_manager item_name item_version item_from item_label; do
        work_number=$((work_number + 1))
        work_left=$((work_end - $(date +%s)))
        if [ "$work_left" -le 0 ]; then break; fi
        printf 'begin %s\n' "$work_number" >> "$record/progress"
        limit "$work_left" install_item > "$record/$work_number.log" 2>&1
        printf 'end %s %s\n' "$work_number" "$?" >> "$record/progress"
    done < "$record/items"
    list_brewed > "$record/after"
    date +%s > "$record/finished.new"
    mv "$record/finished.new" "$record/finished"
}

# What Homebrew has, if it is asked for something: it may bring more than that.
list_brewed() {
    if grep -q '^brew' "$record/items" && [ -n "$brew" ] && [ -z "$(explain_brew)" ]; then
        limit 120 run_brew list --versions --formula
    fi
}

# Exactly what was asked for: no label is guessed, and without "--all" nothing else comes.
install_item() {
    echo "$item_manager: $item_name ${item_from:-?} -> $item_version"
    case $item_manager in
    softwareupdate)
        softwareupdate --install "$item_label"
        ;;
    brew | 'brew cask')
        item_trouble=$(explain_brew)
        if [ -n "$item_trouble" ]; then
            echo "Error: $item_trouble"
            return 1
        fi
        if [ "$item_manager" = brew ]; then
            run_brew upgrade --formula "$item_name"
        else
            run_brew upgrade --cask "$item_name"
        fi
        ;;
    *)
        echo "Error: nothing installs by $item_manager"
        return 1
        ;;
    esac
}

# poll ID SECONDS: the operation as it stands, up to so many seconds later if it is running.
poll_install() {
    require_root 'read the last operation'
    tell asked "$1"
    poll_end=$(($(date +%s) + $2))
    while [ "$(date +%s)" -lt "$poll_end" ] && [ "$(read_record id)" = "$1" ] && is_running; do nap; done
    describe_operation
}

describe_operation() {
    [ -r "$record/id" ] || return 0
    # this comes first: the record is final before its process ends
    if is_running; then tell operation_alive yes; else tell operation_alive no; fi
    for record_name in id started info items progress process finished; do
        tell "operation_$record_name" "$(read_record "$record_name")"
    done
    if [ -e "$record/finished" ]; then
        tell operation_before "$(read_record before)"
        tell operation_after "$(read_record after)"
    fi
    record_number=1
    while [ -r "$record/$record_number.log" ]; do
        tell "operation_log_$record_number" "$(tail -c 4000 "$record/$record_number.log")"
        record_number=$((record_number + 1))
    done
}

read_record() {
    cat "$record/$1" 2> /dev/null
}

# Whether the process of the record is at work: ids of processes are used again, so its start is compared too.
is_running() {
    [ ! -e "$record/finished" ] || return 1
    { IFS= read -r running_process && IFS= read -r running_start; } 2> /dev/null < "$record/process" || return 1
    [ -n "$running_start" ] && [ "$(find_start "$running_process")" = "$running_start" ]
}

# In words that depend neither on the language nor on the time zone, which a laptop changes while it travels.
find_start() {
    TZ=UTC0 LC_ALL=C ps -o lstart= -p "$1" 2> /dev/null
}

# refuse_second DOING
refuse_second() {
    rm -f "$state/starting"
    describe_operation
    refuse operation_running "Failed to $1"
}
