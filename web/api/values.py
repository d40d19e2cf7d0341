# SPDX-License-Identifier: EUPL-1.2
"""Typed values, in both directions: `{"value": 5, "type": "Integer", "valueInfo": {}}`.

| in                         | a variable of a case              | out                                     |
|----------------------------|-----------------------------------|-----------------------------------------|
| String                     | text                              | String                                  |
| Boolean, Null              | true or false, null               | Boolean, Null                           |
| Short, Long                | number that remembers it          | Short, Long                             |
| Integer                    | number without decimal places     | Integer; Long if it has more bits       |
| Double                     | number with decimal places, `5.0` | Double; so is all beyond 64 bits        |
| Date                       | date and time                     | Date; a day as the town's midnight      |
| Json, as text              | context or list that remembers it | Json, as text                           |
| Object, as JSON or in text | context or list                   | Object with `application/json`          |
| Xml                        | text that remembers it            | Xml                                     |
| Bytes, as base64           | text that remembers it            | Bytes                                   |
| File, as base64            | document of the case              | File without its content                |
| untyped                    | what JSON says                    |                                         |
|                            | time, durations                   | String, as FEEL writes them             |

Only the first letter of a type may be written small. What a value cannot be ends in 400.
"""

import base64
import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.bpmn.xml import parse_xml
from engine.documents import NewDocument, add_document, is_reference
from engine.feel.text import value_text
from engine.feel.values import YearsMonths
from engine.values import BytesText, JsonArray, JsonObject, LongNumber, ShortNumber, XmlText
from web.api.answers import answer
from web.api.asked import read_json
from web.api.moments import day_text, in_town, moment_text, read_moment
from web.api.problems import Refused
from web.api.shapes.values import TypedValue, Variables
from web.bootstrap import platform
from web.transaction import session

JSON = "application/json"
#: Bytes lie in the state of their case, which is written at every step. What is larger travels as a File.
MOST_BYTES = 256 * 1024
_BITS = {"Integer": 32, "Long": 64}
_MEDIA_TYPE = re.compile(r"[\w.+\-]{1,60}/[\w.+\-]{1,60}")
_ENCODING = re.compile(r"[\w.\-]{1,30}")
_CLASSES = {dict: "java.util.LinkedHashMap", list: "java.util.ArrayList"}


def read_variables(given: Any) -> dict[str, Any]:
    """The variables in a map of typed values; None is an empty one. Files are `NewDocument`s until `kept`."""
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise Refused("Variables are given as a JSON object of name and typed value.")
    return {name: read_value(name, typed) for name, typed in given.items()}


def read_value(name: str, typed: Any) -> Any:
    """The value of one variable."""
    if not name or len(name) > 300:
        raise Refused("A variable needs a name of at most 300 characters.")
    if typed is None:
        return None
    if not isinstance(typed, dict):
        raise Refused(f"The variable {name} must be given as an object with its value and type.")
    value, info = typed.get("value"), typed.get("valueInfo") or {}
    kind = _kind(name, typed.get("type"))
    if not isinstance(info, dict):
        raise Refused(f"The valueInfo of the variable {name} must be an object.")
    if kind is None:
        return _untyped(value)
    if value is None and kind != "File":
        return None
    try:
        return _READERS[kind](value, info)
    except (ValueError, TypeError, OverflowError, ArithmeticError) as wrong:
        shown = str(value)[:100] if not isinstance(value, dict | list) else "…"
        raise Refused(f"Cannot convert value '{shown}' of variable {name} to type {kind}.") from wrong


def passing_names(given: Any) -> list[str]:
    """The variables that are not to be stored (`transient`)."""
    read = given if isinstance(given, dict) else {}
    infos = {name: typed.get("valueInfo") for name, typed in read.items() if isinstance(typed, dict)}
    return [name for name, info in infos.items() if isinstance(info, dict) and info.get("transient") is True]


def kept(values: Mapping[str, Any], case_id: str, by: str) -> dict[str, Any]:
    """The same values with files stored as documents of the case."""
    return {
        name: add_document(session(), platform().clock, case_id, value, by).reference()
        if isinstance(value, NewDocument)
        else value
        for name, value in values.items()
    }


def typed_variables(values: Mapping[str, Any], *, deserialize: bool = True) -> Variables:
    """Variables as a map of typed values; `deserialize` gives objects as JSON instead of as text."""
    return {name: typed_value(value, deserialize=deserialize) for name, value in values.items()}


def typed_value(value: Any, *, deserialize: bool = True) -> TypedValue:
    """One value with its type."""
    kind, written, info = _typed(value, deserialize)
    return {"type": kind, "value": written, "valueInfo": info}


def plain_value(value: Any) -> Any:
    """A value within JSON: numbers as they are; moments, days, times and durations as texts."""
    if isinstance(value, dict):
        return {key: plain_value(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [plain_value(member) for member in value]
    if isinstance(value, datetime):
        return moment_text(in_town(value))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time | timedelta | YearsMonths):
        return value_text(value)
    return value


def _kind(name: str, written: Any) -> str | None:
    """The type with its first letter capital; None when it is not said."""
    if written is None or written == "":
        return None
    kind = str(written)[:1].upper() + str(written)[1:]
    if kind not in _READERS:
        raise Refused(f"Unsupported value type '{str(written)[:50]}' of variable {name}.")
    return kind


def _untyped(value: Any) -> Any:
    if isinstance(value, float | Decimal) and not isinstance(value, bool):
        return _read_double(value, {})
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


# -- in ---------------------------------------------------------------------------------------------------------


def _read_text(value: Any, info: Mapping[str, Any]) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _read_truth(value: Any, info: Mapping[str, Any]) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _whole(bits: int, kind: type[Decimal]) -> Callable[[Any, Mapping[str, Any]], Decimal]:
    def read(value: Any, info: Mapping[str, Any]) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or value != int(value):
            raise TypeError
        if not -(2 ** (bits - 1)) <= value < 2 ** (bits - 1):
            raise OverflowError
        return kind(int(value))

    return read


def _read_double(value: Any, info: Mapping[str, Any]) -> Decimal:
    """Kept with a decimal place, by which it is known as a Double when it goes out."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise TypeError
    number = Decimal(repr(float(value))) if isinstance(value, float) else Decimal(value)
    float_of = float(number)
    if math.isinf(float_of):
        raise OverflowError
    if _exponent(number) >= 0 and abs(number) < 2**63:
        return Decimal(f"{number:f}.0")
    return number


def _read_date(value: Any, info: Mapping[str, Any]) -> datetime:
    return read_moment(value)


def _read_json(value: Any, info: Mapping[str, Any]) -> Any:
    read = _exact(value)
    if isinstance(read, dict):
        return JsonObject(read)
    return JsonArray(read) if isinstance(read, list) else read


def _read_object(value: Any, info: Mapping[str, Any]) -> Any:
    """Objects travel as JSON only; Java's own form cannot be read here, and should be read by nobody."""
    form = info.get("serializationDataFormat")
    if form not in (None, "", JSON):
        raise ValueError
    return _exact(value)


def _exact(value: Any) -> Any:
    """JSON, given as text or as it is, with all numbers as decimals, so that no expression has to convert them."""
    if isinstance(value, str):
        value = read_json(value)
    return _decimals(value)


def _decimals(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _decimals(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_decimals(member) for member in value]
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _read_xml(value: Any, info: Mapping[str, Any]) -> XmlText:
    text = _read_text(value, info)
    parse_xml(text.encode())
    return XmlText(text)


def _read_bytes(value: Any, info: Mapping[str, Any]) -> BytesText:
    content = _from_base64(value)
    if len(content) > MOST_BYTES:
        raise Refused(f"A variable of type Bytes has at most {MOST_BYTES} bytes; send a File instead.")
    return BytesText(base64.b64encode(content).decode())


def _read_file(value: Any, info: Mapping[str, Any]) -> NewDocument:
    name = str(info.get("filename") or "").replace("\\", "/").rpartition("/")[2]
    if not name or len(name) > 255 or not name.isprintable():
        raise Refused("A variable of type File needs a filename in its valueInfo.")
    media_type = str(info.get("mimeType") or info.get("mimetype") or "application/octet-stream")
    if not _MEDIA_TYPE.fullmatch(media_type):
        raise ValueError
    encoding = info.get("encoding")
    if encoding:
        if not _ENCODING.fullmatch(str(encoding)):
            raise ValueError
        media_type = f"{media_type[:60]}; charset={encoding}"
    return NewDocument(name, media_type[:100], _from_base64(value))


def _from_base64(value: Any) -> bytes:
    if value is None:
        return b""
    return base64.b64decode(_read_text(value, {}), validate=True)


_READERS: dict[str, Callable[[Any, Mapping[str, Any]], Any]] = {
    "String": _read_text,
    "Boolean": _read_truth,
    "Null": lambda value, info: None,
    "Short": _whole(16, ShortNumber),
    "Integer": _whole(32, Decimal),
    "Long": _whole(64, LongNumber),
    "Double": _read_double,
    "Date": _read_date,
    "Json": _read_json,
    "Object": _read_object,
    "Xml": _read_xml,
    "Bytes": _read_bytes,
    "File": _read_file,
}


# -- out --------------------------------------------------------------------------------------------------------


def _typed(value: Any, deserialize: bool) -> tuple[str, Any, dict[str, Any]]:
    """Type, value and what else is known of it."""
    match value:
        case None:
            return "Null", None, {}
        case bool():
            return "Boolean", value, {}
        case ShortNumber():
            return "Short", int(value), {}
        case LongNumber():
            return "Long", int(value), {}
        case int() | float() | Decimal():
            return *_typed_number(Decimal(repr(value)) if isinstance(value, float) else Decimal(value)), {}
        case XmlText():
            return "Xml", str(value), {}
        case BytesText():
            return "Bytes", str(value), {}
        case str():
            return "String", value, {}
        case datetime():
            return "Date", moment_text(in_town(value)), {}
        case date():
            return "Date", day_text(value), {}
        case JsonObject() | JsonArray():
            return "Json", json_text(value), {}
        case dict() if is_reference(value):
            return _typed_document(value)
        case dict() | list():
            about = {"objectTypeName": _CLASSES[list if isinstance(value, list) else dict]}
            about["serializationDataFormat"] = JSON
            return "Object", plain_value(value) if deserialize else json_text(value), about
    return "String", value_text(value), {}


def json_text(value: Any) -> str:
    """A value as a JSON document."""
    return answer(plain_value(value)).get_data(as_text=True)


def _typed_number(number: Decimal) -> tuple[str, Any]:
    if _exponent(number) >= 0 and abs(number) <= 2**63:
        whole = int(number)
        for kind in ("Integer", "Long"):
            if -(2 ** (_BITS[kind] - 1)) <= whole < 2 ** (_BITS[kind] - 1):
                return kind, whole
    return "Double", float(number)


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _typed_document(reference: Mapping[str, Any]) -> tuple[str, Any, dict[str, Any]]:
    media_type = str(reference.get("media_type", "application/octet-stream"))
    kind, _, charset = media_type.partition("; charset=")
    info = {"filename": str(reference.get("name", "")), "mimeType": kind}
    return "File", None, info | ({"encoding": charset} if charset else {})
