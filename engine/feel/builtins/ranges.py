# SPDX-License-Identifier: EUPL-1.2
"""Functions that compare points and ranges with each other, after Allen's algebra, and `range(...)`.

Bounds that are open (as in `(< 10)`) lie beyond every point.
"""

from engine.feel.builtins.rangetext import range_from_text
from engine.feel.builtins.registry import builtin
from engine.feel.errors import Failure
from engine.feel.operators import in_range, ordered
from engine.feel.values import Range, Value


def _points(one: Value, other: Value) -> int:
    """How two points stand to each other; raises Failure for null and for what has no order."""
    if one is None or other is None or isinstance(one, list | dict | Range) or isinstance(other, list | dict | Range):
        raise Failure("a point is needed, or a range")
    return ordered(one, other)


def _starts(one: Range, other: Range) -> int:
    """Negative, zero or positive as `one` begins before, with or after `other`."""
    if one.start is None or other.start is None:
        return (one.start is not None) - (other.start is not None)
    return ordered(one.start, other.start) or other.start_included - one.start_included


def _ends(one: Range, other: Range) -> int:
    """Negative, zero or positive as `one` ends before, with or after `other`."""
    if one.end is None or other.end is None:
        return (one.end is None) - (other.end is None)
    return ordered(one.end, other.end) or one.end_included - other.end_included


def _gap(first: Range, second: Range) -> bool:
    """Whether `first` ends before `second` begins."""
    if first.end is None or second.start is None:
        return False
    order = ordered(first.end, second.start)
    return order < 0 or (order == 0 and not (first.end_included and second.start_included))


def _at(point: Value) -> Range:
    _points(point, point)
    return Range(point, point)


@builtin("before", "point1: point", "point2: point")
@builtin("before", "point: point", "range: range")
@builtin("before", "range: range", "point: point")
@builtin("before", "range1: range", "range2: range")
def before(first: Value, second: Value) -> bool:
    return _gap(_as_range(first), _as_range(second))


@builtin("after", "point1: point", "point2: point")
@builtin("after", "point: point", "range: range")
@builtin("after", "range: range", "point: point")
@builtin("after", "range1: range", "range2: range")
def after(first: Value, second: Value) -> bool:
    return _gap(_as_range(second), _as_range(first))


def _as_range(value: Value) -> Range:
    return value if isinstance(value, Range) else _at(value)


@builtin("meets", "range1: range", "range2: range")
def meets(first: Range, second: Range) -> bool:
    if first.end is None or second.start is None:
        return False
    return first.end_included and second.start_included and ordered(first.end, second.start) == 0


@builtin("met by", "range1: range", "range2: range")
def met_by(first: Range, second: Range) -> bool:
    return meets(second, first)


@builtin("overlaps", "range1: range", "range2: range")
def overlaps(first: Range, second: Range) -> bool:
    return not _gap(first, second) and not _gap(second, first)


@builtin("overlaps before", "range1: range", "range2: range")
def overlaps_before(first: Range, second: Range) -> bool:
    return _starts(first, second) < 0 and not _gap(first, second) and _ends(first, second) <= 0


@builtin("overlaps after", "range1: range", "range2: range")
def overlaps_after(first: Range, second: Range) -> bool:
    return overlaps_before(second, first)


@builtin("finishes", "point: point", "range: range")
def point_finishes(point: Value, limits: Range) -> bool:
    return limits.end is not None and limits.end_included and _points(point, limits.end) == 0


@builtin("finishes", "range1: range", "range2: range")
def finishes(first: Range, second: Range) -> bool:
    return _ends(first, second) == 0 and _starts(first, second) >= 0


@builtin("finished by", "range: range", "point: point")
def finished_by_point(limits: Range, point: Value) -> bool:
    return point_finishes(point, limits)


@builtin("finished by", "range1: range", "range2: range")
def finished_by(first: Range, second: Range) -> bool:
    return finishes(second, first)


@builtin("includes", "range: range", "point: point")
def includes_point(limits: Range, point: Value) -> bool:
    _points(point, point)
    return in_range(point, limits)


@builtin("includes", "range1: range", "range2: range")
def includes(first: Range, second: Range) -> bool:
    return _starts(first, second) <= 0 and _ends(first, second) >= 0


@builtin("during", "point: point", "range: range")
def point_during(point: Value, limits: Range) -> bool:
    return includes_point(limits, point)


@builtin("during", "range1: range", "range2: range")
def during(first: Range, second: Range) -> bool:
    return includes(second, first)


@builtin("starts", "point: point", "range: range")
def point_starts(point: Value, limits: Range) -> bool:
    return limits.start is not None and limits.start_included and _points(point, limits.start) == 0


@builtin("starts", "range1: range", "range2: range")
def starts(first: Range, second: Range) -> bool:
    return _starts(first, second) == 0 and _ends(first, second) <= 0


@builtin("started by", "range: range", "point: point")
def started_by_point(limits: Range, point: Value) -> bool:
    return point_starts(point, limits)


@builtin("started by", "range1: range", "range2: range")
def started_by(first: Range, second: Range) -> bool:
    return starts(second, first)


@builtin("coincides", "point1: point", "point2: point")
def points_coincide(first: Value, second: Value) -> bool:
    return _points(first, second) == 0


@builtin("coincides", "range1: range", "range2: range")
def coincides(first: Range, second: Range) -> bool:
    return _starts(first, second) == 0 and _ends(first, second) == 0


@builtin("range", "from: string")
def range_of_text(text: str) -> Range:
    return range_from_text(text)
