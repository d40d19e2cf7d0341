# SPDX-License-Identifier: EUPL-1.2
"""Tokens of cases and their variables from the outside. Both lie packed in the state of each case.

Questions that name a case, a token or a message open few states. Those that name nothing are answered as long as not
too many cases have to be opened for them.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, exists, select, union_all
from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.models import CaseRow, CaseStateRow, HistoryRow, JobRow, SubscriptionRow, TaskRow
from engine.queries.criteria import Criterion, of_case
from engine.queries.listing import Asked, Listing, always
from engine.queries.variables import Condition, TooManyToCompare, holds
from engine.spiff.state import stored_state

#: More cases than this are not opened for one question.
MOST_OPENED = 2_000
#: Whoever needs only the first ones does not read all.
_AT_A_TIME = 100


class ExecutionNotFound(NotFound):
    """There is no such token, or it has gone on."""


@dataclass(frozen=True)
class Execution:
    """One place at which something goes on: a case as a whole, or a token in it."""

    id: str
    case_id: str
    definition_id: int
    definition_key: str
    #: None: the case as a whole.
    element_id: str | None = None
    #: It only watches, beside what goes on.
    armed: bool = False
    parent_id: str | None = None
    #: Variables of its own.
    local: Mapping[str, Any] = field(default_factory=dict)
    #: All that it sees.
    seen: Mapping[str, Any] = field(default_factory=dict)
    #: One round of a repeated activity, not the whole.
    is_round: bool = False


@dataclass(frozen=True)
class Variable:
    """A variable where it lives."""

    name: str
    value: Any
    owner: Execution

    @property
    def id(self) -> str:
        """Case, token and name."""
        return f"{self.owner.case_id}:{self.owner.id}:{self.name}"


@dataclass(frozen=True)
class Tokens:
    """What tokens must be like."""

    element: str | None = None
    #: Kind and name of what they wait for.
    awaits: tuple[tuple[str, str], ...] = ()
    #: Of what they see.
    variables: Sequence[Condition] = ()
    #: Of the variables of their case.
    case_variables: Sequence[Condition] = ()


@dataclass(frozen=True)
class Variables:
    """What variables must be like."""

    name: str | None = None
    pattern: str | None = None
    #: Ids of cases, tokens or tasks that have them.
    owners: Collection[str] | None = None
    values: Sequence[Condition] = ()


def _awaiting(wanted: tuple[str, str]) -> ColumnElement[bool]:
    kind, name = wanted
    return exists().where(
        SubscriptionRow.case_id == CaseRow.id, SubscriptionRow.kind == kind, SubscriptionRow.name == name
    )


LISTING = Listing(
    select(CaseRow.id, CaseRow.definition_id, CaseRow.definition_key, CaseStateRow.content)
    .join(CaseStateRow, CaseStateRow.case_id == CaseRow.id)
    .where(CaseRow.state == "active"),
    {
        **of_case(),
        "active": Criterion("flag", lambda asked: CaseRow.suspended.is_(False)),
        "suspended": Criterion("flag", lambda asked: CaseRow.suspended.is_(True)),
        "awaits": _awaiting,
        "never": always(CaseRow.id == ""),
    },
    {
        "instanceId": CaseRow.id,
        "definitionKey": CaseRow.definition_key,
        "definitionId": CaseRow.definition_id,
        "tenantId": CaseRow.definition_id,
    },
    (CaseRow.started_at, CaseRow.id),
    CaseRow.definition_key,
)


def executions(session: Session, asked: Asked, wanted: Tokens) -> Iterator[Execution]:
    """The tokens that fit and the cases themselves, of the cases that fit. Raises `TooManyToCompare`."""
    narrowed = asked
    for awaited in wanted.awaits:
        narrowed = narrowed.with_conditions(awaits=awaited)
    waiting = _waiting_tokens(session, wanted.awaits)
    for opened in _opened(session, narrowed):
        case = opened[0]
        if not all(holds(condition, case.local) for condition in wanted.case_variables):
            continue
        for one in opened:
            if wanted.awaits and (waiting is None or one.id not in waiting):
                continue
            if (one.armed and not wanted.awaits) or (wanted.element is not None and one.element_id != wanted.element):
                continue
            if all(holds(condition, one.seen) for condition in wanted.variables):
                yield one


def variables(session: Session, asked: Asked, wanted: Variables) -> Iterator[Variable]:
    """The variables that fit, of the cases that fit. Raises `TooManyToCompare`."""
    for opened in _opened(session, asked):
        for owner in opened:
            if wanted.owners is not None and owner.id not in wanted.owners:
                continue
            for name, value in sorted(owner.local.items()):
                if _fits(wanted, name, owner.local):
                    yield Variable(name, value, owner)


def find_execution(session: Session, execution_id: str) -> Execution:
    """A case or a token by its id, or `ExecutionNotFound`."""
    for opened in _opened(session, Asked({"processInstanceIdIn": cases_of(session, [execution_id])}, most=1)):
        for one in opened:
            if one.id == execution_id:
                return one
    raise ExecutionNotFound


def tokens_of(session: Session, case_id: str) -> list[Execution]:
    """The case itself, then its tokens, a scope before what is in it."""
    return next(_opened(session, Asked({"processInstanceId": case_id}, most=1)), [])


def cases_of(session: Session, ids: Collection[str]) -> list[str]:
    """The cases that these are, or that these tokens belong to."""
    wanted = list(ids)
    found: Any = union_all(
        select(CaseRow.id).where(CaseRow.id.in_(wanted)),
        *(select(row.case_id).where(row.id.in_(wanted)) for row in (TaskRow, JobRow, SubscriptionRow)),
        select(HistoryRow.case_id).where(HistoryRow.token_id.in_(wanted)),
    )
    return sorted({case_id for case_id in session.scalars(found) if case_id is not None})


def _waiting_tokens(session: Session, awaits: Sequence[tuple[str, str]]) -> set[str] | None:
    """The tokens that wait for all of these."""
    found: set[str] | None = None
    for kind, name in awaits:
        statement = select(SubscriptionRow.id).where(SubscriptionRow.kind == kind, SubscriptionRow.name == name)
        tokens = set(session.scalars(statement.where(SubscriptionRow.case_id.is_not(None)).limit(100_000)))
        found = tokens if found is None else found & tokens
    return found


def _opened(session: Session, asked: Asked) -> Iterator[list[Execution]]:
    """One case after the other with its tokens."""
    columns = [(LISTING.orders[name], down) for name, down in asked.orders]
    order = [column.desc() if down else column.asc() for column, down in columns]
    statement = LISTING.narrowed(asked).order_by(*order, *LISTING.tie).limit(_AT_A_TIME)
    for first in range(0, MOST_OPENED + 1, _AT_A_TIME):
        rows = session.execute(statement.offset(first)).all()
        for number, (case_id, definition_id, key, content) in enumerate(rows, first):
            if number >= MOST_OPENED:
                raise TooManyToCompare
            yield _read(Execution(case_id, case_id, definition_id, key), content)
        if len(rows) < _AT_A_TIME:
            return


def _read(case: Execution, content: bytes) -> list[Execution]:
    stored = stored_state(content)
    about = (case.case_id, case.definition_id, case.definition_key)
    whole = Execution(case.id, *about, local=stored["variables"], seen=stored["variables"])
    found = {case.id: whole}
    for key, spec, _, parent, marks in stored["tokens"]:
        local, around = marks.get("local", {}), found.get(parent or case.id, whole)
        seen = {**around.seen, **local} if local else around.seen
        element_id, is_round, _ = str(spec).lstrip("?").partition("#")
        found[key] = Execution(key, *about, element_id, "armed" in marks, parent, local, seen, bool(is_round))
    return list(found.values())


def _fits(wanted: Variables, name: str, local: Mapping[str, Any]) -> bool:
    if wanted.name is not None and name != wanted.name:
        return False
    if wanted.pattern is not None and not holds(Condition("name", "like", wanted.pattern), {"name": name}):
        return False
    mine = [condition for condition in wanted.values if condition.name == name]
    if wanted.values and not mine:
        return False
    return all(holds(condition, local) for condition in mine)
