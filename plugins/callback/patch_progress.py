# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: patch_progress
type: stdout
short_description: One line that says how far a patch run is, and what goes wrong
version_added: 0.1.0
description:
  - On a terminal, one line at the bottom says how many hosts are done, running, waiting and failed, how long the rest
    may take, and what a host does at the moment. It is drawn anew about twice a second; whatever else is printed goes
    above it.
  - Elsewhere (files, pipes, AWX) a line when a host begins and one when it ends, and a summary after a while without
    any. There are no control characters in them.
  - Hosts that fail or cannot be reached have a line each at once, with the reason. Warnings, differences (C(--diff)),
    and what tasks print themselves are shown as ever. One line at the end takes the place of the recap.
  - With C(-v) and more, headings, results and the recap are shown as well, as by
    P(ansible.builtin.default#callback), and what the operations say of their hosts while they work.
  - Other playbooks can be run with it too. Their hosts count as running from their first task on, and tasks that fail
    are shown as by P(ansible.builtin.default#callback).
  - Where the store of the run can be read, its numbers count, which know of hosts that wait for their turn and of
    other controllers that work on the same run. Otherwise the numbers are those of this call of C(ansible-playbook).
requirements:
  - set as stdout in configuration
extends_documentation_fragment:
  - default_callback
  - result_format_callback
options:
  interval:
    description:
      - Seconds without any other line after which a summary is printed where the output is no terminal. 0 prints none.
    type: int
    default: 30
    env:
      - name: ANSIBLE_PATCH_PROGRESS_INTERVAL
    ini:
      - section: callback_patch_progress
        key: interval
  patch_store_url:
    description:
      - SQLAlchemy address of the store, if neither the task nor the variables of the first host have
        C(patch_store_url). An SQLite file in the user's XDG state directory if not given at all.
    type: str
    env:
      - name: ANSIBLE_PATCH_PROGRESS_STORE_URL
    ini:
      - section: callback_patch_progress
        key: patch_store_url
author:
  - openpatch contributors (@openpatch)
"""

import atexit
import functools
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ansible import constants as C
from ansible.plugins.callback.default import CallbackModule as DefaultCallback
from ansible.template import Templar

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.cells import make_visible
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.host_events import HostEvents, Phase
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.living_line import LivingLine, can_draw
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._report.progress import (
    Counts,
    Working,
    choose_working,
    describe_failure,
    describe_left,
    describe_result,
    estimate_left,
    render_end,
    render_line,
    render_sentence,
)
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.controller import name_controller
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import open_store
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.turns import TurnCounts
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.watch import Watch

COLLECTION = "openpatch.patch_manager."
STEPS = {"patch_scan": "scan", "patch_install": "install", "patch_preflight": "preflight"}
NEVER_STARTED = {"TERMINATED": Phase.TERMINATED, "OUTSIDE_WINDOW": Phase.OUTSIDE_WINDOW}
NOBODY = "all:!all"  # the pattern of a play that is left out on purpose
# Comes with every role, also those that only sum up.
NO_WORK = "ansible.builtin.validate_argument_spec"
OURS = tuple(str(Path(__file__).resolve().parents[2] / folder) + os.sep for folder in ("roles", "playbooks"))
PERIOD = 0.5  # seconds between two looks at how far the run is
# What of ansible's Display writes to the terminal; all else that it has uses `display`.
WRITERS = ("display", "prompt", "prompt_until", "do_var_prompt")


class CallbackModule(DefaultCallback):
    """ansible-core's own callback, with one living line in place of what goes well."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "openpatch.patch_manager.patch_progress"

    def __init__(self) -> None:
        super().__init__()
        # Ansible holds this lock when it writes, and when it forks: who holds it too is never caught by a fork half way
        self._lock = self._display._lock
        self._pid = os.getpid()
        self._begun = self._said_at = time.monotonic()
        self._events = HostEvents()
        self._line: LivingLine | None = None
        self._is_over = threading.Event()
        self._writing = 0
        self._is_own = self._is_hostile = False
        self._at_line_start = True
        self._next_hosts: list[str] | None = None
        self._play_uuid = ""
        self._current_play: Any = None
        self._results: dict[str, Mapping[str, Any]] = {}
        self._told: set[str] = set()
        self._stops: set[str] = set()
        self._said_check_mode = False
        self._sentence = ""
        self._watch: Watch[TurnCounts | None] | None = None
        self._failure = ""

    # -- what Ansible tells

    def v2_playbook_on_start(self, playbook: Any) -> None:
        self._begin()
        if self._is_verbose():
            super().v2_playbook_on_start(playbook)

    def v2_playbook_on_play_start(self, play: Any) -> None:
        with self._lock:
            if play._uuid != self._play_uuid:  # with `serial` it is told of for each batch
                self._play_uuid = play._uuid
                self._next_hosts = _list_hosts(play)
            self._current_play = play
        if self._is_verbose():
            super().v2_playbook_on_play_start(play)
            return
        self._play = play
        if play.check_mode and not self._said_check_mode:
            self._said_check_mode = True
            self._print("Check mode: nothing is changed")

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        name, action, now = host.get_name(), _find_action(task), time.monotonic()
        step = STEPS.get(action)
        if step or not (action or _find_full_name(task) == NO_WORK):
            with self._lock:
                self._enter_play()
                if step:
                    self._told.discard(name)
                    is_first = self._events.start_patching(name, step, now)
                    self._begin_watch(host, task)
                else:
                    is_first = False
                    self._events.start_task(name, task.get_name().strip(), now)
            if is_first and self._line is None and not self._is_verbose():
                self._print(make_visible(f"{name} begins: {step}", self._encoding))
        if self._is_verbose():
            super().v2_runner_on_start(host, task)

    def v2_runner_on_ok(self, result: Any) -> None:
        host, task, values = _take_apart(result)
        action = _find_action(task)
        is_end = self._note_ok(host, action, task, values)
        if self._is_verbose() or "_ansible_verbose_always" in values:
            super().v2_runner_on_ok(result)
        else:
            self._warn(values)
        if is_end:
            self._end_host(host)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        host, task, values = _take_apart(result)
        action = _find_action(task)
        was_told = host in self._told
        with self._lock:
            if action in STEPS:
                self._events.end(host, Phase.FAILED, time.monotonic())
            elif not ignore_errors:
                self._events.stop(host, Phase.FAILED)
        is_ours = bool(action) or _is_in_collection(task)
        if action in STEPS or not ignore_errors:
            self._told.add(host)
        if self._is_verbose() or not is_ours:
            with self._escape():
                super().v2_runner_on_failed(result, ignore_errors)
            return
        self._warn(values)
        if action in STEPS or not was_told:
            self._print(describe_failure(host, "failed", values, self._encoding), C.COLOR_ERROR, is_failure=True)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        host, task, values = _take_apart(result)
        action = _find_action(task)
        was_told = host in self._told
        with self._lock:
            if action in STEPS:
                self._events.end(host, Phase.UNREACHABLE, time.monotonic())
            else:
                self._events.stop(host, Phase.UNREACHABLE)
        self._told.add(host)
        if self._is_verbose():
            with self._escape():
                super().v2_runner_on_unreachable(result)
            return
        self._warn(values)
        if not (was_told and (action or _is_in_collection(task))):
            line = describe_failure(host, "unreachable", values, self._encoding)
            self._print(line, C.COLOR_UNREACHABLE, is_failure=True)

    def v2_runner_on_skipped(self, result: Any) -> None:
        host, task, values = _take_apart(result)
        is_step, state = _find_action(task) in STEPS, str(values.get("state", ""))
        if is_step:
            with self._lock:
                if values.get("terminated"):
                    self._events.end(host, NEVER_STARTED.get(state, Phase.TERMINATED), time.monotonic())
                else:
                    self._events.skip(host)
        if self._is_verbose():
            super().v2_runner_on_skipped(result)
            return
        self._warn(values)
        # on a terminal the first stands for all: the line counts them
        if is_step and values.get("terminated") and not (self._line is not None and state in self._stops):
            self._stops.add(state)
            self._print(describe_failure(host, "not started", values, self._encoding))

    def v2_runner_item_on_ok(self, result: Any) -> None:
        if self._is_verbose() or "_ansible_verbose_always" in _take_apart(result)[2]:
            super().v2_runner_item_on_ok(result)

    def v2_runner_item_on_failed(self, result: Any) -> None:
        with self._escape():
            super().v2_runner_item_on_failed(result)

    def v2_runner_item_on_skipped(self, result: Any) -> None:
        if self._is_verbose():
            super().v2_runner_item_on_skipped(result)

    def v2_runner_retry(self, result: Any) -> None:
        if self._is_verbose():
            super().v2_runner_retry(result)

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        if self._is_verbose():
            super().v2_playbook_on_task_start(task, is_conditional)

    def v2_playbook_on_handler_task_start(self, task: Any) -> None:
        if self._is_verbose():
            super().v2_playbook_on_handler_task_start(task)

    def v2_playbook_on_include(self, included_file: Any) -> None:
        if self._is_verbose():
            super().v2_playbook_on_include(included_file)

    def v2_playbook_on_no_hosts_matched(self) -> None:
        hosts = getattr(self._current_play, "hosts", None)
        if self._is_verbose() or NOBODY not in (hosts if isinstance(hosts, list) else [hosts]):
            super().v2_playbook_on_no_hosts_matched()

    def v2_playbook_on_no_hosts_remaining(self) -> None:
        if self._is_verbose():
            super().v2_playbook_on_no_hosts_remaining()

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self._end()
        if self._is_verbose():
            super().v2_playbook_on_stats(stats)
        else:
            self._print_custom_stats(stats)
        unreachable = {host for host in stats.processed if stats.dark.get(host)}
        failed = {host for host in stats.processed if stats.failures.get(host)} - unreachable
        line = render_end(
            len(set(stats.processed) - failed - unreachable),
            len(failed),
            len(unreachable),
            time.monotonic() - self._begun,
        )
        colour = C.COLOR_ERROR if failed else C.COLOR_UNREACHABLE if unreachable else C.COLOR_OK
        self._print(line, colour)

    # -- where hosts stand

    def _enter_play(self) -> None:
        """Count the hosts of the play that is told of, now that something other than a summary is done on them."""
        if self._next_hosts is not None:
            self._events.begin_play(self._next_hosts)
            self._next_hosts = None

    def _note_ok(self, host: str, action: str, task: Any, values: Mapping[str, Any]) -> bool:
        """Note what a task of ours says of its host; gives whether it was the last step there."""
        now = time.monotonic()
        with self._lock:
            if action in STEPS:
                self._results[host] = values
                if task.args.get("patch_hold_turn") is True:
                    return False
            elif action != "patch_gate" or not self._events.is_patching(host):
                return False
            is_failed = action == "patch_gate" and task.args.get("state") == "failed"
            self._events.end(host, Phase.FAILED if is_failed else Phase.DONE, now)
            return not is_failed

    def _end_host(self, host: str) -> None:
        result = self._results.pop(host, {})
        if self._line is None and not self._is_verbose():
            self._print(describe_result(host, result, self._encoding))

    # -- what is printed

    def _is_verbose(self) -> bool:
        return int(self._display.verbosity) > 0

    @property
    def _encoding(self) -> str:
        return sys.stdout.encoding or "ascii"

    def _print(self, text: str, colour: str | None = None, *, is_failure: bool = False) -> None:
        is_for_stderr = is_failure and bool(self.get_option("display_failed_stderr"))
        with self._lock:
            self._is_own = True
            try:
                self._display.display(text, color=colour, stderr=is_for_stderr)
            finally:
                self._is_own = False

    def _warn(self, values: Mapping[str, Any]) -> None:
        with self._escape():
            self._handle_warnings(values)

    @contextmanager
    def _escape(self) -> Iterator[None]:
        """Escape what is printed meanwhile: it has words of nodes in it."""
        with self._lock:
            self._is_hostile = True
            try:
                yield
            finally:
                self._is_hostile = False

    def _print_custom_stats(self, stats: Any) -> None:
        if stats.custom and self.get_option("show_custom_stats"):
            for name, values in sorted(stats.custom.items()):
                title = "all hosts" if name == "_run" else name
                self._print(f"{make_visible(title, self._encoding)}: {self._dump_results(values, indent=0)}")

    def _begin(self) -> None:
        """Take over the terminal, if it is one; and look at the run from time to time."""
        self._begun = self._said_at = time.monotonic()
        if can_draw(sys.stdout, os.environ.get("TERM")):
            self._line = LivingLine(sys.stdout)
        for name in WRITERS:
            setattr(self._display, name, self._make_room(name, getattr(self._display, name)))
        atexit.register(self._end)
        threading.Thread(target=self._keep_telling, name="patch_progress", daemon=True).start()

    def _end(self) -> None:
        """Leave the terminal as it was."""
        if os.getpid() != self._pid or self._is_over.is_set():
            return
        with self._lock:
            self._is_over.set()
            if self._line is not None:
                self._line.hide()
            for name in WRITERS:
                self._display.__dict__.pop(name, None)
            if self._watch is not None:
                self._watch.stop()
        atexit.unregister(self._end)

    def _make_room(self, name: str, write: Callable[..., Any]) -> Callable[..., Any]:
        """A method of Display that has the line out of its way."""

        @functools.wraps(write)
        def wrapped(*arguments: Any, **more: Any) -> Any:
            # forks have this too, and theirs goes to the process that owns the terminal
            if os.getpid() != self._pid or self._is_over.is_set():
                return write(*arguments, **more)
            with self._lock:
                if self._writing == 0:
                    if name == "display" and self._takes_in(*arguments, **more):
                        return None
                    self._hide()
                self._writing += 1
                try:
                    if self._is_hostile and name == "display":
                        arguments, more = _escape_message(arguments, more, self._encoding)
                    return write(*arguments, **more)
                finally:
                    self._writing -= 1
                    if name == "display":
                        self._note_line_end(*arguments, **more)
                    self._said_at = time.monotonic()
                    if self._writing == 0:
                        self._draw()

        return wrapped

    def _takes_in(self, msg: str, color: str | None = None, stderr: bool = False, **more: Any) -> bool:
        """Whether it is what an operation says of its host while it works: the line has a place for that."""
        if self._is_own or self._is_verbose() or color or stderr or more or not isinstance(msg, str):
            return False
        host, colon, text = msg.partition(": ")
        return bool(colon) and self._events.say(host, text)

    def _note_line_end(
        self, msg: str, *_arguments: Any, log_only: bool = False, newline: bool = True, **_more: Any
    ) -> None:
        if not log_only:
            self._at_line_start = newline or msg.endswith("\n")

    def _hide(self) -> None:
        if self._line is not None:
            self._line.hide()

    # -- how far the run is

    def _keep_telling(self) -> None:
        while not self._is_over.wait(PERIOD):
            with self._lock:
                if self._is_over.is_set():
                    return
                try:
                    self._tell()
                except Exception as error:  # a run does not fail for what it says of itself
                    self._end()
                    self._display.vvv(f"patch_progress stopped: {make_visible(str(error))}")

    def _tell(self) -> None:
        self._explain_watch()
        if self._line is not None:
            self._draw()
            return
        interval = self.get_option("interval")
        if interval and time.monotonic() - self._said_at >= interval:
            sentence = self._describe()
            if sentence and sentence != self._sentence:
                self._sentence = sentence
                self._print(sentence)

    def _draw(self) -> None:
        if self._line is not None and self._at_line_start and not self._is_over.is_set():
            self._line.show(self._describe(self._line.find_width()))

    def _describe(self, width: int | None = None) -> str:
        """How far the run is, in so many columns, or in a sentence; nothing before it has begun."""
        now = time.monotonic()
        counts, working = self._count(now)
        if not counts.total:
            return ""
        left = describe_left(estimate_left(self._events.durations, counts, working, now))
        shown = choose_working(working, now)
        if width is None:
            return render_sentence(counts, left, shown, encoding=self._encoding)
        return render_line(counts, left, shown, width=width, encoding=self._encoding)

    def _count(self, now: float) -> tuple[Counts, list[Working]]:
        turns = self._watch.read() if self._watch is not None else None
        if turns is not None and turns.total:
            return self._events.merge(turns, now, datetime.now(timezone.utc))
        return self._events.count(), self._events.list_working()

    # -- the store

    def _begin_watch(self, host: Any, task: Any) -> None:
        """Look at the store that the first host of the run writes to. The lock is held, as when Ansible forks."""
        if self._watch is None and not self._is_over.is_set():
            play, fallback = self._current_play, self.get_option("patch_store_url")
            self._watch = Watch(lambda: _open_look(name_controller(self._pid), play, host, task, fallback))

    def _explain_watch(self) -> None:
        """Say why the store is not read, to who asks for details."""
        if self._watch is None:
            return
        self._watch.read()
        if self._watch.failure != self._failure:
            self._failure = self._watch.failure
            if self._failure:
                self._display.vvv(f"patch_progress counts without the store: {make_visible(self._failure)}")


def _open_look(key: str, play: Any, host: Any, task: Any, fallback: str | None) -> Callable[[], TurnCounts | None]:
    """Open the store of a task; gives what counts the turns of its run. Not called in Ansible's own process."""
    variables = play.get_variable_manager().get_vars(play=play, host=host, task=task)
    templar = Templar(loader=play.get_loader(), variables=variables)

    def find(name: str) -> str | None:
        value = templar.template(task.args[name]) if name in task.args else variables.get(name)
        # what `default(omit)` gives is a text with a mark, or since ansible-core 2.19 no text
        return value if isinstance(value, str) and value and not value.startswith("__omit_place_holder__") else None

    store = open_store(find("patch_store_url") or fallback)
    run_id = find("patch_run_id")

    def look() -> TurnCounts | None:
        run = store.find_run(f"run {run_id.lower()}" if run_id else key)
        return store.count_turns(run.run_id) if run else None

    return look


def _take_apart(result: Any) -> tuple[str, Any, dict[str, Any]]:
    """Host, task and values of a result, which go by other names since ansible-core 2.19."""
    if hasattr(result, "task"):
        return str(result.host.get_name()), result.task, result.result
    return str(result._host.get_name()), result._task, result._result


def _escape_message(
    arguments: tuple[Any, ...], more: Mapping[str, Any], encoding: str
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments of a call of ``display`` with nothing in its message that acts on a terminal but ends of lines."""
    msg = str(arguments[0] if arguments else more["msg"])
    shown = "\n".join(make_visible(line, encoding) for line in msg.split("\n"))
    return (shown, *arguments[1:]), {name: value for name, value in more.items() if name != "msg"}


def _find_action(task: Any) -> str:
    """The name of an action of this collection, without the collection's; nothing for others."""
    name = _find_full_name(task)
    return name.removeprefix(COLLECTION) if name.startswith(COLLECTION) else ""


def _find_full_name(task: Any) -> str:
    return str(getattr(task, "resolved_action", None) or task.action)


def _is_in_collection(task: Any) -> bool:
    """Whether a task is written in a role or playbook of this collection, and not in a hook of the user's."""
    path = task.get_path()
    return bool(path) and os.path.realpath(path).startswith(OURS)


def _list_hosts(play: Any) -> list[str]:
    """The hosts of a play, those of all its batches."""
    variables = play.get_variable_manager().get_vars(play=play, include_hostvars=False)
    return [str(host) for host in variables.get("ansible_play_hosts_all", ())]
