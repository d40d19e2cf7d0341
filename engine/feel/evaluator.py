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
    UnaryTests,
)
from engine.feel.operators import arithmetic, compare, make_range, negate
from engine.feel.runtime import Clock, Runtime
from engine.feel.scopes import Scope
from engine.feel.testing import UnaryTesting
from engine.feel.types import is_instance
from engine.feel.values import MISSING, Function, HostFunction, Value, kind_of

# Every so many entries or characters of a value cost one step.
_FREE_SIZE = 20


class Closure(Function):
    """A function written in FEEL, with the scope that it was written in."""

    def __init__(self, node: FunctionOf, scope: Scope) -> None:
        self.node = node
        self.scope = scope


class Evaluator(UnaryTesting):
    """One evaluation of one expression."""

    def __init__(self, clock: Clock | None) -> None:
        super().__init__(Runtime(clock, self.call_function))
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

    def _spend_on_sizes(self, values: list[Value]) -> None:
        # Going through a long value costs; a function in a loop must not do it for free.
        for value in values:
            if isinstance(value, list | dict | str) and len(value) > _FREE_SIZE:
                self.runtime.spend(len(value) // _FREE_SIZE)

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

    # -- values -----------------------------------------------------------------------------------------

    def _constant(self, node: Constant, scope: Scope) -> Value:
        return node.value

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
        if isinstance(result, str):
            self._spend_on_sizes([result])
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

    def call_function(self, function: Function, arguments: list[Value]) -> Value:
        """Calls any FEEL function by position; raises Failure."""
        return self._apply(function, arguments, {})

    def _apply(self, function: Function, positional: list[Value], named: dict[str, Value]) -> Value:
        if isinstance(function, Builtin):
            self._spend_on_sizes(positional)
            result = function(self.runtime, positional, named)
            self._spend_on_sizes([result])
            return result
        if isinstance(function, Closure):
            parameters = function.node.parameters
        elif isinstance(function, HostFunction):
            parameters = function.parameters
        else:
            raise Failure("this function cannot be called")
        if len(positional) + len(named) != len(parameters) or set(named) - set(parameters):
            raise Failure(f"the function takes {len(parameters)} arguments")
        bound = dict(zip(parameters, positional, strict=False)) if positional else named
        if isinstance(function, HostFunction):
            return function.call([bound[name] for name in parameters])
        return self.value(function.node.body, Scope(bound, function.scope))


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
