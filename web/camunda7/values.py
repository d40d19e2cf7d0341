# SPDX-License-Identifier: EUPL-1.2
"""Variables and moments of a dump as values of a case."""

from datetime import datetime
from typing import Any

from web.api.moments import read_moment
from web.api.problems import Refused
from web.api.values import read_value
from web.camunda7.dump import Dump, Json
from web.camunda7.objections import Objection

_JAVA = "application/x-java-serialized-object"
#: Types whose value a list of variables leaves out.
_LARGE = ("File", "Bytes")


class ValueLost(Exception):
    """A variable that cannot be carried over."""

    def __init__(self, objection: Objection) -> None:
        super().__init__(objection.why)
        self.objection = objection


def value_of(dump: Dump, variable: Json) -> Any:
    """The value of one variable; a file is a `NewDocument` still. Raises `ValueLost`."""
    name, kind = str(variable.get("name") or ""), str(variable.get("type") or "")
    value, info = variable.get("value"), variable.get("valueInfo") or {}
    if isinstance(info, dict) and info.get("serializationDataFormat") == _JAVA:
        raise ValueLost(Objection("java", about=name))
    if kind in _LARGE and value is None:
        value = dump.content_of(str(variable.get("id")))
        if value is None:
            raise ValueLost(Objection("no_content", about=name))
    try:
        if kind == "Date" and value is not None:
            return moment(value)
        return read_value(name, {"type": kind, "value": value, "valueInfo": info})
    except (Refused, ValueError, ArithmeticError) as wrong:
        raise ValueLost(Objection("variable", about=name)) from wrong


def moment(written: Any) -> datetime | None:
    """A moment as Camunda 7 writes it, with its zone. Raises ValueError."""
    if written is None:
        return None
    if not isinstance(written, str) or "T" not in written or not any(sign in written[11:] for sign in "+-Z"):
        raise ValueError("A moment of a dump has a zone.")
    return read_moment(written)
