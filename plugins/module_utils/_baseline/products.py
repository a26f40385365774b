# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a ``PRODUCT`` value means the product a node has (``baselines.md`` 3.2)."""

from __future__ import annotations

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.globs import compile_glob
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import Baseline, PatchSource

# Microsoft's categories of the newer servers do not bear the server's name.
_WINDOWS_CATEGORIES = {
    "windowsserver2022": "microsoftserveroperatingsystem-21h2",
    "windowsserver2025": "microsoftserveroperatingsystem-24h2",
}


def fold(text: str) -> str:
    """Return a word without case and spaces: ``Windows Server 2019`` is ``WindowsServer2019``."""
    return "".join(text.casefold().split())


def matches_product(value: str, product: str) -> bool:
    """Tell whether a value accepts a product: the same word, a glob, or the word up to a dot.

    ``RedhatEnterpriseLinux8`` accepts ``RedhatEnterpriseLinux8.2``; ``AmazonLinux2.0`` is ``AmazonLinux2``.
    """
    wanted, found = fold(value), fold(product)
    if "*" in wanted:
        return compile_glob(wanted).fullmatch(found) is not None
    return (
        found == wanted
        or found.startswith(f"{wanted}.")
        or wanted == f"{found}.0"
        or found == _WINDOWS_CATEGORIES.get(wanted)
    )


def find_sources(baseline: Baseline, product: str) -> tuple[PatchSource, ...]:
    """Return the repositories to use *instead of* the node's own; none means the node's own (``baselines.md`` 1.4)."""
    return tuple(
        source for source in baseline.sources if any(matches_product(value, product) for value in source.products)
    )
