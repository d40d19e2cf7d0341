# SPDX-License-Identifier: EUPL-1.2
"""Handing out external work: the next free pieces of the topics that a worker names, leased to it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from engine.external import LONGEST_LOCK, ExternalTask, described, external_statement, is_external
from engine.identity import Actor
from engine.models import CaseRow, CaseStateRow, DefinitionRow, JobRow
from engine.queries.listing import AnyRow, AnySelect, for_tenants
from engine.queries.variables import MOST_OPENED, TooManyToCompare
from engine.services import Services
from engine.spiff.state import stored_scope, stored_state


@dataclass(frozen=True)
class Wanted:
    """Which work of one topic a worker takes."""

    topic: str
    lock: timedelta
    #: Names of the variables that it wants to see; None for all.
    variables: tuple[str, ...] | None = None
    #: Only the variables of the task's own.
    local: bool = False
    business_key: str | None = None
    definition_ids: tuple[int, ...] | None = None
    definition_keys: tuple[str, ...] | None = None
    version_tag: str | None = None
    #: Of which tenants; None among them stands for nobody in particular.
    tenants: tuple[str | None, ...] | None = None
    #: Values that variables of the case must have.
    case_values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Order:
    """What is handed out first."""

    by_priority: bool = True
    newest_first: bool = False


def fetch_and_lock(
    session: Session,
    services: Services,
    worker: str,
    topics: Mapping[str, timedelta],
    max_tasks: int,
    by: Actor,
    *,
    by_priority: bool = True,
) -> list[ExternalTask]:
    """Lease free work of these topics to a worker, for as long as it says for each topic."""
    wanted = [Wanted(topic, lock) for topic, lock in topics.items()]
    return fetch_wanted(session, services, worker, wanted, max_tasks, Order(by_priority))


def fetch_wanted(
    session: Session,
    services: Services,
    worker: str,
    wanted: Sequence[Wanted],
    max_tasks: int,
    order: Order = Order(),
) -> list[ExternalTask]:
    """The same with conditions for each topic."""
    now = services.clock.now()
    found = {row[0].id: (row, one) for one in wanted for row in _next(session, one, now, max_tasks, order)}
    chosen = sorted(found.values(), key=lambda each: _rank(each[0][0], order))[:max_tasks]
    states = _states(session, {row[1].id for row, _ in chosen})
    fetched = []
    held: dict[datetime, list[str]] = {}
    for (job, case, definition), one in chosen:
        until = now + min(one.lock, LONGEST_LOCK)
        held.setdefault(until, []).append(job.id)
        seen = _shown(one, states[case.id], job.token_id or "")
        task = described(job, case, definition)
        fetched.append(replace(task, worker=worker, locked_until=until, variables=seen))
    for until, ids in held.items():
        session.execute(
            update(JobRow)
            .where(JobRow.id.in_(ids))
            .values(locked_by=worker, locked_until=until)
            .execution_options(synchronize_session=False)
        )
    return fetched


def is_there(session: Session, services: Services, wanted: Sequence[Wanted]) -> bool:
    """Whether there may be work, for somebody who waits: locks nothing, and looks at no variables."""
    now = services.clock.now()
    free = (_free(one, now).with_only_columns(JobRow.id).limit(1) for one in wanted)
    return any(session.scalar(statement) is not None for statement in free)


def _next(session: Session, wanted: Wanted, now: datetime, most: int, order: Order) -> Iterator[AnyRow]:
    """The next free pieces of one topic, locked, in their order."""
    statement = _free(wanted, now).order_by(*_age(order))
    if wanted.case_values:
        yield from _of_values(session, wanted, statement, most, order)
        return
    if not order.by_priority:
        yield from _locked(session, statement.limit(most))
        return
    taken, below = 0, None
    while taken < most:
        # An index has the pieces of one priority in their order, but not all of them.
        above = statement if below is None else statement.where(JobRow.priority < below)
        highest = above.with_only_columns(JobRow.priority).order_by(None).order_by(JobRow.priority.desc()).limit(1)
        below = session.scalar(highest)
        if below is None:
            return
        for row in _locked(session, statement.where(JobRow.priority == below).limit(most - taken)):
            taken += 1
            yield row


def _of_values(session: Session, wanted: Wanted, statement: AnySelect, most: int, order: Order) -> Iterator[AnyRow]:
    """Those whose cases have certain values. Raises `TooManyToCompare` when none is found among very many."""
    if order.by_priority:
        statement = statement.order_by(None).order_by(JobRow.priority.desc(), *_age(order))
    fitting: list[str] = []
    opened = statement.join(CaseStateRow, CaseStateRow.case_id == CaseRow.id)
    opened = opened.with_only_columns(JobRow.id, CaseStateRow.content).limit(MOST_OPENED + 1)
    with session.execute(opened.execution_options(yield_per=100)) as rows:
        for number, (job_id, content) in enumerate(rows):
            if number == MOST_OPENED and not fitting:
                raise TooManyToCompare
            # With fewer than are wanted a worker can begin, too.
            if number == MOST_OPENED or len(fitting) == most:
                break
            variables = stored_state(content)["variables"]
            if all(name in variables and variables[name] == value for name, value in wanted.case_values.items()):
                fitting.append(job_id)
    if fitting:
        yield from _locked(session, statement.where(JobRow.id.in_(fitting)))


def _locked(session: Session, statement: AnySelect) -> Iterator[AnyRow]:
    return iter(session.execute(statement.with_for_update(skip_locked=True, of=JobRow)))


def _age(order: Order) -> list[Any]:
    age = (JobRow.created_at, JobRow.id)
    return [column.desc() if order.newest_first else column for column in age]


def _free(wanted: Wanted, now: datetime) -> AnySelect:
    conditions: list[ColumnElement[bool]] = [
        is_external(),
        JobRow.topic == wanted.topic,
        # Not what it must be: no index of states is to look better than that of external work.
        JobRow.state != "failed",
        JobRow.suspended.is_(False),
        JobRow.due_at <= now,
        or_(JobRow.locked_until.is_(None), JobRow.locked_until <= now),
        or_(JobRow.retries.is_(None), JobRow.retries > 0),
    ]
    if wanted.business_key is not None:
        conditions.append(CaseRow.business_key == wanted.business_key)
    if wanted.definition_ids is not None:
        conditions.append(CaseRow.definition_id.in_(wanted.definition_ids))
    if wanted.definition_keys is not None:
        conditions.append(CaseRow.definition_key.in_(wanted.definition_keys))
    if wanted.version_tag is not None:
        conditions.append(DefinitionRow.version_tag == wanted.version_tag)
    if wanted.tenants is not None:
        conditions.append(for_tenants(CaseRow.definition_id, wanted.tenants))
    return external_statement().where(*conditions)


def _rank(job: JobRow, order: Order) -> tuple[Any, ...]:
    age = job.created_at.timestamp()
    return (-job.priority if order.by_priority else 0, -age if order.newest_first else age, job.id)


def _states(session: Session, case_ids: set[str]) -> dict[str, bytes]:
    found = session.execute(
        select(CaseStateRow.case_id, CaseStateRow.content).where(CaseStateRow.case_id.in_(case_ids))
    ).all()
    return {row.case_id: row.content for row in found}


def _shown(wanted: Wanted, content: bytes, token_id: str) -> dict[str, Any]:
    if wanted.local:
        tokens = stored_state(content)["tokens"]
        seen: dict[str, Any] = next((marks.get("local", {}) for key, _, _, _, marks in tokens if key == token_id), {})
    else:
        seen = stored_scope(content, token_id)
    if wanted.variables is None:
        return dict(seen)
    return {name: seen[name] for name in wanted.variables if name in seen}
