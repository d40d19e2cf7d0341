# SPDX-License-Identifier: EUPL-1.2
"""Looking at histories: begun once, ended once at most, in order, and whatever was entered was left or goes on."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.models import CaseRow, HistoryRow
from engine.verify.cases import Batch
from engine.verify.findings import Finding

#: Clocks of several machines differ a little.
_CLOCKS_DIFFER = timedelta(minutes=1)
_KINDS = ("case_started", "case_ended", "entered", "body_entered", "completed", "body_completed", "cancelled")
_ENTERED = frozenset({"entered", "body_entered"})
#: So many lines are fetched at a time.
_PAGE = 2_000


@dataclass
class _Told:
    """What the history of one case tells."""

    started: int = 0
    ended: int = 0
    last: datetime | None = None
    #: Entered and not left yet: token to element.
    open: dict[str, str] = field(default_factory=dict)
    is_disordered: bool = False
    moves_after_end: bool = False

    def hear(self, kind: str, at: datetime, token: str | None, element: str) -> None:
        """Take one line in."""
        self.is_disordered |= self.last is not None and at < self.last - _CLOCKS_DIFFER
        self.last = at
        if kind == "case_started":
            self.started += 1
        elif kind == "case_ended":
            self.ended += 1
        elif self.ended:
            self.moves_after_end = True
        if token is None:
            return
        if kind in _ENTERED:
            self.open[token] = element
        else:
            self.open.pop(token, None)


def check_histories(session: Session, batch: Batch) -> Iterator[Finding]:
    """What is wrong with the histories of these cases. They are read line by line, however long they are."""
    told = {case.id: _Told() for case in batch.cases}
    lines = (
        select(HistoryRow.case_id, HistoryRow.kind, HistoryRow.at, HistoryRow.token_id, HistoryRow.element_id)
        .where(HistoryRow.case_id.in_(told), HistoryRow.kind.in_(_KINDS))
        .order_by(HistoryRow.case_id, HistoryRow.id)
        .execution_options(yield_per=_PAGE)
    )
    for row in session.execute(lines):
        told[row.case_id].hear(row.kind, row.at, row.token_id, row.element_id)
    for case in batch.cases:
        yield from _findings(case, told[case.id], batch.live.get(case.id))


def _findings(case: CaseRow, told: _Told, live: set[str] | None) -> Iterator[Finding]:
    if told.started != 1:
        yield Finding("history_start", case.reference, {"number": str(told.started)})
    if told.ended != int(case.state != "active"):
        yield Finding("history_end", case.reference, {"number": str(told.ended)})
    if told.is_disordered:
        yield Finding("history_order", case.reference)
    if told.moves_after_end:
        yield Finding("history_after_end", case.reference)
    for token, element in told.open.items():
        if live is not None and token not in live:
            yield Finding("history_open", case.reference, {"element": element, "token": token})
