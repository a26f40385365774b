# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""States of the members of a transaction, with yum 3's numbers."""

TS_UPDATE, TS_INSTALL, TS_TRUEINSTALL, TS_ERASE, TS_OBSOLETED, TS_OBSOLETING = 10, 20, 30, 40, 50, 60
TS_INSTALL_STATES = [TS_INSTALL, TS_TRUEINSTALL, TS_UPDATE, TS_OBSOLETING]
