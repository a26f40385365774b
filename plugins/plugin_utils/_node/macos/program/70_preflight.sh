# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh

# What a Mac has and lacks before it is scanned or patched: observations, no verdict.

# observe HOST:PORT...
observe() {
    describe_system
    tell user "$(id -u) $(id -un)"
    for observed_program in softwareupdate sw_vers pkgutil plutil sudo brew; do
        tell "program_$observed_program" "$(command -v "$observed_program" 2> /dev/null)"
    done
    ask space 30 df -kP / /var /tmp
    tell memory "$(sysctl -n hw.memsize 2> /dev/null)"
    tell busy "$(list_busy)"
    tell reboot_command "$(find_reboot)"
    if [ -r "${state:?}" ]; then describe_operation; fi
    ask proxies 30 scutil --proxy
    tell task_proxies "$(list_task_proxies)"
    ask softwareupdate 900 softwareupdate --list
    if find_brew; then
        tell brew "${brew:?}"
        tell brew_trouble "$(explain_brew)"
        if [ -z "$(explain_brew)" ]; then ask brew_version 60 run_brew --version; fi
    fi
    if [ $# -gt 0 ]; then ask endpoints 30 try_endpoints "$@"; fi
    tell ended "$(date +%s)"
}

list_busy() {
    for busy_name in softwareupdate installer; do tell_busy "$busy_name" -x "$busy_name"; done
    # its process is a shell's, later one of Ruby
    tell_busy brew -f '/Homebrew/brew[.](sh|rb)( |$)'
}

# tell_busy NAME WORD... : the first process that "pgrep" finds so.
tell_busy() {
    busy_name=$1
    shift
    busy_process=$(pgrep "$@" | head -n 1)
    if [ -n "$busy_process" ]; then echo "$busy_process $busy_name"; fi
}

# Those of the task, without users and passwords.
list_task_proxies() {
    for task_proxy in "http ${http_proxy-}" "https ${https_proxy-${HTTPS_PROXY-}}" "all ${all_proxy-${ALL_PROXY-}}"; do
        printf '%s\n' "$task_proxy" | sed -e '/ ./!d' -e 's,://.*@,://***@,' -e '/:\/\//!s, .*@, ***@,'
    done
}

# Any answer of the other side is one, also that it does not like the question.
try_endpoints() {
    for endpoint in "$@"; do
        (
            endpoint_said=$(curl -sS -o /dev/null --connect-timeout 5 --max-time 10 "https://$endpoint/" 2>&1)
            echo "$endpoint $? $endpoint_said"
        ) &
    done
    wait
}
