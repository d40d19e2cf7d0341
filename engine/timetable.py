# SPDX-License-Identifier: EUPL-1.2
"""When timers fire: durations, moments, repeated intervals (`R3/PT10H`) and cron expressions.

Months and years are those of the town's calendar, a day of a duration is a day of it too: `P1D` keeps the hour when the
clocks change. A cycle reckons from where it stood, never from now: a worker that was away makes up for missed intervals
one by one (but an endless cycle does not make up for thousands). A cron expression skips what was missed: it names
hours of the day, and those are over.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from engine.bpmn.model import Timer
from engine.clock import Clock
from engine.cron import CronRefused, in_zone, read_cron
from engine.errors import AmtsflussError, ExpressionFailed
from engine.expressions import moment_from, value_of
from engine.feel import FeelError, strip_marker
from engine.feel.values import YearsMonths

_DURATION = re.compile(
    r"P(?:(?P<years>\d{1,5})Y)?(?:(?P<months>\d{1,6})M)?(?:(?P<weeks>\d{1,6})W)?(?:(?P<days>\d{1,7})D)?"
    r"(?:T(?:(?P<hours>\d{1,8})H)?(?:(?P<minutes>\d{1,9})M)?(?:(?P<seconds>\d{1,10}(?:[.,]\d{1,9})?)S)?)?",
    re.ASCII,
)
#: Beyond this a timer is a mistake in the model.
_MOST_MONTHS = 12 * 1000
_MOST_REPEATS = 1_000_000
#: So many missed firings an endless cycle makes up for; behind that it goes on with the next one ahead.
_MOST_MISSED = 100
_NEVER = datetime.min.replace(tzinfo=UTC)


class DurationRefused(AmtsflussError):
    """The text is no duration."""


@dataclass(frozen=True)
class Due:
    """When a timer fires, and what comes after; plain values, to be kept with the token."""

    at: datetime
    #: The text of the cycle (`R3/PT10H`, `0 0 9 * * ?`); None for a timer that fires once.
    rule: str | None = None
    #: How often it fires after this; None without end (only with a rule).
    remaining: int | None = None


@dataclass(frozen=True)
class Span:
    """A duration of ISO 8601: months of the calendar, days of the calendar and a time of the clock."""

    months: int = 0
    days: int = 0
    clock: timedelta = timedelta()

    def after(self, moment: datetime, zone: ZoneInfo, times: int = 1) -> datetime:
        """The moment so much later, in UTC; a day that its month lacks becomes the last one of it."""
        local = moment.astimezone(zone).replace(tzinfo=None, fold=0)
        moved = _months_later(local, self.months * times) + timedelta(days=self.days * times)
        # Hours alone must not pass through local time: there the second 02:30 of autumn looks like the first.
        start = moment.astimezone(UTC) if moved == local else in_zone(moved, zone)
        return start + self.clock * times

    @property
    def is_nothing(self) -> bool:
        """Whether it takes no time at all."""
        return not (self.months or self.days or self.clock)


@dataclass(frozen=True)
class _Cycle:
    """`R3/PT10H` with or without the moment that it begins or ends at."""

    times: int | None
    span: Span
    start: datetime | None = None
    end: datetime | None = None


def first_due(timer: Timer, scope: Mapping[str, Any], clock: Clock) -> Due:
    """When a timer that starts now fires for the first time. Raises ExpressionFailed for what is no time."""
    value = value_of(timer.written, scope, clock)
    try:
        if timer.kind == "cycle":
            return _first_of_cycle(value, clock)
        at = _after(value, clock) if timer.kind == "duration" else moment_from(value, clock.zone)
    except (DurationRefused, CronRefused) as refused:
        raise ExpressionFailed(refused.message) from None
    except (OverflowError, ValueError):
        at = None
    if at is None:
        raise ExpressionFailed(f"{timer.written} is not a {timer.kind}.")
    return Due(at.astimezone(UTC))


def following(due: Due, clock: Clock) -> Due | None:
    """When the cycle fires next; None when it is over."""
    if due.rule is None or due.remaining == 0:
        return None
    remaining = None if due.remaining is None else due.remaining - 1
    if not _is_interval(due.rule):
        # Nine o'clock of the days that a worker missed is over: only what lies ahead counts.
        at = read_cron(due.rule).after(max(due.at, clock.now()), clock.zone)
        return None if at is None else Due(at, due.rule, remaining)
    cycle = _read_cycle(due.rule, clock.zone)
    try:
        behind = cycle.times is None and cycle.span.after(due.at, clock.zone, _MOST_MISSED) < clock.now()
        at = _next_of_cycle(cycle, due.at, clock.now() if behind else due.at, clock.zone)
    except (OverflowError, ValueError):
        return None
    if cycle.end is not None and at > cycle.end:
        return None
    return Due(at, due.rule, remaining)


def check_timer(timer: Timer) -> str | None:
    """Why a timer can never fire, as a sentence; None when it can, or when an expression gives the time."""
    text = timer.written.strip()
    try:
        if strip_marker(text) is not None:
            return None
        if timer.kind == "duration":
            _read_span(text)
        elif timer.kind == "cycle" and _is_interval(text):
            _read_cycle(text, ZoneInfo("UTC"))
        elif timer.kind == "cycle":
            if read_cron(text).after(datetime(1999, 12, 31, tzinfo=UTC), ZoneInfo("UTC")) is None:
                return f"{text} names no day that there is."
        elif moment_from(text, ZoneInfo("UTC")) is None:
            return f"{text} is not a date."
    except AmtsflussError as refused:
        return refused.message
    except FeelError:
        return None  # It is an expression, and whoever checks those will say what is wrong with it.
    return None


def due_date(written: str | None, scope: Mapping[str, Any], clock: Clock) -> datetime | None:
    """When something is due: a moment, a day (which means its end in the town) or a duration from now.

    None when the model sets none. Raises ExpressionFailed for what is no time.
    """
    value = None if written is None else value_of(written, scope, clock)
    if value is None:
        return None
    try:
        moment = moment_from(value, clock.zone) or _after(value, clock)
    except (DurationRefused, OverflowError):
        moment = None
    if moment is None:
        raise ExpressionFailed(f"{written} is not a moment.")
    return moment


def is_due_date(text: str) -> bool:
    """Whether a plain text says when something is due."""
    try:
        return moment_from(text, ZoneInfo("UTC")) is not None or _read_span(text) is not None
    except DurationRefused:
        return False


def duration_of(text: str) -> timedelta:
    """A duration of fixed length (`PT10M`, `P14D`, `P2W`); raises DurationRefused for months, years and nonsense."""
    span = _read_span(text)
    if span.months:
        raise DurationRefused(f"{text} has no fixed length: months and years differ. Give it in days.")
    return timedelta(days=span.days) + span.clock


def retry_pauses(text: str) -> tuple[timedelta, ...]:
    """The pauses between attempts: `R3/PT10M` is three attempts, `PT1M,PT5M` one more than it lists.

    Raises DurationRefused.
    """
    written = [part.strip() for part in text.split(",")]
    if len(written) > 1 or not written[0].startswith("R"):
        return tuple(duration_of(part) for part in written)
    counted, _, pause = written[0].partition("/")
    times = counted[1:]
    if not (times.isascii() and times.isdigit() and 1 <= int(times) <= 100):
        raise DurationRefused(f"{text} says no number of attempts from 1 to 100, as R3/PT10M does.")
    return (duration_of(pause),) * (int(times) - 1)


def _read_span(text: str) -> Span:
    match = _DURATION.fullmatch(text.strip())
    parts = {name: part for name, part in match.groupdict().items() if part} if match else {}
    if not parts or text.strip().endswith("T"):
        raise DurationRefused(f"{text} is not a duration. Write it as in P14D or PT1H30M.")
    number = {name: int(part) for name, part in parts.items() if name != "seconds"}.get
    months = number("years", 0) * 12 + number("months", 0)
    if months > _MOST_MONTHS:
        raise DurationRefused(f"{text} is not a duration that anybody lives to see.")
    micros = int(Decimal(parts.get("seconds", "0").replace(",", ".")) * 1_000_000)
    span = timedelta(hours=number("hours", 0), minutes=number("minutes", 0), microseconds=micros)
    return Span(months, number("weeks", 0) * 7 + number("days", 0), span)


def _months_later(local: datetime, months: int) -> datetime:
    if not months:
        return local
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    return local.replace(year=year, month=month + 1, day=min(local.day, _length(year, month + 1)))


def _length(year: int, month: int) -> int:
    following_month = date(year + month // 12, month % 12 + 1, 1)
    return (following_month - timedelta(days=1)).day


def _after(value: Any, clock: Clock) -> datetime | None:
    if isinstance(value, str):
        return _read_span(value).after(clock.now(), clock.zone)
    if isinstance(value, YearsMonths) and value.months >= 0:
        return Span(months=value.months).after(clock.now(), clock.zone)
    if isinstance(value, timedelta) and value >= timedelta():
        return clock.now() + value
    return None


def _is_interval(rule: str) -> bool:
    return rule.startswith(("R", "P"))


def _first_of_cycle(value: Any, clock: Clock) -> Due:
    if not isinstance(value, str):
        raise ExpressionFailed("A cycle is a text such as R3/PT10H or 0 0 9 * * ?.")
    rule = value.strip()
    if not _is_interval(rule):
        at = read_cron(rule).after(clock.now(), clock.zone)
        if at is None:
            raise ExpressionFailed(f"{rule} names no moment that is still to come.")
        return Due(at, rule)
    cycle = _read_cycle(rule, clock.zone)
    if cycle.start is None and cycle.end is None:
        remaining = None if cycle.times is None else cycle.times - 1
        at = cycle.span.after(clock.now(), clock.zone)
        if cycle.span.months or cycle.span.days:
            # Reckoned from one day, so that months do not lose their 31st nor days their hour.
            count, _, span = rule.partition("/")
            rule = f"{count}/{clock.now().isoformat()}/{span}"
        return Due(at, rule, remaining)
    return _first_of_anchored(cycle, rule, clock)


def _first_of_anchored(cycle: _Cycle, rule: str, clock: Clock) -> Due:
    """What lies ahead of a cycle that has its beginning or its end; when nothing does, its last firing at once."""
    now, zone = clock.now(), clock.zone
    if cycle.start is not None:
        index = _first_behind(cycle.start, cycle.span, now - timedelta(microseconds=1), zone)
        index = index if cycle.times is None else min(index, cycle.times - 1)
        left = None if cycle.times is None else cycle.times - 1 - index
        return Due(cycle.span.after(cycle.start, zone, index), rule, left)
    end = cycle.end or now
    back = _last_before(end, cycle.span, now - timedelta(microseconds=1), zone)
    back = back if cycle.times is None else min(back, cycle.times - 1)
    return Due(cycle.span.after(end, zone, -back), rule, back)


def _next_of_cycle(cycle: _Cycle, last: datetime, moment: datetime, zone: ZoneInfo) -> datetime:
    """The first firing behind a moment; without an anchor it is reckoned from the last one."""
    if cycle.end is not None:
        return cycle.span.after(cycle.end, zone, -_last_before(cycle.end, cycle.span, moment, zone))
    start = last if cycle.start is None else cycle.start
    return cycle.span.after(start, zone, _first_behind(start, cycle.span, moment, zone))


def _first_behind(start: datetime, span: Span, moment: datetime, zone: ZoneInfo) -> int:
    """How many spans from the start the first moment is that lies behind the other."""
    return _first_that(lambda count: span.after(start, zone, count) > moment)


def _last_before(end: datetime, span: Span, moment: datetime, zone: ZoneInfo) -> int:
    """How many spans before the end the first moment is that lies behind the other; 0 when none does."""
    return max(_first_that(lambda count: span.after(end, zone, -count) <= moment) - 1, 0)


def _first_that(holds: Callable[[int], bool]) -> int:
    """The first number from 0 for which it is true; it is true for all that come after."""
    if holds(0):
        return 0
    reach = 1
    while not _beyond(holds, reach):
        reach *= 2
    return bisect_left(range(reach + 1), True, key=lambda count: _beyond(holds, count))


def _beyond(holds: Callable[[int], bool], count: int) -> bool:
    """Whether it is true, as it is behind the end of the calendar."""
    try:
        return holds(count)
    except (OverflowError, ValueError):
        return True


def _read_cycle(rule: str, zone: ZoneInfo) -> _Cycle:
    head, *parts = rule.split("/")
    if not head.startswith("R") or not 1 <= len(parts) <= 2:
        raise DurationRefused(f"{rule} is no cycle. Write it as in R3/PT10H, R/P1D or 0 0 9 * * ?.")
    times = _times(head[1:], rule)
    spans = [part for part in parts if part.startswith("P")]
    if len(spans) == 2 or (len(parts) == 1 and not spans):
        raise DurationRefused(f"{rule} is no cycle: it needs one duration, as in R3/PT10H.")
    start = None if parts[0] in spans else _anchor(parts[0], rule, zone)
    end = None if len(parts) == 1 or parts[1] in spans else _anchor(parts[1], rule, zone, last=bool(spans))
    if spans:
        span = _read_span(spans[0])
    else:
        span = Span(clock=(end or _NEVER) - (start or _NEVER))
        end = None
    if span.is_nothing or span.clock < timedelta():
        raise DurationRefused(f"{rule} is no cycle: it takes no time from one firing to the next.")
    return _Cycle(times, span, start, end)


def _times(text: str, rule: str) -> int | None:
    if not text:
        return None
    if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= _MOST_REPEATS and len(text) < 9:
        return int(text)
    raise DurationRefused(f"{rule} says no number of firings from 1 to {_MOST_REPEATS}.")


def _anchor(text: str, rule: str, zone: ZoneInfo, last: bool = False) -> datetime:
    """The moment that a cycle begins or ends with; a day alone is its beginning there, its end here."""
    moment = moment_from(text if last or "T" in text else f"{text}T00:00:00", zone)
    if moment is None:
        raise DurationRefused(f"{rule} is no cycle: {text} is neither a moment nor a duration.")
    return moment.astimezone(UTC)
