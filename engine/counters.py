# SPDX-License-Identifier: EUPL-1.2
"""Circles of numbers: each number is given out once, in order, inside the transaction that uses it."""

from datetime import date
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.bpmn.model import REFERENCE_FIELD
from engine.models import CounterRow


def next_number(session: Session, circle: str) -> int:
    """The next number of a circle, beginning at 1. Rolled back with its transaction, so no number is lost."""
    advance = update(CounterRow).where(CounterRow.name == circle).values(last=CounterRow.last + 1)
    number: int | None = session.scalar(advance.returning(CounterRow.last))
    if number is None:
        try:
            with session.begin_nested():
                session.add(CounterRow(name=circle, last=1))
                session.flush()
            return 1
        except IntegrityError:
            # Somebody else began the circle at the same moment.
            number = session.scalar(advance.returning(CounterRow.last))
    assert isinstance(number, int)
    return number


def next_reference(session: Session, circle: str, pattern: str, today: date) -> str:
    """A reference such as `APA-2026-00042` from the pattern `APA-{year}-{number:05}`; numbers restart each year."""
    number = next_number(session, f"{circle}/{today.year}")
    values = {"year": today.year, "number": number}
    return REFERENCE_FIELD.sub(lambda match: str(values[match[1]]).zfill(int(match[2] or 0)), pattern)


def unused_id(session: Session, table: Any) -> int | None:
    """An id that no row ever had, also none that is deleted; None where the database sees to that by itself.

    SQLite gives the id of a deleted last row again; who still remembers the old row would take the new one for it.
    """
    if session.get_bind().dialect.name != "sqlite":
        return None
    retired = session.get(CounterRow, _ids_of(table))
    highest: int = session.scalar(select(func.max(table.id))) or 0
    return max(highest, retired.last) + 1 if retired is not None else None


def retire_ids(session: Session, table: Any) -> None:
    """Remember the highest id before rows are deleted."""
    highest: int = session.scalar(select(func.max(table.id))) or 0
    row = session.get(CounterRow, _ids_of(table))
    if row is None:
        session.add(CounterRow(name=_ids_of(table), last=highest))
    else:
        row.last = max(row.last, highest)
    session.flush()


#: How many references were given to cases that have been deleted since.
FORGOTTEN = "forgotten"


def note_forgotten(session: Session, number: int) -> None:
    """Remember that so many cases with a reference of their own are deleted: their numbers are missing from now on."""
    if number < 1:
        return
    more = update(CounterRow).where(CounterRow.name == FORGOTTEN).values(last=CounterRow.last + number)
    if session.scalar(more.returning(CounterRow.last)) is None:
        try:
            with session.begin_nested():
                session.add(CounterRow(name=FORGOTTEN, last=number))
                session.flush()
        except IntegrityError:
            session.execute(more)


def _ids_of(table: Any) -> str:
    return f"ids/{table.__tablename__}"
