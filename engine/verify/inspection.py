# SPDX-License-Identifier: EUPL-1.2
"""The round through a town: all cases in batches, then everything else."""

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.db import Database
from engine.models import CaseRow, DocumentRow
from engine.services import Services
from engine.verify.cases import check_batch, read_batch
from engine.verify.findings import Finding, invariants, moment
from engine.verify.histories import check_histories
from engine.verify.numbers import HighestNumbers, missing_references
from engine.verify.town import broken_references, check_documents, lost_batches, misplaced_tasks, wrong_beginnings

#: So many cases are looked at in one moment of the database.
_CASES = 100
#: Hears how many of how many are done; what they are called is `cases` or `documents`.
Progress = Callable[[str, int, int], None]


def _silent(what: str, done: int, total: int) -> None:
    """Nobody is watching."""


def verify_town(db: Database, services: Services, progress: Progress = _silent) -> Iterator[Finding]:
    """Everything that is wrong in a town."""
    with moment(db) as session:
        number = session.scalar(select(func.count()).select_from(CaseRow)) or 0
        documents = session.scalar(select(func.count()).select_from(DocumentRow)) or 0
    numbers = HighestNumbers()
    yield from _check_cases(db, services, numbers, _Counting(progress, "cases", number))
    yield from check_documents(db, None, _Counting(progress, "documents", documents).count)
    with moment(db) as session:
        yield from numbers.findings(session)
        for look in (missing_references, broken_references, lost_batches, wrong_beginnings, misplaced_tasks):
            yield from look(session)
    for invariant in invariants():
        with moment(db) as session:
            yield from invariant(session, services)


def verify_case(db: Database, services: Services, case_id: str) -> Iterator[Finding]:
    """What is wrong with one case and its documents."""
    with moment(db) as session:
        yield from _look(session, services, session.scalars(select(CaseRow).where(CaseRow.id == case_id)).all())
    yield from check_documents(db, case_id, lambda number: None)


class _Counting:
    """How far the round has come."""

    def __init__(self, progress: Progress, what: str, total: int) -> None:
        self._progress, self._what, self._total, self._done = progress, what, total, 0

    def count(self, number: int) -> None:
        self._done += number
        # Others go on writing: there may be more by now than there were at the beginning.
        self._progress(self._what, self._done, max(self._done, self._total))


def _check_cases(db: Database, services: Services, numbers: HighestNumbers, counting: _Counting) -> Iterator[Finding]:
    after = ""
    while True:
        with moment(db) as session:
            some = select(CaseRow).where(CaseRow.id > after).order_by(CaseRow.id).limit(_CASES)
            cases = session.scalars(some).all()
            numbers.see(session, services, cases)
            found = list(_look(session, services, cases))
        if not cases:
            return
        yield from found
        counting.count(len(cases))
        after = cases[-1].id


def _look(session: Session, services: Services, cases: Sequence[CaseRow]) -> Iterator[Finding]:
    batch = read_batch(session, cases)
    yield from check_batch(session, services, batch)
    yield from check_histories(session, batch)
