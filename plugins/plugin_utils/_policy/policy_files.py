# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The folder of patch policies: ``patch_policies/NAME.yml`` beside the inventory."""

from __future__ import annotations

import re
from pathlib import Path

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.errors import BaselineError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.errors import PolicyError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._policy.policy import PatchPolicy, parse_policy
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.documents import read_documents
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.errors import SourceError
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.locations import find_path, read_text

SUFFIXES = (".yml", ".yaml", ".json")

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


def find_policies(given: str | None, base_dir: str) -> Path:
    """The folder of policies; one that was asked for has to be there."""
    try:
        folder = find_path(given or "patch_policies", "patch_policy_dir", base_dir)
    except SourceError as error:
        raise PolicyError(str(error)) from error
    if given and not folder.is_dir():
        raise PolicyError(f"Failed to find patch_policy_dir '{folder}'. Create the folder or correct the path")
    return folder


def list_policies(folder: Path) -> tuple[str, ...]:
    """Give the names of all policies of a folder; one that does not exist holds none.

    Raises PolicyError for a file whose name is no policy's, and for a name that two files have.
    """
    return tuple(_list_files(folder))


def load_policy(folder: Path, name: str) -> PatchPolicy:
    """Read one policy.

    Raises PolicyError that names file, line and path of everything that is wrong, or the policies that there are.
    """
    files = _list_files(folder)
    if name not in files:
        there = f"There are: {', '.join(files)}" if files else "There is none"
        raise PolicyError(f"Failed to find patch policy {name!r} in '{folder}'. {there}")
    file = files[name]
    try:
        documents = read_documents(read_text(file, "patch policy"), str(file))
    except SourceError as error:
        raise PolicyError(str(error)) from error
    if len(documents) > 1:
        raise PolicyError(
            f"Failed to read patch policy '{file}': it holds {len(documents)} documents. Write each into its own file"
        )
    try:
        return parse_policy(documents[0].data if documents else {}, name, str(file))
    except BaselineError as error:
        raise PolicyError(documents[0].describe(error, "patch policy")) from error


def _list_files(folder: Path) -> dict[str, Path]:
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES and not path.name.startswith("."))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise PolicyError(
            f"Failed to read patch policies from '{folder}': {error.strerror}."
            " Set patch_policy_dir to a readable folder"
        ) from error
    files: dict[str, Path] = {}
    for path in found:
        if not _NAME.fullmatch(path.stem):
            raise PolicyError(
                f"Failed to read patch policy {str(path)!r}: a policy's name has 1 to 100 letters, digits, _, . or -,"
                " and begins with a letter or digit. Rename the file"
            )
        if path.stem in files:
            raise PolicyError(f"Failed to read patch policy '{path}': '{files[path.stem].name}' has the same name too")
        files[path.stem] = path
    return files
