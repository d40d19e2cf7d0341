# SPDX-License-Identifier: EUPL-1.2
"""The migrations make the tables that the code believes in: one line, from nothing, nothing left over."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import inspect, text

from engine.db import Base, Database
from migrations import configuration, migrate

#: Since this revision the release before still runs on new tables, so that nobody has to stop for a migration.
ADDING_SINCE = "0003"


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


def revisions() -> list[str]:
    found = [each.revision for each in ScriptDirectory.from_config(configuration()).walk_revisions()]
    return found[::-1]


Tables = dict[str, dict[str, tuple[str, bool, bool]]]


def tables(db: Database) -> Tables:
    """Every column with its type, whether it may be empty, and whether it fills itself."""
    found = inspect(db.engine)
    return {
        name: {
            column["name"]: (
                str(column["type"]),
                bool(column["nullable"]),
                column.get("default") is not None or bool(column.get("primary_key")),
            )
            for column in found.get_columns(name)
        }
        for name in found.get_table_names()
    }


def demands(db: Database) -> dict[str, set[tuple[str, ...]]]:
    """What rows of a table must keep to: unique columns, and keys of other tables."""
    found = inspect(db.engine)
    kept: dict[str, set[tuple[str, ...]]] = {}
    for name in found.get_table_names():
        unique = {("unique", *each["column_names"]) for each in found.get_unique_constraints(name)}
        unique |= {("unique", *map(str, each["column_names"])) for each in found.get_indexes(name) if each["unique"]}
        foreign = {("foreign", *each["constrained_columns"]) for each in found.get_foreign_keys(name)}
        kept[name] = unique | foreign
    return kept


def contractions(before: Tables, after: Tables) -> list[str]:
    """What a program that knows only the tables before would stumble over."""
    found = [f"{name} is gone" for name in before if name not in after]
    for name in set(before) & set(after):
        for column, kind in before[name].items():
            if after[name].get(column) != kind:
                found.append(f"{name}.{column} is gone or has changed")
        for column, (_, may_be_empty, fills_itself) in after[name].items():
            if column not in before[name] and not (may_be_empty or fills_itself):
                found.append(f"{name}.{column} must be filled by those who do not know it")
    return found


def test_migrations_only_add_so_that_the_release_before_goes_on(tmp_path: Path):
    db = Database(f"sqlite:///{tmp_path / 'steps.sqlite3'}")
    migrate(db.engine, ADDING_SINCE)
    later = revisions()[revisions().index(ADDING_SINCE) + 1 :]
    assert later
    for revision in later:
        before, demanded = tables(db), demands(db)
        migrate(db.engine, revision)
        assert not contractions(before, tables(db)), revision
        assert {name: demands(db)[name] for name in before} == demanded, revision
    db.close()


@pytest.mark.parametrize(
    ("after", "what"),
    [
        ({}, "gone"),
        ({"t": {}}, "gone or has changed"),
        ({"t": {"a": ("TEXT", False, False)}}, "changed"),
        ({"t": {"a": ("TEXT", True, False), "b": ("TEXT", False, False)}}, "must be filled"),
    ],
)
def test_contraction_is_noticed(after: Tables, what: str):
    assert what in contractions({"t": {"a": ("TEXT", True, False)}}, after)[0]


def check(db: Database) -> None:
    """What `alembic check` does, on this database."""
    config = configuration()
    with db.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.check(config)
