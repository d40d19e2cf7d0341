# SPDX-License-Identifier: EUPL-1.2
"""Variables of all cases, going on and ended: as they are, or were when what they belonged to was over.

They lie packed in the state of each case, so cases are opened one after the other; those of activities that are over
stand in the history, but for values that are too long for it. Questions that name a case open one; others open no more
than fill the part that is wanted, and none are answered that would open very many.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.models import CaseRow, CaseStateRow, DeploymentRow, HistoryRow
from engine.queries.criteria import Criterion, one_of
from engine.queries.listing import Asked, Listing
from engine.queries.past import OF_CASE, Origin, origin, with_origin
from engine.queries.variables import Condition, TooManyToCompare, holds
from engine.spiff.state import stored_state
from engine.values import from_json

#: More cases than this are not opened for one question.
MOST_OPENED = 2_000
_AT_A_TIME = 20
#: What is there for the mappings and listeners of one activity only.
PASSING = frozenset(("decisionResult",))


@dataclass(frozen=True)
class PastVariable:
    """A variable as it is, or was when its case ended."""

    origin: Origin
    name: str
    value: Any
    #: The token that it belongs to, and the element at which that stands; None for one of the case.
    token_id: str | None
    element_id: str | None
    created_at: datetime
    #: Of a repeated activity as a whole.
    of_whole: bool = False

    @property
    def id(self) -> str:
        """Case, token and name, as those of cases that go on."""
        return f"{self.origin.case_id}:{self.token_id or self.origin.case_id}:{self.name}"


@dataclass(frozen=True)
class VariablesAsked:
    """What variables must be like; what is None is not asked."""

    name: str | None = None
    names: Sequence[str] | None = None
    pattern: str | None = None
    values: Sequence[Condition] = ()
    #: Ids of the cases or tokens that have them.
    owners: Sequence[str] | None = None
    tasks: Sequence[str] | None = None
    #: Whether a value is of a wanted type.
    types: Sequence[str] | None = None
    #: Sort by name rather than by case, and whether downwards.
    by_name: bool | None = None
    #: Of a variable's value: the names of its types.
    type_of: Any = field(default=None, compare=False)


def _of_owners(ids: Sequence[str]) -> Any:
    of_tokens = select(HistoryRow.case_id).where(HistoryRow.token_id.in_(ids))
    return CaseRow.id.in_(ids) | CaseRow.id.in_(of_tokens)


_STATES: Any = select(CaseStateRow.content, CaseRow.started_at).select_from(CaseStateRow)
LISTING = Listing(
    with_origin(_STATES, CaseStateRow.case_id),
    {**OF_CASE, "processInstanceIdIn": one_of(CaseRow.id), "owners": Criterion("texts", _of_owners)},
    {"instanceId": CaseRow.id, "tenantId": DeploymentRow.tenant_id},
    (CaseRow.started_at, CaseRow.id),
    CaseRow.definition_key,
)


def list_past_variables(session: Session, asked: Asked, wanted: VariablesAsked) -> list[PastVariable]:
    """The variables that fit. Raises `TooManyToCompare`."""
    if asked.most == 0:
        return []
    found: Iterator[PastVariable] = _fitting(session, asked, wanted)
    if wanted.by_name is not None:
        found = iter(sorted(found, key=lambda each: each.name, reverse=wanted.by_name))
    return _dated(session, list(islice(found, asked.first, asked.first + asked.most)))


def count_past_variables(session: Session, asked: Asked, wanted: VariablesAsked) -> int:
    """How many fit. Raises `TooManyToCompare`."""
    return sum(1 for _ in _fitting(session, asked, wanted))


def find_past_variable(session: Session, variable_id: str) -> PastVariable | None:
    """One of them by its id."""
    case_id, _, rest = variable_id.partition(":")
    owner, _, name = rest.partition(":")
    asked = Asked({"processInstanceId": case_id}, most=1)
    return next(iter(list_past_variables(session, asked, VariablesAsked(name=name, owners=[owner]))), None)


def _fitting(session: Session, asked: Asked, wanted: VariablesAsked) -> Iterator[PastVariable]:
    if wanted.owners is not None:
        asked = asked.with_conditions(owners=wanted.owners)
    if wanted.tasks is not None:
        asked = asked.with_conditions(owners=wanted.tasks)
    columns = [(LISTING.orders[name], down) for name, down in asked.orders]
    order = [column.desc() if down else column.asc() for column, down in columns]
    statement = LISTING.narrowed(asked).order_by(*order, *LISTING.tie).limit(MOST_OPENED + 1)
    opened = 0
    for part in session.execute(statement.execution_options(yield_per=_AT_A_TIME)).partitions():
        written = _written(session, [origin(row).case_id for row in part])
        for row in part:
            if opened == MOST_OPENED:
                raise TooManyToCompare
            opened += 1
            of = origin(row)
            yield from (each for each in _read(of, row[0], row[1], written.get(of.case_id, {})) if _fits(wanted, each))


#: What was last written of a token's own: the line, by token and name.
_Written = dict[tuple[str, str], HistoryRow]


def _written(session: Session, cases: Sequence[str]) -> dict[str, _Written]:
    """What the history knows of variables that belonged to single tokens, by case."""
    lines = session.scalars(
        select(HistoryRow)
        .where(HistoryRow.case_id.in_(cases), HistoryRow.kind == "variable_written", HistoryRow.token_id.is_not(None))
        .order_by(HistoryRow.id)
    )
    found: dict[str, _Written] = {}
    for line in lines:
        if line.details["name"] not in PASSING:
            found.setdefault(line.case_id, {})[line.token_id or "", line.details["name"]] = line
    return found


def _read(of: Origin, content: bytes, began_at: datetime, written: _Written) -> Iterator[PastVariable]:
    stored = stored_state(content)
    for name, value in sorted(stored["variables"].items()):
        yield PastVariable(of, name, value, None, None, began_at)
    live = {key for key, *_ in stored["tokens"]}
    for key, spec, _, _, marks in stored["tokens"]:
        element_id = str(spec).lstrip("?").partition("#")[0]
        for name, value in sorted(marks.get("local", {}).items()):
            line = written.get((key, name))
            of_whole = line is not None and bool(line.details.get("whole"))
            yield PastVariable(of, name, value, key, element_id, began_at, of_whole)
    for (key, name), line in written.items():
        if key not in live and "value" in line.details:
            value = from_json(line.details["value"])
            yield PastVariable(of, name, value, key, line.element_id, line.at, bool(line.details.get("whole")))


def _fits(wanted: VariablesAsked, each: PastVariable) -> bool:
    owner = each.token_id or each.origin.case_id
    if wanted.owners is not None and owner not in wanted.owners:
        return False
    if wanted.tasks is not None and each.token_id not in wanted.tasks:
        return False
    if wanted.name is not None and each.name != wanted.name:
        return False
    if wanted.names is not None and each.name not in wanted.names:
        return False
    if wanted.pattern is not None and not holds(Condition("name", "like", wanted.pattern), {"name": each.name}):
        return False
    if wanted.types is not None and wanted.type_of(each.value) not in wanted.types:
        return False
    mine = [condition for condition in wanted.values if condition.name == each.name]
    if wanted.values and not mine:
        return False
    return all(holds(condition, {each.name: each.value}) for condition in mine)


def _dated(session: Session, found: list[PastVariable]) -> list[PastVariable]:
    """With the moment at which each was created, as far as the history knows it."""
    if not found:
        return []
    name = HistoryRow.details["name"].as_string()
    lines = session.execute(
        select(HistoryRow.case_id, HistoryRow.token_id, name, func.max(HistoryRow.at))
        .where(HistoryRow.case_id.in_({each.origin.case_id for each in found}))
        .where(HistoryRow.kind == "variable_written", HistoryRow.details["change"].as_string() == "create")
        .group_by(HistoryRow.case_id, HistoryRow.token_id, name)
    )
    created: Mapping[Any, datetime] = {(case_id, token, name): at for case_id, token, name, at in lines}
    about = [(each.origin.case_id, each.token_id, each.name) for each in found]
    return [replace(each, created_at=created.get(key, each.created_at)) for key, each in zip(about, found, strict=True)]
