# SPDX-License-Identifier: EUPL-1.2
"""Who came to have to do with tasks, and who no longer did: read from the lines that each task has in the history."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_
from sqlalchemy.orm import Session

from engine.identity import SYSTEM
from engine.models import HistoryRow
from engine.queries.criteria import Criterion
from engine.queries.listing import Asked
from engine.queries.past import Origin
from engine.queries.pastlines import PastLine, lines_of, list_past_lines
from engine.queries.variables import TooManyToCompare

#: More lines than this are not read for one question.
MOST_READ = 20_000
_ASSIGNS = ("task_claimed", "task_assigned", "task_released", "task_delegated", "task_resolved")
LISTING = lines_of(
    ["entered", *_ASSIGNS, "task_linked", "task_unlinked"],
    {
        "taskId": Criterion("text", lambda task_id: HistoryRow.token_id == task_id),
        "of_tasks": lambda _: or_(HistoryRow.kind != "entered", HistoryRow.element_type == "userTask"),
    },
    {},
)


@dataclass(frozen=True)
class PastLink:
    """Somebody, or a group, came to a task or went from it."""

    id: str
    origin: Origin
    at: datetime
    task_id: str
    #: candidate | assignee | owner
    type: str
    user: str | None
    group: str | None
    added: bool
    #: Who did it; None for the model.
    by: str | None


def past_links(session: Session, asked: Asked) -> list[PastLink]:
    """All of the tasks that fit, in their order. Raises `TooManyToCompare`."""
    wanted = Asked({**asked.conditions, "of_tasks": True}, most=MOST_READ + 1, granted=asked.granted)
    lines = list_past_lines(session, LISTING, wanted)
    if len(lines) > MOST_READ:
        raise TooManyToCompare("Too many tasks fit the other conditions to tell who had to do with them; ask for less.")
    holders: dict[tuple[str, str], str] = {}
    return [link for line in lines for link in _links(line, holders)]


def _links(line: PastLine, holders: dict[tuple[str, str], str]) -> Iterator[PastLink]:
    """What one line tells; `holders` are the assignees and owners of the tasks before it."""
    task_id, told = line.token_id or "", line.details
    number = 0

    def link(kind: str, user: str | None, group: str | None, *, added: bool) -> PastLink:
        nonlocal number
        number += 1
        by = None if line.actor in ("", SYSTEM.name) else line.actor
        return PastLink(f"{line.id}:{number}", line.origin, line.at, task_id, kind, user, group, added, by)

    def hold(kind: str, name: str | None) -> Iterator[PastLink]:
        before = holders.pop((task_id, kind), None)
        if before is not None and before != name:
            yield link(kind, before, None, added=False)
        if name is not None:
            holders[task_id, kind] = name
            if before != name:
                yield link(kind, name, None, added=True)

    if line.kind == "entered":
        yield from (link("candidate", None, group, added=True) for group in told.get("groups", ()))
        yield from (link("candidate", user, None, added=True) for user in told.get("users", ()))
        yield from hold("assignee", told.get("assigned"))
    elif line.kind in _ASSIGNS:
        if line.kind == "task_delegated":
            yield from hold("owner", told.get("owner"))
        yield from hold("assignee", told.get("assignee"))
    elif told.get("type") == "owner":
        yield from hold("owner", told.get("user") if line.kind == "task_linked" else None)
    else:
        added = line.kind == "task_linked"
        yield link(str(told.get("type")), told.get("user"), told.get("group"), added=added)
