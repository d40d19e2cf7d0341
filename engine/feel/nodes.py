# SPDX-License-Identifier: EUPL-1.2
"""The syntax tree of an expression: frozen values, compared by content."""

from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Node:
    """Base of all nodes; `span` is where in the text the part begins and ends."""

    span: tuple[int, int] = field(default=(0, 0), kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Constant(Node):
    value: Any


@dataclass(frozen=True, slots=True)
class Unreadable(Node):
    """A literal that stands for nothing, such as `@"2026-02-30"`; its value is null."""

    reason: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    name: str


@dataclass(frozen=True, slots=True)
class ListOf(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entry(Node):
    key: str
    value: Node


@dataclass(frozen=True, slots=True)
class ContextOf(Node):
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class RangeOf(Node):
    start: Node
    end: Node
    start_included: bool
    end_included: bool


@dataclass(frozen=True, slots=True)
class HalfRange(Node):
    """A range written as a comparison: `(< 10)`."""

    operator: str
    bound: Node


@dataclass(frozen=True, slots=True)
class Negate(Node):
    operand: Node


@dataclass(frozen=True, slots=True)
class Step(Node):
    """One `operator operand` of an arithmetic chain."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """A chain of operators of equal precedence, applied from left to right: `first + a - b`."""

    first: Node
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Compare(Node):
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Between(Node):
    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class And(Node):
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class If(Node):
    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Iterator(Node):
    """`name in source`, or `name in source..end` when `end` is given."""

    name: str
    source: Node
    end: Node | None


@dataclass(frozen=True, slots=True)
class For(Node):
    iterators: tuple[Iterator, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    every: bool
    iterators: tuple[Iterator, ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class Path(Node):
    base: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    base: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    callee: Node
    positional: tuple[Node, ...]
    named: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class TypeName(Node):
    """`list<number>` is TypeName("list", (TypeName("number"),)); entries name the parts of context types.

    The last argument of a function type is that of its result. Names that FEEL does not know are those of the host.
    """

    name: str
    arguments: tuple["TypeName", ...] = ()
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    value: Node
    type: TypeName


@dataclass(frozen=True, slots=True)
class FunctionOf(Node):
    """A function definition; `types` stand beside the parameters, None where there is none."""

    parameters: tuple[str, ...]
    body: Node
    types: tuple[TypeName | None, ...] = ()
    external: bool = False


@dataclass(frozen=True, slots=True)
class Test(Node):
    """A unary test of the form `< 5`: the tested value stands to the left of the operator."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Verdict(Node):
    """A unary test that speaks about the tested value with `?`, so that its own result decides."""

    expression: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    """The value passes one of the tests; a test is a Test, a Verdict, or any expression to be met."""

    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class UnaryTests(Node):
    """The content of a decision table cell; no tests at all means `-` (anything)."""

    negated: bool
    tests: tuple[Node, ...]


def children(node: Node) -> list[Node]:
    """The nodes directly below `node`, in reading order."""
    found: list[Node] = []
    for part in fields(node):
        value = getattr(node, part.name)
        if isinstance(value, Node):
            found.append(value)
        elif isinstance(value, tuple):
            found.extend(item for item in value if isinstance(item, Node))
    return found
