# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the engine raises.

::

    EngineError
    ├── BaselineError                  a set of baselines, or a document as a whole, cannot be used
    │   ├── BaselineValueError         one value of a document: .path, .found, .allowed
    │   └── BaselineDocumentError      everything wrong in one document: .errors
    └── FactsError                     what a node sent does not fit the schema: .path
"""

from __future__ import annotations

from collections.abc import Sequence


class EngineError(Exception):
    """Root of everything the engine raises on purpose."""


class BaselineError(EngineError):
    """A baseline, or a set of baselines, cannot be used."""


class BaselineValueError(BaselineError):
    """One value cannot be accepted: where it stands, what was found there, what is allowed."""

    def __init__(self, path: str, found: str, allowed: str) -> None:
        super().__init__(f"{path or 'the document'}: found {found}; allowed: {allowed}")
        self.path = path
        self.found = found
        self.allowed = allowed


class BaselineDocumentError(BaselineError):
    """Everything that is wrong in one document."""

    def __init__(self, subject: str, errors: Sequence[BaselineValueError]) -> None:
        lines = "".join(f"\n- {error}" for error in errors)
        count = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
        super().__init__(f"Failed to read {subject}: {count}{lines}")
        self.errors = tuple(errors)


class FactsError(EngineError):
    """The facts of a node do not fit the schema."""

    def __init__(self, path: str, cause: str) -> None:
        super().__init__(f"Failed to read fact '{path}': {cause}")
        self.path = path
