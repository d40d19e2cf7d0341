# SPDX-License-Identifier: EUPL-1.2
"""What lines of the past have in common: the case that they belong to, going on or ended, and how long things took."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Float, and_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from engine.db import UtcDateTime
from engine.models import CaseRow, DefinitionRow, DeploymentRow
from engine.queries.criteria import Criterion, alike, equal, of_case
from engine.queries.listing import AnySelect


@dataclass(frozen=True)
class Origin:
    """The case that something belongs to, and the version of its process."""

    case_id: str
    root_id: str
    definition_id: int
    definition_key: str
    definition_version: int
    tenant_id: str | None
    #: When it is no longer wanted; None: not yet known, or never.
    removed_at: datetime | None


#: What `origin` needs, at the end of each row.
ORIGIN = (
    CaseRow.id,
    CaseRow.root_id,
    CaseRow.definition_id,
    CaseRow.definition_key,
    CaseRow.ended_at,
    DefinitionRow.version,
    DefinitionRow.history_days,
    DeploymentRow.tenant_id,
)

#: What lists of the past can be asked for about the case.
OF_CASE: dict[str, Criterion] = {
    **of_case(),
    "processDefinitionName": equal(DefinitionRow.name),
    "processDefinitionNameLike": alike(DefinitionRow.name),
}


def with_origin(statement: AnySelect, case_id: Any) -> AnySelect:
    """Join the case of that id, its definition and its deployment, and add the columns of `ORIGIN`."""
    return (
        statement.add_columns(*ORIGIN)
        .join(CaseRow, CaseRow.id == case_id)
        .join(DefinitionRow, DefinitionRow.id == CaseRow.definition_id)
        .join(DeploymentRow, DeploymentRow.id == DefinitionRow.deployment_id)
    )


def origin(columns: Sequence[Any]) -> Origin:
    """The case of a row, from its last columns."""
    case_id, root_id, definition_id, key, ended_at, version, days, tenant_id = columns[-len(ORIGIN) :]
    removed_at = None
    if ended_at is not None and days is not None:
        # Whoever wants it kept for thousands of years wants it kept.
        removed_at = ended_at + timedelta(days=days) if days < 1_000_000 else None
    return Origin(case_id, root_id, definition_id, key, version, tenant_id, removed_at)


class elapsed(FunctionElement[float]):
    """Seconds between two moments, the earlier one first."""

    type = Float()
    inherit_cache = True
    name = "elapsed"


@compiles(elapsed)
def _elapsed(element: elapsed, compiler: Any, **options: Any) -> str:
    begun, ended = (compiler.process(clause, **options) for clause in element.clauses)
    return f"extract(epoch from ({ended} - {begun}))"


@compiles(elapsed, "sqlite")
def _elapsed_sqlite(element: elapsed, compiler: Any, **options: Any) -> str:
    begun, ended = (compiler.process(clause, **options) for clause in element.clauses)
    return f"((julianday({ended}) - julianday({begun})) * 86400.0)"


class stored_moment(FunctionElement[datetime]):
    """A moment that the details of the history hold as a text (`engine.chronicle.moment`), as a column holds it."""

    type = UtcDateTime()
    inherit_cache = True
    name = "stored_moment"


@compiles(stored_moment)
def _stored_moment(element: stored_moment, compiler: Any, **options: Any) -> str:
    (written,) = (compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST({written} AS timestamp with time zone)"


@compiles(stored_moment, "sqlite")
def _stored_moment_sqlite(element: stored_moment, compiler: Any, **options: Any) -> str:
    (written,) = (compiler.process(clause, **options) for clause in element.clauses)
    return f"replace(substr({written}, 1, 26), 'T', ' ')"


def named_in(listed: Any, name: str) -> ColumnElement[bool]:
    """Whether a list of names in the details of the history holds this one; `listed` is its text."""
    written = json.dumps(name).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    found: ColumnElement[bool] = listed.like(f"%{written}%", escape="\\")
    return found


def on(column: Any) -> Criterion:
    """At this moment, to the millisecond."""
    return Criterion("moment", lambda at: and_(column >= at, column < _a_little_later(at)))


def until(column: Any) -> Criterion:
    """At this moment or before; programs are told moments to the millisecond."""
    return Criterion("moment", lambda at: column < _a_little_later(at))


def since(column: Any) -> Criterion:
    """At this moment or after."""
    return Criterion("moment", lambda at: column >= at)


def _a_little_later(at: datetime) -> datetime:
    try:
        return at + timedelta(milliseconds=1)
    except OverflowError:  # Nothing comes after the last day.
        return at
