# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh

# Homebrew, which refuses to be run by root: it is run as the owner of its own program.

brew=
brew_owner=

# find_brew: set "brew" and "brew_owner"; false where there is no Homebrew.
find_brew() {
    for brew_place in ${brew_places:?}; do
        if [ -x "$brew_place" ]; then
            brew=$brew_place
            brew_owner=$(find_owner "$brew_place")
            return 0
        fi
    done
    return 1
}

# The number of a file's owner. "stat" has other options on every system.
find_owner() {
    # shellcheck disable=SC2046
    set -- $(ls -ldnL "$1")
    printf '%s\n' "$3"
}

# explain_brew: why Homebrew cannot be run; nothing if it can.
explain_brew() {
    if [ "${brew_owner:-0}" = 0 ]; then
        echo "$brew belongs to root, and Homebrew refuses to be run by root"
    elif [ "$(id -u)" != 0 ] && [ "$(id -u)" != "$brew_owner" ]; then
        echo "only root or the owner of $brew can run it"
    fi
}

# run_brew WORD... : nobody is there to be asked. A cask that calls "sudo" would ask at a terminal for a password, where
# the task still has one; with a helper that has none it fails at once, and works all the same where none is needed.
run_brew() {
    set -- env "PATH=$PATH" HOMEBREW_NO_AUTO_UPDATE=1 HOMEBREW_NO_ANALYTICS=1 HOMEBREW_NO_ENV_HINTS=1 \
        HOMEBREW_NO_COLOR=1 HOMEBREW_NO_EMOJI=1 HOMEBREW_NO_ASK=1 NONINTERACTIVE=1 SUDO_ASKPASS=/usr/bin/false \
        "$brew" "$@"
    if [ "$(id -u)" = "$brew_owner" ]; then
        "$@"
        return
    fi
    brew_keeps=
    # "sudo" drops the proxies of the task; they may hold a password, which is no word of a command
    if [ -n "${http_proxy-}${https_proxy-}${all_proxy-}${HTTPS_PROXY-}${ALL_PROXY-}" ]; then
        brew_keeps=--preserve-env=http_proxy,https_proxy,all_proxy,no_proxy,HTTPS_PROXY,ALL_PROXY
    fi
    sudo -n -H ${brew_keeps:+"$brew_keeps"} -u "#$brew_owner" -- "$@"
}

# collect_brew REFRESH
collect_brew() {
    find_brew || return 0
    tell brew "$brew"
    brew_trouble=$(explain_brew)
    if [ -n "$brew_trouble" ]; then
        tell brew_trouble "$brew_trouble"
        return 0
    fi
    if [ "$1" = yes ]; then ask brew_update 600 run_brew update --quiet; fi
    ask brew_formulae 120 run_brew list --versions --formula
    ask brew_casks 120 run_brew list --versions --cask
    ask brew_outdated_formulae 120 run_brew outdated --json=v2 --formula
    ask brew_outdated_casks 120 run_brew outdated --json=v2 --cask
}
