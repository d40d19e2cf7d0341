# SPDX-License-Identifier: EUPL-1.2
"""The operators of JUEL in FEEL: where Java turns texts into numbers or numbers into texts, the translation says so."""

import re

from engine.feel.juel_methods import ATOM, COMPARED, PRODUCT, SUM, Feel, call

_TIGHTNESS = {"or": 2, "and": 3, "+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT}
#: A number that is written as a text.
NUMERAL = re.compile(r'"(-?\d+(?:\.\d+)?)"', re.ASCII)


def joined(left: Feel, operator: str, right: Feel) -> Feel:
    """Two operands and what stands between them, in FEEL."""
    if operator == "%":
        return _remainder(left, right)
    if operator == "+" and left.in_text != right.in_text:
        left, right = (
            side if side.in_text else Feel(call("string", side.text), in_text=True) for side in (left, right)
        )
    if operator in _TIGHTNESS:
        level = _TIGHTNESS[operator]
        both = f"{left.within(level)} {operator} {right.within(level + 1)}"
        return Feel(both, level, is_test=level <= 3, in_text=operator == "+" and left.in_text)
    compared = f"{left.within(COMPARED + 1)} {operator} {right.within(COMPARED + 1)}"
    as_number = _compared_as_number(left, operator, right)
    if as_number is not None:
        return Feel(f"({as_number} else {compared})", is_test=True)
    return Feel(compared, COMPARED, is_test=True)


def _compared_as_number(left: Feel, operator: str, right: Feel) -> str | None:
    """`x == '5'` is true for the number 5 and for the text; FEEL would compare them with nothing."""
    for text, other, swapped in ((right, left, False), (left, right, True)):
        numeral = NUMERAL.fullmatch(text.text) if text.is_text else None
        if numeral is not None and not other.is_text:
            sides = (numeral[1], operator, other.within(SUM)) if swapped else (other.within(SUM), operator, numeral[1])
            return f"if {other.within(ATOM)} instance of number then {' '.join(sides)}"
    return None


def _remainder(left: Feel, right: Feel) -> Feel:
    """The remainder of Java has the sign of its left side, that of FEEL the sign of the right one."""
    divisor = right.text if right.number else call("abs", right.text)
    if left.number is not None:
        return Feel(call("modulo", left.text, divisor))
    size = call("modulo", call("abs", left.text), divisor)
    return Feel(f"{size} * (if {left.within(SUM)} < 0 then -1 else 1)", PRODUCT)
