# SPDX-License-Identifier: EUPL-1.2
"""What cases have been through: each coming of a token to an element, and when it went on from there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from engine.models import CaseRow, DeploymentRow, HistoryRow, TaskRow
from engine.queries.criteria import Criterion, alike, equal, given, one_of
from engine.queries.listing import AnyRow, AnySelect, Asked, Listing
from engine.queries.matching import among
from engine.queries.past import OF_CASE, Origin, elapsed, origin, since, until, with_origin

#: Of a repeated activity as a whole: at the end of the id of its element.
BODY = "#multiInstanceBody"
_IN = ("entered", "body_entered")
_OUT = ("completed", "cancelled", "body_completed")
_BODY_KINDS = ("body_entered", "body_completed")

#: The line with which a token came; for one that did not wait, that with which it went.
came = aliased(HistoryRow, name="came")
#: The first line with which it went.
went = aliased(HistoryRow, name="went")
_around = aliased(HistoryRow, name="around")


def _first(kinds: Sequence[str], token: Any) -> Any:
    line = aliased(HistoryRow)
    return select(func.min(line.id)).where(line.token_id == token, line.kind.in_(kinds)).scalar_subquery()


def _known_before() -> ColumnElement[bool]:
    """Whether the token came, or has gone, with another line."""
    line = aliased(HistoryRow)
    return exists().where(line.token_id == came.token_id, line.kind.in_((*_IN, *_OUT)), line.id < came.id)


def passages(*columns: Any) -> AnySelect:
    """Coming and going, with more columns."""
    statement: Select[*tuple[Any, ...]] = select(came, went, TaskRow, _around.element_id, _around.kind, *columns)
    begun = or_(came.kind.in_(_IN), and_(came.kind.in_(_OUT), ~_known_before()))
    return (
        statement.select_from(came)
        .where(begun, came.element_id != "")
        .outerjoin(went, went.id == _first(_OUT, came.token_id))
        .outerjoin(TaskRow, TaskRow.id == came.token_id)
        .outerjoin(_around, _around.id == _first(_IN, came.parent_token))
    )


IS_BODY = came.kind.in_(_BODY_KINDS)
IS_OVER = went.id.is_not(None)
#: An end that throws an error is left by whoever catches it.
_THROWS = and_(came.element_type == "endEvent", func.coalesce(came.event, "none") == "error")
_IS_CANCELLED = or_(went.kind == "cancelled", and_(IS_OVER, _THROWS))
#: Nothing follows: ends, and activities from which no flow leads on.
_IS_LAST = or_(
    and_(came.element_type == "endEvent", ~_THROWS, went.kind == "completed"), went.details["last"].as_boolean()
)
_called = aliased(CaseRow)
_CALLED = (
    select(func.min(_called.id))
    .where(_called.parent_id == came.case_id, _called.parent_token == came.token_id)
    .scalar_subquery()
)


@dataclass(frozen=True)
class PastActivity:
    """One coming of a token to an element."""

    origin: Origin
    token_id: str
    element_id: str
    name: str
    element_type: str
    #: The kind of its only event.
    event: str
    #: A repeated activity as a whole.
    is_body: bool
    began_at: datetime
    ended_at: datetime | None
    was_cancelled: bool
    #: Nothing followed it: it ended its path in the scope around it.
    was_last: bool
    assignee: str | None
    called_case: str | None
    parent_token: str | None
    #: The element around it, and whether that is a repeated activity as a whole.
    parent_element: str | None
    parent_is_body: bool


def told_of_task(name: str) -> ColumnElement[str]:
    """What the history has kept of a task that is over."""
    kept: ColumnElement[str] = went.details["task"][name].as_string()
    return kept


def _assigned_to(name: str) -> ColumnElement[bool]:
    return or_(TaskRow.assignee == name, told_of_task("assignee") == name)


def _elements(ids: Sequence[str]) -> ColumnElement[bool]:
    whole = [each.removesuffix(BODY) for each in ids if each.endswith(BODY)]
    single = [each for each in ids if not each.endswith(BODY)]
    return or_(
        and_(IS_BODY, among(came.element_id, whole)) if whole else false(),
        and_(~IS_BODY, among(came.element_id, single)) if single else false(),
    )


def _instances(ids: Sequence[str]) -> ColumnElement[bool]:
    return among(came.token_id, [each.rpartition(":")[2] for each in ids])


def of_types(types: Sequence[tuple[str, str | None]]) -> ColumnElement[bool]:
    """Elements of these types, each with the kind of its event; None: with any."""
    found = [
        and_(came.element_type == kind, func.coalesce(came.event, "none") == event if event is not None else true())
        for kind, event in types
    ]
    return and_(~IS_BODY, or_(false(), *found))


CRITERIA: Mapping[str, Criterion] = {
    **OF_CASE,
    "activityInstanceId": Criterion("text", lambda each: _instances([each])),
    "activityInstanceIdIn": Criterion("texts", _instances),
    "executionId": equal(came.token_id),
    "activityId": Criterion("text", lambda each: _elements([each])),
    "activityIdIn": Criterion("texts", _elements),
    "activityName": equal(came.element_name),
    "activityNameLike": alike(came.element_name),
    "taskAssignee": Criterion("text", _assigned_to),
    "finished": given(IS_OVER),
    "unfinished": given(~IS_OVER),
    "canceled": given(_IS_CANCELLED),
    "completeScope": given(_IS_LAST),
    "startedBefore": until(came.at),
    "startedAfter": since(came.at),
    "finishedBefore": until(went.at),
    "finishedAfter": since(went.at),
    "processInstanceIdIn": one_of(CaseRow.id),
}
LISTING = Listing(
    with_origin(passages(_CALLED), came.case_id),
    {**CRITERIA, "types": of_types, "is_body": lambda value: IS_BODY},
    {
        "activityInstanceId": came.token_id,
        "instanceId": came.case_id,
        "executionId": came.token_id,
        "activityId": came.element_id,
        "activityName": came.element_name,
        "activityType": came.element_type,
        "startTime": came.at,
        "endTime": went.at,
        "duration": elapsed(came.at, went.at),
        "definitionId": CaseRow.definition_id,
        "occurrence": came.id,
        "tenantId": DeploymentRow.tenant_id,
    },
    (came.id,),
    CaseRow.definition_key,
)


def list_past_activities(session: Session, asked: Asked) -> list[PastActivity]:
    """What fits, in the order that is wanted, else as it happened."""
    return [_described(row) for row in LISTING.rows(session, asked)]


def count_past_activities(session: Session, asked: Asked) -> int:
    """How much fits."""
    return LISTING.count(session, asked)


def assignee_of(begun: HistoryRow, over: HistoryRow | None, task: TaskRow | None) -> str | None:
    """Who has a task, or had it at last."""
    if task is not None:
        return task.assignee
    return kept_of_task(over).get("assignee")


def kept_of_task(over: HistoryRow | None) -> Mapping[str, Any]:
    """What the history has kept of a task that is over."""
    kept: Mapping[str, Any] = (over.details.get("task") or {}) if over is not None else {}
    return kept


def _described(row: AnyRow) -> PastActivity:
    begun, over, task, parent_element, parent_kind, called = row[:6]
    is_end, throws = begun.element_type == "endEvent", begun.event == "error"
    was_cancelled = over is not None and (over.kind == "cancelled" or (is_end and throws))
    return PastActivity(
        origin=origin(row),
        token_id=begun.token_id,
        element_id=begun.element_id,
        name=begun.element_name,
        element_type=begun.element_type,
        event=begun.event or "none",
        is_body=begun.kind in _BODY_KINDS,
        began_at=begun.at,
        ended_at=over.at if over is not None else None,
        was_cancelled=was_cancelled,
        was_last=over is not None and not was_cancelled and (is_end or bool(over.details.get("last"))),
        assignee=assignee_of(begun, over, task),
        called_case=called,
        parent_token=begun.parent_token,
        parent_element=parent_element,
        # Bodies of long ago left no line.
        parent_is_body=parent_kind == "body_entered" or (begun.parent_token is not None and parent_kind is None),
    )
