# SPDX-License-Identifier: EUPL-1.2
"""From one kind of value to another."""

import re
from decimal import Decimal, DecimalException

from engine.feel.builtins.registry import builtin
from engine.feel.errors import Failure
from engine.feel.text import value_text
from engine.feel.values import NUMBERS, Value

_NUMBER = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,6})?", re.ASCII)


@builtin("string", "from: any")
def string(value: Value) -> str | None:
    return None if value is None else value_text(value)


@builtin("number", "from: string", "grouping separator: string?", "decimal separator: string?")
def number(text: str, grouping: str | None, point: str | None) -> Decimal:
    """The number written in `text`, with the separators that the caller names: `number("1.000,50", ".", ",")`."""
    if grouping not in (None, " ", ",", ".") or point not in (None, ",", "."):
        raise Failure("the grouping separator is a blank, `,` or `.`; the decimal separator `,` or `.`")
    if grouping is not None and grouping == point:
        raise Failure("the two separators must differ")
    plain = text.replace(grouping, "") if grouping else text
    if point == ",":
        plain = plain.replace(",", ".") if "." not in plain else ""
    if _NUMBER.fullmatch(plain) is None:
        raise Failure(f"{text[:60]!r} is not a number")
    try:
        return NUMBERS.create_decimal(plain)
    except DecimalException:
        raise Failure("the number is too large") from None


@builtin("number", "from: number")
def number_of_number(value: Decimal) -> Decimal:
    return value
