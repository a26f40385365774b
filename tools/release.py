# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Print the release of the interpreter that reads this, if it is one that can run the collection.

Any interpreter may be asked, so this is Python of any age.
"""

import sys

if sys.version_info >= (3, 11) and sys.version_info[3] == "final":
    sys.stdout.write("%d.%d.%d\n" % sys.version_info[:3])
