# SPDX-License-Identifier: EUPL-1.2
"""What models write into attributes and mappings, evaluated against the scopes of a case."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.bpmn.model import Timer, Written
from engine.clock import Clock
from engine.errors import AmtsflussError
from engine.feel import evaluate, strip_marker
from engine.feel.values import YearsMonths

#: Correlation keys and user names are looked up by an index; a longer text is a mistake in the model.
MAX_KEY_LENGTH = 300


class ExpressionFailed(AmtsflussError):
    """An expression of the model gave nothing that could be used."""


def value_of(written: Written, scope: Mapping[str, Any], clock: Clock) -> Any:
    """A literal as it stands, or the value of `=feel` or `${…}`; lists and maps member by member."""
    if isinstance(written, list):
        return [value_of(member, scope, clock) for member in written]
    if isinstance(written, dict):
        return {name: value_of(member, scope, clock) for name, member in written.items()}
    expression = strip_marker(written)
    return written if expression is None else evaluate(expression, scope, clock=clock).value


def condition_holds(written: str, scope: Mapping[str, Any], clock: Clock) -> bool:
    """Whether a condition is true. Anything but true or false is an error: a case must not take a path by accident."""
    result = evaluate(strip_marker(written) or written, scope, clock=clock)
    if not isinstance(result.value, bool):
        reasons = "; ".join(result.warnings)
        raise ExpressionFailed(f"The condition {written} is neither true nor false. {reasons}".strip())
    return result.value


def script_value(written: str, scope: Mapping[str, Any], clock: Clock) -> Any:
    """The value of a FEEL script."""
    return evaluate(strip_marker(written) or written, scope, clock=clock).value


def moment_of(written: str | None, scope: Mapping[str, Any], clock: Clock) -> datetime | None:
    """A due date: a moment, or a day (which means its end in the town). None when the model sets none."""
    if written is None:
        return None
    value = value_of(written, scope, clock)
    moment = None if value is None else _moment(value, clock)
    if moment is None and value is not None:
        raise ExpressionFailed(f"{written} is not a moment.")
    return moment


def due_of(timer: Timer, scope: Mapping[str, Any], clock: Clock) -> datetime:
    """When a timer that starts now fires."""
    value = value_of(timer.written, scope, clock)
    due = _after(value, clock) if timer.kind == "duration" else _moment(value, clock)
    if due is None:
        raise ExpressionFailed(f"{timer.written} is not a {timer.kind}.")
    return due


def _after(value: Any, clock: Clock) -> datetime | None:
    if isinstance(value, str):
        value = evaluate("duration(text)", {"text": value}).value
    if isinstance(value, timedelta):
        return clock.now() + value
    if isinstance(value, YearsMonths):
        local = clock.now().astimezone(clock.zone)
        moved = evaluate("start + period", {"start": local, "period": value}).value
        return moved if isinstance(moved, datetime) else None
    return None


def _moment(value: Any, clock: Clock) -> datetime | None:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=clock.zone)
    if isinstance(value, date):
        return datetime.combine(value, time(23, 59, 59), tzinfo=clock.zone)
    return None


def whole_number(written: str | None, scope: Mapping[str, Any], clock: Clock, default: int) -> int:
    """A priority: a number written plainly or computed."""
    if written is None:
        return default
    value = value_of(written, scope, clock)
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
