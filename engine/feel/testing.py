# SPDX-License-Identifier: EUPL-1.2
"""Unary tests: the right side of `in` and the cells of decision tables."""

from engine.feel.errors import Failure
from engine.feel.lookups import Lookups
from engine.feel.nodes import In, Name, Node, Test, UnaryTests, Verdict
from engine.feel.operators import compare, equal, in_range
from engine.feel.scopes import Scope
from engine.feel.values import Range, Value, kind_of

# What a unary test is about.
_TESTED = Name("?")


class UnaryTesting(Lookups):
    """The part of an evaluation that tests a value."""

    def _in(self, node: In, scope: Scope) -> Value:
        inner = Scope({"?": self.value(node.value, scope)}, scope)
        return self._any_test(node.tests, inner)

    def _unary_tests(self, node: UnaryTests, scope: Scope) -> Value:
        if not node.tests:
            return True
        result = self._any_test(node.tests, scope)
        return not result if node.negated and result is not None else result

    def _any_test(self, tests: tuple[Node, ...], scope: Scope) -> bool | None:
        result: bool | None = False
        for test in tests:
            passed = self._test(test, scope)
            if passed is True:
                return True
            if passed is None:
                result = None
        return result

    def _test(self, test: Node, scope: Scope) -> bool | None:
        tested = self.value(_TESTED, scope)
        if isinstance(test, Test):
            try:
                return compare(test.operator, tested, self.value(test.operand, scope), self.runtime.spend)
            except Failure as failure:
                self.runtime.warn(str(failure))
                return None
        if isinstance(test, Verdict):
            verdict = self.value(test.expression, scope)
            return verdict if isinstance(verdict, bool) else None
        return self._meets(tested, self.value(test, scope))

    def _meets(self, tested: Value, wanted: Value) -> bool | None:
        spend = self.runtime.spend
        if isinstance(wanted, Range):
            try:
                return in_range(tested, wanted)
            except Failure as failure:
                self.runtime.warn(str(failure))
                return None
        if isinstance(wanted, list):
            return equal(tested, wanted, spend) is True or any(self._meets(tested, item) is True for item in wanted)
        if wanted is True and not isinstance(tested, bool):
            return True
        same = equal(tested, wanted, spend)
        if same is None:
            self.runtime.warn(f"{kind_of(tested)} and {kind_of(wanted)} cannot be compared")
        return same
