# SPDX-License-Identifier: EUPL-1.2
"""The calendar of FEEL: years from -999999999 to 999999999, of which Python's dates cover 1 to 9999.

The Gregorian calendar repeats itself every 400 years, weekdays included. So a date far away is a date of Python and
a number of such cycles.
"""

import re
from datetime import UTC, date, datetime, time, timedelta

from engine.feel.errors import Failure
from engine.feel.values import FarDate, FarDateTime, Value

Day = date | FarDate

DAYS_OF_CYCLE = 146_097
_YEARS_OF_CYCLE = 400
_LAST_YEAR = 999_999_999
# Where the near dates of far ones lie: late enough for the rules of zones, early enough for the past before them.
_FUTURE, _PAST = 2001, 401
_DATE = re.compile(r"(-?(?:[1-9][0-9]{4,8}|[0-9]{4}))-([0-9]{2})-([0-9]{2})")
_SECONDS_OF_DAY = 86_400
_ANY_DAY = date(2000, 1, 1)


def parse_date(text: str) -> Day:
    """`2026-01-31`, `-0044-03-15` or `12026-01-31`; raises Failure."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise Failure(f"{text[:60]!r} is not a date of the form 2026-01-31")
    return make_date(int(match[1]), int(match[2]), int(match[3]))


def make_date(year: int, month: int, day: int) -> Day:
    """The date; raises Failure where the calendar has none."""
    try:
        if 1 <= year <= 9999:
            return date(year, month, day)
        base = _FUTURE if year > 0 else _PAST
        near = date(base + (year - base) % _YEARS_OF_CYCLE, month, day)
    except (ValueError, OverflowError):
        raise Failure(f"there is no date {year}-{month}-{day}") from None
    if abs(year) > _LAST_YEAR:
        raise Failure(f"the year must lie between -{_LAST_YEAR} and {_LAST_YEAR}")
    return FarDate(near, (year - near.year) // _YEARS_OF_CYCLE)


def make_far(near: date, cycles: int) -> Day:
    """The date, or date and time, `cycles` times 400 years after `near`; raises Failure beyond the calendar."""
    day = make_date(near.year + _YEARS_OF_CYCLE * cycles, near.month, near.day)
    return make_datetime(day, near.timetz()) if isinstance(near, datetime) else day


def make_datetime(day: Day, clock: time) -> datetime | FarDateTime:
    """The moment of a day and a time of day."""
    if isinstance(day, FarDate):
        return FarDateTime(datetime.combine(day.near, clock), day.cycles)
    return datetime.combine(day, clock)


def clamped(value: date) -> tuple[date, int]:
    """A date as a near one that can be moved by 400 years either way, and the cycles between."""
    cycles = (value.year - _FUTURE) // _YEARS_OF_CYCLE
    return value.replace(year=value.year - _YEARS_OF_CYCLE * cycles), cycles


def year_text(year: int) -> str:
    """The year with at least four digits."""
    return f"-{-year:04}" if year < 0 else f"{year:04}"


def date_of(value: Day) -> Day:
    """The date of a date and time; a date as it is."""
    if isinstance(value, FarDateTime):
        return FarDate(value.near.date() if isinstance(value.near, datetime) else value.near, value.cycles)
    return value.date() if isinstance(value, datetime) else value


def seconds_of(value: Value) -> tuple[tuple[int, int], bool]:
    """Seconds and microseconds of a date, time or date and time on the time line, and whether it has a zone."""
    cycles = 0
    if isinstance(value, FarDate):
        value, cycles = value.near, value.cycles
    if isinstance(value, time):
        value = datetime.combine(_ANY_DAY, value)
    days = value.toordinal() + DAYS_OF_CYCLE * cycles
    if not isinstance(value, datetime):
        return (days * _SECONDS_OF_DAY, 0), False
    # The offset is looked up where the zone has rules, at the date itself.
    offset = value.utcoffset() if value.tzinfo is not UTC else timedelta(0)
    seconds = days * _SECONDS_OF_DAY + value.hour * 3600 + value.minute * 60 + value.second
    if offset is not None:
        seconds -= offset.days * _SECONDS_OF_DAY + offset.seconds
    return (seconds, value.microsecond), offset is not None
