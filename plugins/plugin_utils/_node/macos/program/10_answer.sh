# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh

# The answer: blocks of text, each between two lines that hold the asker's nonce, packed as a whole. script.py sets
# "nonce", "state" and "brew_places" before all this.

mark="@@ ${nonce:?}"

# tell NAME TEXT: a block.
tell() {
    printf '%s begin %s\n%s\n%s end 0\n' "$mark" "$1" "$2" "$mark"
}

# ask NAME SECONDS COMMAND...: a block of all that a command says, and how it ended.
ask() {
    printf '%s begin %s\n' "$mark" "$1"
    ask_seconds=$2
    shift 2
    limit "$ask_seconds" "$@" 2>&1
    printf '\n%s end %s\n' "$mark" "$?"
}

# refuse CODE MESSAGE: a clear no, and the last thing that is said. Only where "obey" has a shell of its own.
refuse() {
    tell "refusal $1" "$2"
    exit 0
}

# require_root DOING: what needs root is refused to others.
require_root() {
    [ "$(id -u)" = 0 ] || refuse not_root "Failed to $1: that needs root. Use become"
}

# limit SECONDS COMMAND...: run a command without input; 124 if it had to be ended. macOS has no "timeout".
limit() {
    limit_seconds=$1
    shift
    "$@" < /dev/null &
    limit_process=$!
    watch_over "$limit_process" "$limit_seconds" < /dev/null > /dev/null 2>&1 &
    limit_watcher=$!
    wait "$limit_process" 2> /dev/null
    limit_status=$?
    kill "$limit_watcher" 2> /dev/null
    wait "$limit_watcher" 2> /dev/null && limit_status=124
    return "$limit_status"
}

# watch_over PROCESS SECONDS: end a process and all that it started when its time is over; 0 if that was so.
watch_over() {
    watch_left=$2
    while [ "$watch_left" -gt 0 ]; do
        sleep 1
        kill -0 "$1" || exit 1
        watch_left=$((watch_left - 1))
    done
    trap '' TERM # of "limit", which sees its command gone before those that the command started are
    watch_tree=$(list_tree "$1")
    for watch_process in $watch_tree; do kill -TERM "$watch_process"; done
    sleep 1
    for watch_process in $watch_tree; do kill -KILL "$watch_process"; done
    exit 0
}

# Less than a second, where "sleep" knows less.
nap() {
    sleep 0.2 2> /dev/null || sleep 1
}

# list_tree PROCESS: it and all below it.
list_tree() {
    printf '%s\n' "$1"
    for tree_child in $(pgrep -P "$1"); do list_tree "$tree_child"; done
}

# send COMMAND WORD...: obey, and print the answer between the marks that every node program uses.
send() {
    # "exec", because a redirection that a shell undoes later stays open in what is detached, and the asker waits for it
    packed=$( (
        exec < /dev/null 2> /dev/null
        obey "$@"
    ) | gzip -c | base64 | tr -d '\r\n')
    printf '\n@@openpatch %s macos\n%s\n@@openpatch %s end %s\n' "$nonce" "$packed" "$nonce" "${#packed}"
}
