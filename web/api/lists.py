# SPDX-License-Identifier: EUPL-1.2
"""Lists with criteria: what a request asks of them, read as each criterion wants it."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.queries.criteria import Criterion
from engine.queries.listing import Asked, Listing
from engine.queries.variables import Condition
from web.api.asked import Question
from web.api.moments import read_moment
from web.api.problems import Refused

#: A question names no more things than this.
MOST_NAMED = 2000
_COMPARED = re.compile(r"(gt|lt)_(.+)")


def asked(question: Question, listing: Listing, granted: frozenset[str] | None, *, whole: bool = False) -> Asked:
    """What is asked of a list; `whole`: whatever part of it is wanted."""
    conditions = wanted(question, listing.meanings)
    orders = [(order.by, order.descending) for order in question.orders(*listing.orders)]
    if whole:
        return Asked(conditions, granted=granted)
    span = question.span()
    return Asked(conditions, orders, span.first, span.most, granted)


def wanted(question: Question, meanings: Mapping[str, Any]) -> dict[str, Any]:
    """The values of those criteria that are asked for, by name."""
    found: dict[str, Any] = {}
    for name, meaning in meanings.items():
        if isinstance(meaning, Criterion) and name in question:
            value = read_criterion(question, name, meaning)
            if value is not None:
                found[name] = value
    return found


def read_criterion(question: Question, name: str, criterion: Criterion) -> Any:
    """The value of one criterion; None when it asks for nothing."""
    match criterion.kind:
        case "flag":
            return question.truth(name) or None
        case "truth":
            return question.truth(name)
        case "number":
            return _in_columns(question.number(name))
        case "moment":
            return question.moment(name)
        case "moments":
            return _moments(question, name)
        case "texts":
            return few(question.texts(name) or [])
    return _storable(question.text(name) or "")


def few(names: Sequence[str]) -> list[str]:
    """Several names, but not more than can be looked for at once."""
    if len(names) > MOST_NAMED:
        raise Refused(f"At most {MOST_NAMED} values can be asked for at once.")
    return [_storable(name) for name in names]


def variable_conditions(question: Question, name: str) -> list[Condition]:
    """Conditions on variables."""
    any_name, any_value = question.flag("variableNamesIgnoreCase"), question.flag("variableValuesIgnoreCase")
    return [Condition(one.name, one.operator, one.value, any_name, any_value) for one in question.conditions(name)]


def text_of(body: Mapping[str, Any], name: str, most: int = 4000) -> str | None:
    """A text in a body; None when it is not given."""
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise Refused(f"{name} must be a text.")
    if value is not None and len(value) > most:
        raise Refused(f"{name} has at most {most} characters.")
    return value


def needed_text(body: Mapping[str, Any], name: str, most: int = 300) -> str:
    """A text without which nothing can be done."""
    value = text_of(body, name, most)
    if not value:
        raise Refused(f"{name} is null" if value is None else f"{name} is empty")
    return value


def texts_of(body: Mapping[str, Any], name: str) -> list[str] | None:
    """Several texts in a body; None when they are not given."""
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise Refused(f"{name} must be a list of texts.")
    return few(value)


def number_of(body: Mapping[str, Any], name: str, least: int = -(2**31), most: int = 2**31 - 1) -> int | None:
    """A whole number in a body; None when it is not given."""
    number = Question(body).number(name)
    if number is not None and not least <= number <= most:
        raise Refused(f"{name} must be from {least} to {most}.")
    return number


def _moments(question: Question, name: str) -> list[tuple[str, datetime]]:
    value = question.raw(name)
    if isinstance(value, list):
        pairs = [(each.get("operator"), each.get("value")) for each in value if isinstance(each, dict)]
    else:
        found = [_COMPARED.fullmatch(each) for each in str(value).split(",")]
        pairs = [(match[1], match[2]) if match else (None, None) for match in found]
    try:
        read = [(operator, read_moment(written)) for operator, written in pairs if operator in ("gt", "lt")]
    except (ValueError, OverflowError):
        read = []
    if len(read) != len(pairs) or not read or len(read) > MOST_NAMED:
        raise Refused(f"Cannot set query parameter '{name}' to value '{str(value)[:100]}'.")
    return read


def _in_columns(number: int | None) -> int | None:
    """What is larger than any column holds is like the largest."""
    return None if number is None else max(-(2**31), min(number, 2**31 - 1))


def _storable(text: str) -> str:
    """No database holds such a text, so nothing has it."""
    return "\ufffd" if "\0" in text else text
