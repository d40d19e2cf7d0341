# SPDX-License-Identifier: EUPL-1.2
"""Names and types: what a cell reads that nobody brings, and values that a column cannot hold."""

from collections.abc import Iterable, Iterator

from engine.dmn.analysis.atoms import known_value, read_cell
from engine.dmn.analysis.columns import KINDS
from engine.dmn.analysis.findings import Weakness
from engine.dmn.model import DecisionTable, Input, Output, Rule
from engine.dmn.types import converted
from engine.feel import Expression, variables_of
from engine.feel.builtins import BUILTIN_NAMES
from engine.feel.calls import unknown_functions
from engine.feel.errors import Failure
from engine.feel.text import value_text
from engine.feel.values import kind_of


def unknown_in(expressions: Iterable[tuple[str, str, Expression]], known: set[str]) -> Iterator[Weakness]:
    """Functions that nobody defines; each expression comes with its element and what people call it."""
    for element_id, place, expression in expressions:
        for name in unknown_functions(expression.root):
            if name not in known:
                reason = f"{place} calls {name}, which is no function."
                yield Weakness(element_id, reason, "Use a FEEL function or draw the knowledge requirement.", "error")


def unknown_names(table: DecisionTable, known: set[str]) -> Iterator[Weakness]:
    """Names in cells that neither an arrow nor a question of the table brings: most often a text without quotes."""
    asked = {name for column in table.inputs for name in variables_of(column.expression)}
    for rule in table.rules:
        for label, cell in _cells(table, rule):
            for name in sorted(variables_of(cell) - asked - known - set(BUILTIN_NAMES)):
                reason = f"Rule {rule.number}, {label}, reads {name}, which nothing of this decision brings."
                yield Weakness(rule.id, reason, f'Write "{name}" if the text is meant; else ask for it in a column.')


def mismatches(table: DecisionTable) -> Iterator[Weakness]:
    """Values of another type than their column declares: such a cell never holds, such a result cannot be used."""
    for column in table.inputs:
        yield from _wrong_tests(column, column.allowed, column.id, f"The allowed values of {column.label}")
    for rule in table.rules:
        for column, test in zip(table.inputs, rule.tests, strict=True):
            yield from _wrong_tests(column, test, rule.id, f"Rule {rule.number}, {column.label},")
        for output, result in zip(table.outputs, rule.results, strict=True):
            yield from _wrong_result(output, result, rule.id, f"Rule {rule.number}, {output.label},")
    for output in table.outputs:
        yield from _wrong_result(output, output.default, output.id, f"The default of {output.label}")


def _cells(table: DecisionTable, rule: Rule) -> Iterator[tuple[str, Expression]]:
    for column, test in zip(table.inputs, rule.tests, strict=True):
        if test is not None:
            yield column.label, test
    for output, result in zip(table.outputs, rule.results, strict=True):
        if result is not None:
            yield output.label, result


def _wrong_tests(column: Input, tests: Expression | None, element_id: str, place: str) -> Iterator[Weakness]:
    cell = None if tests is None else read_cell(tests)
    if cell is None or column.type not in KINDS:
        return
    wrong = [value for value in cell.values if kind_of(value) in KINDS and kind_of(value) != column.type]
    for value in wrong[:1]:
        reason = f"{place} compares with {_shown(value)}, but the column is a {column.type}."
        yield Weakness(element_id, reason, "Correct the cell or the type of the column.", "error")


def _wrong_result(column: Output, result: Expression | None, element_id: str, place: str) -> Iterator[Weakness]:
    known = known_value(result)
    if known is None:
        return
    try:
        converted(known[0], column.type)
    except Failure:
        reason = f"{place} gives {_shown(known[0])}, but the column is a {column.type}."
        yield Weakness(element_id, reason, "Correct the cell or the type of the column.", "error")


def _shown(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else value_text(value)
