# SPDX-License-Identifier: EUPL-1.2
"""Forgetting cases that have ended, with their history, documents and variables; or single variables of theirs."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.cases import with_called
from engine.counters import note_forgotten
from engine.documents import is_reference
from engine.errors import AmtsflussError, CaseNotFound
from engine.models import CaseRow, CaseStateRow, DocumentRow, DraftRow, HistoryRow
from engine.spiff.state import stored_state
from engine.values import pack
from engine.withdrawal import CasesAreNeeded

#: As many travel in one statement.
_BATCH = 500


class CaseGoesOn(AmtsflussError):
    """The process instance is still running; only the history of ended ones can be deleted."""


def forget_case(session: Session, case_id: str) -> None:
    """Delete an ended case and those that it had called. Raises `CasesAreNeeded` when the town rests on one of them."""
    case = session.scalars(select(CaseRow).where(CaseRow.id == case_id).with_for_update()).one_or_none()
    if case is None:
        raise CaseNotFound
    if case.state == "active":
        raise CaseGoesOn
    note_forgotten(session, int(case.parent_id is None))
    doomed = session.scalars(with_called(case_id)).all()
    try:
        for at in range(0, len(doomed), _BATCH):
            some = doomed[at : at + _BATCH]
            session.execute(update(DraftRow).where(DraftRow.case_id.in_(some)).values(case_id=None))
            session.execute(delete(CaseRow).where(CaseRow.id.in_(some)))
        session.flush()
    except IntegrityError:
        raise CasesAreNeeded from None


def forget_variables(session: Session, case_id: str, name: str | None = None) -> int:
    """Delete a variable of an ended case, or all of them, with its values in the history and its file; how many.

    Raises `CaseGoesOn`: what a case still works with is deleted as its variable, not as its past.
    """
    case = session.scalars(select(CaseRow).where(CaseRow.id == case_id).with_for_update()).one_or_none()
    if case is None:
        raise CaseNotFound
    if case.state == "active":
        raise CaseGoesOn
    row = session.scalars(select(CaseStateRow).where(CaseStateRow.case_id == case_id)).one()
    state = stored_state(row.content)
    held = state["variables"]
    doomed = [each for each in held if name in (None, each)]
    gone = {each: held.pop(each) for each in doomed}
    row.content = pack(state)
    row.revision += 1
    _forget_values(session, case_id, name)
    _forget_files(session, gone.values(), held.values())
    session.flush()
    return len(gone)


def _forget_values(session: Session, case_id: str, name: str | None) -> None:
    lines = session.execute(
        select(HistoryRow.id, HistoryRow.details).where(
            HistoryRow.case_id == case_id, HistoryRow.kind == "variable_written"
        )
    ).all()
    ids = [number for number, details in lines if name in (None, details["name"])]
    for at in range(0, len(ids), _BATCH):
        session.execute(delete(HistoryRow).where(HistoryRow.id.in_(ids[at : at + _BATCH])))


def _forget_files(session: Session, gone: Iterable[Any], left: Iterable[Any]) -> None:
    """Files to which another variable refers stay."""
    needed = {value["document_id"] for value in left if is_reference(value)}
    for value in gone:
        if is_reference(value) and value["document_id"] not in needed:
            session.execute(delete(DocumentRow).where(DocumentRow.id == value["document_id"]))
