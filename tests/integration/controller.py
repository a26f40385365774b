# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs ``ansible-playbook`` the way a user does and keeps what it printed and what each task returned."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
KEPT = ("ANSIBLE_COLLECTIONS_PATH",)  # of the settings that the tests are started with


@dataclass(frozen=True)
class PlaybookRun:
    """One finished call."""

    rc: int
    stdout: str
    stderr: str
    records: Sequence[Mapping[str, Any]]

    @property
    def output(self) -> str:
        return self.stdout + self.stderr

    def results(self, action: str) -> dict[str, dict[str, Any]]:
        """The result of one of our actions by host; the last one where there are several."""
        name = f"openpatch.patch_manager.{action}"
        return {
            record["host"]: record["result"]
            for record in self.records
            if record["action"] == name and record["outcome"] != "skipped"
        }

    def outcome(self, host: str) -> str:
        """How the host ended: ok, failed or unreachable."""
        last = [
            record["outcome"] for record in self.records if record["host"] == host and record["outcome"] != "skipped"
        ]
        return last[-1] if last else "absent"

    def _done(self) -> list[Mapping[str, Any]]:
        return [record for record in self.records if record["outcome"] != "skipped"]


@dataclass
class Controller:
    """A user's working folder: inventory, baselines, and a store of its own."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def store_url(self) -> str:
        return f"sqlite:///{self.folder}/store.sqlite3"

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def inventory(self, hosts: Mapping[str, Mapping[str, Any]]) -> Path:
        return self.write(
            "inventory.yml", json.dumps({"all": {"hosts": {name: dict(values) for name, values in hosts.items()}}})
        )

    def command(self, playbook: str, *arguments: str, **variables: Any) -> list[str]:
        program = Path(sys.executable).with_name("ansible-playbook")
        inventory = self.folder / "inventory.yml"
        extra = {"patch_store_url": self.store_url, **variables}
        return [
            str(program),
            *(["-i", str(inventory)] if inventory.exists() else []),
            playbook,
            *arguments,
            "-e",
            json.dumps(extra),
        ]

    def env(self) -> dict[str, str]:
        record = self.folder / "record.jsonl"
        record.unlink(missing_ok=True)
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_") or name in KEPT},
            "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback"),
            "ANSIBLE_CALLBACKS_ENABLED": "record",
            "ANSIBLE_PIPELINING": "true",
            "ANSIBLE_HOME": str(self.folder / "ansible"),
            "ANSIBLE_NOCOWS": "true",
            "ANSIBLE_FORCE_COLOR": "false",
            "RECORD_FILE": str(record),
            "COLUMNS": "160",
            **self.environment,
        }

    def play(self, playbook: str, *arguments: str, timeout: float = 600, **variables: Any) -> PlaybookRun:
        """Run a playbook (``patch`` is the collection's) to its end."""
        name = playbook if playbook.endswith(".yml") else f"openpatch.patch_manager.{playbook}"
        done = subprocess.run(
            self.command(name, *arguments, **variables),
            cwd=self.folder,
            env=self.env(),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        return PlaybookRun(done.returncode, done.stdout, done.stderr, self.records())

    def states_in_report(self, name: str, host: str) -> dict[str, str]:
        """Patch id to state of one host in a JSON report."""
        report = json.loads((self.folder / name).read_text(encoding="utf-8"))
        (found,) = [entry for entry in report["nodes"] if entry["host"] == host]
        return {patch["id"]: patch["state"] for patch in found["patches"]}

    def records(self) -> list[dict[str, Any]]:
        path = self.folder / "record.jsonl"
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
