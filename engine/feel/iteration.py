# SPDX-License-Identifier: EUPL-1.2
"""What `for`, `some` and `every` iterate over."""

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Iterator as Iterating
from datetime import date, datetime, timedelta
from decimal import Decimal

from engine.feel.errors import Failure
from engine.feel.limits import MAX_LIST_SIZE, check_list_size
from engine.feel.runtime import Runtime
from engine.feel.scopes import Scope
from engine.feel.values import NUMBERS, Range, Value

_ONE = Decimal(1)

# The name to iterate with, what gives the value after `in`, and what gives the value after `..` if there is one.
Source = tuple[str, Callable[[Runtime, Scope], Value], Callable[[Runtime, Scope], Value] | None]


def combinations(sources: Sequence[Source], run: Runtime, scope: Scope) -> Iterating[Scope]:
    """A scope for every combination; later iterators see the names of earlier ones and run faster."""
    (name, first, last), rest = sources[0], sources[1:]
    start = first(run, scope)
    items = _items(start) if last is None else _between(start, last(run, scope))
    for item in items:
        inner = Scope({name: item}, scope)
        if rest:
            run.spend(1)
            yield from combinations(rest, run, inner)
        else:
            yield inner


def _items(value: Value) -> Iterable[Value]:
    if isinstance(value, Range):
        return _of_range(value)
    if isinstance(value, list):
        return value
    if value is None:
        raise Failure("null cannot be iterated over")
    return [value]


def _of_range(limits: Range) -> Iterable[Value]:
    items = list(_between(limits.start, limits.end))
    if items and not limits.start_included and items[0] == limits.start:
        items = items[1:]
    if items and not limits.end_included and items[-1] == limits.end:
        items = items[:-1]
    return items


def _between(first: Value, last: Value) -> Iterable[Value]:
    """Whole numbers or days from `first` to `last`, downwards if `last` is less; raises Failure."""
    if isinstance(first, Decimal) and isinstance(last, Decimal):
        if first != first.to_integral_value() or last != last.to_integral_value():
            raise Failure("a range to iterate over needs whole numbers")
        distance = NUMBERS.subtract(last, first)
        check_list_size(MAX_LIST_SIZE + 1 if abs(distance) > MAX_LIST_SIZE else int(abs(distance)) + 1)
        step = _ONE if distance >= 0 else -_ONE
        return (NUMBERS.add(first, step * index) for index in range(int(abs(distance)) + 1))
    if isinstance(first, date) and isinstance(last, date) and type(first) is type(last) is not datetime:
        days = (last - first).days
        check_list_size(abs(days) + 1)
        sign = 1 if days >= 0 else -1
        return (first + timedelta(days=sign * index) for index in range(abs(days) + 1))
    raise Failure("a range to iterate over needs two whole numbers or two dates")
