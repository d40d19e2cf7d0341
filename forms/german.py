# SPDX-License-Identifier: EUPL-1.2
"""Values as Germans write them."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from .language import say


def german_number(number: Decimal, decimals: int | None = None) -> str:
    """``1234.5`` → ``1.234,5``; with ``decimals`` always that many digits after the comma."""
    if decimals is None:
        text = f"{number.normalize():,f}" if number else "0"
    else:
        text = f"{number:,.{decimals}f}"
    return text.translate({ord(","): ".", ord("."): ","})


def german_date(day: date) -> str:
    """``22.11.2026``."""
    return f"{day.day:02}.{day.month:02}.{day.year:04}"


def german_time(at: time) -> str:
    """``14:30 Uhr``."""
    return f"{at.hour:02}:{at.minute:02} Uhr"


def german_moment(moment: datetime) -> str:
    """``22.11.2026, 14:30 Uhr``, by the clocks of the zone that the moment has."""
    return f"{german_date(moment.date())}, {german_time(moment.timetz())}"


def german_value(value: Any) -> str:
    """Any value of an expression, in words; nothing for null."""
    match value:
        case None:
            return ""
        case bool():
            return say("Ja") if value else say("Nein")
        case Decimal():
            return german_number(value)
        case datetime():
            return german_moment(value)
        case date():
            return german_date(value)
        case time():
            return german_time(value)
        case list():
            return ", ".join(german_value(item) for item in value)
        case _:
            return str(value)
