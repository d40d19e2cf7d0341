# SPDX-License-Identifier: EUPL-1.2
"""Cases from the outside: who may see them, history, documents, called cases, incidents."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, or_, select, union_all
from sqlalchemy.orm import Session

from engine.cases import CaseInfo, case_definition, describe, find_case, with_called
from engine.documents import StoredDocument
from engine.documents import describe as describe_document
from engine.errors import CaseNotFound
from engine.history import DETAILS
from engine.identity import Actor
from engine.models import (
    CandidateRow,
    CandidateUserRow,
    CaseRow,
    DefinitionRow,
    DocumentRow,
    HistoryRow,
    IncidentRow,
    JobRow,
    TaskRow,
    UserRow,
)
from engine.services import Services
from engine.values import from_json

_LINES = select(CaseRow, DefinitionRow.name).join(DefinitionRow, DefinitionRow.id == CaseRow.definition_id)


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
    token_id: str | None = None
    #: The token around it: of the subprocess, or of the activity that is repeated.
    parent_token: str | None = None


@dataclass(frozen=True)
class CaseLine:
    """A case in a list."""

    case: CaseInfo
    #: What it is about: the name of its process.
    name: str

    @property
    def title(self) -> str:
        """Whom or what it concerns, as far as the model says so."""
        return self.case.title or self.name


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
    #: Of the job that failed, and what it is for: the operation, the external topic or the message.
    job_kind: str = ""
    topic: str = ""


def case_info(session: Session, case_id: str) -> CaseInfo:
    """A case by its id, or `CaseNotFound`."""
    return find_case(session, case_id)


def case_exists(session: Session, case_id: str) -> bool:
    """Whether there is such a case; one whose beginning failed was never there."""
    return bool(session.scalar(select(exists().where(CaseRow.id == case_id))))


def case_by_reference(session: Session, reference: str) -> CaseInfo | None:
    """A case by its file reference, as somebody types it."""
    typed = reference.strip()
    row = session.scalars(select(CaseRow).where(CaseRow.reference.in_({typed, typed.upper()})).limit(1)).one_or_none()
    return describe(row) if row else None


def case_line(session: Session, case_id: str) -> CaseLine:
    """A case with the name of its process, or `CaseNotFound`."""
    found = _case_lines(session, _LINES.where(CaseRow.id == case_id))
    if not found:
        raise CaseNotFound
    return found[0]


def cases_by_business_key(session: Session, business_key: str, *, limit: int = 50) -> list[CaseLine]:
    """The cases that the neighbours know by this key, newest first; it need not be unique."""
    known = _LINES.where(CaseRow.business_key == business_key.strip())
    return _case_lines(session, known.order_by(CaseRow.started_at.desc(), CaseRow.reference).limit(limit))


def called_cases(session: Session, case_id: str) -> list[CaseLine]:
    """The cases that a case has called itself, oldest first."""
    called = _LINES.where(CaseRow.parent_id == case_id)
    return _case_lines(session, called.order_by(CaseRow.started_at, CaseRow.reference))


def _case_lines(session: Session, statement: Select[CaseRow, str]) -> list[CaseLine]:
    return [CaseLine(describe(row), name) for row, name in session.execute(statement)]


def may_see_case(session: Session, services: Services, case_id: str, actor: Actor) -> bool:
    """Whether a person has to do with a case: an open task, an act in its history, or a group that had a task in it.

    The last lets any member of an office answer a citizen who calls. Groups that the model names (`visibleTo`) see
    every case of it, those too in which other offices are at work. Whoever has to do with a case may see the cases
    called in it, which do a part of its work; not the other way round, for a called case is told only what it needs.
    """
    if actor.case_id is not None:
        own = select(exists().where(CaseRow.id == case_id, CaseRow.id.in_(with_called(actor.case_id))))
        return bool(session.scalar(own))
    return any(_has_to_do_with(session, services, each, actor) for each in (case_id, *_callers(session, case_id)))


def _callers(session: Session, case_id: str) -> Iterator[str]:
    """The case that has called this one, and those around it, from the inside out."""
    above = session.scalar(select(CaseRow.parent_id).where(CaseRow.id == case_id))
    while above is not None:
        yield above
        above = session.scalar(select(CaseRow.parent_id).where(CaseRow.id == above))


def _has_to_do_with(session: Session, services: Services, case_id: str, actor: Actor) -> bool:
    offered = union_all(
        select(CandidateRow.task_id).where(CandidateRow.group_key.in_(actor.groups)),
        select(CandidateUserRow.task_id).where(CandidateUserRow.username == actor.name),
    )
    has_task = exists().where(TaskRow.case_id == case_id, or_(TaskRow.assignee == actor.name, TaskRow.id.in_(offered)))
    # A called case begins and is cancelled by what somebody does elsewhere, who need not have to do with it.
    from_elsewhere = HistoryRow.kind.in_(("case_started", "case_cancelled")) & exists().where(
        CaseRow.id == case_id, CaseRow.parent_id.is_not(None)
    )
    has_acted = exists().where(HistoryRow.case_id == case_id, HistoryRow.actor == actor.name, ~from_elsewhere)
    if session.scalar(select(or_(has_task, has_acted))):
        return True
    return bool(actor.groups & _groups_that_had_a_task(session, services, case_id))


def _groups_that_had_a_task(session: Session, services: Services, case_id: str) -> set[str]:
    process = case_definition(session, services, case_id).process
    nodes, always = process.nodes, process.properties.get("visibleTo", "")
    reached = session.scalars(select(HistoryRow.element_id).where(HistoryRow.case_id == case_id).distinct())
    had_a_task = {group for node_id in reached if node_id in nodes for group in nodes[node_id].candidate_groups}
    return had_a_task | {group.strip() for group in always.split(",") if group.strip()}


def history(session: Session, case_id: str) -> list[HistoryLine]:
    """What happened in a case, oldest first."""
    rows = session.execute(
        select(HistoryRow, UserRow.display_name)
        .outerjoin(UserRow, UserRow.username == HistoryRow.actor)
        .where(HistoryRow.case_id == case_id, HistoryRow.kind.not_in(DETAILS))
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
            token_id=row.token_id,
            parent_token=row.parent_token,
        )
        for row, display_name in rows
    ]


def documents(session: Session, case_id: str, *, for_applicant: bool = False) -> list[StoredDocument]:
    """The documents of a case without their content, oldest first.

    `for_applicant`: only what applicants may fetch, from the cases called in it too.
    """
    own = DocumentRow.case_id.in_(with_called(case_id)) & DocumentRow.for_applicant
    statement = select(DocumentRow).where(own if for_applicant else DocumentRow.case_id == case_id)
    return [describe_document(row) for row in session.scalars(statement.order_by(DocumentRow.created_at))]


def stuck_at(session: Session, case_id: str) -> list[str]:
    """The ids of the elements whose jobs have failed for good, so that the case does not go on there."""
    statement = select(IncidentRow.element_id).where(
        IncidentRow.case_id == case_id, IncidentRow.kind == "job_failed", IncidentRow.resolved_at.is_(None)
    )
    return list(session.scalars(statement.order_by(IncidentRow.id)))


def incidents(session: Session, *, limit: int = 100) -> list[Incident]:
    """Open incidents, newest first."""
    rows = session.execute(
        select(IncidentRow, CaseRow.reference, JobRow.kind, JobRow.topic)
        .outerjoin(CaseRow, CaseRow.id == IncidentRow.case_id)
        .outerjoin(JobRow, JobRow.id == IncidentRow.job_id)
        .where(IncidentRow.resolved_at.is_(None))
        .order_by(IncidentRow.created_at.desc())
        .limit(limit)
    )
    return [
        Incident(
            row.id,
            row.case_id,
            reference,
            row.element_id,
            row.kind,
            row.reason,
            row.created_at,
            job_kind or "",
            topic or "",
        )
        for row, reference, job_kind, topic in rows
    ]
