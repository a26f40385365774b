# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the checks of this project stage by stage.

``python tools/stages.py`` runs them all, two at a time: a line per stage with its time, the end of the log of a stage
that failed, and a closing line that adds up what pytest counted. ``python tools/stages.py unit`` runs one and shows
what it prints.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
LOGS = CACHE / "logs"
NO_SETTINGS = CACHE / "ansible.cfg"  # empty
LIMIT = 40 * 60  # seconds after which a stage is stopped, so that whatever hangs is known by its name
AT_ONCE = 2  # most stages use one core, or wait for their nodes
SIGN_OF_LIFE = 60  # seconds between two lines of a stage that takes long
TAIL = 150  # lines of the log of a failed stage
SPEECH = threading.Lock()
STOPPED = threading.Event()  # somebody wants this to end
NEEDS_ROOT = "it builds machines with their own root file systems, which needs root"


Command = tuple[str, ...]


@dataclass(frozen=True)
class Stage:
    """Commands that are run in turn; it fails if one of them does.

    ``tools``: commands that install what it works with. They are run before any stage begins, since two of them would
    stand in each other's way.
    """

    name: str
    commands: tuple[Command, ...]
    needs_root: bool = False
    tools: tuple[Command, ...] = ()


@dataclass(frozen=True)
class Counts:
    """What pytest counted, and why it skipped what it did."""

    passed: int = 0
    skipped: int = 0
    reasons: tuple[str, ...] = ()

    def __str__(self) -> str:
        numbers = {"passed": self.passed, "skipped": self.skipped}
        return ", ".join(f"{number} {word}" for word, number in numbers.items() if number)


@dataclass(frozen=True)
class Outcome:
    """How a stage ended: ok, FAILED or SKIPPED."""

    stage: Stage
    status: str
    counts: Counts = Counts()


def pytest(stage: str, *arguments: str) -> Command:
    return ("python", "-m", "pytest", f"--junitxml={LOGS / stage}.xml", *arguments)


# Named one by one: of a folder vermin takes only what it finds worth looking at. dnf itself is not there on Python 2.6.
NODE_CODE = tuple(
    str(path.relative_to(ROOT))
    for path in sorted(ROOT.glob("plugins/plugin_utils/_node/payload/*.py"))
    if path.name != "dnf_session.py"
)

# Without root the tests say themselves why they are skipped.
INSTALL_TOOLS: tuple[Command, ...] = (("python", "-m", "tests.estate", "install-tools"),) if os.geteuid() == 0 else ()

# moto and boto3 are big, and whoever runs another stage alone needs none of them.
PIP = ("python", "-m", "pip", "-qq", "--no-input", "--disable-pip-version-check", "install")
AWS_TOOLS: tuple[Command, ...] = ((*PIP, "-r", "requirements-aws.txt"),)
# Stages sanity and matrix share this environment.
NEWEST: tuple[Command, ...] = (("env", "PYTHON=newest", "sh", "tools/venv.sh", "requirements.txt"),)

# In the order in which they begin: the longest first, so that none is left alone at the end.
STAGES = (
    # some tests share what takes long to prepare, and say so by a group
    Stage(
        "estate",
        (pytest("estate", "-n3", "--dist=loadgroup", "--durations=15", "tests/integration"),),
        tools=INSTALL_TOOLS,
    ),
    Stage(
        "lint",
        (
            ("ruff", "check", "."),
            ("ruff", "format", "--check", "."),
            ("vermin", "--quiet", "--violations", "--no-tips", "-t=2.6-", "-t=3.0-", *NODE_CODE),
            ("mypy",),
            ("python", "tools/generate.py", "--check"),
            ("ansible-lint", "-q", "--strict"),
            ("antsibull-docs", "lint-collection-docs", "--plugin-docs", "."),
        ),
    ),
    Stage("unit", (pytest("unit", "-n2", "--cov", "--cov-report=term", "tests/unit"),)),
    Stage("sanity", (("sh", "tools/sanity.sh"),), tools=NEWEST),
    Stage("node", (("python", "tests/node/run.py"),)),
    Stage(
        "matrix",
        tuple(("sh", "tools/matrix.sh", pair) for pair in ("oldest", "newest")),
        tools=(*INSTALL_TOOLS, *NEWEST),
    ),
    Stage("molecule", (("sh", "tools/molecule.sh"),), needs_root=True, tools=INSTALL_TOOLS),
    Stage("aws", (pytest("aws", "-n2", "--durations=10", "tests/aws"),), tools=(*INSTALL_TOOLS, *AWS_TOOLS)),
    Stage("windows", (pytest("windows", "tests/windows"),)),
)


def environment() -> dict[str, str]:
    """The caller's environment, this interpreter's programs first, and no settings of his."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "MOLECULE_"))}
    return kept | {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "ANSIBLE_COLLECTIONS_PATH": str(CACHE / "collections"),
        "ANSIBLE_HOME": str(CACHE / "ansible"),
        "ANSIBLE_CONFIG": str(NO_SETTINGS),
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
    }


def run_commands(stage: Stage, env: Mapping[str, str]) -> int:
    """Run a stage with its output on the terminal."""
    failed = 0
    for command in (*stage.tools, *stage.commands):
        print("$", *command, flush=True)
        failed = subprocess.run(command, cwd=ROOT, env=env, check=False).returncode or failed
    return failed


def run_logged(stage: Stage, env: Mapping[str, str]) -> int:
    """Run a stage with its output in its log; a line a minute says that it is alive."""
    log = LOGS / f"{stage.name}.log"
    begun = time.monotonic()
    failed = 0
    with log.open("w", encoding="utf-8") as output:
        for command in stage.commands:
            print("$", *command, file=output, flush=True)
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=env,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
            failed = wait(process, stage.name, begun, log) or failed
    return failed


def wait(process: subprocess.Popen[bytes], name: str, begun: float, log: Path) -> int:
    said = time.monotonic()
    try:
        while True:
            try:
                return process.wait(timeout=1)
            except subprocess.TimeoutExpired:
                now = time.monotonic()
            if STOPPED.is_set():
                raise TimeoutError(f"Stage '{name}' was stopped")
            if now - begun > LIMIT:
                raise TimeoutError(f"Stage '{name}' took more than {LIMIT} s and was stopped. Its log: {log}")
            if now - said >= SIGN_OF_LIFE:
                said = now
                say(f"  {name} has been running for {now - begun:.0f} s")
    finally:
        if process.poll() is None:
            stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def read_counts(reports: Iterable[Path]) -> Counts:
    """What pytest's JUnit reports count, and why tests were skipped."""
    passed = skipped = 0
    reasons: set[str] = set()
    for report in reports:
        for suite in ElementTree.parse(report).getroot().iter("testsuite"):
            total, *others = (int(suite.get(key, 0)) for key in ("tests", "skipped", "failures", "errors"))
            passed += total - sum(others)
            skipped += others[0]
            reasons |= {element.get("message", "") for element in suite.iter("skipped")}
    return Counts(passed, skipped, tuple(sorted(reasons)))


def run_stage(stage: Stage, env: Mapping[str, str]) -> Outcome:
    if stage.needs_root and os.geteuid() != 0:
        say(f"{stage.name:10} SKIPPED: {NEEDS_ROOT}")
        return Outcome(stage, "SKIPPED")
    for report in reports_of(stage):
        report.unlink()
    begun = time.monotonic()
    said: list[str] = []
    try:
        code = run_logged(stage, env)
    except TimeoutError as error:
        said.append(str(error))
        code = 1
    outcome = Outcome(stage, "FAILED" if code else "ok", read_counts(reports_of(stage)))
    took = f"{stage.name:10} {outcome.status:7} {time.monotonic() - begun:6.0f} s  {outcome.counts}"
    said.append(took.rstrip())
    said += [f"{'':10} skipped: {reason}" for reason in outcome.counts.reasons]
    if code:
        log = LOGS / f"{stage.name}.log"
        said += log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL:]
        said.append(f"{stage.name} FAILED; the whole log: {log}")
    say(*said)
    return outcome


def say(*lines: str) -> None:
    """Print lines that belong together; stages end at the same time."""
    with SPEECH:
        print(*lines, sep="\n", flush=True)


def run_stages(chosen: Sequence[Stage], env: Mapping[str, str]) -> list[Outcome]:
    """Run stages, the tools of all of them first; an interrupt stops those that run."""
    tools = Stage("tools", tuple(dict.fromkeys(command for stage in chosen for command in stage.tools)))
    outcomes = [run_stage(tools, env)] if tools.commands else []
    with ThreadPoolExecutor(AT_ONCE) as lanes:
        running = [lanes.submit(run_stage, stage, env) for stage in chosen]
        try:
            return outcomes + [future.result() for future in running]
        except BaseException:
            STOPPED.set()
            lanes.shutdown(wait=False, cancel_futures=True)
            raise


def reports_of(stage: Stage) -> list[Path]:
    return sorted(LOGS.glob(f"{stage.name}*.xml"))


def close(outcomes: Sequence[Outcome], seconds: float) -> int:
    """Print the sum of it all, and say whether that is good enough."""
    failed = [outcome.stage.name for outcome in outcomes if outcome.status == "FAILED"]
    left_out = [outcome.stage.name for outcome in outcomes if outcome.status == "SKIPPED"]
    total = Counts(
        sum(outcome.counts.passed for outcome in outcomes), sum(outcome.counts.skipped for outcome in outcomes)
    )
    if left_out:
        print(f"Not run: {', '.join(left_out)}. Run `make test` as root for these.")
    if left_out and os.environ.get("CI"):
        failed += left_out
    if not total.passed:
        failed.append("no test passed")
    if failed:
        print(f"Failed: {', '.join(failed)}")
    words = [f"{len(failed)} failed"] * bool(failed) + [str(total)]
    print(f" {', '.join(words)} in {seconds:.0f}s ".center(80, "="))
    return 1 if failed else 0


def main(names: Sequence[str]) -> int:
    LOGS.mkdir(parents=True, exist_ok=True)
    NO_SETTINGS.touch()
    known = {stage.name: stage for stage in STAGES}
    env = environment()
    if names:
        unknown = sorted(set(names) - set(known))
        if unknown:
            print(f"Failed to find stage '{unknown[0]}'. There are: {', '.join(known)}", file=sys.stderr)
            return 2
        return max(run_commands(known[name], env) for name in names)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # each stage is a session: nobody else would stop them
    begun = time.monotonic()
    return close(run_stages(STAGES, env), time.monotonic() - begun)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
