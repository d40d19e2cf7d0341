# SPDX-License-Identifier: EUPL-1.2
"""Walks a syntax tree and computes its value; a part that has no value becomes null and leaves a warning."""

from collections.abc import Callable, Mapping
from typing import Any

from engine.feel.builtins import BUILTINS
from engine.feel.builtins.registry import Builtin
from engine.feel.errors import Failure, FeelLimitExceeded
from engine.feel.iteration import combinations
from engine.feel.limits import MAX_EVALUATION_DEPTH, check_list_size
from engine.feel.nodes import (
    And,
    Arithmetic,
    Between,
    Call,
    Compare,
    Constant,
    ContextOf,
    Filter,
    For,
    FunctionOf,
    If,
    In,
    InstanceOf,
    Iterator,
    ListOf,
    Name,
    Negate,
    Node,
    Or,
    Path,
    Quantified,
    RangeOf,
    Test,
    UnaryTests,
)
from engine.feel.operators import arithmetic, compare, equal, in_range, make_range, negate
from engine.feel.runtime import Clock, Runtime
from engine.feel.scopes import Scope
from engine.feel.temporal import temporal_property
from engine.feel.types import is_instance
from engine.feel.unary import uses_input
from engine.feel.values import MISSING, Function, Range, Value, from_python, kind_of

_TEMPORAL_KINDS = frozenset(["date", "time", "date and time", "days and time duration", "years and months duration"])


# What a unary test is about.
_TESTED = Name("?")


class Closure(Function):
    """A function written in FEEL, with the scope that it was written in."""

    def __init__(self, node: FunctionOf, scope: Scope) -> None:
        self.node = node
        self.scope = scope


class Evaluator:
    """One evaluation of one expression."""

    def __init__(self, clock: Clock | None) -> None:
        self.runtime = Runtime(clock, self.call_function)
        self._depth = 0

    def run(self, node: Node, *scopes: Mapping[str, object]) -> Value:
        """The value of the expression in these scopes, outermost first; raises FeelLimitExceeded."""
        scope = Scope({}, None)
        for names in scopes:
            scope = Scope(names, scope, foreign=True)
        try:
            value = self.value(node, scope)
            self._spend_on(value)
        except RecursionError:
            raise FeelLimitExceeded("the evaluation is nested too deep") from None
        return value

    def _spend_on(self, value: Value) -> None:
        # A list that contains another one twice, sixty times over, is small to build and endless to store.
        self.runtime.spend(1)
        if isinstance(value, list):
            for item in value:
                self._spend_on(item)
        elif isinstance(value, dict):
            for item in value.values():
                self._spend_on(item)

    def value(self, node: Node, scope: Scope) -> Value:
        """The value of a part of the expression."""
        self.runtime.spend(1)
        self._depth += 1
        if self._depth > MAX_EVALUATION_DEPTH:
            raise FeelLimitExceeded(f"the evaluation is nested deeper than {MAX_EVALUATION_DEPTH} levels")
        try:
            return _EVALUATE[type(node)](self, node, scope)
        except Failure as failure:
            self.runtime.warn(str(failure))
            return None
        finally:
            self._depth -= 1

    # -- values and names -----------------------------------------------------------------------------------------

    def _constant(self, node: Constant, scope: Scope) -> Value:
        return node.value

    def _name(self, node: Name, scope: Scope) -> Value:
        value, foreign = self._raw(node, scope)
        if value is MISSING:
            raise Failure(f"`{node.name}` is not known here")
        return from_python(value) if foreign else value

    def _raw(self, node: Node, scope: Scope) -> tuple[Value, bool]:
        """A value, or MISSING, and whether it still has to be converted: `person.name` converts not all of `person`."""
        if isinstance(node, Name):
            found = scope.lookup(node.name)
            return (BUILTINS.get(node.name, MISSING), False) if found[0] is MISSING else found
        if not isinstance(node, Path):
            return self.value(node, scope), False
        base, foreign = self._raw(node.base, scope)
        if isinstance(base, Mapping):
            return base.get(node.name, MISSING), foreign
        if base is None or base is MISSING:
            return MISSING, False
        return self._property(from_python(base) if foreign else base, node.name), False

    def _path(self, node: Path, scope: Scope) -> Value:
        value, foreign = self._raw(node, scope)
        if value is MISSING:
            raise Failure(f"there is no entry `{node.name}`")
        return from_python(value) if foreign else value

    def _property(self, base: Value, name: str) -> Value:
        kind = kind_of(base)
        if kind == "list":
            return [self._entry_or_null(item, name) for item in base]
        if kind in _TEMPORAL_KINDS:
            return temporal_property(base, name)
        if isinstance(base, Range):
            return _range_property(base, name)
        raise Failure(f"a {kind} has no property `{name}`")

    def _entry_or_null(self, item: Value, name: str) -> Value:
        self.runtime.spend(1)
        if isinstance(item, dict):
            return item.get(name)
        return None if item is None else self._property(item, name)

    def _list(self, node: ListOf, scope: Scope) -> Value:
        return [self.value(item, scope) for item in node.items]

    def _context(self, node: ContextOf, scope: Scope) -> Value:
        built: dict[str, Value] = {}
        inner = Scope(built, scope)
        for entry in node.entries:
            if entry.key in built:
                raise Failure(f"the entry `{entry.key}` occurs twice")
            built[entry.key] = self.value(entry.value, inner)
        return built

    def _range(self, node: RangeOf, scope: Scope) -> Value:
        start, end = self.value(node.start, scope), self.value(node.end, scope)
        return make_range(start, end, node.start_included, node.end_included)

    # -- operators ------------------------------------------------------------------------------------------------

    def _arithmetic(self, node: Arithmetic, scope: Scope) -> Value:
        result = self.value(node.first, scope)
        for step in node.steps:
            result = arithmetic(step.operator, result, self.value(step.operand, scope))
        return result

    def _negate(self, node: Negate, scope: Scope) -> Value:
        return negate(self.value(node.operand, scope))

    def _compare(self, node: Compare, scope: Scope) -> Value:
        left, right = self.value(node.left, scope), self.value(node.right, scope)
        return compare(node.operator, left, right, self.runtime.spend)

    def _between(self, node: Between, scope: Scope) -> bool:
        value = self.value(node.value, scope)
        low, high = self.value(node.low, scope), self.value(node.high, scope)
        spend = self.runtime.spend
        return compare(">=", value, low, spend) and compare("<=", value, high, spend)

    def _and(self, node: And, scope: Scope) -> Value:
        return self._logic(node.operands, scope, decisive=False)

    def _or(self, node: Or, scope: Scope) -> Value:
        return self._logic(node.operands, scope, decisive=True)

    def _logic(self, operands: tuple[Node, ...], scope: Scope, *, decisive: bool) -> bool | None:
        """`decisive` settles the result at once; anything that is no boolean leaves it unknown."""
        result: bool | None = not decisive
        for operand in operands:
            value: object = self.value(operand, scope)
            if value is decisive:
                return decisive
            if not isinstance(value, bool):
                result = None
        return result

    def _if(self, node: If, scope: Scope) -> Value:
        return self.value(node.then if self.value(node.condition, scope) is True else node.otherwise, scope)

    def _instance(self, node: InstanceOf, scope: Scope) -> Value:
        return is_instance(self.value(node.value, scope), node.type)

    # -- loops and filters ----------------------------------------------------------------------------------------

    def _for(self, node: For, scope: Scope) -> Value:
        results: list[Value] = []
        for inner in self._scopes_of(node.iterators, scope, {"partial": results}):
            check_list_size(len(results) + 1)
            results.append(self.value(node.body, inner))
        return results

    def _scopes_of(self, iterators: tuple[Iterator, ...], scope: Scope, names: dict[str, Value]) -> Any:
        def source(iterator: Iterator, inner: Scope) -> tuple[Value, Value]:
            first = self.value(iterator.source, inner)
            return first, MISSING if iterator.end is None else self.value(iterator.end, inner)

        return combinations(iterators, source, Scope(names, scope))

    def _quantified(self, node: Quantified, scope: Scope) -> Value:
        decisive = not node.every
        result: bool | None = node.every
        for inner in self._scopes_of(node.iterators, scope, {}):
            value = self.value(node.condition, inner)
            if value is decisive:
                return decisive
            if not isinstance(value, bool):
                result = None
        return result

    def _filter(self, node: Filter, scope: Scope) -> Value:
        base = self.value(node.base, scope)
        items = base if isinstance(base, list) else [] if base is None else [base]
        if isinstance(node.condition, Constant | Negate):
            return self._item_at(items, self.value(node.condition, scope))
        kept: list[Value] = []
        for item in items:
            entries = item if isinstance(item, dict) else {}
            verdict = self.value(node.condition, Scope({"item": item, **entries}, scope))
            if kind_of(verdict) == "number":
                return self._item_at(items, self.value(node.condition, scope))
            if verdict is True:
                kept.append(item)
        return kept

    def _item_at(self, items: list[Value], position: Value) -> Value:
        if isinstance(position, bool):
            return list(items) if position else []
        if kind_of(position) != "number" or position != position.to_integral_value():
            raise Failure("a filter must be a condition or a whole number")
        if not 1 <= abs(position) <= len(items):
            raise Failure(f"the list has no entry number {position}")
        return items[int(position) - 1 if position > 0 else int(position)]

    # -- functions ------------------------------------------------------------------------------------------------

    def _function(self, node: FunctionOf, scope: Scope) -> Value:
        return Closure(node, scope)

    def _call(self, node: Call, scope: Scope) -> Value:
        if isinstance(node.callee, Name) and node.callee.name == "is defined":
            return self._is_defined(node, scope)
        function = self._callee(node.callee, scope)
        positional = [self.value(argument, scope) for argument in node.positional]
        named = {entry.key: self.value(entry.value, scope) for entry in node.named}
        try:
            return self._apply(function, positional, named)
        except Failure as failure:
            name = node.callee.name if isinstance(node.callee, Name) else "function"
            raise Failure(f"{name}(): {failure}") from None

    def _callee(self, callee: Node, scope: Scope) -> Function:
        if isinstance(callee, Name):
            # A variable named like a built-in (`date`, `count`) must not hide the function.
            found, _ = scope.lookup(callee.name)
            if not isinstance(found, Function):
                found = BUILTINS.get(callee.name)
            if found is None:
                raise Failure(f"there is no function `{callee.name}`")
            return found
        function = self.value(callee, scope)
        if not isinstance(function, Function):
            raise Failure(f"a {kind_of(function)} cannot be called")
        return function

    def _is_defined(self, node: Call, scope: Scope) -> bool:
        arguments = node.positional or tuple(entry.value for entry in node.named)
        if len(arguments) != 1:
            raise Failure("is defined(): takes one argument")
        try:
            return self._raw(arguments[0], scope)[0] is not MISSING
        except Failure:
            return False

    def call_function(self, function: Function, arguments: list[Value]) -> Value:
        """Calls any FEEL function by position; raises Failure."""
        return self._apply(function, arguments, {})

    def _apply(self, function: Function, positional: list[Value], named: dict[str, Value]) -> Value:
        if isinstance(function, Builtin):
            return function(self.runtime, positional, named)
        if not isinstance(function, Closure):
            raise Failure("this function cannot be called")
        parameters = function.node.parameters
        if len(positional) + len(named) != len(parameters) or set(named) - set(parameters):
            raise Failure(f"the function takes {len(parameters)} arguments")
        bound = dict(zip(parameters, positional, strict=False)) if positional else named
        return self.value(function.node.body, Scope(bound, function.scope))

    # -- unary tests ----------------------------------------------------------------------------------------------

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
        wanted = self.value(test, scope)
        if uses_input(test):
            return wanted if isinstance(wanted, bool) else None
        return self._meets(tested, wanted)

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


def _range_property(limits: Range, name: str) -> Value:
    parts = {
        "start": limits.start,
        "end": limits.end,
        "start included": limits.start_included,
        "end included": limits.end_included,
    }
    if name not in parts:
        raise Failure(f"a range has no property `{name}`")
    return parts[name]


# mypy cannot know that each handler only ever receives its own kind of node.
_EVALUATE: dict[type[Node], Callable[[Evaluator, Any, Scope], Value]] = {
    Constant: Evaluator._constant,
    Name: Evaluator._name,
    Path: Evaluator._path,
    ListOf: Evaluator._list,
    ContextOf: Evaluator._context,
    RangeOf: Evaluator._range,
    Arithmetic: Evaluator._arithmetic,
    Negate: Evaluator._negate,
    Compare: Evaluator._compare,
    Between: Evaluator._between,
    And: Evaluator._and,
    Or: Evaluator._or,
    If: Evaluator._if,
    InstanceOf: Evaluator._instance,
    For: Evaluator._for,
    Quantified: Evaluator._quantified,
    Filter: Evaluator._filter,
    FunctionOf: Evaluator._function,
    Call: Evaluator._call,
    In: Evaluator._in,
    UnaryTests: Evaluator._unary_tests,
}
