# SPDX-License-Identifier: EUPL-1.2
"""Code for unary tests: the right side of `in` and the cells of decision tables."""

from collections.abc import Callable
from decimal import Decimal

from engine.feel.compiling.base import Code, Compiler, makes
from engine.feel.errors import Failure
from engine.feel.nodes import HalfRange, In, Name, Node, RangeOf, Test, UnaryTests, Verdict
from engine.feel.operators import compare, equal, in_range
from engine.feel.runtime import Place, Runtime
from engine.feel.scopes import Scope
from engine.feel.values import Range, Value, kind_of

_PLAIN = frozenset([str, Decimal])

# Tests the value of `?`; None when it cannot be told.
Testing = Callable[[Runtime, Scope, Value], bool | None]


@makes(In)
def contained(compiler: Compiler, node: In) -> Code:
    """`a in (< 5, [7..9])`."""
    value = compiler.code(node.value)
    tests = [_test(compiler, test) for test in node.tests]

    def decide(run: Runtime, scope: Scope) -> Value:
        tested = value(run, scope)
        return _any(tests, run, Scope({"?": tested}, scope), tested)

    return decide


@makes(UnaryTests)
def unary_tests(compiler: Compiler, node: UnaryTests) -> Code:
    """A whole cell; its value is the verdict."""
    if not node.tests:
        return lambda run, scope: True
    tests = [_test(compiler, test) for test in node.tests]
    tested_value = compiler.code(Name("?", span=node.span))
    negated = node.negated

    def decide(run: Runtime, scope: Scope) -> Value:
        result = _any(tests, run, scope, tested_value(run, scope))
        return not result if negated and result is not None else result

    return decide


def _any(tests: list[Testing], run: Runtime, scope: Scope, tested: Value) -> bool | None:
    result: bool | None = False
    for test in tests:
        passed = test(run, scope, tested)
        if passed is True:
            return True
        if passed is None:
            result = None
    return result


def _test(compiler: Compiler, test: Node) -> Testing:
    place = compiler.place(test)
    if isinstance(test, Test):
        return _comparison(test.operator, compiler.code(test.operand), place)
    if isinstance(test, Verdict):
        verdict = compiler.code(test.expression)

        def judge(run: Runtime, scope: Scope, tested: Value) -> bool | None:
            value = verdict(run, scope)
            return value if isinstance(value, bool) else None

        return judge
    return _meeting(compiler.code(test), place, is_range=isinstance(test, RangeOf | HalfRange))


def _comparison(operator: str, operand: Code, place: Place) -> Testing:
    def test(run: Runtime, scope: Scope, tested: Value) -> bool | None:
        try:
            return compare(operator, tested, operand(run, scope), run.spend)
        except Failure as failure:
            run.warn(place, failure)
            return None

    return test


def _meeting(wanted: Code, place: Place, *, is_range: bool) -> Testing:
    def test(run: Runtime, scope: Scope, tested: Value) -> bool | None:
        value = wanted(run, scope)
        if is_range and value is None:
            return None
        return _meets(run, tested, value, place)

    return test


def _meets(run: Runtime, tested: Value, wanted: Value, place: Place) -> bool | None:
    if type(wanted) is type(tested) and type(wanted) in _PLAIN:
        return bool(wanted == tested)
    if isinstance(wanted, Range):
        if isinstance(tested, Range):
            return equal(tested, wanted, run.spend)
        try:
            return in_range(tested, wanted)
        except Failure as failure:
            run.warn(place, failure)
            return None
    if isinstance(wanted, list):
        if equal(tested, wanted, run.spend) is True:
            return True
        return any(_meets(run, tested, item, place) is True for item in wanted)
    if wanted is True and not isinstance(tested, bool):
        return True
    same = equal(tested, wanted, run.spend)
    if same is None:
        run.warn(place, f"{kind_of(tested)} and {kind_of(wanted)} cannot be compared")
    return same
