# SPDX-License-Identifier: EUPL-1.2
"""The cells of a decision table in plain German: `>= 18` is "mindestens 18"."""

from datetime import date

from engine.dmn.german import german
from engine.feel import Expression, evaluate
from engine.feel.names import free_names
from engine.feel.nodes import Call, Constant, ListOf, Negate, Node, RangeOf, Test, UnaryTests
from engine.feel.values import Value

_COMPARED = {"<": "weniger als {}", "<=": "höchstens {}", ">": "mehr als {}", ">=": "mindestens {}"}
_COMPARED_DATES = {"<": "vor dem {}", "<=": "spätestens am {}", ">": "nach dem {}", ">=": "ab dem {}"}


def german_condition(cell: Expression) -> str | None:
    """What the cell demands; None when it says more than plain words can."""
    if not isinstance(cell.root, UnaryTests):
        return None
    parts = [_test(test) for test in cell.root.tests]
    words = [part for part in parts if part is not None]
    if len(words) < len(parts) or not words:
        return None
    listed = " oder ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]
    return f"alles außer {listed}" if cell.root.negated else listed


def _test(test: Node) -> str | None:
    if isinstance(test, Test):
        value = _known(test.operand)
        if value is None:
            return None
        if test.operator in ("=", "!="):
            return german(value[0]) if test.operator == "=" else f"nicht {german(value[0])}"
        phrases = _COMPARED_DATES if isinstance(value[0], date) else _COMPARED
        return phrases[test.operator].format(german(value[0]))
    if isinstance(test, RangeOf):
        return _range(test)
    if isinstance(test, ListOf):
        items = [_test(item) for item in test.items]
        return None if not items or None in items else ", ".join(item for item in items if item)
    value = _known(test)
    return None if value is None else german(value[0])


def _range(limits: RangeOf) -> str | None:
    start, end = _known(limits.start), _known(limits.end)
    if start is None or end is None:
        return None
    dates = isinstance(start[0], date)
    first, last = german(start[0]), german(end[0])
    if not limits.start_included:
        first = f"nach dem {first}" if dates else f"mehr als {first}"
    if limits.end_included:
        return f"{first} bis {last}"
    return f"{first} bis vor dem {last}" if dates else f"{first} bis unter {last}"


def _known(node: Node) -> tuple[Value] | None:
    """The value of a cell that is the same in every case: a constant, or a function of constants."""
    if isinstance(node, Constant):
        return (node.value,)
    if isinstance(node, Negate | Call) and not free_names(node):
        result = evaluate(Expression("", node), {})
        return None if result.warnings else (result.value,)
    return None
