# SPDX-License-Identifier: EUPL-1.2
"""On which days a town may expect something, of people and of banks: the working days of the state."""

from datetime import date, timedelta
from functools import cache

import holidays


def werktag(tag: date) -> date:
    """That day, or the next one that is neither Saturday, Sunday nor a holiday in Baden-Württemberg."""
    while tag.weekday() >= 5 or tag in _feiertage():
        tag += timedelta(days=1)
    return tag


def als_tag(value: date | str | None) -> date | None:
    """A day as a variable holds it, however a form or a file has written it; None for nothing."""
    if isinstance(value, str):
        return date.fromisoformat(value[:10]) if value else None
    return value


@cache
def _feiertage() -> holidays.HolidayBase:
    return holidays.country_holidays("DE", subdiv="BW")
