# SPDX-License-Identifier: EUPL-1.2
"""Functions on lists; positions count from 1, negative ones from the end."""

from collections.abc import Callable
from decimal import Decimal, DecimalException
from functools import cmp_to_key
from typing import Any

from engine.feel.builtins.registry import builtin, whole
from engine.feel.errors import Failure
from engine.feel.limits import check_list_size
from engine.feel.operators import arithmetic, equal, ordered
from engine.feel.runtime import Runtime
from engine.feel.values import NUMBERS, Function, Value


def over_items(name: str) -> Callable[[Callable[[list[Value]], Value]], Callable[[list[Value]], Value]]:
    """Registers a function that takes one list, or its items as separate arguments."""

    def register(body: Callable[[list[Value]], Value]) -> Callable[[list[Value]], Value]:
        builtin(name, "list: list")(body)

        @builtin(name, "*items: any")
        def of_items(*items: Value) -> Value:
            if len(items) < 2:
                raise Failure(f"`{name}` needs a list")
            return body(list(items))

        return body

    return register


@builtin("count", "list: list")
def count(items: list[Value]) -> Decimal:
    return Decimal(len(items))


@builtin("list contains", "list: list", "element: any", needs_runtime=True)
def list_contains(runtime: Runtime, items: list[Value], element: Value) -> bool:
    return any(equal(item, element, runtime.spend) is True for item in items)


@over_items("sum")
def total(items: list[Value]) -> Value:
    """The sum of numbers or of durations; null for an empty list, as the standard says."""
    if not items:
        return None
    result = items[0]
    if isinstance(result, str):
        raise Failure("`sum` takes numbers only")
    for item in items[1:]:
        result = arithmetic("+", result, item)
    if not isinstance(result, Decimal) and len(items) == 1:
        arithmetic("+", result, result)
    return result


@over_items("mean")
def mean(items: list[Value]) -> Value:
    if not items:
        raise Failure("an empty list has no mean")
    return arithmetic("/", total(items), Decimal(len(items)))


@over_items("product")
def product(items: list[Value]) -> Value:
    if not items:
        raise Failure("an empty list has no product")
    result: Value = Decimal(1)
    for item in items:
        result = arithmetic("*", result, item)
    return result


@over_items("median")
def median(items: list[Value]) -> Value:
    if not items:
        return None
    if not all(isinstance(item, Decimal) for item in items):
        raise Failure("`median` takes numbers only")
    middle = len(items) // 2
    in_order = sorted(items)
    if len(items) % 2:
        return in_order[middle]
    return arithmetic("/", NUMBERS.add(in_order[middle - 1], in_order[middle]), Decimal(2))


@over_items("stddev")
def stddev(items: list[Value]) -> Value:
    """The standard deviation of a sample."""
    if len(items) < 2 or not all(isinstance(item, Decimal) for item in items):
        raise Failure("`stddev` takes at least two numbers")
    middle = mean(items)
    squares = [arithmetic("**", arithmetic("-", item, middle), Decimal(2)) for item in items]
    try:
        return NUMBERS.sqrt(arithmetic("/", total(squares), Decimal(len(items) - 1)))
    except DecimalException:
        raise Failure("the standard deviation is too large") from None


@over_items("mode")
def mode(items: list[Value]) -> Value:
    """The most frequent numbers, in ascending order."""
    if not all(isinstance(item, Decimal) for item in items):
        raise Failure("`mode` takes numbers only")
    counts: dict[Decimal, int] = {}
    for item in items:
        counts[item] = counts.get(item, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(item for item, frequency in counts.items() if frequency == most)


@over_items("min")
def smallest(items: list[Value]) -> Value:
    return _extreme(items, -1)


@over_items("max")
def largest(items: list[Value]) -> Value:
    return _extreme(items, 1)


def _extreme(items: list[Value], sign: int) -> Value:
    if not items:
        return None
    best = items[0]
    ordered(best, best)
    for item in items[1:]:
        if ordered(item, best) * sign > 0:
            best = item
    return best


@over_items("all")
def all_true(items: list[Value]) -> bool | None:
    """False if one item is false, else null if one is not a boolean, else true."""
    if any(item is False for item in items):
        return False
    return True if all(item is True for item in items) else None


@over_items("any")
def any_true(items: list[Value]) -> bool | None:
    """True if one item is true, else null if one is not a boolean, else false."""
    if any(item is True for item in items):
        return True
    return False if all(item is False for item in items) else None


@builtin("sublist", "list: list", "start position: number", "length: number?")
def sublist(items: list[Value], start: Decimal, length: Decimal | None) -> list[Value]:
    begin = _index(items, start)
    if length is None:
        return items[begin:]
    size = whole(length, "the length")
    if size < 1 or begin + size > len(items):
        raise Failure("the length lies outside the list")
    return items[begin : begin + size]


def _index(items: list[Value], position: Decimal) -> int:
    wanted = whole(position, "the position")
    if wanted == 0 or abs(wanted) > len(items):
        raise Failure("the position lies outside the list")
    return wanted - 1 if wanted > 0 else len(items) + wanted


@builtin("append", "list: list", "*item: any")
def append(items: list[Value], *more: Value) -> list[Value]:
    check_list_size(len(items) + len(more))
    return [*items, *more]


@builtin("concatenate", "*list: list")
def concatenate(*lists: list[Value]) -> list[Value]:
    check_list_size(sum(len(items) for items in lists))
    return [item for items in lists for item in items]


@builtin("union", "*list: list", needs_runtime=True)
def union(runtime: Runtime, *lists: list[Value]) -> list[Value]:
    return distinct_values(runtime, concatenate(*lists))


@builtin("distinct values", "list: list", needs_runtime=True)
def distinct_values(runtime: Runtime, items: list[Value]) -> list[Value]:
    found: list[Value] = []
    for item in items:
        if not any(equal(item, other, runtime.spend) is True for other in found):
            found.append(item)
    return found


@builtin("duplicate values", "list: list", needs_runtime=True)
def duplicate_values(runtime: Runtime, items: list[Value]) -> list[Value]:
    repeated = [item for item in items if sum(equal(item, other, runtime.spend) is True for other in items) > 1]
    return distinct_values(runtime, repeated)


@builtin("flatten", "list: list", needs_runtime=True)
def flatten(runtime: Runtime, items: list[Value]) -> list[Value]:
    """All items that are no lists, in order, however deep they lie."""
    found: list[Value] = []
    pending: list[Value] = list(reversed(items))
    while pending:
        runtime.spend(1)
        item = pending.pop()
        if isinstance(item, list):
            pending.extend(reversed(item))
        else:
            found.append(item)
    check_list_size(len(found))
    return found


@builtin("index of", "list: list", "match: any", needs_runtime=True)
def index_of(runtime: Runtime, items: list[Value], match: Value) -> list[Decimal]:
    return [
        Decimal(position) for position, item in enumerate(items, start=1) if equal(item, match, runtime.spend) is True
    ]


@builtin("reverse", "list: list")
def reverse(items: list[Value]) -> list[Value]:
    return items[::-1]


@builtin("insert before", "list: list", "position: number", "newItem: any")
def insert_before(items: list[Value], position: Decimal, item: Value) -> list[Value]:
    check_list_size(len(items) + 1)
    index = _index(items, position)
    return [*items[:index], item, *items[index:]]


@builtin("remove", "list: list", "position: number")
def remove(items: list[Value], position: Decimal) -> list[Value]:
    index = _index(items, position)
    return [*items[:index], *items[index + 1 :]]


@builtin("list replace", "list: list", "position: number", "newItem: any")
def list_replace(items: list[Value], position: Decimal, item: Value) -> list[Value]:
    index = _index(items, position)
    return [*items[:index], item, *items[index + 1 :]]


@builtin("list replace", "list: list", "match: function", "newItem: any", needs_runtime=True)
def list_replace_matching(runtime: Runtime, items: list[Value], match: Function, new: Value) -> list[Value]:
    """Puts the new item wherever `match(item, newItem)` is true."""
    replaced: list[Value] = []
    for item in items:
        verdict = runtime.call(match, [item, new])
        if not isinstance(verdict, bool):
            raise Failure("the function of `list replace` must give true or false")
        replaced.append(new if verdict else item)
    return replaced


@builtin("sort", "list: list", "precedes: function?", needs_runtime=True)
def sort(runtime: Runtime, items: list[Value], precedes: Function | None) -> list[Value]:
    """The items in order: their natural one, or that of `precedes(a, b)`."""

    def order(left: Any, right: Any) -> int:
        runtime.spend(1)
        if precedes is None:
            return ordered(left, right)
        if runtime.call(precedes, [left, right]) is True:
            return -1
        return 1 if runtime.call(precedes, [right, left]) is True else 0

    return sorted(items, key=cmp_to_key(order))
