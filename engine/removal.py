# SPDX-License-Identifier: EUPL-1.2
"""Forgetting cases that have ended: with their history, documents and variables."""

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.cases import with_called
from engine.errors import AmtsflussError, CaseNotFound
from engine.models import CaseRow, DraftRow
from engine.withdrawal import CasesAreNeeded

#: As many travel in one statement.
_BATCH = 500


class CaseGoesOn(AmtsflussError):
    """The process instance is still running; only the history of ended ones can be deleted."""


def forget_case(session: Session, case_id: str) -> None:
    """Delete an ended case and those that it had called. Raises `CasesAreNeeded` when the town rests on one of them."""
    state = session.scalar(select(CaseRow.state).where(CaseRow.id == case_id).with_for_update())
    if state is None:
        raise CaseNotFound
    if state == "active":
        raise CaseGoesOn
    doomed = session.scalars(with_called(case_id)).all()
    try:
        for at in range(0, len(doomed), _BATCH):
            some = doomed[at : at + _BATCH]
            session.execute(update(DraftRow).where(DraftRow.case_id.in_(some)).values(case_id=None))
            session.execute(delete(CaseRow).where(CaseRow.id.in_(some)))
        session.flush()
    except IntegrityError:
        raise CasesAreNeeded from None
