# SPDX-License-Identifier: EUPL-1.2
"""A PostgreSQL database full of open work within seconds: rows that the database copies from one real case.

Only what lists and fetching read is copied. The copies of a task cannot be completed, and nothing has a history.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, text

from engine.db import Base, Database
from engine.models import (
    CandidateRow,
    CaseRow,
    CaseStateRow,
    DefinitionRow,
    DeploymentRow,
    JobRow,
    ResourceRow,
    TaskRow,
)

#: Tasks lie in this many processes, in turn.
PROCESSES = 1_000
#: Each group is offered every tenth task; every third has somebody, one of these.
GROUPS = 10
CLERKS = 1_000


def fill_tasks(database: Database, count: int, after: int = 0) -> None:
    """Copy the one open task that is there, and its case, until there are so many; `after` are there already."""
    with database.engine.begin() as connection:
        if not after:
            for statement in (_DEPLOYMENTS, _RESOURCES, _DEFINITIONS):
                connection.execute(text(statement))
        later = _put_off(connection, "cases", "tasks", "task_candidates")
        span = {"first": after + 1, "last": count}
        for statement in (_CASES, _TASKS, _CANDIDATES):
            connection.execute(text(statement), span)
        _catch_up(connection, later)
    _tidy(database, "cases", "tasks", "task_candidates", "definitions")


def fill_external(database: Database, topic: str, count: int, after: int = 0) -> None:
    """Copy the one piece of external work that is there until so many of this topic wait."""
    with database.engine.begin() as connection:
        later = _put_off(connection, "cases", "case_states", "jobs")
        for statement in (_WORKING_CASES, _STATES, _JOBS):
            connection.execute(text(statement), {"first": after + 1, "last": count, "topic": topic})
        _catch_up(connection, later)
    _tidy(database, "cases", "case_states", "jobs")


def process_keys(database: Database) -> list[str]:
    """The keys of the processes in which the tasks lie."""
    with database.engine.connect() as connection:
        return [row[0] for row in connection.execute(text(f"SELECT key FROM ({_COPIES}) AS copies"))]


def _put_off(connection: Connection, *tables: str) -> list[str]:
    """Take off the indexes that no constraint needs, and check no references: both cost most when done row by row."""
    for setting in ("session_replication_role = replica", "maintenance_work_mem = '256MB'", "jit = off", "seed = 0.5"):
        connection.execute(text(f"SET LOCAL {setting}"))
    found = connection.execute(_PLAIN_INDEXES, {"tables": list(tables)}).all()
    for name, _ in found:
        connection.execute(text(f'DROP INDEX "{name}"'))
    return [definition for _, definition in found]


def _catch_up(connection: Connection, definitions: Iterable[str]) -> None:
    for definition in definitions:
        connection.execute(text(definition))


def _tidy(database: Database, *tables: str) -> None:
    """What the database does by itself some time after so much was written, statistics among it."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in tables:
            connection.execute(text(f"VACUUM (ANALYZE) {table}"))
        connection.execute(text("CHECKPOINT"))


def copies(table: type[Base], source: str, **changed: str) -> str:
    """An INSERT of rows like those of `t` in `source`, but for these columns."""
    columns = table.__table__.columns.keys()
    values = [changed.get(name, f't."{name}"') for name in columns]
    names = ", ".join(f'"{name}"' for name in columns)
    return f"INSERT INTO {table.__tablename__} ({names}) SELECT {', '.join(values)} FROM {source}"


def _id(kind: str) -> str:
    """Ids of copies look like real ones, and lie as scattered."""
    return f"CAST(CAST(md5('{kind}' || n) AS uuid) AS text)"


_PLAIN_INDEXES = text(
    "SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    " JOIN pg_class t ON t.oid = i.indrelid WHERE t.relname = ANY (:tables) AND NOT i.indisunique"
)
_SERIES = "generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS n"
_COPIES = "SELECT id, key, row_number() OVER (ORDER BY id) AS place FROM definitions WHERE version_tag = 'copy'"
_NUMBERED = f"{_SERIES} JOIN ({_COPIES}) AS d ON d.place = 1 + n % {PROCESSES}"
_MOMENT = "now() - n * interval '1 second'"

_EACH = f"generate_series(1, {PROCESSES}) AS n, (SELECT * FROM definitions ORDER BY id LIMIT 1) AS d"
_DEPLOYMENTS = copies(DeploymentRow, f"{_EACH} JOIN deployments AS t ON t.id = d.deployment_id", id="t.id + 1000 + n")
_RESOURCES = copies(
    ResourceRow,
    f"{_EACH} JOIN deployment_resources AS t ON t.deployment_id = d.deployment_id",
    id="10 * (1000 + n) + t.id",
    deployment_id="t.deployment_id + 1000 + n",
    # Each model has a process of its own name.
    content="convert_to(replace(convert_from(t.content, 'UTF8'), 'process id=\"' || d.key || '\"',"
    " 'process id=\"' || d.key || '_' || n || '\"'), 'UTF8')",
)
_DEFINITIONS = copies(
    DefinitionRow,
    _EACH.replace("AS d", "AS t"),
    id="t.id + 1000 + n",
    deployment_id="t.deployment_id + 1000 + n",
    key="t.key || '_' || n",
    name="'Verfahren ' || n",
    version_tag="'copy'",
)
_CASES = copies(
    CaseRow,
    f"{_NUMBERED}, (SELECT c.* FROM cases c JOIN tasks ON tasks.case_id = c.id ORDER BY c.id LIMIT 1) AS t",
    id=_id("case"),
    root_id=_id("case"),
    definition_id="d.id",
    definition_key="d.key",
    reference="'KOPIE-' || n",
    business_key="'vorgang-' || n",
    started_at=_MOMENT,
)
_TASKS = copies(
    TaskRow,
    f"{_NUMBERED}, (SELECT * FROM tasks WHERE name NOT LIKE 'Kopie %' LIMIT 1) AS t",
    id=_id("task"),
    case_id=_id("case"),
    definition_id="d.id",
    name="'Kopie ' || d.place",
    assignee=f"CASE WHEN random() < 0.33 THEN 'person' || floor(random() * {CLERKS}) END",
    priority="CASE WHEN random() < 0.2 THEN CAST(random() * 100 AS integer) ELSE 50 END",
    created_at=_MOMENT,
    due_at="CASE WHEN random() < 0.5 THEN now() + random() * interval '1 year' END",
)
_CANDIDATES = copies(
    CandidateRow,
    f"{_SERIES} JOIN tasks ON tasks.id = {_id('task')}",
    task_id="tasks.id",
    group_key=f"'gruppe' || floor(random() * {GROUPS})",
    taken="tasks.assignee IS NOT NULL",
    priority="tasks.priority",
    due_at="coalesce(tasks.due_at, timestamptz '9999-12-31 00:00:00+00')",
    created_at="tasks.created_at",
)

_WORKING_CASES = copies(
    CaseRow,
    f"{_SERIES}, (SELECT c.* FROM cases c JOIN jobs ON jobs.case_id = c.id WHERE jobs.kind = 'external'"
    " AND c.reference NOT LIKE 'WORK-%' LIMIT 1) AS t",
    id="CAST(CAST(md5(CAST(:topic AS text) || n) AS uuid) AS text)",
    root_id="CAST(CAST(md5(CAST(:topic AS text) || n) AS uuid) AS text)",
    reference="'WORK-' || CAST(:topic AS text) || '-' || n",
    started_at=_MOMENT,
)
_STATES = copies(
    CaseStateRow,
    f"{_SERIES}, (SELECT s.* FROM case_states s JOIN cases ON cases.id = s.case_id"
    " JOIN jobs ON jobs.case_id = s.case_id"
    " WHERE jobs.kind = 'external' AND cases.reference NOT LIKE 'WORK-%' LIMIT 1) AS t",
    case_id="CAST(CAST(md5(CAST(:topic AS text) || n) AS uuid) AS text)",
)
_JOBS = copies(
    JobRow,
    f"{_SERIES}, (SELECT j.* FROM jobs j JOIN cases ON cases.id = j.case_id"
    " WHERE j.kind = 'external' AND cases.reference NOT LIKE 'WORK-%' LIMIT 1) AS t",
    id="CAST(CAST(md5(CAST(:topic AS text) || 'job' || n) AS uuid) AS text)",
    case_id="CAST(CAST(md5(CAST(:topic AS text) || n) AS uuid) AS text)",
    topic="CAST(:topic AS text)",
    priority="7919 * n % 3",
    created_at=_MOMENT,
    due_at=_MOMENT,
)
