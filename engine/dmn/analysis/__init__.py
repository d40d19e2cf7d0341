# SPDX-License-Identifier: EUPL-1.2
"""What can be said about decisions before any case asks them: overlaps, gaps, rules in vain, names, types.

Where a cell is too complex to be compared, nothing is said rather than guessed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass

from engine.dmn.analysis.findings import Weakness
from engine.dmn.analysis.names import mismatches, unknown_in, unknown_names
from engine.dmn.analysis.tables import weaknesses_of
from engine.dmn.analysis.validity import weak_validities
from engine.dmn.decision import Decision
from engine.dmn.model import DecisionTable
from engine.feel import Expression

__all__ = ["Weakness", "analyse"]


def analyse(decisions: Iterable[Decision]) -> list[Weakness]:
    """Everything worth saying about the decisions of one document, each once."""
    found: list[Weakness] = []
    listed = list(decisions)
    brought = {name for decision in listed for name in _brought(decision)}
    for decision in listed:
        for table in _tables(decision.logic):
            wrong = list(mismatches(table))
            told = {weakness.element_id for weakness in wrong}
            # A cell of the wrong type matches nothing; that is said once.
            found += [*wrong, *(weakness for weakness in weaknesses_of(table) if weakness.element_id not in told)]
        if isinstance(decision.logic, DecisionTable):
            found += unknown_names(decision.logic, brought)
        found += unknown_in(_expressions(decision.logic, decision), brought)
    found += weak_validities(listed)
    return list(dict.fromkeys(found))


def _brought(decision: Decision) -> Iterator[str]:
    """The names that the model itself knows: of decisions, input data, knowledge, imports."""
    yield decision.variable
    yield from (requirement.alias or requirement.name for requirement in decision.requirements)
    for node in decision.graph.nodes.values():
        yield node.variable


def _parts(logic: object) -> Iterator[object]:
    """The logic and everything boxed in it."""
    yield logic
    if isinstance(logic, tuple):
        for member in logic:
            yield from _parts(member)
    elif is_dataclass(logic) and not isinstance(logic, Expression | type):
        for field in fields(logic):
            yield from _parts(getattr(logic, field.name))


def _tables(logic: object) -> Iterator[DecisionTable]:
    return (part for part in _parts(logic) if isinstance(part, DecisionTable))


def _expressions(logic: object, decision: Decision) -> Iterator[tuple[str, str, Expression]]:
    if isinstance(logic, DecisionTable):
        for column in logic.inputs:
            yield column.id, f"The question {column.label}", column.expression
        for rule in logic.rules:
            for cell in (*rule.tests, *rule.results):
                if cell is not None:
                    yield rule.id, f"Rule {rule.number}", cell
        return
    has_own_functions = any(hasattr(part, "parameters") or hasattr(part, "entries") for part in _parts(logic))
    if not has_own_functions:
        for part in _parts(logic):
            if isinstance(part, Expression):
                yield decision.id, f"The decision {decision.name}", part
