# SPDX-License-Identifier: EUPL-1.2
"""Parts of one PostgreSQL database share connections and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.schema import CreateSchema, DropSchema

from conftest import POSTGRES
from engine.db import Database, unit_of_work

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture
def parts(migrated_postgres: str) -> Iterator[tuple[Database, Database]]:
    """Two schemas with a table each, and tables of the same name outside them."""
    found = Database(migrated_postgres, "part_a"), Database(migrated_postgres, "part_b")
    for part in found:
        with part.engine.begin() as connection:
            connection.execute(CreateSchema(part.schema))
            connection.execute(text("CREATE TABLE notes (words text)"))
    yield found
    for part in found:
        with part.engine.begin() as connection:
            connection.execute(DropSchema(part.schema, cascade=True))
        part.close()


if POSTGRES:

    def test_each_transaction_enters_its_own_part(parts: tuple[Database, Database]):
        # More often than the driver needs to keep a statement prepared, on the same connection.
        for round_number in range(8):
            for part in parts:
                with unit_of_work(part) as session:
                    session.execute(text("INSERT INTO notes VALUES (:words)"), {"words": part.schema})
                with part.reading() as session:
                    words = session.scalars(text("SELECT words FROM notes")).all()
                    assert words == [part.schema] * (round_number + 1)
                with part.engine.connect() as connection:
                    assert connection.scalar(text("SELECT current_schema()")) == part.schema

    def test_a_savepoint_stays_in_the_part(parts: tuple[Database, Database]):
        with parts[0].writing() as session:
            with pytest.raises(ProgrammingError), session.begin_nested():
                session.execute(text("SELECT * FROM nothing"))
            assert session.scalar(text("SELECT current_schema()")) == "part_a"

    def test_a_transaction_that_names_no_part_is_refused(parts: tuple[Database, Database]):
        nowhere = parts[0].engine.execution_options(schema="")
        with nowhere.connect() as connection, pytest.raises(LookupError, match="names no schema"):
            connection.execute(text("SELECT 1"))
        with parts[0].engine.connect() as connection:
            assert connection.scalar(text("SELECT current_schema()")) == "part_a"

    def test_what_gets_past_transactions_finds_no_table(parts: tuple[Database, Database]):
        with parts[0].engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in ("notes", "cases"):
                with pytest.raises(ProgrammingError, match="does not exist"):
                    connection.execute(text(f"SELECT * FROM {table}"))

    def test_tables_of_other_parts_are_not_seen(parts: tuple[Database, Database]):
        assert inspect(parts[0].engine).has_table("notes")
        assert not inspect(parts[0].engine).has_table("cases"), "lies outside the parts"

    def test_closing_one_part_leaves_the_connections_to_the_other(parts: tuple[Database, Database]):
        with parts[1].reading() as session:
            number = session.scalar(text("SELECT pg_backend_pid()"))
        Database(parts[0].url, "part_a").close()
        with parts[1].reading() as session:
            assert session.scalar(text("SELECT pg_backend_pid()")) == number


def test_a_schema_is_one_of_postgresql():
    with pytest.raises(ValueError, match="Only PostgreSQL"):
        Database("sqlite:///x.sqlite3", "part_a")


def test_the_name_of_a_schema_is_plain():
    with pytest.raises(ValueError, match="cannot be the name"):
        Database("postgresql+psycopg://nobody@nowhere/x", 'a"; drop schema public; --')
