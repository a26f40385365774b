# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real processes, forked as Ansible forks its workers."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

fork = multiprocessing.get_context("fork")


def run_all(target: Callable[..., None], arguments: Sequence[tuple[Any, ...]]) -> list[int | None]:
    """Run a function in a process per argument list; gives the exit codes."""
    processes = [fork.Process(target=target, args=each) for each in arguments]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return [process.exitcode for process in processes]


@contextmanager
def run_until_marked(
    target: Callable[[str, Path], None], url: str, marker: Path
) -> Iterator[multiprocessing.process.BaseProcess]:
    """Run a function beside the block, which begins when the function has made its marker; kill it at the end."""
    process = fork.Process(target=target, args=(url, marker))
    process.start()
    try:
        while not marker.exists():
            assert process.is_alive()
            time.sleep(0.01)
        yield process
    finally:
        process.kill()
        process.join()
