# Copyright (c) openpatch contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tables promise: no row changes, the questions asked often need an index only, SQLAlchemy may be absent."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import sqlalchemy as sa

from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store import store as store_module
from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.store import Store, open_store
from tests.unit.plugins.plugin_utils._store.samples import join, make_assessment


def record_statements(store: Store) -> list[tuple[str, tuple[object, ...]]]:
    """Collect what the store says to its database from now on."""
    statements: list[tuple[str, tuple[object, ...]]] = []

    @sa.event.listens_for(store._database.engine, "before_cursor_execute")
    def remember(_connection, _cursor, statement, parameters, _context, _many):  # type: ignore[no-untyped-def]
        statements.append((statement, parameters))

    return statements


def test_no_statement_changes_or_removes_a_row(store: Store) -> None:
    statements = record_statements(store)
    run_id = join(store)
    facts_id = store.add_facts(run_id, "web1", {"os": {}})
    for _time in range(2):
        store.add_assessment(run_id, "web1", make_assessment(), operation="Scan", current=True, facts_id=facts_id)
    store.add_incident(run_id, "web1", "ERROR", "")
    store.current_assessments()
    verbs = {statement.split()[0].upper() for statement, _parameters in statements}
    assert verbs - {"BEGIN"} == {"SELECT", "INSERT"}


def test_history_is_searched_through_the_index_alone(sqlite_url: str) -> None:
    with open_store(sqlite_url) as store:
        run_id = join(store)
        statements = record_statements(store)
        store.current_assessments()
        store.current_assessments(["web1", "web2"])
        store.run_entries(run_id)
        queries = [each for each in statements if each[0].startswith("SELECT")]
        for (query, parameters), index in zip(queries, ("standing", "standing", "run"), strict=True):
            with store._database.engine.connect() as connection:
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", parameters).all()
            steps = [row[3] for row in plan]
            found = f"SEARCH patch_assessments USING COVERING INDEX ix_patch_assessments_{index} "
            assert any(step.startswith(found) for step in steps), steps
            assert not any(step == "SCAN patch_assessments" for step in steps), steps


def test_without_sqlalchemy_every_file_imports_and_opening_says_what_to_install() -> None:
    package = Path(store_module.__file__).parent
    program = (
        "import importlib, sys\n"
        "sys.modules['sqlalchemy'] = None\n"
        "package = 'ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store.'\n"
        "for name in sys.argv[1:]: importlib.import_module(package + name)\n"
        "from ansible_collections.openpatch.patch_manager.plugins.plugin_utils._store import errors, store\n"
        "try: store.open_store()\n"
        "except errors.StoreUnavailableError as error: print(error)\n"
    )
    names = [path.stem for path in package.glob("*.py") if path.stem != "__init__"]
    command = [sys.executable, "-c", program, *names]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    result = subprocess.run(command, check=True, text=True, capture_output=True, env=environment)
    assert f"Install SQLAlchemy 2.0 or newer for {sys.executable}" in result.stdout
