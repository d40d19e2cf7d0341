# SPDX-License-Identifier: EUPL-1.2
"""What `for`, `some` and `every` iterate over."""

from collections.abc import Callable, Iterable
from collections.abc import Iterator as Iterating
from datetime import date, datetime, timedelta
from decimal import Decimal

from engine.feel.errors import Failure
from engine.feel.limits import MAX_LIST_SIZE, check_list_size
from engine.feel.nodes import Iterator
from engine.feel.scopes import Scope
from engine.feel.values import MISSING, NUMBERS, Range, Value

_ONE = Decimal(1)

# Gives the value after `in`, and the value after `..` or MISSING.
Source = Callable[[Iterator, Scope], tuple[Value, Value]]


def combinations(iterators: tuple[Iterator, ...], source: Source, scope: Scope) -> Iterating[Scope]:
    """A scope for every combination; later iterators see the names of earlier ones and run faster."""
    iterator, rest = iterators[0], iterators[1:]
    for item in _items(*source(iterator, scope)):
        inner = Scope({iterator.name: item}, scope)
        if rest:
            yield from combinations(rest, source, inner)
        else:
            yield inner


def _items(first: Value, last: Value) -> Iterable[Value]:
    if last is not MISSING:
        return _between(first, last)
    if isinstance(first, Range):
        return _of_range(first)
    if isinstance(first, list):
        return first
    if first is None:
        raise Failure("null cannot be iterated over")
    return [first]


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
