# SPDX-License-Identifier: EUPL-1.2
"""Code for operators: arithmetic, comparison, logic, `if`, `instance of`."""

import operator as python
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from engine.feel.compiling.base import Code, Compiler, makes
from engine.feel.errors import Failure
from engine.feel.nodes import And, Arithmetic, Between, Compare, Constant, If, InstanceOf, Negate, Or
from engine.feel.operators import arithmetic, compare, negate
from engine.feel.runtime import Runtime
from engine.feel.scopes import Scope
from engine.feel.types import is_instance
from engine.feel.values import Value

_ON_NUMBERS: dict[str, Callable[[Any, Any], bool]] = {
    "=": python.eq,
    "!=": python.ne,
    "<": python.lt,
    "<=": python.le,
    ">": python.gt,
    ">=": python.ge,
}


@makes(Arithmetic)
def arithmetic_chain(compiler: Compiler, node: Arithmetic) -> Code:
    """`a + b - c`, from left to right."""
    first = compiler.code(node.first)
    steps = [(step.operator, compiler.code(step.operand)) for step in node.steps]

    def calculate(run: Runtime, scope: Scope) -> Value:
        result = first(run, scope)
        for operator, operand in steps:
            result = arithmetic(operator, result, operand(run, scope))
        if isinstance(result, str):
            run.spend_on_size(result)
        return result

    return compiler.guarded(node, calculate)


@makes(Negate)
def negation(compiler: Compiler, node: Negate) -> Code:
    """`-a`."""
    operand = compiler.code(node.operand)
    return compiler.guarded(node, lambda run, scope: negate(operand(run, scope)))


@makes(Compare)
def comparison(compiler: Compiler, node: Compare) -> Code:
    """`a < b`."""
    left, right = compiler.code(node.left), compiler.code(node.right)
    operator, place = node.operator, compiler.place(node)
    on_plain = _ON_NUMBERS[operator]
    plain = frozenset([Decimal, str] if operator in ("=", "!=") else [Decimal])
    if isinstance(node.right, Constant) and type(node.right.value) in plain:
        return _comparison_with(node.right.value, left, compiler, node)

    def test(run: Runtime, scope: Scope) -> Value:
        one, other = left(run, scope), right(run, scope)
        kind = type(one)
        if kind is type(other) and kind in plain:
            return on_plain(one, other)
        try:
            return compare(operator, one, other, run.spend)
        except Failure as failure:
            run.warn(place, failure)
            return None

    return test


def _comparison_with(limit: Value, left: Code, compiler: Compiler, node: Compare) -> Code:
    """The most frequent comparison, with a number or string that is written out, without a detour."""
    operator, place, on_plain, kind = node.operator, compiler.place(node), _ON_NUMBERS[node.operator], type(limit)

    def test(run: Runtime, scope: Scope) -> Value:
        value = left(run, scope)
        if type(value) is kind:
            return on_plain(value, limit)
        try:
            return compare(operator, value, limit, run.spend)
        except Failure as failure:
            run.warn(place, failure)
            return None

    return test


@makes(Between)
def between(compiler: Compiler, node: Between) -> Code:
    """`a between b and c`, which means `a >= b and a <= c`."""
    value, low, high = compiler.code(node.value), compiler.code(node.low), compiler.code(node.high)
    place = compiler.place(node)

    def test(run: Runtime, scope: Scope) -> Value:
        tested = value(run, scope)
        verdicts: list[bool | None] = []
        for operator, bound in ((">=", low(run, scope)), ("<=", high(run, scope))):
            try:
                verdicts.append(compare(operator, tested, bound, run.spend))
            except Failure as failure:
                run.warn(place, failure)
                verdicts.append(None)
        if False in verdicts:
            return False
        return None if None in verdicts else True

    return test


@makes(And)
def conjunction(compiler: Compiler, node: And) -> Code:
    """`a and b`: false if one is false, else null if one is no boolean."""
    return _logic(compiler.codes(node.operands), decisive=False)


@makes(Or)
def disjunction(compiler: Compiler, node: Or) -> Code:
    """`a or b`: true if one is true, else null if one is no boolean."""
    return _logic(compiler.codes(node.operands), decisive=True)


def _logic(operands: tuple[Code, ...], *, decisive: bool) -> Code:
    def decide(run: Runtime, scope: Scope) -> Value:
        result: bool | None = not decisive
        for operand in operands:
            value = operand(run, scope)
            if value is decisive:
                return decisive
            if value is not True and value is not False:
                result = None
        return result

    return decide


@makes(If)
def conditional(compiler: Compiler, node: If) -> Code:
    """`if a then b else c`; a condition that is not true leads to `else`."""
    condition, then, otherwise = compiler.code(node.condition), compiler.code(node.then), compiler.code(node.otherwise)
    return lambda run, scope: then(run, scope) if condition(run, scope) is True else otherwise(run, scope)


@makes(InstanceOf)
def instance_of(compiler: Compiler, node: InstanceOf) -> Code:
    """`a instance of number`."""
    value, wanted = compiler.code(node.value), node.type
    return compiler.guarded(node, lambda run, scope: is_instance(value(run, scope), wanted, run.find_type))
