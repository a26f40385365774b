# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh

# Apple's own software: what is installed and what softwareupdate offers.

settings=/Library/Preferences/com.apple.SoftwareUpdate.plist
restrictions='/Library/Managed Preferences/com.apple.applicationaccess.plist'

collect_software() {
    ask softwareupdate 900 softwareupdate --list
    ask recommended 30 plutil -extract RecommendedUpdates json -o - "$settings"
    # only a profile can defer updates, and the question takes its time
    if [ -e "$restrictions" ] && [ "$(id -u)" = 0 ]; then
        ask deferred 300 /usr/libexec/mdmclient AvailableOSUpdates
    fi
    ask history 60 plutil -convert xml1 -o - /Library/Receipts/InstallHistory.plist
    # Safari comes with the system and may never have been installed by itself
    ask safari 30 plutil -extract CFBundleShortVersionString xml1 -o - /Applications/Safari.app/Contents/Info.plist
    ask receipts 300 list_receipts
}

# Fails if one of them, or their list, could not be had.
list_receipts() {
    receipts=$(pkgutil --pkgs) || {
        printf '%s\n' "$receipts"
        return 1
    }
    printf '%s\n' "$receipts" | {
        receipts_status=0
        while IFS= read -r receipt; do
            [ -z "$receipt" ] || pkgutil --pkg-info "$receipt" < /dev/null || receipts_status=1
        done
        [ "$receipts_status" = 0 ]
    }
}
