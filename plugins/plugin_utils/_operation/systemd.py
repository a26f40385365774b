# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""systemd as the one who deploys meets it: the machine's for root, one's own for anybody else."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._operation.errors import OperationError

TIMEOUT_SECONDS = 60
SYSTEM_FOLDER = Path("/etc/systemd/system")
SYSTEM_STAMPS = Path("/var/lib/systemd/timers")


@dataclass(frozen=True, slots=True)
class Systemd:
    """Where its units are and the times at which its timers last ran, how it is told, and whether it runs."""

    folder: Path
    stamps: Path
    command: tuple[str, ...]
    runs: bool
    is_system: bool

    def find_idle(self, timers: Iterable[str]) -> tuple[str, ...]:
        """Give the timers that are not both enabled and active."""
        return tuple(
            timer for timer in timers if any(self._ask(question, timer) for question in ("is-enabled", "is-active"))
        )

    def reload(self) -> None:
        """Read all units anew."""
        self._tell("daemon-reload")

    def start_timers(self, timers: Iterable[str]) -> None:
        """Enable and start timers; one whose unit changed is started anew.

        They are due from now on. systemd would at once make up for every date since a timer of this name last ran, and
        does not know that the dates were others then, or that there was no such policy.
        """
        names = tuple(timers)
        if names:
            self._tell("enable", *names)
            for name in names:
                self._forget_past(name)
            self._tell("restart", *names)

    def stop_timers(self, timers: Iterable[str]) -> None:
        """Disable and stop timers; a service that runs is left alone."""
        names = tuple(timers)
        if names:
            self._tell("disable", "--now", *names)

    def start_services(self, services: Iterable[str]) -> None:
        """Start services and do not wait for them."""
        names = tuple(services)
        if names:
            self._tell("start", "--no-block", *names)

    def _forget_past(self, timer: str) -> None:
        stamp = self.stamps / f"stamp-{timer}"  # its time of change is what counts
        try:
            os.utime(stamp)
        except FileNotFoundError:  # no timer of this name has ever been started: systemd makes it
            pass
        except OSError as error:
            raise OperationError(f"Failed to set the time of '{stamp}': {error.strerror}. Remove it") from error

    def _ask(self, *words: str) -> int:
        return self._call(*words).returncode

    def _tell(self, *words: str) -> None:
        done = self._call(*words)
        if done.returncode:
            cause = done.stderr.strip().replace("\n", "; ") or f"exit code {done.returncode}"
            raise OperationError(f"Failed to call '{' '.join((*self.command, *words))}': {cause}. Call it by hand")

    def _call(self, *words: str) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(
                [*self.command, *words], capture_output=True, text=True, check=False, timeout=TIMEOUT_SECONDS
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise OperationError(f"Failed to call '{' '.join((*self.command, *words))}': {error}") from error


def find_systemd() -> Systemd:
    """The systemd of who calls."""
    if os.geteuid() == 0:
        return Systemd(SYSTEM_FOLDER, SYSTEM_STAMPS, ("systemctl",), Path("/run/systemd/system").is_dir(), True)
    configuration = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    runs = bool(runtime) and Path(runtime or "/", "systemd", "private").exists()
    units, stamps = Path(configuration, "systemd", "user"), Path(data, "systemd", "timers")
    return Systemd(units, stamps, ("systemctl", "--user"), runs, False)
