# SPDX-License-Identifier: EUPL-1.2
"""Values and columns in plain German, as a clerk or a citizen reads them."""

import re
from decimal import Decimal

from engine.feel.german import german_value
from engine.feel.values import Value

_UNIT_AT_END = re.compile(r"(?P<label>.+?)(?:,? in |, | \()(?P<unit>Euro|€|Jahren?|Monaten?|Tagen?|Stunden|Minuten)\)?")
_SINGULAR = {"Jahr": "Jahr", "Mona": "Monat", "Tage": "Tag", "Stun": "Stunde", "Minu": "Minute"}
_PLURAL = {"Jahr": "Jahre", "Mona": "Monate", "Tage": "Tage", "Stun": "Stunden", "Minu": "Minuten"}
_CENT = Decimal("0.01")


def german(value: Value) -> str:
    """A value in a line that explains: what lies deep inside is counted, since nobody reads it in a line."""
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_counted(member)}" for name, member in value.items())
    return _counted(value)


def _counted(value: Value) -> str:
    if isinstance(value, dict):
        return "1 Angabe" if len(value) == 1 else f"{len(value)} Angaben"
    if isinstance(value, list) and any(isinstance(member, dict | list) for member in value):
        return "1 Eintrag" if len(value) == 1 else f"{len(value)} Einträge"
    return german_value(value)


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
