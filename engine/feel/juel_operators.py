# SPDX-License-Identifier: EUPL-1.2
"""The operators of JUEL in FEEL: where Java turns texts into numbers or numbers into texts, the translation says so."""

import re

from engine.feel.juel_methods import ATOM, COMPARED, PRODUCT, SUM, Feel, call

_TIGHTNESS = {"or": 2, "and": 3, "+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT}
#: A number that is written as a text.
NUMERAL = re.compile(r'"(-?\d+(?:\.\d+)?)"', re.ASCII)
_NUMBER = re.compile(r"-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
#: A variable, or an entry of one: of what type it is turns out when the expression runs.
_VARIABLE = re.compile(
    r"(?!(?:true|false|null)$)[^\W\d]\w*(?:\.[^\W\d]\w*)*|\(if is defined\((\w+)\) then \1 else null\)"
)


def asked(variable: str) -> str:
    """A variable that may be missing, which is null then."""
    return f"(if {call('is defined', variable)} then {variable} else null)"


def joined(left: Feel, operator: str, right: Feel) -> Feel:
    """Two operands and what stands between them, in FEEL."""
    if operator == "%":
        return _remainder(*_as_numbers(left, right))
    if operator == "+" and left.in_text != right.in_text:
        left, right = (
            side if side.in_text else Feel(call("string", side.text), in_text=True) for side in (left, right)
        )
    if operator in _TIGHTNESS:
        level = _TIGHTNESS[operator]
        left, right = _as_numbers(left, right) if level >= SUM else (left, right)
        both = f"{left.within(level)} {operator} {right.within(level + 1)}"
        return Feel(both, level, is_test=level <= 3, in_text=operator == "+" and left.in_text)
    compared = f"{left.within(COMPARED + 1)} {operator} {right.within(COMPARED + 1)}"
    for literal, other, order in ((right, left, "{other} {literal}"), (left, right, "{literal} {other}")):
        otherwise = _of_another_type(literal, other, order.replace(" ", f" {operator} "), operator)
        if otherwise is not None:
            return Feel(f"({otherwise} else {compared})", is_test=True)
    return Feel(compared, COMPARED, is_test=True)


def _of_another_type(literal: Feel, other: Feel, compared: str, operator: str) -> str | None:
    """What Java does when the value has another type than the literal; FEEL would compare them with nothing.

    `x == '5'` and `x == 5` are true for the number 5 and for the text, `x == true` for the text `true`, and nothing is
    more or less than null.
    """
    numeral = NUMERAL.fullmatch(literal.text) if literal.is_text else None
    if numeral is not None and not other.is_text:
        return _if(other, "number", compared.format(literal=numeral[1], other=other.within(SUM)))
    if not _VARIABLE.fullmatch(other.text):
        return None
    if _NUMBER.fullmatch(literal.text):
        as_number = _if(other, "string", compared.format(literal=literal.text, other=call("number", other.text)))
        nothing = f" else if {other.text} = null then false" if operator not in ("=", "!=") else ""
        return as_number + nothing
    if operator in ("=", "!=") and literal.text in ("true", "false"):
        lower = call("lower case", other.text)
        return _if(other, "string", compared.format(literal=literal.text, other=f'({lower} = "true")'))
    if operator in ("=", "!=") and literal.text in ('"true"', '"false"'):
        return _if(other, "boolean", compared.format(literal=literal.text[1:-1], other=other.text))
    return None


def _if(value: Feel, kind: str, then: str) -> str:
    return f"if {value.within(ATOM)} instance of {kind} then {then}"


def _as_numbers(left: Feel, right: Feel) -> tuple[Feel, Feel]:
    """Beside a number a text is one too, and nothing is 0: `x + 1`, `x + '1'`."""
    left, right = _numeral(left), _numeral(right)
    if _NUMBER.fullmatch(right.text) and _VARIABLE.fullmatch(left.text):
        return _number_of(left), right
    if _NUMBER.fullmatch(left.text) and _VARIABLE.fullmatch(right.text):
        return left, _number_of(right)
    return left, right


def _numeral(side: Feel) -> Feel:
    written = NUMERAL.fullmatch(side.text) if side.is_text else None
    return Feel(written[1], number=int(written[1]) if written[1].isdigit() else None) if written else side


def _number_of(side: Feel) -> Feel:
    nothing = f"if {side.text} = null then 0"
    return Feel(f"({_if(side, 'string', call('number', side.text))} else {nothing} else {side.text})")


def _remainder(left: Feel, right: Feel) -> Feel:
    """The remainder of Java has the sign of its left side, that of FEEL the sign of the right one."""
    divisor = right.text if right.number else call("abs", right.text)
    if left.number is not None:
        return Feel(call("modulo", left.text, divisor))
    size = call("modulo", call("abs", left.text), divisor)
    return Feel(f"{size} * (if {left.within(SUM)} < 0 then -1 else 1)", PRODUCT)
