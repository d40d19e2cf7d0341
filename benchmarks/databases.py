# SPDX-License-Identifier: EUPL-1.2
"""The databases that a benchmark runs on: SQLite always, PostgreSQL where the environment names one."""

import os
import tempfile
from collections.abc import Iterator
from uuid import uuid4

from sqlalchemy import create_engine, text

from engine.db import Database
from migrations import migrate


def databases() -> Iterator[tuple[str, Database]]:
    """Each a migrated database of its own, gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/bench.sqlite3")
        migrate(database.engine)
        yield "SQLite", database
        database.close()
    given = os.environ.get("AMT_TEST_POSTGRES_URL")
    if not given:
        print("PostgreSQL is left out: AMT_TEST_POSTGRES_URL is not set.")
        return
    name = f"amtsfluss_bench_{uuid4().hex[:8]}"
    administration = create_engine(given, isolation_level="AUTOCOMMIT")
    with administration.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    database = Database(administration.url.set(database=name).render_as_string(hide_password=False))
    migrate(database.engine)
    yield "PostgreSQL", database
    database.close()
    with administration.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    administration.dispose()
