# SPDX-License-Identifier: EUPL-1.2
"""Taking back what was deployed: deployments and single versions, with or without the cases that began on them."""

from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.cases import cancel_case
from engine.counters import note_forgotten, retire_ids
from engine.db import after_commit
from engine.definitions import load_definition
from engine.errors import AmtsflussError, CaseHasEnded, DefinitionNotFound, NotFound
from engine.identity import Actor
from engine.models import CaseRow, DefinitionRow, DeploymentRow, DraftRow, JobRow, TaskRow
from engine.services import Services
from engine.starts import register_starts


class DeploymentNotFound(NotFound):
    """There is no such deployment."""


class CasesAreNeeded(AmtsflussError):
    """Something else in the town rests on these cases, such as a permit; they cannot be deleted."""


class CasesBeganOnIt(AmtsflussError):
    """Cases began on this version of the process; only with them can it be deleted."""


def delete_deployment(
    session: Session, services: Services, deployment_id: int, by: Actor, *, with_cases: bool = False
) -> None:
    """Delete a deployment with its files. `with_cases` deletes its cases with their history and documents too.

    Without, `CasesBeganOnIt` is raised if there are any, going on or ended.
    """
    row = session.get(DeploymentRow, deployment_id, with_for_update=True)
    if row is None:
        raise DeploymentNotFound
    ids = session.scalars(select(DefinitionRow.id).where(DefinitionRow.deployment_id == deployment_id)).all()
    _delete_definitions(session, services, ids, by, with_cases=with_cases)
    # Its files go with it.
    session.delete(row)
    session.flush()


def delete_definition(
    session: Session, services: Services, definition_id: int, by: Actor, *, with_cases: bool = False
) -> None:
    """Delete one version of a process; the files of its deployment stay."""
    if session.get(DefinitionRow, definition_id, with_for_update=True) is None:
        raise DefinitionNotFound
    _delete_definitions(session, services, [definition_id], by, with_cases=with_cases)


def _delete_definitions(
    session: Session, services: Services, ids: Sequence[int], by: Actor, *, with_cases: bool
) -> None:
    if not with_cases and session.scalar(select(exists().where(CaseRow.definition_id.in_(ids)))):
        raise CasesBeganOnIt
    # Only those that are the newest of their process wait for what begins cases.
    newest = select(DefinitionRow.key, func.max(DefinitionRow.version).label("version")).group_by(DefinitionRow.key)
    of = newest.subquery()
    keys = session.scalars(
        select(DefinitionRow.key)
        .join(of, (of.c.key == DefinitionRow.key) & (of.c.version == DefinitionRow.version))
        .where(DefinitionRow.id.in_(ids))
    ).all()
    try:
        _delete_cases(session, services, ids, by)
    except IntegrityError:
        raise CasesAreNeeded from None
    # Drafts of a version that is gone could not be sent any more.
    session.execute(delete(DraftRow).where(DraftRow.definition_id.in_(ids)))
    session.execute(delete(JobRow).where(JobRow.definition_id.in_(ids), JobRow.case_id.is_(None)))
    retire_ids(session, DefinitionRow)
    session.execute(delete(DefinitionRow).where(DefinitionRow.id.in_(ids)))
    session.flush()
    # What others have of it in their memory does no harm: no id is given twice.
    after_commit(session, services.definitions.clear)
    for key in sorted(keys):
        _let_newest_wait(session, services, key)


def _delete_cases(session: Session, services: Services, ids: Sequence[int], by: Actor) -> None:
    """Cases that go on are ended first, so that whoever has called them goes on; called ones go with their callers."""
    began = select(CaseRow.id).where(CaseRow.definition_id.in_(ids))
    for case_id in session.scalars(began.where(CaseRow.state == "active").order_by(CaseRow.depth)).all():
        with suppress(CaseHasEnded):  # It may have ended with the one that had called it.
            cancel_case(session, services, case_id, "Its process model is deleted.", by)
    family = began.cte(recursive=True)
    family = family.union(select(CaseRow.id).where(CaseRow.parent_id == family.c.id))
    doomed = session.scalars(select(family.c.id)).all()
    for at in range(0, len(doomed), 500):
        some = doomed[at : at + 500]
        session.execute(delete(TaskRow).where(TaskRow.case_id.in_(some)))
        session.execute(update(DraftRow).where(DraftRow.case_id.in_(some)).values(case_id=None))
        gone = session.scalars(delete(CaseRow).where(CaseRow.id.in_(some)).returning(CaseRow.parent_id)).all()
        note_forgotten(session, gone.count(None))
    session.flush()


def _let_newest_wait(session: Session, services: Services, key: str) -> None:
    """The start events of the version that is the newest now wait again."""
    newest = session.scalar(
        select(DefinitionRow.id).where(DefinitionRow.key == key).order_by(DefinitionRow.version.desc()).limit(1)
    )
    if newest is not None:
        register_starts(session, services, newest, load_definition(session, services, newest).process)


def keep_history_for(session: Session, definition_id: int, days: int | None) -> None:
    """Say for how many days the history of ended cases is wanted; None: for good."""
    session.execute(update(DefinitionRow).where(DefinitionRow.id == definition_id).values(history_days=days))
