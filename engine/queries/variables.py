# SPDX-License-Identifier: EUPL-1.2
"""Cases by the values of their variables. These lie packed in the state of each case, so they are compared one by one:
other conditions have to narrow the cases down before."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from engine.errors import AmtsflussError
from engine.models import CaseRow, CaseStateRow
from engine.spiff.state import stored_state

#: More cases than this are not opened for one question.
MOST_OPENED = 20_000
OPERATORS = ("eq", "neq", "gt", "gteq", "lt", "lteq", "like", "notLike")
_MISSING = object()


class TooManyToCompare(AmtsflussError):
    """Too many cases fit the other conditions to compare their variables one by one; ask more narrowly."""


@dataclass(frozen=True)
class Condition:
    """What a variable must be like."""

    name: str
    operator: str
    value: Any
    #: Whether large and small letters are the same in the name, and in the value.
    any_case_name: bool = False
    any_case_value: bool = False


def cases_with(session: Session, narrowed: Sequence[ColumnElement[bool]], conditions: Sequence[Condition]) -> list[str]:
    """The ids of the cases that fit all of these, of those that fit `narrowed`."""
    statement = select(CaseRow.id, CaseStateRow.content).join(CaseStateRow, CaseStateRow.case_id == CaseRow.id)
    statement = statement.where(*narrowed).limit(MOST_OPENED + 1).execution_options(yield_per=500)
    found = []
    for number, (case_id, content) in enumerate(session.execute(statement)):
        if number == MOST_OPENED:
            raise TooManyToCompare
        variables = stored_state(content)["variables"]
        if all(holds(condition, variables) for condition in conditions):
            found.append(case_id)
    return found


def holds(condition: Condition, variables: Mapping[str, Any]) -> bool:
    """Whether one of these variables is like that; one that is not there is like nothing."""
    value = variables.get(condition.name, _MISSING)
    if value is _MISSING and condition.any_case_name:
        wanted = condition.name.casefold()
        value = next((each for name, each in variables.items() if name.casefold() == wanted), _MISSING)
    if value is _MISSING:
        return False
    if condition.any_case_value and isinstance(value, str) and isinstance(condition.value, str):
        condition, value = replace(condition, value=condition.value.casefold()), value.casefold()
    return _compare(condition.operator, _comparable(value, condition.value), _comparable(condition.value, value))


def _compare(operator: str, value: Any, wanted: Any) -> bool:
    if operator in ("eq", "neq"):
        return _same(value, wanted) is (operator == "eq")
    if operator in ("like", "notLike"):
        if not isinstance(value, str):
            return False
        return (_pattern(str(wanted)).fullmatch(value) is not None) is (operator == "like")
    if type(value) is not type(wanted) or not isinstance(value, str | Decimal | datetime):
        return False
    if _same(value, wanted):
        return operator in ("gteq", "lteq")
    return (value > wanted) is (operator in ("gt", "gteq"))


def _same(value: Any, wanted: Any) -> bool:
    return isinstance(value, bool) is isinstance(wanted, bool) and bool(value == wanted)


def _comparable(value: Any, other: Any) -> Any:
    """Numbers as decimals, moments in UTC; a text beside a moment is read as one."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float | Decimal):
        return Decimal(str(value))
    if isinstance(value, str) and isinstance(other, date):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return value
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    return datetime(value.year, value.month, value.day, tzinfo=UTC) if isinstance(value, date) else value


def _pattern(like: str) -> re.Pattern[str]:
    """`%` is anything, `_` one sign; a backslash takes them literally."""
    signs = re.findall(r"\\[%_\\]|.", like, re.DOTALL)
    wild = {"%": ".*?", "_": "."}
    return re.compile("".join(wild.get(sign) or re.escape(sign[-1]) for sign in signs), re.DOTALL)
