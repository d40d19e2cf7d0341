# SPDX-License-Identifier: EUPL-1.2
"""Numbers are given out once each, in order, without gaps."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from engine.counters import next_number, next_reference
from engine.db import Database, unit_of_work
from tests.engine.together import Racers


def take(db: Database, circle: str = "permits") -> int:
    with unit_of_work(db) as session:
        return next_number(session, circle)


def test_numbers_begin_at_one_and_go_up_by_one(db: Database):
    assert [take(db) for _ in range(3)] == [1, 2, 3]


def test_circles_do_not_touch_each_other(db: Database):
    assert [take(db, "permits"), take(db, "permits"), take(db, "invoices")] == [1, 2, 1]


def test_a_number_that_is_rolled_back_is_given_out_again(db: Database):
    take(db)
    with pytest.raises(ZeroDivisionError), unit_of_work(db) as session:
        next_number(session, "permits")
        raise ZeroDivisionError
    assert take(db) == 2


def test_a_circle_that_is_rolled_back_begins_again(db: Database):
    with pytest.raises(ZeroDivisionError), unit_of_work(db) as session:
        next_number(session, "permits")
        raise ZeroDivisionError
    assert take(db) == 1


def test_many_at_once_get_different_numbers_without_gaps(db: Database):
    with ThreadPoolExecutor(4) as threads:
        numbers = list(threads.map(lambda _: take(db), range(20)))
    assert sorted(numbers) == list(range(1, 21))


def test_two_who_begin_a_circle_at_once_get_one_and_two(db: Database, racers: Racers):
    taken: list[int] = []
    outcomes = racers.run(lambda: taken.append(take(db)), lambda: taken.append(take(db)))
    assert outcomes == [None, None]
    assert sorted(taken) == [1, 2]


@pytest.mark.parametrize(
    ("pattern", "reference"),
    [
        ("APA-{year}-{number:05}", "APA-2026-00001"),
        ("{number}/{year}", "1/2026"),
        ("32.1-{number:3}", "32.1-001"),
        ("plain", "plain"),
    ],
)
def test_a_reference_follows_its_pattern(db: Database, pattern: str, reference: str):
    with unit_of_work(db) as session:
        assert next_reference(session, "x", pattern, date(2026, 11, 22)) == reference


def test_references_begin_again_each_year(db: Database):
    with unit_of_work(db) as session:
        days = (date(2026, 12, 31), date(2026, 12, 31), date(2027, 1, 1))
        references = [next_reference(session, "x", "{number}/{year}", day) for day in days]
    assert references == ["1/2026", "2/2026", "1/2027"]
