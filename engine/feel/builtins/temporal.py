# SPDX-License-Identifier: EUPL-1.2
"""Functions on dates, times and durations."""

import calendar
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from engine.feel.builtins.registry import builtin, whole
from engine.feel.errors import Failure
from engine.feel.runtime import Runtime
from engine.feel.temporal import (
    make_date,
    make_time,
    months_between,
    offset_zone,
    parse_date,
    parse_datetime,
    parse_duration,
    parse_time,
    zone,
)
from engine.feel.values import Value, YearsMonths

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
def date_from_text(text: str) -> date:
    return parse_date(text)


@builtin("date", "from: day")
def date_from_day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


@builtin("date", "year: number", "month: number", "day: number")
def date_from_parts(year: Decimal, month: Decimal, day: Decimal) -> date:
    return make_date(whole(year, "the year"), whole(month, "the month"), whole(day, "the day"))


@builtin("time", "from: string")
def time_from_text(text: str) -> time:
    return parse_time(text)


@builtin("time", "from: clock")
def time_from_clock(value: time | datetime) -> time:
    return value.timetz() if isinstance(value, datetime) else value


@builtin("time", "from: date")
def time_from_date(_: date) -> time:
    return time(0, 0, tzinfo=offset_zone(timedelta(0)))


@builtin("time", "hour: number", "minute: number", "second: number", "offset: days and time duration?")
def time_from_parts(hour: Decimal, minute: Decimal, second: Decimal, offset: timedelta | None) -> time:
    seconds = int(second)
    fraction = int((second - seconds) * 1_000_000)
    where = None if offset is None else offset_zone(offset)
    return make_time(whole(hour, "the hour"), whole(minute, "the minute"), seconds, fraction, where)


@builtin("date and time", "from: string")
def datetime_from_text(text: str) -> datetime:
    return parse_datetime(text)


@builtin("date and time", "date: day", "time: time")
def datetime_from_parts(day: date, clock: time) -> datetime:
    return datetime.combine(date_from_day(day), clock)


@builtin("date and time", "from: date and time")
def datetime_from_datetime(value: datetime) -> datetime:
    return value


@builtin("date and time", "date: date and time", "timezone: string")
def datetime_in_zone(value: datetime, timezone: str) -> datetime:
    """The same moment in another zone; a value without zone is taken to be there already."""
    where = zone(timezone)
    return value.replace(tzinfo=where) if value.tzinfo is None else value.astimezone(where)


@builtin("duration", "from: string")
def duration(text: str) -> timedelta | YearsMonths:
    return parse_duration(text)


@builtin("duration", "from: duration")
def duration_of_duration(value: Value) -> Value:
    return value


@builtin("years and months duration", "from: day", "to: day")
def years_and_months_duration(start: date, end: date) -> YearsMonths:
    return months_between(date_from_day(start), date_from_day(end))


@builtin("day of week", "date: day")
def day_of_week(day: date) -> str:
    return _WEEKDAYS[day.weekday()]


@builtin("month of year", "date: day")
def month_of_year(day: date) -> str:
    return _MONTHS[day.month - 1]


@builtin("day of year", "date: day")
def day_of_year(day: date) -> Decimal:
    return Decimal(day.timetuple().tm_yday)


@builtin("week of year", "date: day")
def week_of_year(day: date) -> Decimal:
    """The week number of ISO 8601."""
    return Decimal(day.isocalendar().week)


@builtin("last day of month", "date: day")
def last_day_of_month(day: date) -> date:
    return date(day.year, day.month, calendar.monthrange(day.year, day.month)[1])


@builtin("is", "value1: any", "value2: any")
def same_in_every_respect(value1: Value, value2: Value) -> bool:
    """Stricter than `=`: dates and times must also agree in their zone."""
    if type(value1) is not type(value2):
        return False
    if isinstance(value1, time | datetime):
        return bool(value1.replace(tzinfo=None) == value2.replace(tzinfo=None)) and (_place(value1) == _place(value2))
    if isinstance(value1, list | dict):
        raise Failure("`is` compares single values only")
    return bool(value1 == value2)


def _place(value: time | datetime) -> str | timedelta | None:
    return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else value.utcoffset()
