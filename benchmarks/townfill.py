# SPDX-License-Identifier: EUPL-1.2
"""A town with many years behind it, in seconds: cases, tasks and history that the database copies from one real case.

Works on both databases. The copies of a task cannot be completed: the states of their cases name the token of the one.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from filling import copies
from sqlalchemy import Connection, Table, text

from engine.db import Base, Database
from engine.models import CandidateRow, CaseRow, CaseStateRow, HistoryRow, TaskRow

#: So many lines of history has each case.
LINES = 10
#: So many offices share the tasks.
OFFICES = 20
CLERKS = 1_000

_TABLES: tuple[type[Base], ...] = (CaseRow, CaseStateRow, TaskRow, CandidateRow, HistoryRow)


def offices() -> list[str]:
    """The groups to which tasks are offered."""
    return [f"amt{number}" for number in range(OFFICES)]


def fill_town(database: Database, cases: int, case_id: str) -> None:
    """Copy this case, which waits at a task, so many times, with so many lines of its history for each."""
    dialect = _Sqlite() if database.is_sqlite else _Postgres()
    with database.engine.connect() as connection, dialect.trusting(connection):
        tables = [each.__table__ for each in _TABLES]
        with connection.begin():
            indexes = [index for table in tables if isinstance(table, Table) for index in table.indexes]
            for index in indexes:
                if not index.unique:
                    index.drop(connection)
            for statement in dialect.statements():
                connection.execute(text(statement), {"last": cases, "original": case_id})
            for index in indexes:
                if not index.unique:
                    index.create(connection)
    settle(database)


def settle(database: Database) -> None:
    """What the database does by itself some time after so much was written."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in ("VACUUM (ANALYZE)", "CHECKPOINT") if not database.is_sqlite else ():
            connection.execute(text(statement))
    if database.is_sqlite:
        connection_of_driver = database.engine.raw_connection()
        connection_of_driver.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection_of_driver.close()


class _Dialect:
    """How a database counts, and makes ids and moments of a number."""

    numbers = ""
    moment = ""
    due = ""
    never = "'9999-12-31 00:00:00.000000'"

    def id(self, kind: int, number: str = "n") -> str:
        """An id that looks like a real one and lies as scattered."""
        raise NotImplementedError

    def statements(self) -> Iterator[str]:
        """What fills the tables."""
        case = "(SELECT * FROM cases WHERE id = :original) AS t"
        case_id, task_id = self.id(1), self.id(2)
        yield copies(
            CaseRow,
            f"{self.numbers}, {case}",
            id=case_id,
            root_id=case_id,
            reference="'KOPIE-' || n",
            business_key="'vorgang-' || n",
            started_at=self.moment,
        )
        yield copies(
            CaseStateRow,
            f"{self.numbers}, (SELECT * FROM case_states WHERE case_id = :original) AS t",
            case_id=case_id,
        )
        yield copies(
            TaskRow,
            f"{self.numbers}, (SELECT * FROM tasks WHERE case_id = :original) AS t",
            id=task_id,
            case_id=case_id,
            assignee=f"CASE WHEN n % 3 = 0 THEN 'person' || (n / 3 % {CLERKS}) END",
            priority="CASE WHEN n % 5 = 0 THEN 7919 * n % 100 ELSE 50 END",
            created_at=self.moment,
            due_at=f"CASE WHEN n % 2 = 0 THEN {self.due} END",
        )
        # An offer repeats what its task is sorted by.
        yield copies(
            CandidateRow,
            f"{self.numbers} JOIN tasks ON tasks.id = {task_id}",
            task_id="tasks.id",
            group_key=f"'amt' || (n % {OFFICES})",
            taken="tasks.assignee IS NOT NULL",
            priority="tasks.priority",
            due_at=f"coalesce(tasks.due_at, {self.never})",
            created_at="tasks.created_at",
        )
        number = f"{LINES} * n + t.place"
        columns = ", ".join(f'"{column.name}"' for column in HistoryRow.__table__.columns)
        some = f"SELECT {columns}, row_number() OVER (ORDER BY id) AS place FROM history WHERE case_id = :original"
        yield copies(
            HistoryRow,
            f"{self.numbers}, ({some} LIMIT {LINES}) AS t",
            id=f"(SELECT max(id) FROM history WHERE case_id = :original) + {number}",
            case_id=case_id,
            at=self.moment,
            token_id=f"CASE WHEN t.token_id IS NOT NULL THEN {self.id(3, f'({number})')} END",
        )


class _Sqlite(_Dialect):
    numbers = (
        "(WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < :last)"
        " SELECT n FROM counted) AS numbers"
    )
    moment = "strftime('%Y-%m-%d %H:%M:%f000', 'now', '-' || (300 * n) || ' seconds')"
    due = "strftime('%Y-%m-%d %H:%M:%f000', 'now', (7919 * n % 8760 - 24) || ' hours')"

    def id(self, kind: int, number: str = "n") -> str:
        return f"printf('%08x-000{kind}-4000-8000-%012x', {number} * 2654435761 % 4294967296, {number})"

    @contextmanager
    def trusting(self, connection: Connection) -> Iterator[None]:
        """Check no references: they are copied as they are."""
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys=OFF")
        yield
        driver.execute("PRAGMA foreign_keys=ON")


class _Postgres(_Dialect):
    numbers = "generate_series(1, CAST(:last AS integer)) AS n"
    moment = "now() - n * interval '300 seconds'"
    never = "timestamptz '9999-12-31 00:00:00+00'"
    due = "now() + (7919 * CAST(n AS bigint) % 8760 - 24) * interval '1 hour'"

    def id(self, kind: int, number: str = "n") -> str:
        return f"CAST(CAST(md5('{kind}-' || {number}) AS uuid) AS text)"

    def statements(self) -> Iterator[str]:
        yield from super().statements()
        yield "SELECT setval(pg_get_serial_sequence('history', 'id'), (SELECT max(id) FROM history))"

    @contextmanager
    def trusting(self, connection: Connection) -> Iterator[None]:
        """Check no references: they are copied as they are."""
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text("SET maintenance_work_mem = '256MB'"))
        connection.commit()
        yield
        connection.execute(text("RESET session_replication_role"))
        connection.commit()
