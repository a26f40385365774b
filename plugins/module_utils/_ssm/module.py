# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a module's options to its result: the only place that ends a module."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.module_utils.common.warnings import warn

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.errors import EngineError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import OperatingSystem
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.client import Ssm, connect
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.errors import SsmError, StateError
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.patch_runs import Run
from ansible_collections.openpatch.patch_manager.plugins.module_utils._ssm.plan import Resource, carry_out

Options = Mapping[str, Any]

OPERATING_SYSTEM = {"type": "str", "choices": [system.value for system in OperatingSystem]}
STATE = {"type": "str", "choices": ["present", "absent"], "default": "present"}
TAGS = {
    "tags": {"type": "dict", "aliases": ["resource_tags"]},
    "purge_tags": {"type": "bool", "default": True},
}
# The options of a module that names a baseline: fragment _ssm.baseline.
NAMED_BASELINE = {
    "baseline_id": {"type": "str"},
    "baseline_name": {"type": "str"},
    "operating_system": OPERATING_SYSTEM,
}


def run_resource(
    make: Callable[[Options], Resource[Any]], key: str, spec: Options, service: str = "ssm", **rules: Any
) -> None:
    """Run a module that keeps a resource of a service, which its result has under ``key``."""
    module, options = _start(spec, rules)
    resource = make(options)
    try:
        outcome = carry_out(resource, connect(module, service), check_mode=module.check_mode)
    except (SsmError, EngineError) as error:
        _fail(module, error)
    for warning in getattr(resource, "warnings", ()):
        warn(warning)  # amazon.aws's own way to warn is a deprecated one on newer ansible-core
    module.exit_json(changed=outcome.changed, diff=dict(outcome.diff), **{key: outcome.view})


def run_operation(
    operate: Callable[[Ssm, Options, bool, Callable[[str], None]], Run], spec: Options, **rules: Any
) -> None:
    """Run a module that has nodes do something."""
    module, options = _start(spec, rules)
    try:
        run = operate(connect(module), options, module.check_mode, module.log)
    except SsmError as error:
        _fail(module, error)
    for warning in run.warnings:
        warn(warning)
    result = {"changed": run.changed, "command": run.command, "failed_nodes": run.failed_nodes, "diff": dict(run.diff)}
    if run.failure:
        module.fail_json(msg=run.failure, **result)
    module.exit_json(**result)


def run_info(
    read: Callable[[Ssm, Options], Mapping[str, Any]], spec: Options, service: str = "ssm", **rules: Any
) -> None:
    """Run a module that only reads; the result is what ``read`` returns."""
    module, options = _start(spec, rules)
    try:
        found = read(connect(module, service), options)
    except (SsmError, EngineError) as error:
        _fail(module, error)
    module.exit_json(changed=False, **found)


def _start(spec: Options, rules: Options) -> tuple[Any, Options]:
    """Return the module and its options; it ends here if these cannot be meant."""
    module = AnsibleAWSModule(argument_spec=dict(spec), supports_check_mode=True, **rules)
    options = dict(module.params)
    try:
        _refuse_empty(spec, rules, options)
        if options.get("tags") is not None:
            options["tags"] = _read_tags(options["tags"])
    except SsmError as error:
        _fail(module, error)
    return module, options


def _refuse_empty(spec: Options, rules: Options, options: Options) -> None:
    """An empty text, as of a template, is no name: it must not mean another thing, a new one, or all of them."""
    telling = {name for name, option in spec.items() if option.get("required")}
    for rule in (*rules.get("required_one_of", ()), *rules.get("mutually_exclusive", ())):
        telling.update(rule)
    for name in sorted(telling):
        if options[name] == "":
            raise StateError(f"Failed to read {name}: it is empty. Set it, or leave it out.")


def _read_tags(tags: Mapping[str, Any]) -> dict[str, str]:
    for key, value in tags.items():
        if value is None or isinstance(value, (list, Mapping)):
            raise StateError(f"Failed to read tags: {key} cannot be {value!r}. It takes a text, which may be empty.")
    return {str(key): str(value) for key, value in tags.items()}


def _fail(module: Any, error: Exception) -> None:
    code = {"error_code": error.code} if isinstance(error, SsmError) and error.code else {}
    module.fail_json(msg="\n".join([str(error), *getattr(error, "__notes__", [])]), **code)
