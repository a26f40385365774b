# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the ssm_* modules against the emulator, and holds resources to the matrix.

The matrix is {create, change, delete} x {check mode, for real} x {first, again}: what check mode predicts has to be
what happens, and what is done again changes nothing.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import importlib
import io
import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils import basic
from ansible.module_utils.common import warnings as module_warnings
from botocore.loaders import JSONFileLoader

from tests.aws.conftest import Aws
from tests.integration.controller import Controller, PlaybookRun

ROOT = Path(__file__).resolve().parents[2]
PREFIX = "openpatch.patch_manager."
QUIET = {"ANSIBLE_LOCALHOST_WARNING": "false", "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false"}

Task = dict[str, Any]
Result = dict[str, Any]
View = dict[str, Any]


ACCOUNT = {"region": "us-east-1", "access_key": "AKIAIOSFODNN7EXAMPLE", "secret_key": "secret"}


@dataclass(frozen=True)
class Modules:
    """Runs modules in this process: their own code, a real client, HTTP; only what starts them on a node is missing."""

    endpoint: str

    def run(self, module: str, *, check: bool = False, **options: Any) -> Result:
        arguments = {
            **ACCOUNT,
            "endpoint_url": self.endpoint,
            **options,
            "_ansible_check_mode": check,
            "_ansible_diff": True,
        }
        module_warnings._global_warnings.clear()
        basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode()
        basic._ANSIBLE_PROFILE = "legacy"
        printed = io.StringIO()
        main = importlib.import_module(f"ansible_collections.{PREFIX}plugins.modules.{module}").main
        # What is of the controller makes it one, for all that runs in the same process: warnings go to its display.
        with (
            pytest.raises(SystemExit),
            contextlib.redirect_stdout(printed),
            warnings.catch_warnings(),
            pytest.MonkeyPatch.context() as patch,
        ):
            patch.setattr("ansible.module_utils._internal.is_controller", False, raising=False)
            warnings.simplefilter("ignore", DeprecationWarning)  # botocore's
            main()
        found: Result = json.loads(printed.getvalue())
        found.pop("invocation", None)
        return found

    def result(self, module: str, *, check: bool = False, **options: Any) -> Result:
        found = self.run(module, check=check, **options)
        assert not found.get("failed"), found
        return found

    def failure(self, module: str, **options: Any) -> Result:
        found = self.run(module, **options)
        assert found.get("failed"), found
        return found


@dataclass(frozen=True)
class Play:
    """Plays tasks with the account of the emulator, the way a user does."""

    controller: Controller
    endpoint: str

    def run(self, tasks: Sequence[Task]) -> PlaybookRun:
        play = {
            "hosts": "localhost",
            "gather_facts": False,
            "module_defaults": {f"group/{PREFIX}aws": {**ACCOUNT, "endpoint_url": self.endpoint}},
            "tasks": list(tasks),
        }
        self.controller.write("play.yml", json.dumps([play]))
        self.controller.environment.update(QUIET)
        return self.controller.play("play.yml", timeout=300)


@dataclass(frozen=True)
class Case:
    """One of create, change and delete: the options, and the resource that has to come of them."""

    name: str
    options: Mapping[str, Any]
    expected: View


def hold_to_matrix(
    modules: Modules, module: str, key: str, cases: Sequence[Case], generated: Sequence[str] = ()
) -> None:
    """Run each case four times and compare. ``generated`` are what only AWS knows before it is there."""
    before: View | None = None
    for case in cases:
        results = [modules.result(module, check=check, **case.options) for check in (True, False, True, False)]
        assert [found["changed"] for found in results] == [True, True, False, False], case.name
        predicted, done, predicted_again, done_again = results
        assert predicted["diff"] == done["diff"], case.name
        assert done["diff"]["before"] != done["diff"]["after"], case.name
        assert before is None or done["diff"]["before"] == before, case.name
        before = done["diff"]["after"]
        for found in (predicted_again, done_again):
            assert found["diff"] == {"before": before, "after": before}, case.name
        shown, real = predicted[key], done[key]
        assert without(shown, generated) == without(real, generated), case.name
        assert shown.keys() == real.keys(), case.name
        assert done_again[key] == predicted_again[key] == real, case.name
        assert {name: real.get(name) for name in case.expected} == case.expected, case.name
        if not case.expected:
            assert real == {}, case.name


_LOAD = JSONFileLoader.load_file


@functools.cache
def _load_once(path: str) -> Any:
    return _LOAD(JSONFileLoader(), path)


@pytest.fixture
def modules(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Modules:
    """The modules, on an account with nothing in it."""
    # A module is a process of its own and reads the service models each time: here three quarters of all the time.
    monkeypatch.setattr(JSONFileLoader, "load_file", lambda _self, path: _load_once(path))
    return Modules(aws.url)


def without(view: Mapping[str, Any], names: Sequence[str]) -> View:
    return {key: value for key, value in view.items() if key not in names}


def documentation_of(module: str) -> dict[str, Any]:
    """The documentation blocks of a module, loaded."""
    tree = ast.parse((ROOT / "plugins" / "modules" / f"{module}.py").read_text(encoding="utf-8"))
    return {
        node.targets[0].id: yaml.safe_load(node.value.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        and isinstance(node.targets[0], ast.Name)
    }
