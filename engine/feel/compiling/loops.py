# SPDX-License-Identifier: EUPL-1.2
"""Code for what goes through lists: `for`, `some`, `every` and filters."""

from collections.abc import Iterator as Iterating
from decimal import Decimal

from engine.feel.compiling.base import Code, Compiler, makes, weight
from engine.feel.errors import Failure
from engine.feel.iteration import combinations
from engine.feel.limits import check_list_size
from engine.feel.names import free_names
from engine.feel.nodes import Constant, Filter, For, Iterator, Negate, Quantified
from engine.feel.runtime import Runtime
from engine.feel.scopes import Scope
from engine.feel.values import Value


@makes(For)
def for_loop(compiler: Compiler, node: For) -> Code:
    """`for a in b return c`; `partial` holds the results so far."""
    sources, body, cost = _sources(compiler, node.iterators), compiler.code(node.body), weight(node.body)
    shows_partial = "partial" in free_names(node.body)

    def loop(run: Runtime, scope: Scope) -> Value:
        results: list[Value] = []
        for inner in combinations(sources, run, scope):
            run.spend(cost)
            check_list_size(len(results) + 1)
            if shows_partial:
                run.spend_on_size(results)
                inner = Scope({**inner.names, "partial": list(results)}, inner.parent)
            results.append(body(run, inner))
        return results

    return compiler.guarded(node, loop)


def _sources(compiler: Compiler, iterators: tuple[Iterator, ...]) -> list[tuple[str, Code, Code | None]]:
    return [
        (iterator.name, compiler.code(iterator.source), None if iterator.end is None else compiler.code(iterator.end))
        for iterator in iterators
    ]


@makes(Quantified)
def quantified(compiler: Compiler, node: Quantified) -> Code:
    """`some a in b satisfies c`, `every a in b satisfies c`."""
    sources, condition = _sources(compiler, node.iterators), compiler.code(node.condition)
    cost, decisive = weight(node.condition), not node.every

    def test(run: Runtime, scope: Scope) -> Value:
        result: bool | None = not decisive
        for inner in combinations(sources, run, scope):
            run.spend(cost)
            value = condition(run, inner)
            if value is decisive:
                return decisive
            if not isinstance(value, bool):
                result = None
        return result

    return compiler.guarded(node, test)


@makes(Filter)
def filtered(compiler: Compiler, node: Filter) -> Code:
    """`list[condition]` or `list[position]`."""
    base, condition, cost = compiler.code(node.base), compiler.code(node.condition), weight(node.condition)
    is_number = isinstance(node.condition, Negate) or (
        isinstance(node.condition, Constant) and isinstance(node.condition.value, Decimal)
    )

    def choose(run: Runtime, scope: Scope) -> Value:
        value = base(run, scope)
        items = value if isinstance(value, list) else [] if value is None else [value]
        if is_number:
            return _item_at(items, condition(run, scope))
        if not items and _is_position(run, scope, condition):
            raise Failure("the list is empty")
        kept: list[Value] = []
        for item, verdict in _verdicts(run, scope, items, condition, cost):
            if isinstance(verdict, Decimal):
                return _item_at(items, condition(run, scope))
            if verdict is True:
                kept.append(item)
        return kept

    return compiler.guarded(node, choose)


def _verdicts(
    run: Runtime, scope: Scope, items: list[Value], condition: Code, cost: int
) -> Iterating[tuple[Value, Value]]:
    for item in items:
        run.spend(cost)
        inner = Scope({"item": item}, scope)
        yield item, condition(run, Scope(item, inner) if isinstance(item, dict) else inner)


def _is_position(run: Runtime, scope: Scope, condition: Code) -> bool:
    """Whether what stands in the brackets is a number even without an item; asked quietly."""
    warned = len(run.warnings)
    value = condition(run, scope)
    del run.warnings[warned:]
    return isinstance(value, Decimal)


def _item_at(items: list[Value], position: Value) -> Value:
    if not isinstance(position, Decimal) or position != position.to_integral_value():
        raise Failure("a filter must be a condition or a whole number")
    if not 1 <= abs(position) <= len(items):
        raise Failure(f"the list has no entry number {position}")
    return items[int(position) - 1 if position > 0 else int(position)]
