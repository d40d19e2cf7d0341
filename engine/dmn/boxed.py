# SPDX-License-Identifier: EUPL-1.2
"""Evaluates logic: boxed expressions here, tables in `engine.dmn.tables`."""

from collections.abc import Callable, Sequence
from typing import Any

from engine.dmn.errors import ValueNotConvertible
from engine.dmn.freenames import free_names_of
from engine.dmn.graph import Key
from engine.dmn.itemtypes import Type, conform
from engine.dmn.model import (
    BoxedConditional,
    BoxedContext,
    BoxedFilter,
    BoxedFunction,
    BoxedInvocation,
    BoxedIterator,
    BoxedList,
    DecisionTable,
    LiteralExpression,
    Logic,
    Unusable,
)
from engine.dmn.session import Session
from engine.dmn.tables import TableOutcome, TableWalk
from engine.dmn.trace import InputTrace, Trace
from engine.feel import Expression, check_unary_tests, evaluate, parse
from engine.feel.errors import Failure
from engine.feel.nodes import Call, Entry, Name
from engine.feel.text import value_text
from engine.feel.values import Function, HostFunction, Value, from_python

Names = dict[str, Value]

_MAX_WARNINGS = 100
# What these do with anything but lists and booleans is for FEEL to say. The items of a filter bring names of their own.
_CONDITION = "the condition of the filter"
_FILTER = parse(f"source[{_CONDITION}(item)]", frozenset([_CONDITION]))
_ITERATORS = {
    "for": parse("for item in source return part(item, partial)"),
    "some": parse("some item in source satisfies part(item)"),
    "every": parse("every item in source satisfies part(item)"),
}


class Walk:
    """The evaluation of one decision or of one call of a function, with what is to be told of it."""

    def __init__(self, session: Session, key: Key, name: str, logic: Logic | None = None) -> None:
        self.session = session
        self.id = key[1]
        self.name = name
        self.logic = logic
        self._types = session.graph.types.get(key[0])
        self.warnings: list[str] = []
        self._table: tuple[Logic, TableOutcome] | None = None
        self._steps: list[InputTrace] = []

    # -- what tables and boxed expressions need -------------------------------------------------------------------

    def feel(self, expression: Expression, scope: Names) -> Value:
        """The value of an expression; why parts of it are null becomes a warning."""
        result = evaluate(expression, scope, clock=self.session.clock, types=self._types)
        self.warn(expression.text, result.warnings)
        return result.value

    def passes(self, tests: Expression, value: Value, scope: Names) -> tuple[bool, tuple[str, ...]]:
        """Whether a value passes the tests of a cell, and what was odd."""
        result = check_unary_tests(tests, value, scope, clock=self.session.clock, types=self._types)
        return result.value is True, result.warnings

    def fit(self, value: Value, wanted: Type, what: str) -> Value:
        """The value as one of the type.

        One that does not fit is null with a warning by the norm, else raises ValueNotConvertible.
        """
        try:
            return conform(value, wanted, self.session.read)
        except Failure as failure:
            if not self.session.by_the_norm:
                shown = value_text(value)[:80]
                raise ValueNotConvertible(self.name, what, shown, wanted.name, str(failure)) from None
            self.warn(what, (str(failure),))
            return None

    def warn(self, where: str, warnings: Sequence[str]) -> None:
        """Notes what was odd, each thing once."""
        for warning in warnings:
            text = f"{where}: {warning}"
            if text not in self.warnings and len(self.warnings) < _MAX_WARNINGS:
                self.warnings.append(text)

    # -- logic ----------------------------------------------------------------------------------------------------

    def run(self, logic: Logic, scope: Names) -> Value:
        """The value of the logic, of the type that it declares."""
        value = _RUN[type(logic)](self, logic, scope)
        return self.fit(value, logic.declared, self.name)

    def _decision_table(self, table: DecisionTable, scope: Names) -> Value:
        outcome = TableWalk(self, table, scope).outcome()
        if self._table is not None:
            # A second table in one decision: the first is told on its own, the last belongs to the decision.
            self.session.tell(self._table_trace(*self._table, ()))
        self._table = (table, outcome)
        return outcome.value

    def _literal(self, literal: LiteralExpression, scope: Names) -> Value:
        return self.feel(literal.expression, scope)

    def _context(self, context: BoxedContext, scope: Names) -> Value:
        entries: Names = {}
        scope = dict(scope)
        for entry in context.entries:
            value = self.fit(self.run(entry.logic, scope), entry.declared, entry.name)
            if isinstance(value, LogicFunction):
                value.scope[entry.name] = value
            entries[entry.name] = scope[entry.name] = value
            if context is self.logic and context.result is not None and not isinstance(value, Function):
                self._steps.append(InputTrace(entry.name, entry.name, value))
        return entries if context.result is None else self.run(context.result, scope)

    def _list(self, boxed: BoxedList, scope: Names) -> Value:
        return [self.run(item, scope) for item in boxed.items]

    def _function(self, function: BoxedFunction, scope: Names) -> Value:
        return LogicFunction(self, function, dict(scope))

    def _invocation(self, invocation: BoxedInvocation, scope: Names) -> Value:
        function = self.run(invocation.function, scope)
        if not isinstance(function, Function):
            self.warn(self.name, ("what is called is no function",))
            return None
        arguments = {
            f"argument {number}": self.run(part, scope) for number, (_, part) in enumerate(invocation.bindings)
        }
        named = tuple(
            Entry(name, Name(argument)) for (name, _), argument in zip(invocation.bindings, arguments, strict=True)
        )
        call = Expression("the invocation", Call(Name("what is called"), (), named))
        return self.feel(call, {**arguments, "what is called": function})

    def _conditional(self, conditional: BoxedConditional, scope: Names) -> Value:
        condition = self.run(conditional.condition, scope)
        if condition is not None and not isinstance(condition, bool):
            self.warn(self.name, ("the condition is neither true nor false",))
            return None
        return self.run(conditional.then if condition is True else conditional.otherwise, scope)

    def _filter(self, boxed: BoxedFilter, scope: Names) -> Value:
        def holds(item: Value) -> Value:
            entries = item if isinstance(item, dict) else {}
            return self.run(boxed.condition, {**scope, "item": item, **entries})

        source = self.run(boxed.items, scope)
        return self.feel(_FILTER, {"source": source, _CONDITION: _Part(("item",), holds)})

    def _iterator(self, boxed: BoxedIterator, scope: Names) -> Value:
        def each(item: Value) -> Value:
            return self.run(boxed.body, {**scope, boxed.variable: item})

        def each_so_far(item: Value, partial: Value) -> Value:
            return self.run(boxed.body, {**scope, boxed.variable: item, "partial": partial})

        part = _Part(("item", "partial"), each_so_far) if boxed.kind == "for" else _Part(("item",), each)
        return self.feel(_ITERATORS[boxed.kind], {"source": self.run(boxed.items, scope), "part": part})

    def _unusable(self, logic: Unusable, scope: Names) -> Value:
        self.warn(self.name, (logic.reason,))
        return None

    # -- telling --------------------------------------------------------------------------------------------------

    def trace(self, logic: Logic, scope: Names, value: Value, variable: str) -> Trace:
        """What is to be told of the evaluation that just ended."""
        if isinstance(logic, DecisionTable) and self._table is not None and self._table[0] is logic:
            return self._table_trace(*self._table, tuple(self.warnings))
        if self._table is not None:
            self.session.tell(self._table_trace(*self._table, ()))
        read = sorted(name for name in free_names_of(logic) if name in scope)
        names = [name for name in read if not isinstance(scope[name], Function)]
        inputs = tuple(InputTrace(name, name, _told(scope[name])) for name in names)
        inputs += tuple(self._steps)
        literal = isinstance(logic, LiteralExpression)
        return Trace(
            self.id,
            self.name,
            "expression" if literal else "boxed",
            inputs,
            outputs=({variable: value},),
            output_labels={variable: self.name},
            expression=logic.expression.text if isinstance(logic, LiteralExpression) else "",
            warnings=tuple(self.warnings),
            value=value,
        )

    def _table_trace(self, logic: Logic, outcome: TableOutcome, warnings: tuple[str, ...]) -> Trace:
        columns = logic.outputs if isinstance(logic, DecisionTable) else ()
        return Trace(
            self.id,
            self.name,
            "table",
            outcome.inputs,
            outcome.rules,
            tuple(outcome.outputs),
            {column.name: column.label for column in columns},
            outcome.used_default,
            warnings=warnings,
            value=outcome.value,
            combined=outcome.combined,
        )


def _told(value: object) -> Value:
    """A value of the scope as it is told; what expressions cannot use is told as missing."""
    try:
        return from_python(value)
    except Failure:
        return None


class _Part(HostFunction):
    """A part of a boxed expression that FEEL evaluates for each item of a list."""

    def __init__(self, parameters: tuple[str, ...], body: Callable[..., Value]) -> None:
        self.parameters = parameters
        self.body = body

    def call(self, arguments: Sequence[Value]) -> Value:
        """The value of the part for these arguments."""
        return self.body(*arguments)


class LogicFunction(HostFunction):
    """A function whose body is any logic, with the scope it was written in."""

    def __init__(self, walk: Walk, function: BoxedFunction, scope: Names) -> None:
        self.walk = walk
        self.function = function
        self.scope = scope
        self.parameters = tuple(parameter.name for parameter in function.parameters)

    def call(self, arguments: Sequence[Value]) -> Value:
        """The value of the body; raises Failure when an argument is not of the type of its parameter."""
        bound: Names = {}
        for parameter, argument in zip(self.function.parameters, arguments, strict=True):
            bound[parameter.name] = self.walk.fit(argument, parameter.declared, parameter.name)
            if bound[parameter.name] is None and argument is not None:
                raise Failure(f"{parameter.name} is {value_text(argument)[:80]}, which is no {parameter.declared.name}")
        self.walk.session.enter()
        try:
            value = self.walk.run(self.function.body, {**self.scope, **bound})
            return self.walk.fit(value, self.function.gives, self.walk.name)
        finally:
            self.walk.session.leave()


# mypy cannot know that each handler only ever receives its own kind of logic.
_RUN: dict[type, Callable[[Walk, Any, Names], Value]] = {
    DecisionTable: Walk._decision_table,
    LiteralExpression: Walk._literal,
    BoxedContext: Walk._context,
    BoxedList: Walk._list,
    BoxedFunction: Walk._function,
    BoxedInvocation: Walk._invocation,
    BoxedConditional: Walk._conditional,
    BoxedFilter: Walk._filter,
    BoxedIterator: Walk._iterator,
    Unusable: Walk._unusable,
}
