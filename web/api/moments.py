# SPDX-License-Identifier: EUPL-1.2
"""Moments as Camunda 7 writes them: `2026-11-22T18:00:00.000+0000`."""

import re
from datetime import UTC, date, datetime, time
from typing import Any, overload

from web.bootstrap import platform

_WRITTEN = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,9}))?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?(?:\[[\w/+\-]+\])?"
)


@overload
def moment_text(moment: datetime) -> str: ...
@overload
def moment_text(moment: None) -> None: ...
@overload
def moment_text(moment: datetime | None) -> str | None: ...
def moment_text(moment: datetime | None) -> str | None:
    """A moment, in UTC, to the millisecond."""
    if moment is None:
        return None
    try:
        utc = moment.astimezone(UTC)
    except OverflowError:  # The first and the last day do not exist in every zone.
        utc = moment.replace(tzinfo=UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03}+0000".rjust(28, "0")


def day_text(day: date) -> str:
    """A day as the moment at which it begins in the town; there are no days alone in Camunda 7."""
    return moment_text(in_town(datetime.combine(day, time())))


def in_town(moment: datetime) -> datetime:
    """A moment; one without a zone is read in the town's."""
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=platform().clock.zone)


def read_moment(text: Any) -> datetime:
    """What clients write, also with `Z`, without milliseconds or without a time. Raises ValueError."""
    written = _WRITTEN.fullmatch(text.strip().replace(" ", "+")) if isinstance(text, str) else None
    if written is None:
        raise ValueError("This is no date of the form 2026-11-22T18:00:00.000+0100.")
    day, clock, fraction, zone = written.groups()
    parts = f"{day}T{clock or '00:00:00'}" + (f".{fraction[:6]:0<6}" if fraction else "") + (zone or "")
    read = in_town(datetime.fromisoformat(parts))
    read.astimezone(UTC)  # Raises OverflowError, a kind of ArithmeticError, at the ends of the calendar.
    return read
