# SPDX-License-Identifier: EUPL-1.2
"""Cases from the outside: history, milestones, documents, incidents."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from engine.bpmn import Node, Process
from engine.cases import CaseInfo, case_definition, describe, find_case
from engine.documents import StoredDocument
from engine.documents import describe as describe_document
from engine.identity import Actor
from engine.models import CandidateRow, CaseRow, DocumentRow, HistoryRow, IncidentRow, TaskRow, UserRow
from engine.services import Services
from engine.values import from_json


@dataclass(frozen=True)
class HistoryLine:
    """One thing that happened."""

    at: datetime
    kind: str
    element_id: str
    element_name: str
    element_type: str
    actor: str
    actor_name: str
    details: Mapping[str, Any]


@dataclass(frozen=True)
class Milestone:
    """A step that the applicant is told about."""

    text: str
    reached_at: datetime | None
    #: The next one to be reached.
    current: bool = False


@dataclass(frozen=True)
class Incident:
    """Something that waits for an operator."""

    id: int
    case_id: str | None
    reference: str | None
    element_id: str
    kind: str
    reason: str
    created_at: datetime


def case_info(session: Session, case_id: str) -> CaseInfo:
    """A case by its id, or `CaseNotFound`."""
    return find_case(session, case_id)


def case_by_reference(session: Session, reference: str) -> CaseInfo | None:
    """A case by its file reference, as somebody types it."""
    typed = reference.strip()
    row = session.scalars(select(CaseRow).where(CaseRow.reference.in_({typed, typed.upper()})).limit(1)).one_or_none()
    return describe(row) if row else None


def may_see_case(session: Session, services: Services, case_id: str, actor: Actor) -> bool:
    """Whether a person has to do with a case: an open task, an act in its history, or a group that had a task in it.

    The last lets any member of an office answer a citizen who calls.
    """
    if actor.case_id is not None:
        return actor.case_id == case_id
    offered = select(CandidateRow.task_id).where(CandidateRow.group_key.in_(actor.groups))
    has_task = exists().where(TaskRow.case_id == case_id, or_(TaskRow.assignee == actor.name, TaskRow.id.in_(offered)))
    has_acted = exists().where(HistoryRow.case_id == case_id, HistoryRow.actor == actor.name)
    if session.scalar(select(or_(has_task, has_acted))):
        return True
    return bool(actor.groups & _groups_that_had_a_task(session, services, case_id))


def _groups_that_had_a_task(session: Session, services: Services, case_id: str) -> set[str]:
    nodes = case_definition(session, services, case_id).process.nodes
    reached = session.scalars(select(HistoryRow.element_id).where(HistoryRow.case_id == case_id).distinct())
    return {group for node_id in reached if node_id in nodes for group in nodes[node_id].candidate_groups}


def history(session: Session, case_id: str) -> list[HistoryLine]:
    """What happened in a case, oldest first."""
    rows = session.execute(
        select(HistoryRow, UserRow.display_name)
        .outerjoin(UserRow, UserRow.username == HistoryRow.actor)
        .where(HistoryRow.case_id == case_id)
        .order_by(HistoryRow.id)
    )
    return [
        HistoryLine(
            at=row.at,
            kind=row.kind,
            element_id=row.element_id,
            element_name=row.element_name,
            element_type=row.element_type,
            actor=row.actor,
            actor_name=display_name or row.actor,
            details=from_json(row.details),
        )
        for row, display_name in rows
    ]


def milestones(session: Session, services: Services, case_id: str) -> list[Milestone]:
    """The milestones of the model as this case has reached them.

    Those reached come first, in the order in which they were reached; then the one at which the case stands; then,
    while it runs, those still to come on the main path. A milestone reached twice shows its last time.
    """
    case = find_case(session, case_id)
    process = case_definition(session, services, case_id).process
    reached: dict[str, datetime] = {}
    standing: dict[str, None] = {}
    for text, kind, at in _passages(session, process, case_id):
        if kind == "entered":
            reached.pop(text, None)
            standing[text] = None
        else:
            standing.pop(text, None)
        if kind == "completed":
            reached.pop(text, None)
            reached[text] = at
    shown = [Milestone(text, at) for text, at in reached.items()]
    if case.state == "active":
        coming = dict.fromkeys(node.properties["milestone"] for node in _main_path(process))
        ahead = [text for text in coming if text not in reached and text not in standing]
        now = list(standing) or ahead[:1]
        shown += [Milestone(text, None, current=True) for text in now]
        shown += [Milestone(text, None) for text in ahead if text not in now]
    return shown


def _passages(session: Session, process: Process, case_id: str) -> Iterator[tuple[str, str, datetime]]:
    """When tokens came to and left the elements that carry a milestone."""
    rows = session.execute(
        select(HistoryRow.element_id, HistoryRow.kind, HistoryRow.at)
        .where(HistoryRow.case_id == case_id, HistoryRow.kind.in_(("entered", "completed", "cancelled")))
        .order_by(HistoryRow.id)
    )
    for element_id, kind, at in rows:
        node = process.nodes.get(element_id)
        text = node.properties.get("milestone") if node else None
        if text:
            yield text, kind, at


def documents(session: Session, case_id: str, *, for_applicant: bool = False) -> list[StoredDocument]:
    """The documents of a case without their content, oldest first; `for_applicant`: only what applicants may fetch."""
    statement = select(DocumentRow).where(DocumentRow.case_id == case_id).order_by(DocumentRow.created_at)
    if for_applicant:
        statement = statement.where(DocumentRow.for_applicant)
    return [describe_document(row) for row in session.scalars(statement)]


def stuck_at(session: Session, case_id: str) -> list[str]:
    """The ids of the elements whose jobs have failed for good, so that the case does not go on there."""
    statement = select(IncidentRow.element_id).where(
        IncidentRow.case_id == case_id, IncidentRow.kind == "job_failed", IncidentRow.resolved_at.is_(None)
    )
    return list(session.scalars(statement.order_by(IncidentRow.id)))


def incidents(session: Session, *, limit: int = 100) -> list[Incident]:
    """Open incidents, newest first."""
    rows = session.execute(
        select(IncidentRow, CaseRow.reference)
        .outerjoin(CaseRow, CaseRow.id == IncidentRow.case_id)
        .where(IncidentRow.resolved_at.is_(None))
        .order_by(IncidentRow.created_at.desc())
        .limit(limit)
    )
    return [
        Incident(row.id, row.case_id, reference, row.element_id, row.kind, row.reason, row.created_at)
        for row, reference in rows
    ]


def _main_path(process: Process) -> list[Node]:
    """Nodes with a milestone that every undisturbed case reaches, in the order of the flows."""
    order: dict[str, None] = {}
    waiting = [process.start.id]
    while waiting:
        node_id = waiting.pop(0)
        if node_id in order:
            continue
        order[node_id] = None
        waiting += [flow.target for flow in process.outgoing[node_id]]
    nodes = (process.nodes[node_id] for node_id in order)
    return [
        node
        for node in nodes
        if node.properties.get("milestone") and node.properties.get("milestoneOnlyWhenReached") != "true"
    ]
