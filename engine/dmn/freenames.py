# SPDX-License-Identifier: EUPL-1.2
"""The names that logic reads from outside: those of its own entries, parameters and iterators do not count."""

from collections.abc import Iterator

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
)
from engine.feel import Expression, variables_of


def free_names_of(logic: Logic) -> set[str]:
    """The names that the logic reads from its scope."""
    if isinstance(logic, BoxedContext):
        found: set[str] = set()
        known: set[str] = set()
        for entry in logic.entries:
            found |= free_names_of(entry.logic) - known
            known.add(entry.name)
        return found | (set() if logic.result is None else free_names_of(logic.result) - known)
    if isinstance(logic, BoxedFunction):
        return free_names_of(logic.body) - {parameter.name for parameter in logic.parameters}
    if isinstance(logic, BoxedFilter):
        return free_names_of(logic.items) | (free_names_of(logic.condition) - {"item"})
    if isinstance(logic, BoxedIterator):
        return free_names_of(logic.items) | (free_names_of(logic.body) - {logic.variable, "partial"})
    if isinstance(logic, BoxedInvocation):
        # What is called is a function: a built-in one, or one that a requirement or an entry brings.
        called = set() if isinstance(logic.function, LiteralExpression) else free_names_of(logic.function)
        return called.union(*(free_names_of(part) for _, part in logic.bindings))
    if isinstance(logic, BoxedConditional):
        return free_names_of(logic.condition) | free_names_of(logic.then) | free_names_of(logic.otherwise)
    if isinstance(logic, BoxedList):
        return set().union(*(free_names_of(item) for item in logic.items))
    return {name for expression in expressions_of(logic) for name in variables_of(expression)}


def expressions_of(logic: Logic) -> Iterator[Expression]:
    """The FEEL that stands in a table or a literal expression."""
    if isinstance(logic, LiteralExpression):
        yield logic.expression
    elif isinstance(logic, DecisionTable):
        for column in logic.inputs:
            yield column.expression
        cells = [cell for rule in logic.rules for cell in (*rule.tests, *rule.results)]
        yield from (cell for cell in (*cells, *(column.default for column in logic.outputs)) if cell is not None)
