# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the payload's tests with every Python on this machine: ``python3 tests/node/run.py [PATTERN]``.

Interpreters are looked for on PATH and among pyenv's versions. Ends with 1 if a test fails anywhere, or no Python ran.
"""

import glob
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
NAME = re.compile(r"python(2\.[67]|3\.\d+)$")


def find_interpreters():
    """Paths of interpreters by version; the first on PATH wins."""
    directories = os.environ.get("PATH", "").split(os.pathsep)
    directories += sorted(glob.glob(os.path.join(os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv"), "versions/*/bin")))
    found = {}
    for directory in directories:
        for path in sorted(glob.glob(os.path.join(directory, "python[23].*"))):
            version = ask_version(path) if NAME.match(os.path.basename(path)) else None
            if version:
                found.setdefault(version, path)
    return found


def ask_version(path):
    """``3.11`` for a Python 2.6+ or 3.6+ that works; None for a shim without an interpreter behind it, or an older one."""
    process = subprocess.Popen(
        [path, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    said = process.communicate()[0].decode("ascii", "replace").strip()
    return said if process.returncode == 0 and re.match(r"2\.[67]$|3\.([6-9]|\d\d)$", said) else None


def main(arguments):
    interpreters = find_interpreters()
    failed = []
    for version in sorted(interpreters, key=lambda version: [int(part) for part in version.split(".")]):
        command = [interpreters[version], "-B", "-W", "error", "-m", "unittest", "discover", "-s", HERE, "-p"]
        status = subprocess.call(command + [arguments[0] if arguments else "test_*.py"])
        print("Python %-5s %s  %s" % (version, "ok    " if status == 0 else "FAILED", interpreters[version]))
        sys.stdout.flush()
        if status != 0:
            failed.append(version)
    print("ran on: %s" % (", ".join(sorted(interpreters)) or "no Python at all"))
    return 1 if failed or not interpreters else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
