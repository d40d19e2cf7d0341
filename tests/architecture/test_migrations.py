# SPDX-License-Identifier: EUPL-1.2
"""The migrations make the tables that the code believes in: one line, from nothing, nothing left over."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import inspect, text

from engine.db import Base, Database
from migrations import configuration


def test_the_migrations_stand_in_one_line():
    assert len(ScriptDirectory.from_config(configuration()).get_heads()) == 1


def test_the_tables_are_those_of_the_models(db: Database):
    check(db)
    made = set(inspect(db.engine).get_table_names()) - {"alembic_version"}
    assert made == set(Base.metadata.tables) != set()


def test_a_forgotten_migration_is_noticed(sqlite_url: str):
    db = Database(sqlite_url)
    with db.engine.begin() as connection:
        connection.execute(text("DROP TABLE incidents"))
    with pytest.raises(CommandError, match="New upgrade operations"):
        check(db)
    db.close()


def check(db: Database) -> None:
    """What `alembic check` does, on this database."""
    config = configuration()
    with db.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.check(config)
