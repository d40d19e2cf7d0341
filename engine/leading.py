# SPDX-License-Identifier: EUPL-1.2
"""One process leads, the others stand by: a lease in the database says who, and a dead leader's runs out."""

from datetime import datetime, timedelta

from sqlalchemy import or_, update
from sqlalchemy.exc import IntegrityError

from engine.clock import Clock
from engine.db import Database, unit_of_work
from engine.models import LeaderRow

#: A leader that is not heard of for so long is believed to be dead.
TERM = timedelta(seconds=15)


def lead(db: Database, clock: Clock, name: str, holder: str, term: timedelta = TERM) -> bool:
    """Whether this holder leads from now on for a term. Whoever leads asks again before it ends."""
    now = clock.now()
    with unit_of_work(db) as session:
        renewed = session.execute(
            update(LeaderRow)
            .where(LeaderRow.name == name, or_(LeaderRow.holder == holder, LeaderRow.until < now))
            .values(holder=holder, until=now + term)
            .returning(LeaderRow.name)
        )
        if renewed.one_or_none() is not None:
            return True
        if session.get(LeaderRow, name) is not None:
            return False
    return _is_first(db, name, holder, now + term)


def step_down(db: Database, clock: Clock, name: str, holder: str) -> None:
    """Leave the lead to whoever stands by."""
    with unit_of_work(db) as session:
        session.execute(
            update(LeaderRow)
            .where(LeaderRow.name == name, LeaderRow.holder == holder)
            .values(until=clock.now() - timedelta(seconds=1))
        )


def _is_first(db: Database, name: str, holder: str, until: datetime) -> bool:
    try:
        with unit_of_work(db) as session:
            session.add(LeaderRow(name=name, holder=holder, until=until))
    except IntegrityError:
        return False  # Another process was quicker.
    return True
