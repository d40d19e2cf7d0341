# SPDX-License-Identifier: EUPL-1.2
"""Databases out of and into a file: SQLite by its backup interface, PostgreSQL by pg_dump, each as of one moment."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, MetaData, NullPool, create_engine, func, inspect, select, table
from sqlalchemy.schema import CreateSchema

from engine.db import Database
from web.backups import BackupRefused
from web.backups.tools import run_tool

_VERSION = "alembic_version"


@dataclass(frozen=True)
class Copied:
    """What was copied, as of the same moment."""

    kind: str
    schema: str
    revision: str
    counts: dict[str, int]
    #: Contents that lie in the store of documents.
    digests: frozenset[str]


def copy_out(db: Database, file: Path) -> Copied:
    """Write the database into a file. Others go on working meanwhile."""
    if not db.is_sqlite:
        return _dump(db, file)
    with closing(sqlite3.connect(file)) as target, db.engine.connect() as source:
        _driver(source).backup(target)
        target.execute("PRAGMA journal_mode=DELETE")  # the file alone is the database
    copy = create_engine(f"sqlite:///{file}", poolclass=NullPool)
    with copy.connect() as connection:
        return _described(connection, "sqlite", "")


def copy_in(db: Database, file: Path) -> None:
    """Put what a file holds in the place of everything that is there."""
    if db.is_sqlite:
        with closing(sqlite3.connect(file)) as source, db.engine.connect() as target:
            source.backup(_driver(target))
        return
    with db.engine.begin() as connection:
        schema = _schema(db, connection)
        connection.execute(CreateSchema(schema, if_not_exists=True))
        present = MetaData()
        present.reflect(connection, schema=schema, resolve_fks=False)
        present.drop_all(connection)
    options = ["--single-transaction", "--no-owner", "--no-privileges", f"--schema={schema}"]
    run_tool("pg_restore", db.engine.url, [*options, str(file)])


def row_counts(db: Database) -> dict[str, int]:
    """Rows by table; nothing where there are no tables."""
    with db.engine.connect() as connection:
        return _counts(connection, "" if db.is_sqlite else _schema(db, connection))


def kind_and_schema(db: Database) -> tuple[str, str]:
    """What an archive must be of to fit in."""
    if db.is_sqlite:
        return "sqlite", ""
    with db.engine.connect() as connection:
        return "postgresql", _schema(db, connection)


def _dump(db: Database, file: Path) -> Copied:
    with _moment(db) as connection:
        schema = _schema(db, connection)
        found = _described(connection, "postgresql", schema)
        snapshot = connection.scalar(select(func.pg_export_snapshot()))
        options = ["--format=custom", "--no-owner", "--no-privileges", f"--schema={schema}", f"--snapshot={snapshot}"]
        run_tool("pg_dump", db.engine.url, [*options, f"--file={file}"])
    return found


@contextmanager
def _moment(db: Database) -> Iterator[Connection]:
    """A transaction that sees one moment, however long it takes."""
    with db.engine.connect() as connection:
        yield connection.execution_options(isolation_level="REPEATABLE READ")


def _described(connection: Connection, kind: str, schema: str) -> Copied:
    counts = _counts(connection, schema)
    if "documents" not in counts:
        raise BackupRefused("The database has no tables yet; there is nothing to back up.")
    revision = MigrationContext.configure(connection, opts={"version_table_schema": schema or None})
    return Copied(kind, schema, revision.get_current_revision() or "", counts, _digests(connection, schema))


def _digests(connection: Connection, schema: str) -> frozenset[str]:
    present = MetaData()
    present.reflect(connection, schema=schema or None, only=["documents", "document_contents"])
    prefix = f"{schema}." if schema else ""
    documents, contents = (present.tables[f"{prefix}{name}"] for name in ("documents", "document_contents"))
    stored = select(documents.c.sha256).where(documents.c.id.not_in(select(contents.c.document_id)))
    return frozenset(connection.scalars(stored))


def _counts(connection: Connection, schema: str) -> dict[str, int]:
    names = inspect(connection).get_table_names(schema=schema or None)
    return {
        name: connection.scalar(select(func.count()).select_from(table(name, schema=schema or None))) or 0
        for name in sorted(names)
        if name != _VERSION
    }


def _schema(db: Database, connection: Connection) -> str:
    return db.schema or str(connection.scalar(select(func.current_schema())))


def _driver(connection: Connection) -> sqlite3.Connection:
    found = connection.connection.driver_connection
    assert isinstance(found, sqlite3.Connection)
    return found
