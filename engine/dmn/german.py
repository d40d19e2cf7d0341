# SPDX-License-Identifier: EUPL-1.2
"""Values and columns in plain German, as a clerk or a citizen reads them."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from engine.feel.text import value_text
from engine.feel.values import Range, Value, YearsMonths

_UNIT_AT_END = re.compile(r"(?P<label>.+?)(?:,? in |, | \()(?P<unit>Euro|€|Jahren?|Monaten?|Tagen?|Stunden|Minuten)\)?")
_SINGULAR = {"Jahr": "Jahr", "Mona": "Monat", "Tage": "Tag", "Stun": "Stunde", "Minu": "Minute"}
_PLURAL = {"Jahr": "Jahre", "Mona": "Monate", "Tage": "Tage", "Stun": "Stunden", "Minu": "Minuten"}
_CENT = Decimal("0.01")


def shown(label: str, value: Value) -> tuple[str, str]:
    """Label and value; a unit at the end of the label ("Gebühr in Euro") moves to the value ("25,00 €")."""
    match = _UNIT_AT_END.fullmatch(label)
    if match is None or not (isinstance(value, Decimal) or _is_plain_number(value)):
        return label, german(value)
    number, unit = Decimal(value), match["unit"]
    if unit in ("Euro", "€"):
        return match["label"], f"{german(_with_cents(number))} €"
    words = _SINGULAR if abs(number) == 1 else _PLURAL
    return match["label"], f"{german(number)} {words[unit[:4]]}"


def _is_plain_number(value: Value) -> bool:
    return isinstance(value, str) and re.fullmatch(r"\d{1,15}", value) is not None


def _with_cents(number: Decimal) -> Decimal:
    exponent = number.as_tuple().exponent
    return number.quantize(_CENT) if isinstance(exponent, int) and exponent > -2 and number.adjusted() < 25 else number


def german(value: Value) -> str:
    """The value alone: `1.234,50`, `22.11.2026`, `ja`, `12 Monate`."""
    if value is None:
        return "keine Angabe"
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, date | time):
        return _moment(value)
    if isinstance(value, YearsMonths | timedelta):
        return _duration(value)
    if isinstance(value, list):
        return ", ".join(german(item) for item in value) or "keine"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {german(entry)}" for key, entry in value.items())
    if isinstance(value, Range):
        return f"{german(value.start)} bis {german(value.end)}"
    return value_text(value)


def _number(value: Decimal) -> str:
    if abs(value.adjusted()) > 30:
        return f"{value:E}".replace(".", ",")
    return f"{value:,f}".replace(",", " ").replace(".", ",").replace(" ", ".")


def _moment(value: date | time) -> str:
    if isinstance(value, datetime):
        return f"{value:%d.%m.}{value.year:04}, {value:%H:%M} Uhr"
    if isinstance(value, date):
        return f"{value:%d.%m.}{value.year:04}"
    return f"{value:%H:%M} Uhr"


def _duration(value: YearsMonths | timedelta) -> str:
    if isinstance(value, YearsMonths):
        years, months = divmod(abs(value.months), 12)
        parts = [(years, "Jahr", "Jahre"), (months, "Monat", "Monate")]
        negative, nothing = value.months < 0, "0 Monate"
    else:
        rest = abs(value)
        minutes = rest.seconds // 60 % 60
        parts = [
            (rest.days, "Tag", "Tage"),
            (rest.seconds // 3600, "Stunde", "Stunden"),
            (minutes, "Minute", "Minuten"),
            (rest.seconds % 60, "Sekunde", "Sekunden"),
        ]
        negative, nothing = value < timedelta(0), "0 Tage"
    words = [f"{number} {one if number == 1 else many}" for number, one, many in parts if number]
    return ("minus " if negative else "") + (" ".join(words) or nothing)
