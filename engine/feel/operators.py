# SPDX-License-Identifier: EUPL-1.2
"""What `+ - * / **`, comparisons and ranges do with each kind of value."""

from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal, DecimalException, localcontext

from engine.feel.errors import Failure
from engine.feel.limits import check_string_length
from engine.feel.temporal import distance, make_months, order_of, shift
from engine.feel.values import NUMBERS, FarDate, Range, Value, YearsMonths, kind_of

# Counts work and stops the evaluation when there was too much of it.
Spend = Callable[[int], None]

_DAYS = (date, FarDate)  # a datetime is a date
_POINTS = (*_DAYS, time)
_DURATIONS = (timedelta, YearsMonths)
_ZERO = Decimal(0)
# Values that are equal when Python says so.
_PLAIN = frozenset([str, Decimal, bool])


def arithmetic(operator: str, left: Value, right: Value) -> Value:
    """`left operator right`; raises Failure where there is no result."""
    if left is None or right is None:
        raise Failure(f"`{operator}` has no result because a value is null")
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _numbers(operator, left, right)
    result = _TEMPORAL[operator](left, right) if operator in _TEMPORAL else None
    if result is None and operator == "+" and isinstance(left, str) and isinstance(right, str):
        check_string_length(len(left) + len(right))
        return left + right
    if result is None:
        raise Failure(f"`{operator}` is not defined between {kind_of(left)} and {kind_of(right)}")
    return result


def negate(value: Value) -> Value:
    """`-value`; raises Failure for anything but numbers and durations."""
    if isinstance(value, Decimal):
        return value.copy_negate() if value else value
    if isinstance(value, timedelta):
        return -value
    if isinstance(value, YearsMonths):
        return YearsMonths(-value.months)
    raise Failure(f"`-` is not defined for {kind_of(value)}")


def _numbers(operator: str, left: Decimal, right: Decimal) -> Decimal:
    try:
        if operator == "+":
            return NUMBERS.add(left, right)
        if operator == "-":
            return NUMBERS.subtract(left, right)
        if operator == "*":
            return NUMBERS.multiply(left, right)
        if operator == "/":
            if right == 0:
                raise Failure("a number cannot be divided by 0")
            return NUMBERS.divide(left, right)
        return _power(left, right)
    except DecimalException:
        raise Failure(f"`{operator}` has no result, or one that is too large") from None


def _power(base: Decimal, exponent: Decimal) -> Decimal:
    if exponent == 0:
        return Decimal(1)
    return NUMBERS.power(base, exponent)


def _add(left: Value, right: Value) -> Value:
    if isinstance(left, _POINTS) and isinstance(right, _DURATIONS):
        return shift(left, right)
    if isinstance(left, _DURATIONS) and isinstance(right, _POINTS):
        return shift(right, left)
    return _same_durations(left, right, 1)


def _subtract(left: Value, right: Value) -> Value:
    if isinstance(left, _POINTS) and isinstance(right, _DURATIONS):
        return shift(left, negate(right))
    if isinstance(left, _DAYS) and isinstance(right, _DAYS):
        return distance(left, right)
    if isinstance(left, time) and isinstance(right, time):
        return distance(left, right)
    return _same_durations(left, right, -1)


def _same_durations(left: Value, right: Value, sign: int) -> Value:
    if isinstance(left, timedelta) and isinstance(right, timedelta):
        return _bounded(lambda: left + sign * right)
    if isinstance(left, YearsMonths) and isinstance(right, YearsMonths):
        return make_months(left.months + sign * right.months)
    return None


def _multiply(left: Value, right: Value) -> Value:
    if isinstance(left, Decimal):
        left, right = right, left
    if not isinstance(right, Decimal):
        return None
    factor = right
    if isinstance(left, timedelta):
        microseconds = duration_microseconds(left)
        return _bounded(lambda: timedelta(microseconds=int(NUMBERS.multiply(microseconds, factor))))
    if isinstance(left, YearsMonths):
        months = left.months
        return make_months(_whole(lambda: NUMBERS.multiply(Decimal(months), factor)))
    return None


def _divide(left: Value, right: Value) -> Value:
    if isinstance(left, _DURATIONS) and right in (_ZERO, timedelta(0), YearsMonths(0)):
        raise Failure("a duration cannot be divided by 0")
    if isinstance(left, timedelta) and isinstance(right, timedelta):
        return NUMBERS.divide(duration_microseconds(left), duration_microseconds(right))
    if isinstance(left, YearsMonths) and isinstance(right, YearsMonths):
        return NUMBERS.divide(Decimal(left.months), Decimal(right.months))
    if isinstance(left, timedelta) and isinstance(right, Decimal):
        microseconds = duration_microseconds(left)
        return _bounded(lambda: timedelta(microseconds=int(NUMBERS.divide(microseconds, right))))
    if isinstance(left, YearsMonths) and isinstance(right, Decimal):
        return make_months(_whole(lambda: NUMBERS.divide(Decimal(left.months), right)))
    return None


_TEMPORAL: dict[str, Callable[[Value, Value], Value]] = {
    "+": _add,
    "-": _subtract,
    "*": _multiply,
    "/": _divide,
}


def duration_microseconds(value: timedelta) -> Decimal:
    """The exact length of a days and time duration."""
    return Decimal(value // timedelta(microseconds=1))


def _bounded(calculate: Callable[[], timedelta]) -> timedelta:
    try:
        return calculate()
    except (OverflowError, DecimalException):
        raise Failure("the duration is too long") from None


def _whole(calculate: Callable[[], Decimal]) -> int:
    try:
        result = calculate()
    except DecimalException:
        raise Failure("the duration is too long") from None
    if result.adjusted() > 12:
        raise Failure("the duration is too long")
    return int(result)


def quantized(value: Decimal, scale: int, rounding: str) -> Decimal:
    """`value` with `scale` digits after the point (before it when negative); raises Failure beyond 34 digits."""
    if not -6111 <= scale <= 6176:
        raise Failure("the scale must lie between -6111 and 6176")
    with localcontext(NUMBERS) as wide:
        wide.prec = 13_000
        wide.Emin, wide.Emax = -20_000, 20_000
        result = value.quantize(Decimal(1).scaleb(-scale), rounding=rounding)
    try:
        result = NUMBERS.plus(result)
    except DecimalException:
        raise Failure("the rounded number is too large") from None
    return NUMBERS.plus(Decimal(format(result, "f"))) if scale < 0 else result


# -- comparing --------------------------------------------------------------------------------------------------------


def equal(left: Value, right: Value, spend: Spend) -> bool | None:
    """`left = right`: null only equals null; values of different kinds have no answer (None).

    `spend` counts the values looked at, because shared lists make a small value endlessly large to walk through.
    """
    spend(1)
    kind = type(left)
    if kind is type(right) and kind in _PLAIN:
        return bool(left == right)
    if left is None or right is None:
        return left is right
    if kind_of(left) != kind_of(right):
        return None
    if isinstance(left, list):
        return _equal_lists(left, right, spend)
    if isinstance(left, Range):
        return _equal_ranges(left, right, spend)
    if isinstance(left, dict):
        if left.keys() != right.keys():
            return False
        return _equal_lists(list(left.values()), [right[key] for key in left], spend)
    if isinstance(left, _POINTS):
        try:
            return order_of(left, right) == 0
        except Failure:
            return False
    return bool(left == right)


def _equal_ranges(left: Range, right: Range, spend: Spend) -> bool:
    form = (left.start_included, left.end_included, left.comparison)
    return form == (right.start_included, right.end_included, right.comparison) and _equal_lists(
        [left.start, left.end], [right.start, right.end], spend
    )


def _equal_lists(left: list[Value], right: list[Value], spend: Spend) -> bool:
    return len(left) == len(right) and all(
        equal(one, other, spend) is True for one, other in zip(left, right, strict=True)
    )


def compare(operator: str, left: Value, right: Value, spend: Spend) -> bool:
    """The comparison; raises Failure where the values cannot be compared."""
    if operator in ("=", "!="):
        same = equal(left, right, spend)
        if same is None:
            raise Failure(f"{kind_of(left)} and {kind_of(right)} cannot be compared")
        return same is (operator == "=")
    order = ordered(left, right)
    if operator == "<":
        return order < 0
    if operator == "<=":
        return order <= 0
    return order > 0 if operator == ">" else order >= 0


def ordered(left: Value, right: Value) -> int:
    """Negative, zero or positive as `left` is less than, equal to or greater than `right`; raises Failure."""
    if type(left) is not type(right) and kind_of(left) != kind_of(right):
        raise Failure(f"{kind_of(left)} and {kind_of(right)} cannot be compared")
    if isinstance(left, Decimal | str | timedelta | YearsMonths):
        return int(left > right) - int(left < right)
    if isinstance(left, _POINTS):
        return order_of(left, right)
    raise Failure(f"values of the kind {kind_of(left)} have no order")


def in_range(value: Value, limits: Range) -> bool:
    """Whether the value lies in the range; raises Failure where it cannot be compared with the bounds."""
    if limits.comparison == "!=":
        return ordered(value, limits.start) != 0
    if limits.start is not None:
        order = ordered(value, limits.start)
        if order < 0 or (order == 0 and not limits.start_included):
            return False
    if limits.end is not None:
        order = ordered(value, limits.end)
        if order > 0 or (order == 0 and not limits.end_included):
            return False
    return True


def make_range(start: Value, end: Value, start_included: bool, end_included: bool) -> Range:
    """The range; raises Failure when the bounds cannot be compared or stand in the wrong order."""
    if start is None or end is None:
        raise Failure("a bound of the range is null")
    if ordered(start, end) > 0:
        raise Failure("the range begins after its end")
    return Range(start, end, start_included, end_included)


def half_range(operator: str, bound: Value) -> Range:
    """The range that a comparison describes; raises Failure when the bound is null."""
    if bound is None:
        raise Failure("a bound of the range is null")
    if operator in ("=", "!="):
        return Range(bound, bound, operator == "=", operator == "=", operator)
    if operator in ("<", "<="):
        return Range(None, bound, False, operator == "<=", operator)
    return Range(bound, None, operator == ">=", False, operator)
