# SPDX-License-Identifier: EUPL-1.2
"""The values in test files of the compatibility kit, and whether a result is the expected one."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from engine.dmn.xml import Element, local_name
from engine.feel import evaluate
from engine.feel.values import Value

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_EIGHT_DECIMALS = Decimal("1e-8")
# The FEEL function that reads the text of each XML Schema type.
_READ_BY = {
    "date": "date",
    "time": "time",
    "dateTime": "date and time",
    "duration": "duration",
    "dayTimeDuration": "duration",
    "yearMonthDuration": "duration",
    "decimal": "number",
    "double": "number",
    "float": "number",
    "integer": "number",
    "int": "number",
    "long": "number",
    "short": "number",
    "number": "number",
}


@dataclass(frozen=True, slots=True)
class TckValue:
    """A value of a test file; `untyped` text means whatever is written that way."""

    value: Value
    untyped: bool = False


def children(element: Element, *names: str) -> Iterator[Element]:
    """The children with one of these local names; prefixes do not matter."""
    return (child for child in element if local_name(child) in names)


def read_value(element: Element) -> TckValue:
    """What an `inputNode`, `expected`, `item` or `component` holds: a value, a list, or components of a context."""
    for child in children(element, "value", "list", "component"):
        if child.get(f"{_XSI}nil") == "true" and local_name(child) != "component":
            return TckValue(None)
        if local_name(child) == "list":
            return TckValue([read_value(item).value for item in children(child, "item")])
        if local_name(child) == "component":
            return TckValue({part.get("name") or "": read_value(part).value for part in children(element, "component")})
        return _scalar(child)
    return TckValue(None)


def _scalar(element: Element) -> TckValue:
    text = "".join(str(part) for part in element.itertext())
    kind = (element.get(f"{_XSI}type") or "").rpartition(":")[2]
    if kind == "boolean":
        return TckValue(text.strip() in ("true", "1"))
    if kind in _READ_BY:
        return TckValue(evaluate(f"{_READ_BY[kind]}(text)", {"text": text.strip()}).value)
    return TckValue(text, untyped=not kind)


def as_expected(actual: Value, expected: TckValue) -> bool:
    """Whether a result is the expected one."""
    if expected.untyped and not isinstance(actual, str):
        return bool(evaluate("string(actual)", {"actual": actual}).value == expected.value)
    return _same(actual, expected.value)


def _same(actual: Value, expected: Value) -> bool:
    if actual is None or expected is None:
        return actual is expected
    if isinstance(actual, bool) or isinstance(expected, bool):
        return actual is expected
    if isinstance(actual, Decimal) and isinstance(expected, Decimal):
        return abs(actual - expected) < _EIGHT_DECIMALS
    if isinstance(actual, list) and isinstance(expected, list):
        return len(actual) == len(expected) and all(
            _same(one, other) for one, other in zip(actual, expected, strict=True)
        )
    if isinstance(actual, dict) and isinstance(expected, dict):
        return actual.keys() == expected.keys() and all(_same(actual[key], expected[key]) for key in expected)
    return evaluate("actual = expected", {"actual": actual, "expected": expected}).value is True
