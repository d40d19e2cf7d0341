# SPDX-License-Identifier: EUPL-1.2
"""Values as the text that `string(...)` gives; lists and contexts are written as FEEL."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from decimal import Decimal

from engine.feel.limits import check_string_length
from engine.feel.temporal import temporal_text
from engine.feel.values import FarDate, Range, Value, YearsMonths, number_text

_SEPARATORS = frozenset('{}[]:,"')


def value_text(value: Value) -> str:
    """The text of a value; raises FeelLimitExceeded when it grows too long."""
    if isinstance(value, str):
        return value
    parts: list[str] = []
    length = 0
    for part in _parts(value):
        length += len(part)
        check_string_length(length)
        parts.append(part)
    return "".join(parts)


def _parts(value: Value) -> Iterator[str]:
    if value is None:
        yield "null"
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        yield f'"{escaped}"'
    elif isinstance(value, Decimal):
        yield number_text(value)
    elif isinstance(value, date | time | timedelta | YearsMonths | FarDate):
        yield temporal_text(value)
    elif isinstance(value, list):
        yield "["
        for index, item in enumerate(value):
            if index:
                yield ", "
            yield from _parts(item)
        yield "]"
    elif isinstance(value, dict):
        yield "{"
        for index, (key, entry) in enumerate(value.items()):
            yield f"{', ' if index else ''}{_key(key)}: "
            yield from _parts(entry)
        yield "}"
    elif isinstance(value, Range):
        yield from _range_parts(value)
    else:
        yield "function"


def _key(key: str) -> str:
    """A key as it can be read back: in quotes when it holds what separates entries."""
    if not _SEPARATORS.intersection(key):
        return key
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _range_parts(value: Range) -> Iterator[str]:
    if value.comparison is not None:
        yield f"({value.comparison} "
        yield from _parts(value.end if value.start is None else value.start)
        yield ")"
        return
    yield "[" if value.start_included else "("
    yield from _parts(value.start)
    yield ".."
    yield from _parts(value.end)
    yield "]" if value.end_included else ")"
