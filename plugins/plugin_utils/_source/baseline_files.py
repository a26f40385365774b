# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Baselines kept as files: ``patch_baselines/*.yml`` beside the inventory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.errors import BaselineError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import Baseline, OperatingSystem
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.parse import parse_baseline
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.resolve import check_registrations
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.documents import Document, read_documents
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.errors import (
    BaselineFileError,
    DocumentError,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._source.locations import read_text

SUFFIXES = (".yml", ".yaml", ".json")


@dataclass(frozen=True, slots=True)
class BaselineFiles:
    """What a folder of baselines holds for one operating system."""

    baselines: tuple[Baseline, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BaselineEntry:
    """One baseline of a file: which document of the file it is (in), and its path there (``[2]``, or nothing)."""

    file: Path
    document: int
    prefix: str
    place: str
    data: Mapping[str, object]
    baseline: Baseline

    def says(self, key: str) -> bool:
        """Whether the file speaks of a key at all, in whichever spelling."""
        camel = "".join(word.capitalize() for word in key.split("_"))
        return any(self.data.get(name) is not None for name in (key, camel, camel[0].lower() + camel[1:]))


def list_entries(folder: Path) -> tuple[tuple[BaselineEntry, ...], tuple[str, ...]]:
    """Give every baseline of a folder, of all operating systems, and what its writer should know.

    Raises BaselineFileError or DocumentError with everything that is wrong: who works with all of them must not take
    one that is not understood for one that is not there.
    """
    entries: list[BaselineEntry] = []
    warnings: list[str] = []
    errors: list[str] = []
    for file in _list_files(folder):
        for index, (document, prefix, data) in _number(_entries_of(file)):
            try:
                parsed = parse_baseline(data)
            except BaselineError as error:
                errors.append(document.describe(error, "baseline", prefix))
                continue
            place = document.place_of(prefix)
            warnings += [f"{place}: {warning}" for warning in parsed.warnings]
            if isinstance(data, Mapping):
                entries.append(BaselineEntry(file, index, prefix, place, data, parsed.baseline))
    if errors:
        raise BaselineFileError("\n".join(errors))
    check_together([(entry.baseline, entry.place) for entry in entries], folder)
    return tuple(entries), tuple(warnings)


def check_together(placed: Iterable[tuple[Baseline, str]], folder: Path) -> None:
    """Raise BaselineFileError if baselines of a folder contradict each other; each comes with its place."""
    by_system: dict[OperatingSystem, list[tuple[Baseline, str]]] = {}
    for baseline, place in placed:
        by_system.setdefault(baseline.operating_system, []).append((baseline, place))
    for each in by_system.values():
        try:
            check_registrations([baseline for baseline, _place in each], [place for _baseline, place in each])
        except BaselineError as error:
            raise BaselineFileError(f"Failed to use the baselines of '{folder}': {error}") from error


def load_baselines(folder: Path, operating_system: OperatingSystem) -> BaselineFiles:
    """Read every baseline of one operating system below a folder; a folder that does not exist holds none.

    A file that is no YAML, or whose operating system cannot be told, stops every host, because it could have been
    meant for it. An error in a baseline of another system is only a warning here: it stops the hosts of that one.

    Raises BaselineFileError or DocumentError that names file, line, path and what is allowed.
    """
    baselines: list[Baseline] = []
    places: list[str] = []
    warnings: list[str] = []
    errors: list[str] = []
    for document, prefix, data in _entries(folder):
        try:
            parsed = parse_baseline(data)
        except BaselineError as error:
            message = document.describe(error, "baseline", prefix)
            if _names_other(data, operating_system):
                warnings.append(message)
            else:
                errors.append(message)
            continue
        if parsed.baseline.operating_system is operating_system:
            baselines.append(parsed.baseline)
            places.append(document.place_of(prefix))
            warnings += [f"{document.place_of(prefix)}: {warning}" for warning in parsed.warnings]
    if errors:
        raise BaselineFileError("\n".join(errors))
    check_together(zip(baselines, places, strict=True), folder)
    return BaselineFiles(tuple(baselines), tuple(warnings))


def mention(folder: Path, word: str) -> bool:
    """Tell whether a word stands in any file of the folder, in whatever place and case. Quick: nothing is parsed."""
    return any(word in read_text(file, "baseline file").casefold() for file in _list_files(folder))


def _list_files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES and not path.name.startswith("."))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise DocumentError(
            f"Failed to read baselines from '{folder}': {error.strerror}. Set patch_baseline_dir to a readable folder"
        ) from error


def _entries(folder: Path) -> Iterator[tuple[Document, str, object]]:
    """Each baseline of each file, with its document and its path in it; a document is one baseline or a list."""
    for file in _list_files(folder):
        yield from _entries_of(file)


def _entries_of(file: Path) -> Iterator[tuple[Document, str, object]]:
    for document in read_documents(read_text(file, "baseline file"), str(file)):
        if isinstance(document.data, list):
            for index, data in enumerate(document.data):
                yield document, f"[{index}]", data
        else:
            yield document, "", document.data


def _number(
    entries: Iterable[tuple[Document, str, object]],
) -> Iterator[tuple[int, tuple[Document, str, object]]]:
    """Each entry with the number of its document in the file, empty ones not counted."""
    numbers: dict[int, int] = {}
    for entry in entries:
        yield numbers.setdefault(id(entry[0]), len(numbers)), entry


def _names_other(data: object, operating_system: OperatingSystem) -> bool:
    named = data.get("operating_system", data.get("OperatingSystem")) if isinstance(data, dict) else None
    return isinstance(named, str) and named in OperatingSystem.__members__ and named != operating_system.value
