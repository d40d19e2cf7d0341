# SPDX-License-Identifier: EUPL-1.2
"""Dates, times and durations, as deadlines need them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.feel import YearsMonths, evaluate
from engine.feel.temporal import parse_temporal, temporal_text

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('date("2026-01-31")', date(2026, 1, 31)),
        ('@"2026-01-31"', date(2026, 1, 31)),
        ("date(2026, 1, 31)", date(2026, 1, 31)),
        ('date("2026-02-30")', None),
        ('date("31.01.2026")', None),
        ('time("10:30:00")', time(10, 30)),
        ('date and time("2026-01-31T10:30:00Z")', datetime(2026, 1, 31, 10, 30, tzinfo=UTC)),
        ('date and time("2026-01-31T10:30:00@Europe/Berlin")', datetime(2026, 1, 31, 10, 30, tzinfo=BERLIN)),
        ('date and time("2026-01-31T10:30:00@Mond/Krater")', None),
        ('date and time(@"2026-01-31", @"10:30:00")', datetime(2026, 1, 31, 10, 30)),
        ('date(@"2026-01-31T10:30:00")', date(2026, 1, 31)),
        ('duration("P5D")', timedelta(days=5)),
        ('duration("-PT1H30M")', -timedelta(hours=1, minutes=30)),
        ('duration("P1Y2M")', YearsMonths(14)),
        ('duration("P")', None),
        ('years and months duration(@"2025-01-31", @"2026-03-01")', YearsMonths(13)),
    ],
)
def test_reading(value, text, expected):
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('@"2026-01-31" + @"P1M"', date(2026, 2, 28)),
        ('@"2024-02-29" + @"P1Y"', date(2025, 2, 28)),
        ('@"2026-03-31" - @"P1M"', date(2026, 2, 28)),
        ('@"2026-01-31" + @"P14D"', date(2026, 2, 14)),
        ('@"2026-02-01" - @"2026-01-01"', timedelta(days=31)),
        ('@"23:00:00" + @"PT2H"', time(1, 0)),
        ('@"P5D" * 2', timedelta(days=10)),
        ('@"P1Y" / 2', YearsMonths(6)),
        ('@"P10D" / @"P4D"', 2.5),
        ('@"P1M" + @"P1Y"', YearsMonths(13)),
        ('string(@"9999-12-31" + @"P1D")', "10000-01-01"),
        ('@"0001-01-02" - @"0001-01-01T00:00:00+14:00"', timedelta(days=1, hours=14)),
        ('@"2026-01-01" + 1', None),
        ('@"2026-01-01" < @"2026-01-02"', True),
        ('@"2026-01-01T12:00:00Z" = @"2026-01-01T13:00:00+01:00"', True),
        ('@"2026-01-01T12:00:00" < @"2026-01-01T13:00:00Z"', None),
        ('@"2026-06-15" in [@"2026-01-01"..@"2026-12-31"]', True),
    ],
)
def test_calculating(value, text, expected):
    assert value(text) == expected


def test_a_day_duration_is_24_hours_even_when_the_clocks_change(value):
    assert value('string(@"2026-03-28T12:00:00@Europe/Berlin" + @"P1D")') == "2026-03-29T13:00:00@Europe/Berlin"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('@"2026-01-31".year', 2026),
        ('@"2026-01-31".month', 1),
        ('@"2026-01-31".day', 31),
        ('@"2026-01-31".weekday', 6),
        ('@"2026-01-31T10:30:15".minute', 30),
        ('@"P1Y2M".months', 2),
        ('@"PT26H".days', 1),
        ('@"PT26H".hours', 2),
        ('@"2026-01-31".hour', None),
        ('@"2026-01-31T10:30:15+02:00".time offset', timedelta(hours=2)),
        ('day of week(@"2026-01-31")', "Saturday"),
        ('last day of month(@"2024-02-01")', date(2024, 2, 29)),
    ],
)
def test_parts(value, text, expected):
    assert value(text) == expected


def test_today_comes_from_the_clock(value):
    assert value('today() + duration("P14D")') == date(2026, 12, 6)


def test_now_is_told_in_the_time_of_the_town(value):
    assert value("now().hour") == 9


def test_without_a_clock_now_is_null():
    assert evaluate("now()", {}).value is None


values = st.one_of(
    st.dates(),
    st.datetimes(),
    st.datetimes(timezones=st.just(BERLIN)),
    st.datetimes(timezones=st.just(UTC)),
    st.times(),
    st.timedeltas(),
    st.integers(min_value=-(10**6), max_value=10**6).map(YearsMonths),
)


@given(values)
def test_text_reads_back_as_the_same_value(temporal):
    assert parse_temporal(temporal_text(temporal)) == temporal


@given(st.dates(min_value=date(1000, 1, 1), max_value=date(3000, 1, 1)), st.integers(-5000, 5000))
def test_months_never_leave_the_month_they_lead_to(start, months):
    end = evaluate("start + months", {"start": start, "months": YearsMonths(months)}).value
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
