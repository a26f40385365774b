# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes wrong between a baseline's place and the engine.

::

    SourceError
    ├── DocumentError    a file or address cannot be read, or is no YAML: names it and, where known, the line
    └── BaselineFileError    the documents are readable but not usable: names file, line and path of each value
"""

from __future__ import annotations


class SourceError(Exception):
    """Root of everything this package raises on purpose."""


class DocumentError(SourceError):
    """A document cannot be read."""


class BaselineFileError(SourceError):
    """A baseline file holds something that is not a baseline, or two files contradict each other."""
