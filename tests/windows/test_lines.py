# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every line of the Windows modules was run by the tests of this folder; run alone, this fails."""

from __future__ import annotations

from tests.windows.play import needs_powershell, run_all

pytestmark = needs_powershell


def test_every_line_was_run() -> None:
    report = run_all()
    missed = sorted(set(report["lines"]) - set(report["hits"]))
    assert not missed, f"of {len(report['lines'])} statements these never ran: {missed}"
