# SPDX-License-Identifier: EUPL-1.2
"""What models write into attributes and mappings, evaluated against the scopes of a case."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from engine.bpmn.model import Script, Written
from engine.clock import Clock
from engine.errors import ExpressionFailed
from engine.feel import evaluate, strip_marker
from engine.scripting import read_script

#: Correlation keys and user names are looked up by an index; a longer text is a mistake in the model.
MAX_KEY_LENGTH = 300


def value_of(written: Written, scope: Mapping[str, Any], clock: Clock) -> Any:
    """A literal as it stands, or the value of `=feel`, `${…}` or a script; lists and maps member by member.

    The keys of maps may be computed too.
    """
    if written is None:
        return None
    if isinstance(written, Script):
        return read_script(written, scope, clock)
    if isinstance(written, list):
        return [value_of(member, scope, clock) for member in written]
    if isinstance(written, dict):
        return {
            text_of(value_of(name, scope, clock), name): value_of(member, scope, clock)
            for name, member in written.items()
        }
    expression = strip_marker(written)
    return written if expression is None else evaluate(expression, scope, clock=clock).value


def moment_from(value: Any, zone: ZoneInfo) -> datetime | None:
    """The moment that a value is: text of ISO 8601, a moment, or a day (which means its end); None for others."""
    if isinstance(value, str):
        text = value.strip()
        try:
            value = datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=zone)
    if isinstance(value, date):
        return datetime.combine(value, time(23, 59, 59), tzinfo=zone)
    return None


def whole_number(written: str | None, scope: Mapping[str, Any], clock: Clock, default: int) -> int:
    """A priority: a number written plainly or computed; `default` where there is none."""
    value = value_of(written, scope, clock)
    if value is None:
        return default
    try:
        return int(Decimal(str(value)))
    except ArithmeticError:
        raise ExpressionFailed(f"{written} is not a number.") from None


def text_of(value: Any, written: str) -> str:
    """A correlation key or a name: text, or a number written out."""
    if isinstance(value, str) and value:
        if len(value) > MAX_KEY_LENGTH or "\0" in value:
            raise ExpressionFailed(f"{written} gave a text that is too long or holds unprintable characters.")
        return value
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return str(value)
    raise ExpressionFailed(f"{written} gave no text.")


def text_or_none(written: str | None, scope: Mapping[str, Any], clock: Clock) -> str | None:
    """A name or a key that may be missing: None where nothing is written, or what is written gives nothing."""
    value = value_of(written, scope, clock)
    return None if value in (None, "") else text_of(value, written or "")
