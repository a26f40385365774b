# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far apt is, from its status lines (``APT::Status-Fd``; README.progress-reporting of apt).

::

    dlstatus:1:12.5:Retrieving file 2 of 8
    pmstatus:openssl:45.0:Unpacking openssl (amd64)
    pmstatus:openssl:80.0:Installed openssl (amd64)

dpkg by itself says ``processing: configure: openssl`` instead.
"""


class Progress(object):
    """Counts installed packages and remembers which one dpkg is at."""

    def __init__(self, record, total=None):
        self.record = record
        self.total = total
        self.installed = set()
        self.current = ""

    def read(self, line):
        parts = line.split(":", 3)
        if parts[0] == "processing" and len(parts) > 2:
            self.current = parts[2].strip()
            return self.record.progress("%s %s" % (parts[1].strip(), self.current))
        if len(parts) < 4 or parts[0] not in ("dlstatus", "pmstatus"):
            return None
        doing = parts[3].strip()
        if parts[0] == "pmstatus" and parts[1] != "dpkg-exec":
            self.current = parts[1].partition(":")[0]
            if doing.startswith("Installed "):
                self.installed.add(parts[1])
        if self.total is None:
            return self.record.progress(doing)
        return self.record.progress(doing, min(len(self.installed), self.total), self.total)
