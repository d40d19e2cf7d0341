# SPDX-License-Identifier: EUPL-1.2
"""Values and conditions in plain German, as a clerk or a citizen reads them."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from engine.feel.nodes import And, Between, Compare, Constant, In, Node, Or, Quantified
from engine.feel.text import value_text
from engine.feel.values import Range, Value, YearsMonths

_COMPARED = {
    "=": "ist",
    "!=": "ist nicht",
    "<": "ist weniger als",
    "<=": "ist höchstens",
    ">": "ist mehr als",
    ">=": "ist mindestens",
}
_COMPARED_DATES = {
    **_COMPARED,
    "<": "liegt vor dem",
    "<=": "ist spätestens am",
    ">": "liegt nach dem",
    ">=": "ist frühestens am",
}
_VERDICTS: dict[Value, str] = {True: "trifft zu", False: "trifft nicht zu", None: "lässt sich nicht sagen"}


def german_line(node: Node, source: str, value: Value) -> str:
    """A part of an expression and what it came to: `betrag ist mehr als 100: trifft zu`, `betrag = 30,70`."""
    if isinstance(value, bool | None) and isinstance(node, Compare | Between | In | And | Or | Quantified):
        return f"{german_condition(node, source)}: {_VERDICTS[value]}"
    return f"{_text(node, source)} = {german_value(value)}"


def german_condition(node: Node, source: str) -> str:
    """A condition in words, as far as they are plainer than its text."""
    if isinstance(node, Compare):
        dates = isinstance(node.right, Constant) and isinstance(node.right.value, date)
        words = (_COMPARED_DATES if dates else _COMPARED)[node.operator]
        return f"{_operand(node.left, source)} {words} {_operand(node.right, source)}"
    if isinstance(node, Between):
        low, high = _operand(node.low, source), _operand(node.high, source)
        return f"{_operand(node.value, source)} liegt zwischen {low} und {high}"
    if isinstance(node, And):
        return "Alle diese Bedingungen"
    if isinstance(node, Or):
        return "Mindestens eine dieser Bedingungen"
    return _text(node, source)


def _operand(node: Node, source: str) -> str:
    return german_value(node.value) if isinstance(node, Constant) else _text(node, source)


def _text(node: Node, source: str) -> str:
    start, end = node.span
    return " ".join(source[start:end].split())


def german_value(value: Value) -> str:
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
        return ", ".join(german_value(item) for item in value) or "keine"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {german_value(entry)}" for key, entry in value.items())
    if isinstance(value, Range) and value.start is not None and value.end is not None:
        return f"{german_value(value.start)} bis {german_value(value.end)}"
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
        parts = [
            (rest.days, "Tag", "Tage"),
            (rest.seconds // 3600, "Stunde", "Stunden"),
            (rest.seconds // 60 % 60, "Minute", "Minuten"),
            (rest.seconds % 60, "Sekunde", "Sekunden"),
        ]
        negative, nothing = value < timedelta(0), "0 Tage"
    words = [f"{number} {one if number == 1 else many}" for number, one, many in parts if number]
    return ("minus " if negative else "") + (" ".join(words) or nothing)
