# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import re
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from tools import stages
from tools.stages import Counts, Outcome, Stage

REPORT = """<testsuites><testsuite tests="5" skipped="1" failures="1" errors="1">
<testcase name="a"><skipped message="needs root"/></testcase></testsuite></testsuites>"""


@pytest.fixture(autouse=True)
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(stages, "LOGS", tmp_path)
    monkeypatch.delenv("CI", raising=False)
    return tmp_path


def python(source: str) -> tuple[str, ...]:
    return (sys.executable, "-c", source)


def outcome(status: str = "ok", passed: int = 0, skipped: int = 0) -> Outcome:
    return Outcome(Stage("some", ()), status, Counts(passed, skipped))


@pytest.mark.parametrize(
    ("outcomes", "in_ci", "code", "last_line"),
    [
        ([outcome(passed=3), outcome(passed=4, skipped=2)], False, 0, "7 passed, 2 skipped in 9s"),
        ([outcome(passed=3), outcome("SKIPPED")], False, 0, "3 passed in 9s"),
        ([outcome(passed=3), outcome("SKIPPED")], True, 1, "1 failed, 3 passed in 9s"),
        ([outcome(passed=3), outcome("FAILED", passed=1)], False, 1, "1 failed, 4 passed in 9s"),
        ([outcome()], False, 1, "1 failed,  in 9s"),
    ],
)
def test_the_run_passes_if_tests_ran_and_none_failed(
    outcomes: list[Outcome],
    in_ci: bool,
    code: int,
    last_line: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if in_ci:
        monkeypatch.setenv("CI", "true")
    assert stages.close(outcomes, 9.1) == code
    assert capsys.readouterr().out.splitlines()[-1].strip("= ") == last_line


def test_a_stage_fails_if_one_of_its_commands_does_and_the_others_are_run(
    logs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commands = (python("print('one')"), python("print('two'); raise SystemExit(3)"), python("print('three')"))
    assert stages.run_stage(Stage("some", commands), {}).status == "FAILED"
    lines = [line for line in (logs / "some.log").read_text().splitlines() if not line.startswith("$")]
    assert lines == ["one", "two", "three"]
    assert "some FAILED; the whole log:" in capsys.readouterr().out


def test_a_stage_counts_what_its_pytest_counted(logs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (logs / "some-old.xml").write_text(REPORT)
    write = python(f"open({str(logs / 'some.xml')!r}, 'w').write({REPORT!r})")
    assert stages.run_stage(Stage("some", (write,)), {}).counts == Counts(2, 1, ("needs root",))
    assert re.search(r"^some +ok +\d+ s  2 passed, 1 skipped\n +skipped: needs root$", capsys.readouterr().out, re.M)


def test_a_stage_that_hangs_is_stopped_with_its_children_and_named(
    logs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stages, "LIMIT", 0)
    hang = python("import subprocess, time; subprocess.Popen(['sleep', '600']); time.sleep(600)")
    assert stages.run_stage(Stage("some", (hang,)), {"PATH": "/usr/bin:/bin"}).status == "FAILED"
    assert "Stage 'some' took more than 0 s and was stopped." in capsys.readouterr().out


def test_tools_are_installed_once_and_before_any_stage(logs: Path) -> None:
    tool = python("print('installed')")
    seen = python(f"raise SystemExit('installed' not in open({str(logs / 'tools.log')!r}).read())")
    chosen = [Stage("one", (seen,), tools=(tool,)), Stage("two", (seen,), tools=(tool,))]
    assert [(found.stage.name, found.status) for found in stages.run_stages(chosen, {})] == [
        ("tools", "ok"),
        ("one", "ok"),
        ("two", "ok"),
    ]
    assert (logs / "tools.log").read_text().count("\ninstalled") == 1


def test_two_stages_run_at_the_same_time(logs: Path) -> None:
    def meet(own: str, other: str) -> tuple[str, ...]:
        return python(
            f"import pathlib, time\nhere = pathlib.Path({str(logs)!r})\n(here / {own!r}).touch()\n"
            f"end = time.monotonic() + 20\nwhile not (here / {other!r}).exists():\n"
            "    time.sleep(0.01)\n    if time.monotonic() > end: raise SystemExit(1)"
        )

    chosen = [Stage("one", (meet("a", "b"),)), Stage("two", (meet("b", "a"),))]
    assert [found.status for found in stages.run_stages(chosen, {})] == ["ok", "ok"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_stops_what_runs_and_begins_nothing_more(
    logs: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    monkeypatch.setattr(stages, "STOPPED", threading.Event())
    monkeypatch.setattr(stages, "NO_SETTINGS", logs / "ansible.cfg")
    hang = python(f"import time; open({str(logs / 'begun')!r}, 'w').close(); time.sleep(60)")
    touch = python(f"open({str(logs / 'more')!r}, 'w').close()")
    monkeypatch.setattr(stages, "STAGES", [Stage("one", (hang,)), Stage("two", (hang,)), Stage("three", (touch,))])

    def interrupt() -> None:
        end = time.monotonic() + 20
        while not (logs / "begun").exists() and time.monotonic() < end:
            time.sleep(0.01)
        os.kill(os.getpid(), number)

    begun = time.monotonic()
    # Where tests run side by side nobody hears an interrupt, and what ends a process without a word would end this one.
    before = {each: signal.signal(each, signal.default_int_handler) for each in (signal.SIGINT, signal.SIGTERM)}
    if number == signal.SIGTERM:
        signal.signal(number, lambda *_: pytest.fail("main leaves it to its default"))
    try:
        threading.Thread(target=interrupt).start()
        with pytest.raises(KeyboardInterrupt):
            stages.main([])
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    assert not (logs / "more").exists()
    assert time.monotonic() - begun < 40, "what runs is not waited for"
