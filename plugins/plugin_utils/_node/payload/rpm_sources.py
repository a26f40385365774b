# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Repositories of a baseline, as text for the configuration of dnf and yum. Pure."""

import re

_SECTION = re.compile(r"(?m)^[ \t]*\[([^\]\n]+)\]")
# what a configuration for one run has of its own; repositories named elsewhere are the node's
_OWN = re.compile(r"\s*(?:reposdir|cachedir|include)\s*[=:]")


def rename_sections(texts):
    """The texts with section names that are repositories, each once: ``[main]`` is none, a second one is left out."""
    seen = set(["main", "installed"])

    def rename(match):
        name = wanted = match.group(1).strip()
        number = 1
        while name in seen:
            number += 1
            name = "%s-%d" % (wanted if wanted not in ("main", "installed") else "source", number)
        seen.add(name)
        return "[%s]" % name

    return [_SECTION.sub(rename, text) for text in texts]


def write_main(text, reposdir, cachedir):
    """A node's ``yum.conf`` with other repositories: its options stay, sections that are repositories do not."""
    kept = []
    inside = dropped = False
    for line in (text or "").splitlines():
        section = _SECTION.match(line)
        if section:
            inside = section.group(1).strip() == "main"
        elif inside and line.strip():
            # a line that is indented goes on with the option before
            dropped = dropped if line[0] in " \t" else bool(_OWN.match(line))
            if not dropped:
                kept.append(line)
    return "\n".join(["[main]"] + kept + ["reposdir=" + reposdir, "cachedir=" + cachedir, ""])
