# SPDX-License-Identifier: EUPL-1.2
"""What a request asks for: its JSON, and queries, whether they come in the address or as JSON.

What is not known is passed over, as Camunda 7 does; what is known and cannot be read ends in 400.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NoReturn

from flask import g, request

from engine.feel.values import NUMBERS
from engine.queries.variables import OPERATORS, Condition
from web.api.moments import read_moment
from web.api.problems import Refused

#: JSON is nested this deep at most; process variables and filters never are.
DEEPEST = 100
#: More lines than this are not given at once, whatever is asked for.
MOST_RESULTS = 10_000
#: Databases take no longer lists.
MOST_NAMED = 2000
MOST_ORDERS = 20
_CONDITION = re.compile(r"(.+?)_(eq|neq|gteq|lteq|gt|lt|like|notLike)_(.*)", re.DOTALL)


@dataclass(frozen=True)
class Span:
    """Which part of a list is wanted."""

    first: int
    most: int


@dataclass(frozen=True)
class Order:
    """One thing to sort by."""

    by: str
    descending: bool


def body() -> dict[str, Any]:
    """The JSON object that was sent; an empty one when nothing was."""
    content = request.get_data()
    read = read_json(content) if content.strip() else {}
    if not isinstance(read, dict):
        raise Refused("The body of the request must be a JSON object.")
    return read


def read_json(content: bytes | str) -> Any:
    """JSON with numbers kept exactly; neither deeper nor larger than can be worked with."""
    try:
        read = json.loads(content, parse_float=_decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as wrong:
        raise Refused("The JSON of the request cannot be read.") from wrong
    _look_through(read)
    return read


def only_looks() -> None:
    """Say of a POST that it changes nothing, so that it waits for nobody who writes."""
    g.only_looks = True


class Question:
    """A query, from the parameters of the address or from the JSON that was sent."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = given

    @classmethod
    def of_request(cls) -> "Question":
        """GET asks in the address. POST asks in JSON, with paging in the address."""
        parameters: dict[str, Any] = request.args.to_dict()
        if request.method in ("GET", "HEAD", "DELETE"):
            return cls(parameters)
        only_looks()
        return cls({**parameters, **body()})

    def __contains__(self, name: str) -> bool:
        return self._given.get(name) is not None

    def raw(self, name: str) -> Any:
        """As it was sent."""
        return self._given.get(name)

    def text(self, name: str) -> str | None:
        """A text."""
        value = self._given.get(name)
        return value if value is None or isinstance(value, str) else str(value)

    def texts(self, name: str) -> list[str] | None:
        """Several texts: separated by commas, or a JSON list."""
        value = self._given.get(name)
        if value is None:
            return None
        several = value if isinstance(value, list) else str(value).split(",")
        found = [str(each).strip() for each in several if each is not None and str(each).strip()]
        if len(found) > MOST_NAMED:
            raise Refused(f"{name} has more than {MOST_NAMED} entries.")
        return found

    def flag(self, name: str) -> bool:
        """Whether something is asked for; `false` is the same as leaving it out."""
        return bool(self.truth(name))

    def truth(self, name: str) -> bool | None:
        """True, false, or not said."""
        value = self._given.get(name)
        if value is None or isinstance(value, bool):
            return value
        if str(value).lower() in ("true", "false", ""):
            return str(value).lower() == "true"
        raise self._wrong(name)

    def number(self, name: str) -> int | None:
        """A whole number that every database can hold."""
        value = self._given.get(name)
        if value is None or value == "":
            return None
        written = str(value)
        if isinstance(value, bool) or len(written) > 20 or not re.fullmatch(r"-?[0-9]+", written):
            raise self._wrong(name)
        if not -(2**63) <= int(written) < 2**63:
            raise self._wrong(name)
        return int(written)

    def moment(self, name: str) -> datetime | None:
        """A moment."""
        value = self.text(name)
        if not value:
            return None
        try:
            return read_moment(value)
        except (ValueError, OverflowError):
            raise self._wrong(name) from None

    def conditions(self, name: str) -> list[Condition]:
        """Conditions on variables: `price_gteq_5,name_eq_x`, or a JSON list with name, operator and value."""
        value = self._given.get(name)
        if value is None:
            return []
        if isinstance(value, list):
            return [self._condition(name, each) for each in value[:MOST_NAMED]]
        written = [_CONDITION.fullmatch(each) for each in str(value).split(",")[:MOST_NAMED] if each]
        if not all(written):
            raise self._wrong(name)
        return [self._of(found[1], found[2], _guessed(found[3])) for found in written if found]

    def span(self) -> Span:
        """The part of the list that is wanted."""
        first, most = self.number("firstResult"), self.number("maxResults")
        if (first or 0) < 0 or (most or 0) < 0:
            raise Refused("firstResult and maxResults cannot be negative.")
        return Span(min(first or 0, 2**31 - 1), min(MOST_RESULTS if most is None else most, MOST_RESULTS))

    def orders(self, *known: str) -> list[Order]:
        """What to sort by, the first thing first."""
        written = self._given.get("sorting")
        if isinstance(written, list):
            pairs = [(each.get("sortBy"), each.get("sortOrder")) for each in written if isinstance(each, dict)]
        else:
            pairs = [(self._given.get("sortBy"), self._given.get("sortOrder"))]
        if len(pairs) > MOST_ORDERS:
            raise Refused(f"Lists are sorted by at most {MOST_ORDERS} things.")
        return [self._order(by, direction, known) for by, direction in pairs if by or direction]

    def _order(self, by: Any, direction: Any, known: tuple[str, ...]) -> Order:
        if not by or not direction:
            raise Refused("Only a single sorting parameter specified. sortBy and sortOrder required.")
        if by not in known:
            raise Refused(f"Cannot set query parameter 'sortBy' to value '{str(by)[:100]}'.")
        if direction not in ("asc", "desc"):
            raise Refused(f"Cannot set query parameter 'sortOrder' to value '{str(direction)[:100]}'.")
        return Order(by, direction == "desc")

    def _condition(self, name: str, written: Any) -> Condition:
        if not isinstance(written, dict) or not isinstance(written.get("name"), str):
            raise self._wrong(name)
        operator = str(written.get("operator") or "eq")
        if operator not in OPERATORS:
            raise self._wrong(name)
        return self._of(written["name"], operator, written.get("value"))

    def _of(self, name: str, operator: str, value: Any) -> Condition:
        any_case = self.flag("variableNamesIgnoreCase"), self.flag("variableValuesIgnoreCase")
        return Condition(name, operator, value, *any_case)

    def _wrong(self, name: str) -> Refused:
        value = str(self._given.get(name))[:100]
        return Refused(f"Cannot set query parameter '{name}' to value '{value}'.")


def _guessed(written: str) -> Any:
    """A value in an address has no type: numbers, true, false and null are taken as such, like Camunda 7 does."""
    if written in ("true", "false"):
        return written == "true"
    if re.fullmatch(r"-?[0-9]{1,18}", written):
        return int(written)
    if re.fullmatch(r"-?[0-9]{1,18}\.[0-9]{1,18}", written):
        return Decimal(written)
    return None if written == "null" else written


def _decimal(written: str) -> Decimal:
    number = Decimal(written)
    if number and not NUMBERS.Emin <= number.adjusted() <= NUMBERS.Emax:
        raise ValueError("too large")
    return number


def _no_number(written: str) -> NoReturn:
    raise ValueError(f"{written} is no JSON")


def _look_through(read: Any) -> None:
    """Refuse what is nested too deep, and texts that no database holds."""
    level, depth = [read], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise Refused(f"The JSON of the request is nested deeper than {DEEPEST} levels.")
        inner: list[Any] = []
        for value in level:
            if isinstance(value, str):
                _check_text(value)
            elif isinstance(value, list):
                inner.extend(value)
            elif isinstance(value, dict):
                inner.extend(value)
                inner.extend(value.values())
        level = inner


def _check_text(text: str) -> None:
    if text.isascii() and "\0" not in text:
        return
    if "\0" in text or any("\ud800" <= mark <= "\udfff" for mark in text):
        raise Refused("The JSON of the request holds characters that cannot be stored.")
