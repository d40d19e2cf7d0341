# SPDX-License-Identifier: EUPL-1.2
"""Reads decision tables."""

from typing import get_args

from engine.dmn.cells import CellReader, Names
from engine.dmn.itemtypes import Type
from engine.dmn.model import Aggregation, DecisionTable, HitPolicy, Input, Output, Rule, Unusable
from engine.dmn.xml import Element, description_of, first_child, own_children, text_of
from engine.feel import Expression
from engine.feel.nodes import UnaryTests

_HIT_POLICIES: dict[str, HitPolicy] = {name: name for name in get_args(HitPolicy)}
_AGGREGATIONS: dict[str, Aggregation] = {name: name for name in get_args(Aggregation)}


def read_table(cells: CellReader, element: Element, result_name: str, names: Names) -> DecisionTable | Unusable:
    """The table; `result_name` is what an output without a name is called."""
    before = len(cells.findings)
    table_id = element.get("id") or ""
    policy = _HIT_POLICIES.get(element.get("hitPolicy") or "UNIQUE")
    if policy is None:
        reason = f"The hit policy {element.get('hitPolicy')} is not supported."
        cells.refuse(element, reason, f"Use one of {', '.join(_HIT_POLICIES)}.")
    inputs = [_input(cells, child, names) for child in own_children(element, "input")]
    outputs = _outputs(cells, element, result_name, names)
    headings = [child.get("name") or "" for child in own_children(element, "annotation")]
    rules = [
        _rule(cells, child, number, (len(inputs), len(outputs)), headings, names)
        for number, child in enumerate(own_children(element, "rule"), start=1)
    ]
    aggregation = _aggregation(cells, element, outputs)
    if policy is None or len(cells.findings) > before:
        return Unusable(table_id, "; ".join(found.reason for found in cells.findings[before:]))
    usable = tuple(column for column in inputs if column is not None)
    declared = cells.types.of(element)
    return DecisionTable(table_id, policy, usable, tuple(outputs), tuple(rules), aggregation, declared)


def _aggregation(cells: CellReader, element: Element, outputs: list[Output]) -> Aggregation | None:
    written = element.get("aggregation")
    if written is None or element.get("hitPolicy") != "COLLECT":
        return None
    if written not in _AGGREGATIONS:
        cells.refuse(element, f"The aggregation {written} is not known.", f"Use one of {', '.join(_AGGREGATIONS)}.")
    elif len(outputs) > 1 and written != "COUNT":
        reason = f"{written} over several outputs is not defined."
        cells.refuse(element, reason, "Leave one output, or collect without aggregation.")
    return _AGGREGATIONS.get(written)


def _input(cells: CellReader, element: Element, names: Names) -> Input | None:
    asked = first_child(element, "inputExpression")
    expression = None if asked is None else cells.expression(asked, element, names)
    if asked is None or expression is None:
        if asked is None or not text_of(asked):
            cells.refuse(element, "The input column asks nothing.", "Write a variable or an expression.")
        return None
    label = element.get("label") or asked.get("label") or expression.text
    allowed = cells.tests(first_child(element, "inputValues"), element, names)
    return Input(element.get("id") or "", label, expression, cells.types.of(asked), allowed)


def _outputs(cells: CellReader, table: Element, result_name: str, names: Names) -> list[Output]:
    elements = list(own_children(table, "output"))
    if not elements:
        cells.refuse(table, "The table has no output column.", "Add an output.")
    outputs: list[Output] = []
    for element in elements:
        name = element.get("name") or (result_name if len(elements) == 1 else "")
        if not name or name in [other.name for other in outputs]:
            reason = "Two output columns have the same name." if name else "The output column has no name."
            cells.refuse(element, reason, "Give every output column a name of its own.")
        label = element.get("label") or element.get("name") or table.get("outputLabel") or result_name
        default = cells.expression(first_child(element, "defaultOutputEntry"), element, names)
        declared = cells.types.of(element)
        allowed = cells.tests(first_child(element, "outputValues"), element, names) or _allowed(declared)
        outputs.append(Output(element.get("id") or "", name, label, declared, default, allowed, _ranks(allowed)))
    return outputs


def _ranks(allowed: Expression | None) -> tuple[Expression, ...]:
    """Each of the allowed values alone."""
    if allowed is None or not isinstance(allowed.root, UnaryTests):
        return ()
    return tuple(Expression(allowed.text, UnaryTests(False, (test,))) for test in allowed.root.tests)


def _allowed(declared: Type | None) -> Expression | None:
    """The allowed values of the type of a column, which also rank its results."""
    while declared is not None:
        if declared.allowed is not None:
            return declared.allowed
        declared = declared.same_as
    return None


def _rule(
    cells: CellReader, element: Element, number: int, width: tuple[int, int], headings: list[str], names: Names
) -> Rule:
    entries = list(own_children(element, "inputEntry"))
    results = list(own_children(element, "outputEntry"))
    if (len(entries), len(results)) != width:
        reason = (
            f"Rule {number} has {len(entries)} conditions and {len(results)} results, "
            f"the table has {width[0]} inputs and {width[1]} outputs."
        )
        cells.refuse(element, reason, "Give the rule one cell per column.")
    notes = [text_of(note) for note in own_children(element, "annotationEntry")]
    titles = [heading or "Anmerkung" for heading in headings] + ["Anmerkung"] * len(notes)
    return Rule(
        element.get("id") or "",
        number,
        description_of(element),
        tuple(cells.tests(entry, element, names) for entry in entries),
        tuple(cells.expression(result, element, names) for result in results),
        {title: note for title, note in zip(titles, notes, strict=False) if note},
    )
