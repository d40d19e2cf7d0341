# SPDX-License-Identifier: EUPL-1.2
"""Rounding and other functions on numbers."""

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
    DecimalException,
)

from engine.feel.builtins.registry import builtin, whole
from engine.feel.errors import Failure
from engine.feel.operators import quantized
from engine.feel.values import NUMBERS, Value, YearsMonths

_WHOLE = Decimal(0)


@builtin("decimal", "n: number", "scale: number")
def decimal(n: Decimal, scale: Decimal) -> Decimal:
    return quantized(n, whole(scale, "the scale"), ROUND_HALF_EVEN)


@builtin("floor", "n: number")
@builtin("floor", "n: number", "scale: number")
def floor(n: Decimal, scale: Decimal = _WHOLE) -> Decimal:
    return quantized(n, whole(scale, "the scale"), ROUND_FLOOR)


@builtin("ceiling", "n: number")
@builtin("ceiling", "n: number", "scale: number")
def ceiling(n: Decimal, scale: Decimal = _WHOLE) -> Decimal:
    return quantized(n, whole(scale, "the scale"), ROUND_CEILING)


@builtin("round up", "n: number")
@builtin("round up", "n: number", "scale: number")
def round_up(n: Decimal, scale: Decimal = _WHOLE) -> Decimal:
    return quantized(n, whole(scale, "the scale"), ROUND_UP)


@builtin("round down", "n: number")
@builtin("round down", "n: number", "scale: number")
def round_down(n: Decimal, scale: Decimal = _WHOLE) -> Decimal:
    return quantized(n, whole(scale, "the scale"), ROUND_DOWN)


@builtin("round half up", "n: number")
@builtin("round half up", "n: number", "scale: number")
def round_half_up(n: Decimal, scale: Decimal = _WHOLE) -> Decimal:
    return quantized(n, whole(scale, "the scale"), ROUND_HALF_UP)


@builtin("round half down", "n: number")
@builtin("round half down", "n: number", "scale: number")
def round_half_down(n: Decimal, scale: Decimal = _WHOLE) -> Decimal:
    return quantized(n, whole(scale, "the scale"), ROUND_HALF_DOWN)


@builtin("abs", "n: number")
@builtin("abs", "n: duration")
def absolute(n: Value) -> Value:
    if isinstance(n, Decimal):
        return n.copy_abs()
    return YearsMonths(abs(n.months)) if isinstance(n, YearsMonths) else abs(n)


@builtin("modulo", "dividend: number", "divisor: number")
def modulo(dividend: Decimal, divisor: Decimal) -> Decimal:
    """The remainder with the sign of the divisor: dividend - divisor * floor(dividend / divisor)."""
    if divisor == 0:
        raise Failure("a number cannot be divided by 0")
    try:
        rest = NUMBERS.remainder(dividend, divisor)
    except DecimalException:
        raise Failure("the numbers lie too far apart for `modulo`") from None
    return NUMBERS.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else rest


@builtin("sqrt", "number: number")
def sqrt(number: Decimal) -> Decimal:
    if number < 0:
        raise Failure("a negative number has no square root")
    return NUMBERS.sqrt(number)


@builtin("log", "number: number")
def log(number: Decimal) -> Decimal:
    if number <= 0:
        raise Failure("only positive numbers have a logarithm")
    return NUMBERS.ln(number)


@builtin("exp", "number: number")
def exp(number: Decimal) -> Decimal:
    try:
        return NUMBERS.exp(number)
    except DecimalException:
        raise Failure("the result is too large") from None


@builtin("odd", "number: number")
def odd(number: Decimal) -> bool:
    return modulo(number, Decimal(2)) == 1


@builtin("even", "number: number")
def even(number: Decimal) -> bool:
    return modulo(number, Decimal(2)) == 0
