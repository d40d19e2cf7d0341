# SPDX-License-Identifier: EUPL-1.2
"""The databases that a benchmark runs on: SQLite always, PostgreSQL where the environment names one."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import create_engine, event, text

from engine.db import Database
from migrations import migrate


def databases() -> Iterator[tuple[str, Database]]:
    """Each a migrated database of its own, gone afterwards."""
    for name in kinds():
        with fresh(name) as database:
            yield name, database


def kinds() -> list[str]:
    """What there is to measure on."""
    if _postgres():
        return ["SQLite", "PostgreSQL"]
    print("PostgreSQL is left out: AMT_TEST_POSTGRES_URL is not set.")
    return ["SQLite"]


@contextmanager
def fresh(name: str) -> Iterator[Database]:
    """A migrated database of this kind, gone afterwards."""
    with _file() if name == "SQLite" else _created() as url:
        database = Database(url)
        migrate(database.engine)
        yield database
        database.close()


@contextmanager
def _file() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/bench.sqlite3"


@contextmanager
def _created() -> Iterator[str]:
    name = f"amtsfluss_bench_{uuid4().hex[:8]}"
    administration = create_engine(_postgres(), isolation_level="AUTOCOMMIT")
    with administration.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    try:
        yield administration.url.set(database=name).render_as_string(hide_password=False)
    finally:
        with administration.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        administration.dispose()


@dataclass
class Counted:
    """What a database was asked to do."""

    statements: int = 0
    commits: int = 0


@contextmanager
def counting(database: Database) -> Iterator[Counted]:
    """Count statements, without the beginnings of transactions, and commits."""
    counted = Counted()

    def count_statement(connection: Any, cursor: Any, statement: str, *others: Any) -> None:
        counted.statements += not statement.startswith("BEGIN")

    def count_commit(connection: Any) -> None:
        counted.commits += 1

    event.listen(database.engine, "before_cursor_execute", count_statement)
    event.listen(database.engine, "commit", count_commit)
    try:
        yield counted
    finally:
        event.remove(database.engine, "before_cursor_execute", count_statement)
        event.remove(database.engine, "commit", count_commit)


def _postgres() -> str:
    return os.environ.get("AMT_TEST_POSTGRES_URL", "")
