# SPDX-License-Identifier: EUPL-1.2
"""Case variables as JSON and back, without losing their types.

Anything that JSON lacks is written as `{"$": type, "v": text}`. A user's dictionary that happens to have the key
`$` is wrapped the same way, so no input can pose as a type.
"""

import json
import zlib
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.feel.values import YearsMonths

_MARK = "$"


class JsonObject(dict[str, Any]):
    """A context that came in as a JSON document, and goes out as one: programs tell it from an object of theirs."""


class JsonArray(list[Any]):
    """The same for a list."""


class LongNumber(Decimal):
    """A whole number that came in as a Long. What is reckoned with it is a number like any other."""

    __slots__ = ()


class ShortNumber(Decimal):
    """The same for a Short."""

    __slots__ = ()


class XmlText(str):
    """A text that came in as an XML document."""

    __slots__ = ()


class BytesText(str):
    """Bytes, written in base64."""

    __slots__ = ()


def as_long(value: Any) -> Any:
    """A whole number as the Long that a field of a model declares; whatever else as it is."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return value
    number = Decimal(value)
    fits = number.is_finite() and abs(number) < 2**63 and number == int(number)
    return LongNumber(int(number)) if fits else value


def pack(value: Any) -> bytes:
    """A value, compressed for a state or job row."""
    return zlib.compress(json.dumps(to_json(value), ensure_ascii=False, separators=(",", ":")).encode(), 6)


def unpack(content: bytes) -> Any:
    """The value that `pack` wrote."""
    return from_json(json.loads(zlib.decompress(content)))


def to_json(value: Any) -> Any:
    """A value that `json.dumps` can write. Refuses what a case variable cannot be."""
    remembered = _REMEMBERED.get(type(value))
    if remembered is not None:
        name, base = remembered
        return _tag(name, to_json(base(value)))
    if value is None or isinstance(value, bool | str | int):
        return value
    if isinstance(value, dict):
        plain = {_key(key): to_json(member) for key, member in value.items()}
        return _tag("dict", plain) if _MARK in plain else plain
    if isinstance(value, list | tuple):
        return [to_json(member) for member in value]
    for kind, name, write in _WRITERS:
        if isinstance(value, kind):
            return _tag(name, write(value))
    raise TypeError(f"A case variable cannot be a {type(value).__name__}.")


def from_json(value: Any) -> Any:
    """What `to_json` was given."""
    if isinstance(value, list):
        return [from_json(member) for member in value]
    if not isinstance(value, dict):
        return value
    if _MARK in value:
        name, written = value[_MARK], value["v"]
        if name == "dict":
            return {key: from_json(member) for key, member in written.items()}
        return _READERS[name](written)
    return {key: from_json(member) for key, member in value.items()}


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError("The keys of a case variable are texts.")
    return key


def _tag(name: str, written: Any) -> dict[str, Any]:
    return {_MARK: name, "v": written}


def _write_duration(value: timedelta) -> list[int]:
    return [value.days, value.seconds, value.microseconds]


#: What remembers the form in which it came from another program.
_REMEMBERED: dict[type, tuple[str, Callable[[Any], Any]]] = {
    JsonObject: ("json object", dict),
    JsonArray: ("json array", list),
    LongNumber: ("long", str),
    ShortNumber: ("short", str),
    XmlText: ("xml", str),
    BytesText: ("bytes", str),
}

_WRITERS: tuple[tuple[type, str, Callable[[Any], Any]], ...] = (
    (Decimal, "number", str),
    (datetime, "moment", datetime.isoformat),
    (date, "date", date.isoformat),
    (time, "time", time.isoformat),
    (timedelta, "duration", _write_duration),
    (YearsMonths, "months", lambda value: value.months),
    (float, "number", lambda value: str(Decimal(repr(value)))),
)

_READERS: dict[str, Callable[[Any], Any]] = {
    "number": Decimal,
    "moment": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "duration": lambda written: timedelta(*written),
    "months": YearsMonths,
    "json object": lambda written: JsonObject(from_json(written)),
    "json array": lambda written: JsonArray(from_json(written)),
    "long": LongNumber,
    "short": ShortNumber,
    "xml": XmlText,
    "bytes": BytesText,
}
