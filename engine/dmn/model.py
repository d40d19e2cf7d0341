# SPDX-License-Identifier: EUPL-1.2
"""A decision as it was read: frozen, with all its expressions parsed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from engine.feel import Expression

HitPolicy = Literal["UNIQUE", "FIRST"]


@dataclass(frozen=True, slots=True)
class Input:
    """A column that is asked: `label` is what people read."""

    id: str
    label: str
    expression: Expression
    type: str | None
    allowed: Expression | None


@dataclass(frozen=True, slots=True)
class Output:
    """A column that answers. `default` counts when no rule matches."""

    id: str
    name: str
    label: str
    type: str | None
    default: Expression | None


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


@dataclass(frozen=True, slots=True)
class LiteralExpression:
    """A decision that is one FEEL expression."""

    id: str
    expression: Expression
    type: str | None


Logic = DecisionTable | LiteralExpression
