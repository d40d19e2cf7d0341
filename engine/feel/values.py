# SPDX-License-Identifier: EUPL-1.2
"""The values of FEEL and how Python values become them.

number = Decimal, string = str, boolean = bool, null = None, date, time, date and time = datetime,
days and time duration = timedelta, years and months duration = YearsMonths, list, context = dict, range = Range,
function = Function. Dates outside the years 1 to 9999, which Python does not have, are FarDate and FarDateTime.
Nothing else ever enters an evaluation.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from engine.feel.errors import Failure
from engine.feel.limits import check_list_size

# A FEEL value; the concrete types are those of the module docstring.
Value = Any

# IEEE 754-2008 decimal128, as the standard asks for.
NUMBERS = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)


@dataclass(frozen=True, slots=True, order=True)
class YearsMonths:
    """A duration in whole months; negative when it points backwards."""

    months: int

    @property
    def years(self) -> int:
        """Whole years of the duration, towards zero."""
        return int(math.copysign(abs(self.months) // 12, self.months))

    @property
    def rest_months(self) -> int:
        """The months left when whole years are taken out, towards zero."""
        return int(math.copysign(abs(self.months) % 12, self.months))


@dataclass(frozen=True, slots=True)
class Range:
    """An interval; a bound of None means open towards that side.

    `comparison` is the operator of a range that was written as one, as in `(> 5)`.
    """

    start: Value
    end: Value
    start_included: bool = True
    end_included: bool = True
    comparison: str | None = None


@dataclass(frozen=True, slots=True)
class FarDate:
    """A date outside the years 1 to 9999: `cycles` times 400 years after `near`, when the calendar is the same."""

    near: date
    cycles: int

    @property
    def year(self) -> int:
        """The year; negative before year 0, as in ISO 8601."""
        return self.near.year + 400 * self.cycles


@dataclass(frozen=True, slots=True)
class FarDateTime(FarDate):
    """A date and time outside the years 1 to 9999; `near` is a datetime."""


class Function:
    """Anything callable in FEEL; built-ins and `function(...)` values derive from it."""

    def accepts(self, count: int) -> bool:
        """Whether it can be called with so many arguments."""
        return True


class HostFunction(Function):
    """A function of the host, such as a decision service; its arguments arrive in the order of its parameters."""

    parameters: tuple[str, ...] = ()

    def accepts(self, count: int) -> bool:
        """Whether it has so many parameters."""
        return count == len(self.parameters)

    def call(self, arguments: Sequence[Value]) -> Value:
        """The result; raises Failure when there is none."""
        raise Failure("this function cannot be called")


class _Missing:
    """Marks a name or an entry that does not exist, as opposed to one that is null."""


MISSING = _Missing()


def kind_of(value: Value) -> str:
    """The FEEL name of a value's type, as used by `instance of` and in warnings."""
    kind = _KINDS.get(type(value))
    if kind is not None:
        return kind
    for python_type, name in _BASES:
        if isinstance(value, python_type):
            return name
    return "unknown"


_BASES: tuple[tuple[type, str], ...] = (
    (bool, "boolean"),
    (str, "string"),
    (Decimal, "number"),
    (datetime, "date and time"),
    (date, "date"),
    (time, "time"),
    (timedelta, "days and time duration"),
    (YearsMonths, "years and months duration"),
    (FarDateTime, "date and time"),
    (FarDate, "date"),
    (dict, "context"),
    (list, "list"),
    (Range, "range"),
    (Function, "function"),
)
_KINDS: dict[type, str] = {type(None): "null", **dict(_BASES)}


# Types of Python whose values are FEEL as they are.
UNCHANGED = frozenset([type(None), str, bool, date, time, datetime, timedelta, YearsMonths, Range])


def from_python(value: object) -> Value:
    """The FEEL value for a Python value, deep; raises Failure for types that FEEL does not know.

    Numbers become Decimal, tuples and sets lists, mappings contexts. Containers that need no change are returned
    as they are, so that reading a large variable does not copy it.
    """
    if type(value) in UNCHANGED:
        return value
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, str | bool | date | time | timedelta | YearsMonths | FarDate | Range | Function):
        return value
    if isinstance(value, int):
        return NUMBERS.create_decimal(value)
    if isinstance(value, float):
        return _decimal(Decimal(repr(value)))
    if isinstance(value, Mapping):
        converted = {str(key): from_python(entry) for key, entry in value.items()}
        unchanged = isinstance(value, dict) and all(converted[key] is value.get(key) for key in converted)
        return value if unchanged else converted
    if isinstance(value, list | tuple | set | frozenset):
        check_list_size(len(value))
        items = [from_python(item) for item in value]
        same = isinstance(value, list) and all(new is old for new, old in zip(items, value, strict=True))
        return value if same else items
    raise Failure(f"a value of the Python type {type(value).__name__} cannot be used in an expression")


def _decimal(value: Decimal) -> Decimal | None:
    if not value.is_finite():
        return None
    try:
        rounded = _plus(value)
    except Overflow:
        raise Failure("the number is too large") from None
    return value if rounded == value else rounded


_plus = NUMBERS.plus


def number_text(value: Decimal) -> str:
    """The number in plain notation, without exponent: `1000`, `0.05`, `30.00`."""
    return format(value if value else value.copy_abs(), "f")
