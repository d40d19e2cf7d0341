# SPDX-License-Identifier: EUPL-1.2
"""The lists of tasks in which clerks live. They cost the same however much is open in the town.

Nothing is counted further than anybody reads. A list is taken from the top of each reason for which something stands
in it: own tasks, those of each group, those offered by name; each is read in the order of an index.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, bindparam, func, literal, select, true, union, union_all
from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.errors import NotAllowed
from engine.identity import Actor
from engine.models import CandidateRow, CandidateUserRow, TaskRow
from engine.models.task import NEVER
from engine.queries.tasks import TaskLine, task_line, task_lines

Queue = Literal["meine", "gruppen", "alle", "ueberfaellig"]
QUEUES: tuple[Queue, ...] = ("meine", "gruppen", "alle", "ueberfaellig")

#: Counted is up to here; one more means that there are more.
MOST_COUNTED = 99


@dataclass(frozen=True)
class Page:
    """Part of a list, and whether more follows."""

    lines: tuple[TaskLine, ...]
    has_more: bool


def open_tasks(session: Session, actor: Actor, queue: Queue, clock: Clock, *, limit: int = 50, offset: int = 0) -> Page:
    """The tasks of one queue: most urgent first, then by due date, then oldest first; overdue ones by their date."""
    lines = _lines(session, _asked(actor, clock), queue, limit + 1, offset)
    return Page(tuple(lines[:limit]), len(lines) > limit)


def task_counts(session: Session, actor: Actor, clock: Clock) -> dict[Queue, int]:
    """How many tasks wait in each queue, in one statement; `MOST_COUNTED` + 1 where there are more."""
    asked = _asked(actor, clock)
    counts = session.execute(_counting(_rooms(asked)), asked).one()
    return dict(zip(QUEUES, counts, strict=True))


def next_task(session: Session, actor: Actor, queue: Queue, clock: Clock) -> TaskLine | None:
    """The first task of a queue."""
    return next(iter(_lines(session, _asked(actor, clock), queue, 1, 0)), None)


# -- who asks ------------------------------------------------------------------------------------------------------


def _asked(actor: Actor, clock: Clock) -> dict[str, Any]:
    """Of whom and of which moment the statements speak. Groups are filled up, so that few sizes of statement do."""
    if actor.case_id is not None:
        raise NotAllowed("Applicants have no inbox.")
    groups = sorted(actor.groups)
    room = 1 << (len(groups) - 1).bit_length() if groups else 0
    groups += groups[:1] * (room - len(groups))
    return {"name": actor.name, "now": clock.now(), **{f"group{number}": each for number, each in enumerate(groups)}}


def _lines(session: Session, asked: dict[str, Any], queue: Queue, limit: int, offset: int) -> list[TaskLine]:
    window = {"limit": limit, "offset": offset, "end": offset + limit}
    return [task_line(row) for row in session.execute(_listing(queue, _rooms(asked)), asked | window).all()]


def _rooms(asked: dict[str, Any]) -> int:
    return sum(name.startswith("group") for name in asked)


# -- the statements, each made once ---------------------------------------------------------------------------------


@cache
def _counting(rooms: int) -> Select[*tuple[int, ...]]:
    """How many stand in each queue. No reason is counted further than needed: if it has too many, so has the list."""
    enough = MOST_COUNTED + 1
    counts = []
    for queue in QUEUES:
        some = [reason.limit(enough).subquery() for reason in _reasons(queue, rooms)]
        together = union_all(*(select(each.c.task_id) for each in some)).subquery()
        different = select(together.c.task_id).distinct().limit(enough).subquery()
        counts.append(select(func.count()).select_from(different).scalar_subquery())
    return select(*counts)


@cache
def _listing(queue: Queue, rooms: int) -> Select[*tuple[Any, ...]]:
    """The lines of a queue from `offset` on."""
    tops = [
        reason.order_by(*_order(queue, reason.selected_columns)).limit(bindparam("end")).subquery()
        for reason in _reasons(queue, rooms)
    ]
    together = union(*(select(top) for top in tops)).subquery()
    top = (
        select(together)
        .order_by(*_order(queue, together.c))
        .limit(bindparam("limit"))
        .offset(bindparam("offset"))
        .subquery()
    )
    return task_lines().join(top, top.c.task_id == TaskRow.id).order_by(*_order(queue, top.c))


def _order(queue: Queue, columns: Any) -> tuple[ColumnElement[Any], ...]:
    by_date = columns.due_at, columns.created_at, columns.task_id
    return by_date if queue == "ueberfaellig" else (columns.priority.desc(), *by_date)


def _reasons(queue: Queue, rooms: int) -> Iterator[Select[*tuple[Any, ...]]]:
    """What stands in a queue for each reason, as far as lists are sorted by it."""
    if queue != "gruppen":
        yield _own(queue)
    if queue == "meine":
        return
    groups: list[tuple[Any, Any]] = [
        (CandidateRow, CandidateRow.group_key == bindparam(f"group{room}")) for room in range(rooms)
    ]
    for offers, mine in [*groups, (CandidateUserRow, CandidateUserRow.username == bindparam("name"))]:
        offered = select(*_sorted(queue, offers, offers.task_id, offers.due_at)).where(mine)
        if queue == "ueberfaellig":
            yield offered.where(offers.due_at < bindparam("now"))
            continue
        # Free and taken ones each stand in a line of their own.
        yield offered.where(~offers.taken)
        if queue == "alle":
            yield offered.where(offers.taken)


def _own(queue: Queue) -> Select[*tuple[Any, ...]]:
    due_at = func.coalesce(TaskRow.due_at, literal(NEVER, TaskRow.due_at.type)).label("due_at")
    late = TaskRow.due_at < bindparam("now") if queue == "ueberfaellig" else true()
    own = select(*_sorted(queue, TaskRow, TaskRow.id.label("task_id"), due_at))
    return own.where(TaskRow.assignee == bindparam("name"), late)


def _sorted(queue: Queue, table: Any, task_id: Any, due_at: Any) -> tuple[Any, ...]:
    """What a queue is sorted by, and no more: then an index holds all of it."""
    by_date = task_id, due_at, table.created_at
    return by_date if queue == "ueberfaellig" else (*by_date, table.priority)
