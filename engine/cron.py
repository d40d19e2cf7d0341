# SPDX-License-Identifier: EUPL-1.2
"""Cron expressions as Camunda 7 writes them (the dialect of Quartz) and the moments they name.

    seconds minutes hours day-of-month month day-of-week [year]

`*` any, `?` no say, `1,5` several, `MON-FRI` from to, `0/15` from 0 on in steps, `L` the last (`L-3`, `LW`, `6L`),
`15W` the working day nearest to the 15th, `6#3` the third Friday. Days of the week count from 1, which is Sunday.
Days are those of the town. What falls into the hour that the clocks skip in spring fires an hour later; in the hour
that comes twice in autumn only expressions of every hour fire twice, others at its first.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from engine.errors import AmtsflussError

# Written as one text each, because the names have three letters all.
_MONTHS = {"JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"[3 * index : 3 * index + 3]: index + 1 for index in range(12)}
_WEEKDAYS = {"SUNMONTUEWEDTHUFRISAT"[3 * index : 3 * index + 3]: index + 1 for index in range(7)}
_NO_NAMES: dict[str, int] = {}
#: Name, first and last value, and the words that stand for values.
_FIELDS = (
    ("seconds", 0, 59, _NO_NAMES),
    ("minutes", 0, 59, _NO_NAMES),
    ("hours", 0, 23, _NO_NAMES),
    ("day of the month", 1, 31, _NO_NAMES),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 1, 7, _WEEKDAYS),
    ("year", 1970, 2199, _NO_NAMES),
)
_ITEM = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d+))?")
_DAY = re.compile(r"L(?:-(?P<before>\d{1,2}))?(?P<last_working>W)?|(?P<near>\d{1,2})W")
_WEEKDAY = re.compile(r"(?P<day>[1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(?:#(?P<nth>[1-5])|(?P<last>L))")
#: A 29 February that is a certain day of the week comes within so many years; what has not fired by then never will.
_YEARS_AHEAD = 40


class CronRefused(AmtsflussError):
    """The text is no cron expression."""


@dataclass(frozen=True)
class Cron:
    """A cron expression, read."""

    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    #: None: the day of the week decides.
    days: str | None
    months: tuple[int, ...]
    #: None: the day of the month decides.
    weekdays: str | None
    years: tuple[int, ...]

    def after(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """The first moment of the expression behind this one, in UTC; None when there is none."""
        for day in self._days_from(moment.astimezone(zone).date()):
            for hour in self.hours:
                for fold in (0, 1) if len(self.hours) == 24 else (0,):
                    found = self._within(datetime.combine(day, time(hour)), fold, moment, zone)
                    if found is not None:
                        return found
        return None

    def _days_from(self, start: date) -> Iterator[date]:
        for year in self.years:
            if start.year <= year <= start.year + _YEARS_AHEAD:
                for month in self.months:
                    if (year, month) >= (start.year, start.month):
                        for day in _days_of(self, year, month):
                            if (found := date(year, month, day)) >= start:
                                yield found

    def _within(self, hour: datetime, fold: int, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """The first moment of this hour that is behind the other; of an hour that comes once, only with fold 0."""
        if fold and in_zone(hour, zone, 1) <= in_zone(hour, zone):
            return None
        if in_zone(hour.replace(minute=self.minutes[-1], second=self.seconds[-1]), zone, fold) <= moment:
            return None
        for minute in self.minutes:
            if in_zone(hour.replace(minute=minute, second=self.seconds[-1]), zone, fold) > moment:
                for second in self.seconds:
                    if (found := in_zone(hour.replace(minute=minute, second=second), zone, fold)) > moment:
                        return found
        return None


def in_zone(local: datetime, zone: ZoneInfo, fold: int = 0) -> datetime:
    """The moment of a local time, in UTC: the first of two, and behind the gap when the clocks skip it."""
    return local.replace(tzinfo=zone, fold=fold).astimezone(UTC)


@lru_cache(maxsize=512)
def read_cron(text: str) -> Cron:
    """The expression that the text is. Raises CronRefused with a sentence."""
    fields = text.upper().split()
    if len(fields) == 5:
        raise CronRefused(f"{text} has five fields; a sixth in front of them gives the seconds, as in 0 {text}.")
    if len(fields) not in (6, 7):
        raise CronRefused(f"{text} is no cron expression: it needs six or seven fields, as in 0 0 9 * * ?.")
    seconds, minutes, hours = (_values(fields[index], index) for index in range(3))
    days, weekdays = fields[3], fields[5]
    if days == "?" and weekdays == "?":
        raise CronRefused(f"{text} names no day: only one of the two days may be a question mark.")
    if days not in ("*", "?") and weekdays not in ("*", "?"):
        raise CronRefused(f"{text} gives a day of the month and a day of the week: one of them must be ?.")
    if days == "*" and any(character.isdigit() for character in weekdays.partition("#")[0]):
        # Quartz counts from Sunday, Unix from Monday; with a star in front nobody knows which one is meant.
        raise CronRefused(f"{text} counts days of the week: write their names (MON), or ? as day of the month.")
    by_weekday = days == "?" or weekdays not in ("*", "?")
    cron = Cron(
        seconds=seconds,
        minutes=minutes,
        hours=hours,
        days=None if by_weekday else days,
        months=_values(fields[4], 4),
        weekdays=weekdays if by_weekday else None,
        years=_values(fields[6] if len(fields) == 7 else "*", 6),
    )
    _days_of(cron, 2024, 1)  # Reads the day fields, so that what is wrong with them is said now.
    return cron


def _days_of(cron: Cron, year: int, month: int) -> list[int]:
    """The days of one month, in order."""
    if cron.weekdays is not None:
        return sorted(_by_weekday(cron.weekdays, year, month))
    return sorted(_by_day(cron.days or "*", year, month))


def _by_day(field: str, year: int, month: int) -> set[int]:
    length = monthrange(year, month)[1]
    found: set[int] = set()
    for item in field.split(","):
        special = _DAY.fullmatch(item)
        if special is None:
            found.update(day for day in _item(item, 3) if day <= length)
        elif near := special["near"]:
            if not 1 <= int(near) <= 31:
                raise CronRefused(f"{near} is no {_FIELDS[3][0]}.")
            if int(near) <= length:
                found.add(_working_day(year, month, int(near), length))
        else:
            before = int(special["before"] or 0)
            if before > 30:
                raise CronRefused(f"{item} is no {_FIELDS[3][0]}.")
            if before < length:
                day = length - before
                found.add(_working_day(year, month, day, length) if special["last_working"] else day)
    return found


def _working_day(year: int, month: int, day: int, length: int) -> int:
    """The day from Monday to Friday that is nearest, within the month."""
    weekday = date(year, month, day).weekday()
    if weekday == 5:
        return day - 1 if day > 1 else day + 2
    if weekday == 6:
        return day + 1 if day < length else day - 2
    return day


def _by_weekday(field: str, year: int, month: int) -> set[int]:
    first, length = monthrange(year, month)
    # Python counts from Monday = 0, Quartz from Sunday = 1.
    weekday_of = {day: (first + day) % 7 + 1 for day in range(1, length + 1)}
    found: set[int] = set()
    for item in field.split(","):
        special = _WEEKDAY.fullmatch(item)
        if special is None:
            wanted = {7} if item == "L" else set(_item(item, 5))
            found.update(day for day, weekday in weekday_of.items() if weekday in wanted)
            continue
        number = _number(special["day"], 5)
        days = [day for day, weekday in weekday_of.items() if weekday == number]
        nth = len(days) if special["last"] else int(special["nth"])
        found.update(days[nth - 1 : nth])
    return found


def _values(field: str, index: int) -> tuple[int, ...]:
    return tuple(sorted({value for item in field.split(",") for value in _item(item, index)}))


def _item(item: str, index: int) -> list[int]:
    """The values of `*`, `5`, `1-5`, `0/15`, `1-30/2`; a range may go over the end, as in `FRI-MON`."""
    name, lowest, highest, _ = _FIELDS[index]
    match = _ITEM.fullmatch(item)
    if match is None or (match["first"] == "*" and match["last"]):
        raise CronRefused(f"{item} is no {name}.")
    step = int(match["step"] or 1)
    if not 1 <= step <= max(highest - lowest, 1) + 1:
        raise CronRefused(f"{item} has a step that is no step of the {name}.")
    first = lowest if match["first"] == "*" else _number(match["first"], index)
    if match["last"]:
        last = _number(match["last"], index)
    else:
        last = highest if match["first"] == "*" or match["step"] else first
    if last < first and index == 6:
        raise CronRefused(f"{item} ends before it begins.")
    span = last - first if last >= first else last - first + (highest - lowest + 1)
    return [(first - lowest + offset) % (highest - lowest + 1) + lowest for offset in range(0, span + 1, step)]


def _number(text: str, index: int) -> int:
    name, lowest, highest, words = _FIELDS[index]
    value = words.get(text, int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else -1)
    if not lowest <= value <= highest:
        raise CronRefused(f"{text} is no {name}; it goes from {lowest} to {highest}.")
    return value
