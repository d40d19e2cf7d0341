# SPDX-License-Identifier: EUPL-1.2
"""Functions that compare points with ranges."""

from engine.feel.builtins.registry import builtin
from engine.feel.operators import in_range
from engine.feel.values import Range, Value


@builtin("includes", "range: range", "point: any")
def includes(limits: Range, point: Value) -> bool:
    return in_range(point, limits)


@builtin("during", "point: any", "range: range")
def during(point: Value, limits: Range) -> bool:
    return in_range(point, limits)
