# SPDX-License-Identifier: EUPL-1.2
"""The database: one declarative base, sessions that read, sessions that write, and the unit of work.

SQLite knows no row locks. A writing session therefore takes the write lock when its transaction begins
(`BEGIN IMMEDIATE`), so that two commands on one case queue up instead of failing half-way; reading sessions
never wait (WAL). PostgreSQL locks the case row instead.

Several databases may live in schemas of one PostgreSQL database. They share the connections of this process; each
transaction enters its schema first, and one that names none is refused.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from threading import Lock
from time import monotonic
from typing import Any

from sqlalchemy import DateTime, Dialect, MetaData, TypeDecorator, create_engine, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction

#: So many seconds after its last use a connection is taken to be alive still.
_FRESH = 1.0
#: What a schema may be called; the name goes into a statement.
_SCHEMA = re.compile(r"[a-z][a-z0-9_]{0,62}")

_CONSTRAINT_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """What every table of the engine and of the slices derives from."""

    metadata = MetaData(naming_convention=_CONSTRAINT_NAMES)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware in Python, UTC in the database. Naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment needs a zone before it is stored.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read back aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """One town's database, given as a SQLAlchemy URL (`sqlite:///…` or `postgresql+psycopg://…`).

    With a schema it is that part of a PostgreSQL database, and its connections are shared with other parts.
    """

    def __init__(self, url: str, schema: str = "") -> None:
        self.url = url
        self.schema = schema
        self._shared = _Shared.of(url) if schema else None
        self.engine = self._shared.entering(schema) if self._shared else _create_engine(url)
        self._writer = self.engine.execution_options(immediate=True)
        #: What every session of this database carries along, such as where the content of documents lies.
        self.info: dict[str, Any] = {}

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.engine.dialect.name == "sqlite"

    def reading(self) -> Session:
        """A session for looking only; the caller closes it."""
        return Session(self.engine, expire_on_commit=False, info=self.info)

    def writing(self) -> Session:
        """A session for a command; the caller commits through the unit of work and closes it."""
        return Session(self._writer, expire_on_commit=False, info=self.info)

    def close(self) -> None:
        """Give the connections back; those that others share only when the last of them closes."""
        if self._shared is None:
            self.engine.dispose()
        else:
            self._shared.leave(self.schema)


@contextmanager
def unit_of_work(db: Database) -> Iterator[Session]:
    """One transaction: committed at the end, rolled back when anything is raised."""
    with db.writing() as session:
        yield session
        session.commit()


#: What is to be done after the commit, each with the savepoint within which it was left (None: within none).
_Actions = list[tuple[SessionTransaction | None, Callable[[], None]]]


def after_commit(session: Session, action: Callable[[], None]) -> None:
    """Call `action` once, when the session's present transaction has been committed, and never if it is not."""
    actions: _Actions = session.info.setdefault("after_commit", [])
    if action not in [known for _, known in actions]:
        actions.append((session.get_nested_transaction(), action))


@event.listens_for(Session, "after_commit")
def _run_actions(session: Session) -> None:
    actions: _Actions = session.info.pop("after_commit", [])
    savepoint = session.get_nested_transaction()
    if savepoint is None:
        for _, action in actions:
            action()
    else:
        # The end of a savepoint is no commit: its actions go on waiting, with those of the transaction around it.
        around = savepoint.parent if savepoint.parent is not None and savepoint.parent.nested else None
        session.info["after_commit"] = [(around if held is savepoint else held, action) for held, action in actions]


@event.listens_for(Session, "after_rollback")
def _forget_actions(session: Session) -> None:
    actions: _Actions = session.info.pop("after_commit", [])
    savepoint = session.get_nested_transaction()
    if savepoint is not None:
        session.info["after_commit"] = [(held, action) for held, action in actions if held is not savepoint]


class _Shared:
    """The connections of this process to a database in which several have their schemas."""

    _known: dict[tuple[int, str], "_Shared"] = {}
    _lock = Lock()

    def __init__(self, url: str) -> None:
        self._engine = _create_engine(url)
        if self._engine.dialect.name != "postgresql":
            raise ValueError("Only PostgreSQL has schemas.")
        event.listen(self._engine, "connect", _enter_nowhere)
        event.listen(self._engine, "begin", _enter_schema)
        self._users: list[str] = []

    @classmethod
    def of(cls, url: str) -> "_Shared":
        # A process that was forked must not use the connections of the one that it came from.
        key = os.getpid(), url
        with cls._lock:
            if key not in cls._known:
                cls._known[key] = cls(url)
            return cls._known[key]

    def entering(self, schema: str) -> Engine:
        if not _SCHEMA.fullmatch(schema):
            raise ValueError(f"“{schema}” cannot be the name of a schema.")
        with self._lock:
            self._users.append(schema)
        return self._engine.execution_options(schema=schema)

    def leave(self, schema: str) -> None:
        """One user less; the last one closes the connections. They open again should somebody still need one."""
        with self._lock:
            if schema in self._users:
                self._users.remove(schema)
            if not self._users:
                self._engine.dispose()


def _create_engine(url: str) -> Engine:
    # Parameters are what people typed; an error message must not carry them into a log.
    if not url.startswith("sqlite"):
        engine = create_engine(url, pool_size=10, max_overflow=10, hide_parameters=True)
        event.listen(engine, "checkin", _note_use)
        event.listen(engine, "checkout", partial(_see_if_alive, engine))
        return engine
    engine = create_engine(url, connect_args={"timeout": 30, "check_same_thread": False}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _note_use(connection: Any, record: Any) -> None:
    record.info["used_at"] = monotonic()


def _see_if_alive(engine: Engine, connection: Any, record: Any, proxy: Any) -> None:
    """Ask a connection that has lain idle, for the server may have been restarted; to ask each time costs a tenth."""
    used_at = record.info.get("used_at")
    if used_at is None or monotonic() - used_at < _FRESH:
        return
    try:
        engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error as lost:
        # All connections of that age are lost with it; the pool opens new ones.
        raise InvalidatePoolError from lost


def _prepare_sqlite(connection: Any, record: Any) -> None:
    # The driver's own transaction handling would begin too late for row safety; we say BEGIN ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _enter_nowhere(connection: Any, record: Any) -> None:
    # Whatever gets past the beginning of a transaction finds no table at all, rather than those of some town.
    connection.autocommit = True
    connection.execute("SET search_path TO ''")
    connection.autocommit = False


def _enter_schema(connection: Connection) -> None:
    schema = connection.get_execution_options().get("schema")
    if not schema:
        raise LookupError("This transaction names no schema, and several share the database.")
    connection.exec_driver_sql(f'SET LOCAL search_path TO "{schema}"')


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
