# SPDX-License-Identifier: EUPL-1.2
"""Dates, times and durations: from text, to text, and calculating with them.

A day duration added to a date and time with a zone moves along the time line (24 hours even when the clocks change);
a month duration moves along the calendar and stops at the month's last day. Seconds have up to six decimals; further
ones are cut off. Comparisons look at whole seconds, as the standard does.
"""

import calendar
import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from engine.feel.calendars import (
    DAYS_OF_CYCLE,
    Day,
    clamped,
    make_date,
    make_datetime,
    make_far,
    parse_date,
    seconds_of,
    year_text,
)
from engine.feel.errors import Failure
from engine.feel.values import FarDate, FarDateTime, Value, YearsMonths, kind_of

_TIME = re.compile(
    r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,30}))?(?:(Z)|([+-])(\d\d):(\d\d)(?::(\d\d))?|@([A-Za-z0-9_+/-]{1,60}))?", re.ASCII
)
_DAYS = re.compile(
    r"(-)?P(?:(\d{1,12})D)?(?:T(?:(\d{1,12})H)?(?:(\d{1,12})M)?(?:(\d{1,15})(?:\.(\d{0,30}))?S)?)?", re.ASCII
)
_MONTHS = re.compile(r"(-)?P(?:(\d{1,12})Y)?(?:(\d{1,12})M)?", re.ASCII)
_MAX_MONTHS = 12 * 999_999_999
_MIDNIGHT = time(0, 0)


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name; raises Failure for names that do not exist."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Failure(f"there is no time zone {name!r}") from None


def parse_time(text: str) -> time:
    """`10:30:00`, with optional fraction and offset or `@zone`; raises Failure."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise Failure(f"{text[:60]!r} is not a time of the form 10:30:00")
    fraction = (match[4] or "").ljust(6, "0")[:6]
    return make_time(int(match[1]), int(match[2]), int(match[3]), int(fraction), _zone_of(match))


def make_time(hour: int, minute: int, second: int, microsecond: int, where: tzinfo | None) -> time:
    """The time of day; raises Failure where the clock has none."""
    try:
        return time(hour, minute, second, microsecond, where)
    except (ValueError, OverflowError):
        raise Failure(f"there is no time {hour}:{minute}:{second}") from None


def offset_zone(offset: timedelta) -> timezone:
    """The zone of a fixed offset from UTC; raises Failure beyond 14 hours."""
    if abs(offset) > timedelta(hours=14):
        raise Failure("an offset from UTC is at most 14 hours")
    return timezone(offset)


def _zone_of(match: re.Match[str]) -> tzinfo | None:
    if match[5]:
        return UTC
    if match[10]:
        return zone(match[10])
    if match[6]:
        offset = timedelta(hours=int(match[7]), minutes=int(match[8]), seconds=int(match[9] or 0))
        return offset_zone(-offset if match[6] == "-" else offset)
    return None


def parse_datetime(text: str) -> datetime | FarDateTime:
    """`2026-01-31T10:30:00` with optional offset or zone; a date alone means its midnight. Raises Failure."""
    day, separator, clock = text.partition("T")
    return make_datetime(parse_date(day), parse_time(clock) if separator else _MIDNIGHT)


def parse_duration(text: str) -> timedelta | YearsMonths:
    """`P5D`, `-PT2H30M`, `P1Y6M`; raises Failure."""
    match = _MONTHS.fullmatch(text)
    if match is not None and (match[2] or match[3]):
        months = 12 * int(match[2] or 0) + int(match[3] or 0)
        return make_months(-months if match[1] else months)
    match = _DAYS.fullmatch(text)
    if match is None or not any(match.group(2, 3, 4, 5)) or text.endswith("T"):
        raise Failure(f"{text[:60]!r} is not a duration of the form P5D, PT2H or P1Y6M")
    days, hours, minutes, seconds = (int(part or 0) for part in match.group(2, 3, 4, 5))
    microseconds = int((match[6] or "").ljust(6, "0")[:6])
    try:
        duration = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds, microseconds=microseconds)
    except OverflowError:
        raise Failure("the duration is too long") from None
    return -duration if match[1] else duration


def make_months(months: int) -> YearsMonths:
    """The duration; raises Failure when it is too long."""
    if abs(months) > _MAX_MONTHS:
        raise Failure("the duration is too long")
    return YearsMonths(months)


def parse_temporal(text: str) -> Value:
    """What the text of an `@"..."` literal or of a variable stands for; raises Failure."""
    if text.startswith(("P", "-P")):
        return parse_duration(text)
    if "T" in text:
        return parse_datetime(text)
    if ":" in text[:3]:
        return parse_time(text)
    return parse_date(text)


# -- to text ----------------------------------------------------------------------------------------------------------


def temporal_text(value: Value) -> str:
    """The ISO text that reads back as the same value."""
    if isinstance(value, FarDate | date):
        near = value.near if isinstance(value, FarDate) else value
        day = f"{year_text(value.year)}-{near.month:02}-{near.day:02}"
        return f"{day}T{_time_text(near)}" if isinstance(near, datetime) else day
    if isinstance(value, time):
        return _time_text(value)
    if isinstance(value, YearsMonths):
        return _months_text(value)
    return _days_text(value)


def _time_text(value: time | datetime) -> str:
    text = f"{value.hour:02}:{value.minute:02}:{value.second:02}{_fraction(value.microsecond)}"
    where = value.tzinfo
    if where is None:
        return text
    if isinstance(where, ZoneInfo):
        return f"{text}@{where.key}"
    offset = where.utcoffset(None) or timedelta(0)
    if not offset:
        return f"{text}Z"
    seconds = abs(int(offset.total_seconds()))
    tail = f":{seconds % 60:02}" if seconds % 60 else ""
    return f"{text}{'-' if offset < timedelta(0) else '+'}{seconds // 3600:02}:{seconds // 60 % 60:02}{tail}"


def _fraction(microseconds: int) -> str:
    return f".{microseconds:06}".rstrip("0") if microseconds else ""


def _months_text(value: YearsMonths) -> str:
    years, months = divmod(abs(value.months), 12)
    body = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
    return ("-" if value.months < 0 else "") + "P" + (body or "0M")


def _days_text(value: timedelta) -> str:
    rest = abs(value)
    hours, seconds = divmod(rest.seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    if seconds or rest.microseconds:
        clock += f"{seconds}{_fraction(rest.microseconds)}S"
    body = (f"{rest.days}D" if rest.days else "") + (f"T{clock}" if clock else "")
    return ("-" if value < timedelta(0) else "") + "P" + (body or "T0S")


# -- calculating ------------------------------------------------------------------------------------------------------


def shift(value: Value, duration: timedelta | YearsMonths) -> Value:
    """A date, time or date and time, moved by a duration; raises Failure beyond the years that FEEL knows."""
    if isinstance(value, time):
        if isinstance(duration, YearsMonths):
            raise Failure("months cannot be added to a time")
        moment = datetime.combine(date(2000, 1, 1), value.replace(tzinfo=None))
        seconds = timedelta(days=0, seconds=duration.seconds, microseconds=duration.microseconds)
        return (moment + seconds).time().replace(tzinfo=value.tzinfo)
    if isinstance(duration, YearsMonths):
        return add_months(value, duration.months)
    try:
        return _moved(value, duration)
    except OverflowError:
        cycles, days = divmod(duration.days, DAYS_OF_CYCLE)
        near, more = (value.near, value.cycles) if isinstance(value, FarDate) else clamped(value)
        rest = timedelta(days=days, seconds=duration.seconds, microseconds=duration.microseconds)
        return make_far(_moved(near, rest), more + cycles)


def _moved(value: Value, duration: timedelta) -> Value:
    if isinstance(value, FarDate):
        raise OverflowError
    if not isinstance(value, datetime):
        return (datetime.combine(value, _MIDNIGHT) + duration).date()
    if value.tzinfo is None:
        return value + duration
    return (value.astimezone(UTC) + duration).astimezone(value.tzinfo)


def add_months(value: Day, months: int) -> Day:
    """The same day of another month, or that month's last day if it is shorter."""
    near = value.near if isinstance(value, FarDate) else value
    year, month = divmod(value.year * 12 + near.month - 1 + months, 12)
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    day = make_date(year, month + 1, min(near.day, calendar.monthrange(2000 if leap else 2001, month + 1)[1]))
    return make_datetime(day, near.timetz()) if isinstance(near, datetime) else day


def distance(left: Value, right: Value) -> timedelta:
    """`left - right` of two dates, times or dates and times; raises Failure when only one has a zone."""
    seconds, microseconds = _apart(left, right)
    try:
        return timedelta(seconds=seconds, microseconds=microseconds)
    except OverflowError:
        raise Failure("the duration is too long") from None


def order_of(left: Value, right: Value) -> int:
    """Negative, zero or positive as `left` is before, at or after `right`, in whole seconds; raises Failure."""
    left_seconds, right_seconds = _on_one_line(left, right)
    return (left_seconds[0] > right_seconds[0]) - (left_seconds[0] < right_seconds[0])


def _apart(left: Value, right: Value) -> tuple[int, int]:
    first, second = _on_one_line(left, right)
    return first[0] - second[0], first[1] - second[1]


def _on_one_line(left: Value, right: Value) -> tuple[tuple[int, int], tuple[int, int]]:
    """Seconds and microseconds of both since the same moment."""
    (first, first_has_zone), (second, second_has_zone) = seconds_of(left), seconds_of(right)
    if first_has_zone is not second_has_zone and _has_clock(left) and _has_clock(right):
        # A date has no zone of its own; beside a value with one it means midnight UTC.
        raise Failure("a time with a zone cannot be compared with one without")
    return first, second


def _has_clock(value: Value) -> bool:
    return isinstance(value, time | datetime | FarDateTime)


def months_between(start: Day, end: Day) -> YearsMonths:
    """The whole months from `start` to `end`, negative when `end` lies before."""
    months = (end.year - start.year) * 12 + _near(end).month - _near(start).month
    days = _near(end).day - _near(start).day
    if months > 0 and days < 0:
        months -= 1
    elif months < 0 and days > 0:
        months += 1
    return YearsMonths(months)


def _near(value: Day) -> date:
    return value.near if isinstance(value, FarDate) else value


# -- properties -------------------------------------------------------------------------------------------------------


def temporal_property(value: Value, name: str) -> Value:
    """`.year`, `.hour`, `.days` and so on; raises Failure for properties that the value does not have."""
    found: Value = None
    if isinstance(value, FarDate) and name != "year":
        return temporal_property(value.near, name)
    if isinstance(value, FarDate):
        found = value.year
    elif isinstance(value, YearsMonths):
        found = {"years": value.years, "months": value.rest_months}.get(name)
    elif isinstance(value, timedelta):
        found = _duration_property(value, name)
    elif isinstance(value, date) and name in ("year", "month", "day", "weekday"):
        found = {"year": value.year, "month": value.month, "day": value.day, "weekday": value.isoweekday()}[name]
    elif isinstance(value, time | datetime) and name in ("hour", "minute", "second"):
        found = {"hour": value.hour, "minute": value.minute, "second": value.second}[name]
    elif isinstance(value, time | datetime) and name == "time offset":
        return value.utcoffset()
    elif isinstance(value, time | datetime) and name == "timezone":
        return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None
    if found is None:
        raise Failure(f"a {kind_of(value)} has no property `{name}`")
    return Decimal(found)


def _duration_property(value: timedelta, name: str) -> int | None:
    rest = abs(value)
    parts = {
        "days": rest.days,
        "hours": rest.seconds // 3600,
        "minutes": rest.seconds // 60 % 60,
        "seconds": rest.seconds % 60,
    }
    part = parts.get(name)
    return -part if part is not None and value < timedelta(0) else part
