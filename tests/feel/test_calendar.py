# SPDX-License-Identifier: EUPL-1.2
"""Dates beyond those of Python: the calendar of FEEL has the years -999999999 to 999999999."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel.calendars import make_date
from engine.feel.temporal import distance, parse_temporal, shift, temporal_text

years = st.integers(-999_999_999, 999_999_999)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('string(@"9999-12-31" + @"P1D")', "10000-01-01"),
        ('string(@"0001-01-01" - @"P1D")', "0000-12-31"),
        ('string(@"10000-01-01" - @"P1D")', "9999-12-31"),
        ('string(@"-0001-01-31" + @"P1M")', "-0001-02-28"),
        ('@"99999-12-31".year', 99999),
        ('@"99999-12-31".weekday', 5),
        ('string(date and time("99999-12-31T11:22:33@Europe/Berlin"))', "99999-12-31T11:22:33@Europe/Berlin"),
        ('@"99999-12-31" > @"9999-12-31"', True),
        ('@"-0002-01-01" < @"-0001-01-01"', True),
        ('@"12000-03-01" - @"12000-02-28"', timedelta(days=2)),
        ('string(years and months duration(@"-2016-01-30", @"2016-01-29"))', "P4031Y11M"),
        ('last day of month(@"12000-02-01").day', 29),
        ('@"20000-01-01T00:00:00Z" instance of date and time', True),
        ('@"1000000000-01-01"', None),
        ('date("02026-01-01")', None),
        ('@"999999999-01-01" - @"-999999999-01-01"', None),
    ],
)
def test_far_dates(value, text, expected):
    assert value(text) == expected


@given(years, st.integers(1, 12), st.integers(1, 28))
def test_every_date_reads_back_as_itself(year, month, day):
    written = make_date(year, month, day)
    assert parse_temporal(temporal_text(written)) == written


@given(st.dates(), st.integers(-(10**6), 10**6))
def test_moving_there_and_back_is_standing_still(day, days):
    moved = shift(day, timedelta(days=days))
    assert (shift(moved, timedelta(days=-days)), distance(moved, day)) == (day, timedelta(days=days))


def test_times_are_compared_by_the_second(value):
    assert value('[@"10:30:00.1" = @"10:30:00.2", is(@"10:30:00.1", @"10:30:00.2")]') == [True, False]


def test_near_dates_are_those_of_python(value):
    assert value('@"9999-12-31"') == date(9999, 12, 31)
