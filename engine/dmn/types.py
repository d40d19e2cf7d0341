# SPDX-License-Identifier: EUPL-1.2
"""Type references of DMN, and values brought into the type that a column declares."""

from collections.abc import Callable
from decimal import Decimal

from engine.feel import evaluate
from engine.feel.errors import Failure
from engine.feel.text import value_text
from engine.feel.values import NUMBERS, Value, kind_of

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
    "range": "range",
    "function": "function",
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
    if kind_of(value) == "date and time" or (isinstance(value, str) and "T" in value):
        return _by("date(date and time(value))" if isinstance(value, str) else "date(value)", value)
    return _read("date", value)


def _datetime(value: Value) -> Value:
    # The midnight of a day in the town: a case has no use for that of Greenwich.
    return _by('date and time(value, time("00:00:00"))', value) if _is(value, "date") else _read("date and time", value)


def _time(value: Value) -> Value:
    return _by("time(value)", value) if _is(value, "date and time") else _read("time", value)


def _duration(value: Value) -> Value:
    return _read("duration", value)


def _days(value: Value) -> Value:
    return _read("days and time duration", value, "duration")


def _months(value: Value) -> Value:
    return _read("years and months duration", value, "duration")


def _is(value: Value, kind: str) -> bool:
    return kind_of(value) == kind


def _read(kind: str, value: Value, function: str = "") -> Value:
    """A value of the kind as it is, or read from text by the FEEL function."""
    read = _by(f"{function or kind}(value)", value.strip()) if isinstance(value, str) else value
    if kind_of(read) == kind or (kind == "duration" and kind_of(read).endswith("duration")):
        return read
    raise Failure(f"not a {kind}")


def _by(expression: str, value: Value) -> Value:
    result = evaluate(expression, {"value": value}).value
    if result is None:
        raise Failure("not such a value")
    return result


def _list(value: Value) -> Value:
    return value if isinstance(value, list) else [value]


_CONVERT: dict[str, Callable[[Value], Value]] = {
    "number": _number,
    "string": _string,
    "boolean": _boolean,
    "date": _date,
    "time": _time,
    "date and time": _datetime,
    "duration": _duration,
    "days and time duration": _days,
    "years and months duration": _months,
    "list": _list,
}
