# SPDX-License-Identifier: EUPL-1.2
"""A cell of a decision table as what it compares with; cells that say more than that are left alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from engine.feel import Expression, evaluate
from engine.feel.names import free_names
from engine.feel.nodes import Call, Constant, ListOf, Name, Negate, Node, RangeOf, Test, UnaryTests, children
from engine.feel.values import Range, Value


@dataclass(frozen=True, slots=True)
class Compared:
    """`< value`, `= value` and so on."""

    operator: str
    value: Value


@dataclass(frozen=True, slots=True)
class Between:
    """`[start..end]` with its brackets."""

    start: Value
    end: Value
    start_included: bool
    end_included: bool


Atom: TypeAlias = Compared | Between


@dataclass(frozen=True, slots=True)
class Cell:
    """Any of the atoms, or with `negated` none of them."""

    atoms: tuple[Atom, ...]
    negated: bool = False

    @property
    def values(self) -> list[Value]:
        """Everything that is compared with, but null."""
        found: list[Value] = []
        for atom in self.atoms:
            found += [atom.value] if isinstance(atom, Compared) else [atom.start, atom.end]
        return [value for value in found if value is not None]


class _TooComplex(Exception):
    """The cell depends on more than the tested value."""


def read_cell(tests: Expression) -> Cell | None:
    """The cell's atoms; None when it says more than comparisons with fixed values."""
    if not isinstance(tests.root, UnaryTests):
        return None
    try:
        atoms = [atom for test in tests.root.tests for atom in _atoms(test)]
    except _TooComplex:
        return None
    return Cell(tuple(atoms), tests.root.negated)


def _atoms(test: Node) -> Iterator[Atom]:
    if isinstance(test, Test):
        yield Compared(test.operator, fixed_value(test.operand))
    elif isinstance(test, ListOf):
        for item in test.items:
            yield from _atoms(item)
    elif isinstance(test, RangeOf):
        start, end = fixed_value(test.start), fixed_value(test.end)
        yield Between(start, end, test.start_included, test.end_included)
    else:
        yield from _atoms_of_value(fixed_value(test))


def _atoms_of_value(value: Value) -> Iterator[Atom]:
    if isinstance(value, list):
        for item in value:
            yield from _atoms_of_value(item)
    elif isinstance(value, Range):
        yield Between(value.start, value.end, value.start_included, value.end_included)
    elif isinstance(value, dict):
        raise _TooComplex
    else:
        yield Compared("=", value)


def fixed_value(node: Node) -> Value:
    """The value of a node that is the same in every case; raises _TooComplex for others."""
    if isinstance(node, Constant):
        return node.value
    if not isinstance(node, Negate | Call | ListOf | RangeOf) or free_names(node) or _mentions_tested(node):
        raise _TooComplex
    result = evaluate(Expression("", node), {})
    if result.warnings or result.value is None:
        raise _TooComplex
    return result.value


def known_value(expression: Expression | None) -> tuple[Value] | None:
    """The value of a result that is the same in every case, in a tuple; None for others."""
    if expression is None:
        return None
    try:
        return (fixed_value(expression.root),)
    except _TooComplex:
        return None


def _mentions_tested(node: Node) -> bool:
    return node == Name("?") or any(_mentions_tested(child) for child in children(node))
