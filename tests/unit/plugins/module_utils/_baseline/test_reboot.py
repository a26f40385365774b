# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether an Install ends with a reboot; the cases of the reference are with the worked examples."""

from __future__ import annotations

import pytest

from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.assessment import Assessment, Operation
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.counters import Counters
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.model import OperatingSystem
from ansible_collections.openpatch.patch_manager.plugins.module_utils._baseline.reboot import (
    RebootOption,
    decide_reboot,
)
from tests.unit.plugins.module_utils._baseline.nodes import NOW, result

NOTHING = "nothing was installed and nothing waits for a reboot"
FLAG = ("/run/reboot-required exists", "running kernel 1 is older than the installed 2")
SAYS_SO = "the node says that it needs one: " + "; ".join(FLAG)


def decide(
    option: str, statuses: list[str], pending: int, required: bool | None, reasons: tuple[str, ...] = ()
) -> tuple[bool, str, tuple[str, ...]]:
    assessment = Assessment(
        Operation.INSTALL,
        NOW,
        OperatingSystem.DEBIAN,
        "b",
        counts=Counters(installed_pending_reboot_count=pending),
        reboot_required=required,
        reboot_reasons=reasons,
    )
    return decide_reboot(RebootOption(option), [result("a", "2", status) for status in statuses], assessment)


@pytest.mark.parametrize("option", [option.value for option in RebootOption])
@pytest.mark.parametrize("statuses", [[], ["failed", "not_tried"]])
@pytest.mark.parametrize("required", [True, False, None])
def test_row_1_nothing_installed_and_nothing_pending_never_reboots(
    option: str, statuses: list[str], required: bool | None
) -> None:
    assert decide(option, statuses, 0, required) == (False, NOTHING, ())


@pytest.mark.parametrize("required", [True, False, None])
@pytest.mark.parametrize(
    ("statuses", "pending", "option", "reboot", "reason"),
    [
        pytest.param(["installed"], 0, "RebootIfNeeded", True, "1 installed now, 0 waiting for a reboot", id="row 2"),
        pytest.param(
            ["installed", "dependency", "failed"],
            2,
            "RebootIfNeeded",
            True,
            "2 installed now, 2 waiting for a reboot",
            id="row 2, others pending, one failed",
        ),
        pytest.param([], 1, "RebootIfNeeded", True, "0 installed now, 1 waiting for a reboot", id="row 3"),
        pytest.param(
            ["installed"],
            1,
            "NoReboot",
            False,
            "1 installed now, 1 waiting for a reboot, but reboot_option is NoReboot",
            id="row 4",
        ),
        pytest.param(
            [],
            2,
            "NoReboot",
            False,
            "0 installed now, 2 waiting for a reboot, but reboot_option is NoReboot",
            id="row 5",
        ),
    ],
)
def test_rows_2_to_5_do_not_ask_whether_the_node_needs_it(
    statuses: list[str], pending: int, option: str, reboot: bool, reason: str, required: bool | None
) -> None:
    assert decide(option, statuses, pending, required, FLAG) == (reboot, reason, FLAG)


@pytest.mark.parametrize(
    ("required", "reasons", "reboot", "word"),
    [
        (True, FLAG, True, f"and {SAYS_SO}"),
        (True, (), True, "and the node says that it needs one"),
        (False, (), False, "but the node says that it needs none"),
        (None, (), False, "but whether it needs one the node cannot tell"),
    ],
)
@pytest.mark.parametrize(
    ("statuses", "pending", "said"),
    [(["installed"], 1, "1 installed now, 1 waiting"), ([], 1, "0 installed now, 1 waiting")],
)
def test_when_required_reboots_only_if_the_node_says_so(
    statuses: list[str],
    pending: int,
    said: str,
    required: bool | None,
    reasons: tuple[str, ...],
    reboot: bool,
    word: str,
) -> None:
    reason = f"{said} for a reboot, {word}"
    assert decide("WhenRequired", statuses, pending, required, reasons) == (reboot, reason, reasons)


@pytest.mark.parametrize(
    ("option", "required", "reboot", "word"),
    [
        ("RebootIfNeeded", False, True, ""),
        ("NoReboot", True, False, ", but reboot_option is NoReboot"),
        ("WhenRequired", True, True, f", and {SAYS_SO}"),
        ("WhenRequired", False, False, ", but whether the node then says that it needs one is not known before"),
        ("WhenRequired", None, False, ", but whether the node then says that it needs one is not known before"),
    ],
)
def test_what_is_only_planned_counts_as_installed_but_the_node_cannot_speak_of_it_yet(
    option: str, required: bool | None, reboot: bool, word: str
) -> None:
    reasons = FLAG if required else ()
    reason = f"2 to be installed, 1 waiting for a reboot{word}"
    assert decide(option, ["planned", "planned", "not_tried"], 1, required, reasons) == (reboot, reason, reasons)
