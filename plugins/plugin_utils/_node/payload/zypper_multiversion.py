# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Of which packages several versions live side by side: kernels, by ``multiversion`` of ``zypp.conf``."""

import glob
import re

from . import commands
from .files import read_text

_MORE = "/etc/zypp/multiversion.d/*"
_CAPABILITY = "provides:"


def list_names(settings, more=None):
    """Names of such packages that are installed."""
    words = read_words(settings, [read_text(path) for path in sorted(glob.glob(_MORE))] if more is None else more)
    names = set(word for word in words if not word.startswith(_CAPABILITY))
    capabilities = [word[len(_CAPABILITY) :] for word in words if word.startswith(_CAPABILITY)]
    if capabilities:
        query = ["rpm", "-q", "--queryformat", "%{NAME}\\n", "--whatprovides"] + capabilities
        names.update(line for line in commands.run(query).out.splitlines() if re.match(r"\S+\Z", line))
    return sorted(names)


def read_words(settings, more=()):
    """The words of the setting, and of the files beside it, one a line."""
    words = []
    for value in re.findall(r"(?m)^\s*multiversion\s*=(.*)$", settings):
        words += [word.strip() for word in value.split(",")]
    for text in more:
        words += [line.strip() for line in (text or "").splitlines() if not line.strip().startswith("#")]
    return [word for word in words if re.match(r"[A-Za-z0-9_][^\s]*\Z", word)]
