# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One node: a root file system in a world of its own, with its own sshd."""

from __future__ import annotations

import os
import shlex
import shutil
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from .bases import overlay_environment
from .catalog import NodeSpec
from .errors import NodeError
from .identity import known_hosts_line, make_key, ssh_options
from .network import require_free, wait_for_answer
from .paths import BOOT
from .processes import Result, descend, find_pids, is_alive, kill_and_wait, run, spawn_daemon
from .recipes import PASSWORD_USER, PASSWORDLESS_USER, SSH_PORT
from .seed import Files, write_seed

_UNSHARE_BELOW, _INIT_BELOW = 1, 2
"""Where these are below the supervisor; see supervise.sh."""
_REBOOT = "/usr/sbin/reboot"
_DO_REBOOT, DO_POWER_OFF, DO_NOTHING = "kill -INT 1", "kill -TERM 1", "exit 0"
"""What a node's reboot command can do; see boot/init.sh."""
_ENVIRONMENT = (
    "env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LC_ALL=C.UTF-8",
)  # fmt: skip


def power_off(directory: Path) -> None:
    """Kill every node whose files are in a directory, and return when all their processes are gone."""
    supervisors = find_pids("supervise.sh", directory)
    links = descend(supervisors, _UNSHARE_BELOW)
    # From the bottom up, so that each parent is there to reap its child.
    if kill_and_wait(descend(supervisors, _INIT_BELOW), also_gone=[*links, *supervisors]):
        return
    if not kill_and_wait(supervisors, also_gone=links):
        raise NodeError(f"Failed to stop the nodes in '{directory}': a process is still there after being killed.")


class Node:
    """A node of an estate. `lowers` gives the directories it stands on, topmost first; asked when it starts."""

    def __init__(
        self,
        spec: NodeSpec,
        state: Path,
        address: str,
        lowers: Callable[[], Sequence[Path]],
        hosts: Mapping[str, str],
    ) -> None:
        self.spec = spec
        self.name = spec.name
        self.address = address
        self.directory = state / "nodes" / spec.name
        self.log = self.directory / "log"
        self._state = state
        self._lowers = lowers
        self._hosts = hosts

    @property
    def host_vars(self) -> dict[str, str | int]:
        """Inventory variables for Ansible; set `ansible_user` to `ops` or `opspw` to test `become`."""
        return {
            "ansible_host": self.address,
            "ansible_port": SSH_PORT,
            "ansible_user": "root",
            "ansible_ssh_private_key_file": str(self._state / "ssh/id_ed25519"),
            "ansible_ssh_common_args": ssh_options(self._state / "ssh/known_hosts"),
        }

    @property
    def known_hosts_line(self) -> str:
        """What a known_hosts file must hold for this node."""
        return known_hosts_line(self.address, SSH_PORT, make_key(self.directory / "host_key"))

    @property
    def pid(self) -> int | None:
        """Process id, on the host, of the node's PID 1; None when it does not run."""
        found = descend(find_pids("supervise.sh", self.directory), _INIT_BELOW)
        return found[0] if found else None

    def start(self) -> None:
        """Start the node and return when its sshd answers; nothing happens when it runs already."""
        if not self.spec.runs or find_pids("supervise.sh", self.directory):
            return
        require_free(self.address, SSH_PORT)
        self.directory.mkdir(parents=True, exist_ok=True)
        lowers = self._lowers()
        environment = overlay_environment(self.directory, lowers)
        stamp = self.directory / "lower"
        if not stamp.exists() or stamp.read_text() != environment["LOWER"]:
            # An overlay whose lower directories changed under it is undefined: only a fresh one will do.
            self._discard_changes()
            environment = overlay_environment(self.directory, lowers)
            self._write_seed(self.directory / "seed.tar")
            stamp.write_text(environment["LOWER"])
        environment.update(SEED=str(self.directory / "seed.tar"), PATH=os.environ["PATH"])
        command = ["/bin/sh", BOOT / "supervise.sh", self.directory, self.name]
        self._wait_for_sshd(spawn_daemon([str(word) for word in command], self.log, environment))

    def stop(self) -> None:
        """Cut the power: every process of the node is killed at once. What it wrote to disk stays."""
        power_off(self.directory)

    def restart(self) -> None:
        """Reboot: the same disk, a new PID 1, an empty /run and /tmp, a new boot id."""
        self.stop()
        self.start()

    def reset(self) -> None:
        """Throw away everything the node wrote and start it fresh, under the same host key and address."""
        self.stop()
        self._discard_changes()
        self.start()

    def reboot_by(self, script: str) -> None:
        """Make the node's own reboot command do something else, such as DO_POWER_OFF or DO_NOTHING."""
        self.run(f"cat > {_REBOOT}", stdin=f"#!/bin/sh\n{script}\n")

    def run(
        self, command: str | Sequence[str], *, user: str = "root", stdin: str = "", timeout: int | None = None
    ) -> Result:
        """Run a command inside the node, not over ssh; a string goes to the node's shell.

        After `timeout` seconds the command is killed and the exit status is 124.
        """
        pid = self.pid
        if pid is None:
            raise NodeError(f"Failed to run a command on node '{self.name}': it is not running.")
        words = ["/bin/sh", "-c", command] if isinstance(command, str) else list(command)
        if user != "root":
            words = ["su", "-l", user, "-c", shlex.join(words)]
        if timeout is not None:
            words = ["timeout", "-k", "1", str(timeout), *words]
        entry = ["nsenter", "--target", str(pid), "--mount", "--uts", "--ipc", "--pid", "--wdns=/root"]
        return run([*entry, *_ENVIRONMENT, *words], stdin=stdin)

    def ssh(self, command: str, *, user: str = "root", stdin: str = "", timeout: float | None = None) -> Result:
        """Run a command over ssh, as Ansible would."""
        return run([*self.ssh_command(user), command], stdin=stdin, timeout=timeout)

    def ssh_command(self, user: str = "root") -> list[str]:
        """The ssh command line that reaches this node, without the remote command."""
        variables = self.host_vars
        return [
            "ssh", *shlex.split(str(variables["ansible_ssh_common_args"])), "-i",
            str(variables["ansible_ssh_private_key_file"]), "-p", str(SSH_PORT), f"{user}@{self.address}",
        ]  # fmt: skip

    def _discard_changes(self) -> None:
        for name in ("upper", "work", "root"):
            shutil.rmtree(self.directory / name, ignore_errors=True)
        (self.directory / "lower").unlink(missing_ok=True)

    def _wait_for_sshd(self, supervisor: int) -> None:
        if wait_for_answer(self.address, SSH_PORT, b"SSH-", lambda: is_alive(supervisor)):
            return
        self.stop()
        tail = " | ".join(self.log.read_text(errors="backslashreplace").splitlines()[-4:])
        raise NodeError(f"Failed to start node '{self.name}': {tail or 'its sshd did not answer'}")

    def _write_seed(self, path: Path) -> None:
        key = make_key(self._state / "ssh/id_ed25519") + "\n"
        host_key = self.directory / "host_key"
        public_host_key = make_key(host_key) + "\n"
        hosts = "".join(f"{address} {name}\n" for name, address in self._hosts.items())
        files: Files = {
            "/etc/hostname": (f"{self.name}\n", 0o644),
            "/etc/hosts": (f"127.0.0.1 localhost\n{self.address} {self.name}\n{hosts}", 0o644),
            "/etc/resolv.conf": (Path("/etc/resolv.conf").read_text(), 0o644),
            "/etc/machine-id": (f"{uuid.uuid4().hex}\n", 0o444),
            "/etc/ssh/estate_address": (f"ListenAddress {self.address}\n", 0o644),
            "/etc/ssh/ssh_host_ed25519_key": (host_key.read_text(), 0o600),
            "/etc/ssh/ssh_host_ed25519_key.pub": (public_host_key, 0o644),
            "/root/.ssh/authorized_keys": (key, 0o644),
            f"/home/{PASSWORDLESS_USER}/.ssh/authorized_keys": (key, 0o644),
            f"/home/{PASSWORD_USER}/.ssh/authorized_keys": (key, 0o644),
            _REBOOT: (f"#!/bin/sh\n{_DO_REBOOT}\n", 0o755),
            **{name: (text, 0o755 if text.startswith("#!") else 0o644) for name, text in self.spec.files.items()},
        }
        write_seed(path, files, self.spec.owners)
