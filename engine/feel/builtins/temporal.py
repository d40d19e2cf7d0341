# SPDX-License-Identifier: EUPL-1.2
"""Functions on dates, times and durations."""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from engine.feel.builtins.registry import builtin, whole
from engine.feel.calendars import Day, date_of, make_date, make_datetime, parse_date
from engine.feel.errors import Failure
from engine.feel.runtime import Runtime
from engine.feel.temporal import (
    make_time,
    months_between,
    offset_zone,
    parse_datetime,
    parse_duration,
    parse_time,
    zone,
)
from engine.feel.values import FarDate, FarDateTime, Value, YearsMonths

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@builtin("now", needs_runtime=True)
def now(runtime: Runtime) -> datetime:
    """The present moment in the town's time zone."""
    clock = runtime.clock
    return clock.now().astimezone(clock.zone)


@builtin("today", needs_runtime=True)
def today(runtime: Runtime) -> date:
    return runtime.clock.today()


@builtin("date", "from: string")
def date_from_text(text: str) -> Day:
    return parse_date(text)


@builtin("date", "from: day")
def date_from_day(value: Day) -> Day:
    return date_of(value)


@builtin("date", "year: number", "month: number", "day: number")
def date_from_parts(year: Decimal, month: Decimal, day: Decimal) -> Day:
    return make_date(whole(year, "the year"), whole(month, "the month"), whole(day, "the day"))


@builtin("time", "from: string")
def time_from_text(text: str) -> time:
    return parse_time(text)


@builtin("time", "from: clock")
def time_from_clock(value: Value) -> time | None:
    near = _near(value)
    if isinstance(near, datetime):
        return near.timetz()
    return near if isinstance(near, time) else None


@builtin("time", "from: date")
def time_from_date(_: Day) -> time:
    """Midnight in UTC, which a date stands for."""
    return time(0, 0, tzinfo=UTC)


@builtin("time", "hour: number", "minute: number", "second: number", "offset: days and time duration?")
def time_from_parts(hour: Decimal, minute: Decimal, second: Decimal, offset: timedelta | None) -> time:
    seconds = int(second)
    fraction = int((second - seconds) * 1_000_000)
    where = None if offset is None else offset_zone(offset)
    return make_time(whole(hour, "the hour"), whole(minute, "the minute"), seconds, fraction, where)


@builtin("date and time", "from: string")
def datetime_from_text(text: str) -> datetime | FarDateTime:
    return parse_datetime(text)


@builtin("date and time", "date: day", "time: time")
def datetime_from_parts(day: Day, clock: time) -> datetime | FarDateTime:
    return make_datetime(date_of(day), clock)


@builtin("date and time", "from: date and time")
def datetime_from_datetime(value: datetime | FarDateTime) -> datetime | FarDateTime:
    return value


@builtin("date and time", "from: date")
def datetime_from_date(value: Day) -> datetime | FarDateTime:
    """Midnight in UTC, which a date stands for."""
    return make_datetime(value, time(0, 0, tzinfo=UTC))


@builtin("date and time", "date: date and time", "timezone: string")
def datetime_in_zone(value: datetime | FarDateTime, timezone: str) -> datetime:
    """The same moment in another zone; a value without zone is taken to be there already."""
    where = zone(timezone)
    if not isinstance(value, datetime):
        raise Failure("a date so far away cannot be moved to another zone")
    return value.replace(tzinfo=where) if value.tzinfo is None else value.astimezone(where)


@builtin("duration", "from: string")
def duration(text: str) -> timedelta | YearsMonths:
    return parse_duration(text)


@builtin("duration", "from: duration")
def duration_of_duration(value: Value) -> Value:
    return value


@builtin("years and months duration", "from: day", "to: day")
def years_and_months_duration(start: Day, end: Day) -> YearsMonths:
    return months_between(start, end)


@builtin("day of week", "date: day")
def day_of_week(day: Day) -> str:
    return _WEEKDAYS[_near(day).weekday()]


@builtin("month of year", "date: day")
def month_of_year(day: Day) -> str:
    return _MONTHS[_near(day).month - 1]


@builtin("day of year", "date: day")
def day_of_year(day: Day) -> Decimal:
    return Decimal(_near(day).timetuple().tm_yday)


@builtin("week of year", "date: day")
def week_of_year(day: Day) -> Decimal:
    """The week number of ISO 8601."""
    return Decimal(_near(day).isocalendar().week)


@builtin("last day of month", "date: day")
def last_day_of_month(day: Day) -> Day:
    near = _near(day)
    return make_date(day.year, near.month, calendar.monthrange(near.year, near.month)[1])


def _near(value: Value) -> Value:
    """The value in the years of Python, on the same place of the calendar."""
    return value.near if isinstance(value, FarDate) else value


@builtin("is", "value1: any?", "value2: any?")
def same_in_every_respect(value1: Value, value2: Value) -> bool:
    """Stricter than `=`: dates and times must also agree in their zone and in parts of a second."""
    if type(value1) is not type(value2):
        return False
    if isinstance(value1, FarDate) and value1.cycles != value2.cycles:
        return False
    one, other = _near(value1), _near(value2)
    if isinstance(one, time | datetime):
        return bool(one.replace(tzinfo=None) == other.replace(tzinfo=None)) and (_place(one) == _place(other))
    if isinstance(one, list | dict):
        raise Failure("`is` compares single values only")
    return bool(one == other)


def _place(value: time | datetime) -> str | timedelta | None:
    return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else value.utcoffset()
