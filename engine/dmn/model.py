# SPDX-License-Identifier: EUPL-1.2
"""What decides, as it was read: tables and boxed expressions, frozen, with all their FEEL parsed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from engine.dmn.itemtypes import ANY, Type
from engine.feel import Expression

HitPolicy = Literal["UNIQUE", "ANY", "PRIORITY", "FIRST", "RULE ORDER", "OUTPUT ORDER", "COLLECT"]
Aggregation = Literal["SUM", "MIN", "MAX", "COUNT"]


@dataclass(frozen=True, slots=True)
class Input:
    """A column that is asked: `label` is what people read."""

    id: str
    label: str
    expression: Expression
    declared: Type
    allowed: Expression | None

    @property
    def type(self) -> str | None:
        """The FEEL name of the column's type; None when every value fits or the type is structured."""
        return self.declared.plain


@dataclass(frozen=True, slots=True)
class Output:
    """A column that answers. `default` counts when no rule matches; `ranks` are its values, the best first."""

    id: str
    name: str
    label: str
    declared: Type
    default: Expression | None
    allowed: Expression | None = None
    ranks: tuple[Expression, ...] = ()

    @property
    def type(self) -> str | None:
        """The FEEL name of the column's type; None when every value fits or the type is structured."""
        return self.declared.plain


@dataclass(frozen=True, slots=True)
class Rule:
    """One row; `number` counts from 1 as people see it."""

    id: str
    number: int
    description: str
    tests: tuple[Expression | None, ...]
    results: tuple[Expression | None, ...]
    annotations: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """Rules over inputs; the hit policy says what happens when several match."""

    id: str
    hit_policy: HitPolicy
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    aggregation: Aggregation | None = None
    declared: Type = ANY

    @property
    def lists_hits(self) -> bool:
        """Whether the result is a list with one entry per matching rule."""
        return self.hit_policy in ("RULE ORDER", "OUTPUT ORDER") or (
            self.hit_policy == "COLLECT" and self.aggregation is None
        )


@dataclass(frozen=True, slots=True)
class LiteralExpression:
    """One FEEL expression."""

    id: str
    expression: Expression
    declared: Type = ANY

    @property
    def type(self) -> str | None:
        """The FEEL name of the declared type."""
        return self.declared.plain


@dataclass(frozen=True, slots=True)
class BoxedEntry:
    """A named part of a boxed context; a later entry sees the earlier ones."""

    name: str
    declared: Type
    logic: "Logic"


@dataclass(frozen=True, slots=True)
class BoxedContext:
    """Named entries; with `result` that is the value, else the context of all entries."""

    id: str
    entries: tuple[BoxedEntry, ...]
    result: "Logic | None"
    declared: Type = ANY


@dataclass(frozen=True, slots=True)
class BoxedList:
    """Expressions in a row; a relation is a list of contexts."""

    id: str
    items: tuple["Logic", ...]
    declared: Type = ANY


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a function takes."""

    name: str
    declared: Type


@dataclass(frozen=True, slots=True)
class BoxedFunction:
    """A function with any logic as its body; `gives` is the type of its results, `declared` its own."""

    id: str
    parameters: tuple[Parameter, ...]
    body: "Logic"
    gives: Type = ANY
    declared: Type = ANY


@dataclass(frozen=True, slots=True)
class BoxedInvocation:
    """A call with named arguments."""

    id: str
    function: "Logic"
    bindings: tuple[tuple[str, "Logic"], ...]
    declared: Type = ANY


@dataclass(frozen=True, slots=True)
class BoxedConditional:
    """If, then, else."""

    id: str
    condition: "Logic"
    then: "Logic"
    otherwise: "Logic"
    declared: Type = ANY


@dataclass(frozen=True, slots=True)
class BoxedFilter:
    """The entries of a list for which the condition holds."""

    id: str
    items: "Logic"
    condition: "Logic"
    declared: Type = ANY


@dataclass(frozen=True, slots=True)
class BoxedIterator:
    """`for … return`, `some … satisfies` or `every … satisfies`."""

    id: str
    kind: Literal["for", "some", "every"]
    variable: str
    items: "Logic"
    body: "Logic"
    declared: Type = ANY


@dataclass(frozen=True, slots=True)
class Unusable:
    """Logic that cannot be run: its value is null, and `reason` says why. A model that holds one is never deployed."""

    id: str
    reason: str
    declared: Type = ANY


Logic: TypeAlias = (
    DecisionTable
    | LiteralExpression
    | BoxedContext
    | BoxedList
    | BoxedFunction
    | BoxedInvocation
    | BoxedConditional
    | BoxedFilter
    | BoxedIterator
    | Unusable
)
