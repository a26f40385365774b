# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Record golden files on a node: ``python3 record.py DIRECTORY NAME PACKAGE...`` as root, with the payload beside it.

Keeps only the packages named, and writes hosts as ``mirror.example``.
"""

import io
import json
import os
import re
import sys


def main(directory, name, packages):
    from payload import apt_collect

    raw = apt_collect.gather()
    texts = {
        "dpkg-query": keep_lines(raw["packages"], packages),
        "apt-get-update": raw["update"],
        "indextargets": keep_packages_targets(raw["targets"]),
        "apt-cache-policy": keep_blocks(raw["policy"], packages),
        "apt-cache-show": keep_records(raw["records"], packages),
    }
    for kind, text in texts.items():
        write(os.path.join(directory, "%s.%s.stdout" % (name, kind)), anonymise(text))
    rest = dict((key, raw[key]) for key in ("user", "refreshed", "problems", "files", "kernel"))
    times = dict((key, value) for key, value in raw["install_times"].items() if key.partition(":")[0] in packages)
    rest["install_times"] = times
    write(os.path.join(directory, name + ".rest.json"), json.dumps(rest, indent=1, sort_keys=True) + "\n")


def keep_lines(text, packages):
    return "".join(line + "\n" for line in text.splitlines() if line.split("\t")[0] in packages)


def keep_packages_targets(text):
    return "".join(line + "\n" for line in text.splitlines() if line.endswith("\tPackages"))


def keep_blocks(text, packages):
    blocks = re.split(r"(?m)^(?=\S+:$)", text)
    return "".join(block for block in blocks if block.split(":")[0] in packages)


def keep_records(text, packages):
    wanted = ("Package:", "Version:", "Architecture:", "Section:", "Priority:", "Source:", "Description:", " ")
    stanzas = []
    for stanza in text.split("\n\n"):
        lines = [line for line in stanza.splitlines() if line.startswith(wanted)]
        if lines and lines[0].partition(": ")[2] in packages:
            stanzas.append("\n".join(lines))
    return "\n\n".join(stanzas) + "\n"


def anonymise(text):
    return re.sub(r"(https?://)[^/ \t]+", r"\1mirror.example", text)


def write(path, text):
    with io.open(path, "w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
