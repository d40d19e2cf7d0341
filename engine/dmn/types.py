# SPDX-License-Identifier: EUPL-1.2
"""Type references of DMN, and values brought into the type that a column declares."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from engine.feel.errors import Failure
from engine.feel.temporal import parse_date, parse_datetime, parse_duration, parse_time
from engine.feel.text import value_text
from engine.feel.values import NUMBERS, Value, YearsMonths

# What the versions of DMN and Camunda 7 call the types, and what FEEL calls them.
_FEEL_NAMES = {
    "any": None,
    "number": "number",
    "integer": "number",
    "long": "number",
    "double": "number",
    "decimal": "number",
    "string": "string",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "datetime": "date and time",
    "date and time": "date and time",
    "duration": "duration",
    "daytimeduration": "days and time duration",
    "days and time duration": "days and time duration",
    "yearmonthduration": "years and months duration",
    "years and months duration": "years and months duration",
    "list": "list",
    "context": "context",
}


def is_known(type_ref: str) -> bool:
    """Whether a type reference names a built-in type."""
    return _plain(type_ref) in _FEEL_NAMES


def feel_type(type_ref: str) -> str | None:
    """The FEEL name of a built-in type; None for `Any`, which takes every value."""
    return _FEEL_NAMES.get(_plain(type_ref))


def _plain(type_ref: str) -> str:
    # DMN 1.1 writes `feel:number`, others `number`.
    return type_ref.rsplit(":", 1)[-1].strip().lower()


def converted(value: Value, wanted: str | None) -> Value:
    """The value as `wanted`; null stays null. Raises Failure when the value cannot be read as that type."""
    if value is None or wanted is None or wanted not in _CONVERT:
        return value
    return _CONVERT[wanted](value)


def _number(value: Value) -> Value:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, str):
        try:
            number = NUMBERS.create_decimal(value.strip())
        except ArithmeticError:
            raise Failure("not a number") from None
        if number.is_finite():
            return number
    raise Failure("not a number")


def _string(value: Value) -> Value:
    if isinstance(value, list | dict):
        raise Failure("not a string")
    return value_text(value)


def _boolean(value: Value) -> Value:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    raise Failure("not true or false")


def _date(value: Value) -> Value:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        return parse_datetime(value).date() if "T" in value else parse_date(value)
    raise Failure("not a date")


def _datetime(value: Value) -> Value:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time(0, 0))
    if isinstance(value, str):
        return parse_datetime(value)
    raise Failure("not a date and time")


def _time(value: Value) -> Value:
    if isinstance(value, datetime):
        return value.timetz()
    if isinstance(value, time):
        return value
    if isinstance(value, str):
        return parse_time(value)
    raise Failure("not a time")


def _duration_of(*kinds: type) -> Callable[[Value], Value]:
    def convert(value: Value) -> Value:
        read = parse_duration(value) if isinstance(value, str) else value
        if isinstance(read, kinds):
            return read
        raise Failure("not such a duration")

    return convert


def _list(value: Value) -> Value:
    return value if isinstance(value, list) else [value]


_CONVERT: dict[str, Callable[[Value], Value]] = {
    "number": _number,
    "string": _string,
    "boolean": _boolean,
    "date": _date,
    "time": _time,
    "date and time": _datetime,
    "duration": _duration_of(timedelta, YearsMonths),
    "days and time duration": _duration_of(timedelta),
    "years and months duration": _duration_of(YearsMonths),
    "list": _list,
}
