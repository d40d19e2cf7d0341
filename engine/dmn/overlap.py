# SPDX-License-Identifier: EUPL-1.2
"""Finds rules of a UNIQUE table that match at once, before a case does.

Values are tried at, between and beyond the limits that the cells name. Columns are taken as independent of each other,
so what is found is a warning: only the designer knows whether such a case exists. Cells that read variables are left
to the evaluation, which refuses two matching rules anyway.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, pairwise

from engine.dmn.errors import Finding
from engine.dmn.model import DecisionTable, Input, Rule
from engine.feel import Expression, check_unary_tests, evaluate
from engine.feel.names import free_names
from engine.feel.nodes import ListOf, Node, RangeOf, Test, UnaryTests
from engine.feel.text import value_text
from engine.feel.values import Value

#: Pairs grow with the square; a larger table is left to the evaluation.
_MOST_RULES = 100


def overlapping_rules(table: DecisionTable) -> list[Finding]:
    """One finding for each rule that matches together with an earlier one, with an example."""
    if table.hit_policy != "UNIQUE" or not 1 < len(table.rules) <= _MOST_RULES:
        return []
    tried = [_tried(column, [rule.tests[index] for rule in table.rules]) for index, column in enumerate(table.inputs)]
    matching = {
        rule.number: [_matching(rule.tests[i], values) for i, values in enumerate(tried)] for rule in table.rules
    }
    found: dict[int, Finding] = {}
    for first, second in combinations(table.rules, 2):
        common = [a & b for a, b in zip(matching[first.number], matching[second.number], strict=True)]
        if all(common) and second.number not in found:
            example = [(column, tried[i][min(common[i])]) for i, column in enumerate(table.inputs)]
            found[second.number] = _finding(first, second, example)
    return list(found.values())


def _finding(first: Rule, second: Rule, example: list[tuple[Input, Value]]) -> Finding:
    case = ", ".join(f"{column.label} = {value_text(value)}" for column, value in example if value is not None)
    reason = f"Rules {first.number} and {second.number} both match" + (f", for example for {case}." if case else ".")
    return Finding(second.id, reason, "Make the conditions exclude each other, or choose the hit policy FIRST.", "")


def _matching(cell: Expression | None, values: list[Value]) -> frozenset[int]:
    """Which of the values the cell takes; none when that depends on variables."""
    if cell is None:
        return frozenset(range(len(values)))
    if free_names(cell.root):
        return frozenset()
    return frozenset(index for index, value in enumerate(values) if check_unary_tests(cell, value, {}).value is True)


def _tried(column: Input, cells: list[Expression | None]) -> list[Value]:
    """The values that the cells name, and those between and beyond them; None stands for any other."""
    named = [value for cell in cells if cell is not None for value in _limits(cell)]
    numbers = sorted({value for value in named if isinstance(value, Decimal)})
    days = sorted({value for value in named if type(value) is date})
    values: list[Value] = [value for value in named if not isinstance(value, Decimal) and type(value) is not date]
    values += [*numbers, *((a + b) / 2 for a, b in pairwise(numbers))]
    values += [*days, *(a + (b - a) // 2 for a, b in pairwise(days))]
    values += [numbers[0] - 1, numbers[-1] + 1] if numbers else []
    if days and date.min < days[0] and days[-1] < date.max:
        values += [days[0] - timedelta(days=1), days[-1] + timedelta(days=1)]
    allowed = column.allowed
    if allowed is not None and not free_names(allowed.root):
        values = [value for value in values if check_unary_tests(allowed, value, {}).value is True]
    return values or [None]


def _limits(cell: Expression) -> Iterator[Value]:
    waiting: list[Node] = list(cell.root.tests) if isinstance(cell.root, UnaryTests) else []
    while waiting:
        node = waiting.pop()
        if isinstance(node, Test):
            waiting.append(node.operand)
        elif isinstance(node, RangeOf):
            waiting += [node.start, node.end]
        elif isinstance(node, ListOf):
            waiting += node.items
        elif not free_names(node):
            value = evaluate(Expression("", node), {}).value
            if isinstance(value, Decimal | str | bool | date):
                yield value
