# SPDX-License-Identifier: EUPL-1.2
"""Attempts are counted where every process sees them, in spans of time that begin with the first one."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from engine.clock import FrozenClock
from engine.db import Database, unit_of_work
from engine.models import RateCountRow
from engine.rates import attempts, count_attempt, forget_attempts

SPAN = timedelta(minutes=15)


def count(db: Database, clock: FrozenClock, key: str = "login:erika") -> int:
    with unit_of_work(db) as session:
        return count_attempt(session, clock, key, SPAN)


def test_attempts_of_one_key_add_up(db: Database, clock: FrozenClock):
    assert [count(db, clock), count(db, clock), count(db, clock, "login:mehmet")] == [1, 2, 1]


def test_span_ends_and_begins_anew(db: Database, clock: FrozenClock):
    count(db, clock)
    clock.advance(SPAN - timedelta(seconds=1))
    assert count(db, clock) == 2
    clock.advance(timedelta(seconds=1))
    with db.reading() as session:
        assert attempts(session, clock, "login:erika") == (0, clock.now().timestamp())
    assert count(db, clock) == 1


def test_end_of_the_span_is_known(db: Database, clock: FrozenClock):
    count(db, clock)
    with db.reading() as session:
        assert attempts(session, clock, "login:erika") == (1, (clock.now() + SPAN).timestamp())


def test_what_is_forgotten_is_counted_anew(db: Database, clock: FrozenClock):
    count(db, clock)
    with unit_of_work(db) as session:
        forget_attempts(session, "login:erika")
    assert count(db, clock) == 1


def test_nobody_reads_names_in_the_table(db: Database, clock: FrozenClock):
    count(db, clock)
    with db.reading() as session:
        assert "erika" not in session.scalars(select(RateCountRow.key_hash)).one()


def test_an_attempt_costs_one_statement(db: Database, clock: FrozenClock, zaehlt_statements: Callable[[], int]):
    count(db, clock)
    zaehlt_statements()
    count(db, clock)
    assert zaehlt_statements() == (2 if db.is_sqlite else 1)  # SQLite is told of the beginning, too
