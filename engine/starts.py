# SPDX-License-Identifier: EUPL-1.2
"""Start events that begin cases by themselves: those of the newest version of a process wait, older ones do not."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.bpmn import Node, Process
from engine.bpmn.model import Event
from engine.db import after_commit
from engine.expressions import value_of
from engine.models import DefinitionRow, JobRow, SubscriptionRow
from engine.services import Services
from engine.timetable import Due, first_due
from engine.values import pack, unpack


def register_starts(session: Session, services: Services, definition_id: int, process: Process) -> None:
    """Let the start events of a new version wait in the place of those of the versions before."""
    older = select(DefinitionRow.id).where(DefinitionRow.key == process.id, DefinitionRow.id != definition_id)
    session.execute(delete(SubscriptionRow).where(SubscriptionRow.definition_id.in_(older)))
    session.execute(delete(JobRow).where(JobRow.kind == "start", JobRow.definition_id.in_(older)))
    for node, event in _beginnings(process):
        row = _subscription(services, definition_id, node, event)
        if event.timer is not None:
            due = first_due(event.timer, {}, services.clock)
            leave_start(session, services, definition_id, node, due, waiting=row.id)
        if event.timer is None or node.all_events:
            session.add(row)
    session.flush()


def _beginnings(process: Process) -> Iterator[tuple[Node, Event]]:
    """What begins a case from outside: start events, and receive tasks and gateways that say so (instantiate)."""
    for node in process.starts():
        yield from ((node, event) for event in node.events)
    for node in process.members[""]:
        if not node.instantiate:
            continue
        is_gateway = node.type == "eventBasedGateway"
        # Whichever message behind the gateway comes first begins the case right there.
        doors = [process.nodes[flow.target] for flow in process.outgoing[node.id]] if is_gateway else [node]
        for door in doors:
            yield from ((door, event) for event in door.events or (Event("message", name=door.message),))


def gather(
    session: Session, node: Node, definition_id: int, subscription_id: str, seen: dict[str, Any]
) -> dict[str, Any] | None:
    """For a start that needs all of several events: keep what came with this one.

    None while some are missing; else all that came, and the waiting begins anew.
    """
    if not node.all_events or len(node.events) < 2:
        return seen
    rows = session.scalars(
        select(SubscriptionRow)
        .where(SubscriptionRow.definition_id == definition_id, SubscriptionRow.element_id == node.id)
        .with_for_update()
    ).all()
    for row in rows:
        if row.id == subscription_id:
            row.gathered = pack(seen)
    together: dict[str, Any] = {}
    is_whole = all(row.gathered is not None for row in rows)
    for row in rows if is_whole else ():
        for name, values in unpack(row.gathered or b"").items():
            together[name] = {**together.get(name, {}), **values}
        row.gathered = None
    session.flush()
    return together if is_whole else None


def leave_start(
    session: Session, services: Services, definition_id: int, node: Node, due: Due, *, waiting: str
) -> None:
    """Leave the job that begins a case at that moment; `waiting` is its row among the events of that start."""
    now = services.clock.now()
    session.add(
        JobRow(
            id=str(uuid4()),
            kind="start",
            state="ready",
            definition_id=definition_id,
            element_id=node.id,
            inputs=pack({"at": due.at, "rule": due.rule, "remaining": due.remaining, "token": waiting}),
            created_at=now,
            due_at=due.at,
            attempts=0,
            suspended=bool(session.scalar(select(DefinitionRow.suspended).where(DefinitionRow.id == definition_id))),
        )
    )
    session.flush()
    after_commit(session, services.wake)


def _subscription(services: Services, definition_id: int, node: Node, event: Event) -> SubscriptionRow:
    return SubscriptionRow(
        id=str(uuid4()),
        kind=event.kind,
        definition_id=definition_id,
        element_id=node.id,
        name=str(value_of(event.name or "", {}, services.clock) or ""),
        created_at=services.clock.now(),
    )
