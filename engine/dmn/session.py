# SPDX-License-Identifier: EUPL-1.2
"""One question to a model: what is known so far, what was told, and how much may still be done."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.dmn.graph import Graph, Key
from engine.dmn.itemtypes import Reading, as_it_is, read_as_declared
from engine.dmn.trace import Trace
from engine.feel import Clock, FeelLimitExceeded
from engine.feel.values import Value

MAX_CALLS = 50_000
MAX_DEPTH = 40
#: Functions may be called in loops; so many of their traces are kept.
MAX_TOLD = 200


@dataclass
class Spending:
    """What a session and those inside it (of decision services) have used together."""

    calls: int = 0
    depth: int = 0


@dataclass
class Session:
    """Values of one evaluation.

    With `by_the_norm` a value of the wrong type is null and leaves a warning, as the standard asks for, and decisions
    see only what arrows lead to. Without it, for cases of the town, they also see the variables of the case, text is
    read as the declared type, and what does not fit is an error: nobody is to get a notice that rests on a null.
    """

    graph: Graph
    given: Mapping[str, object]
    clock: Clock | None
    by_the_norm: bool = False
    values: dict[Key, Value] = field(default_factory=dict)
    traces: dict[Key, Trace] = field(default_factory=dict)
    told: list[Trace] = field(default_factory=list)
    spending: Spending = field(default_factory=Spending)

    @property
    def read(self) -> Reading:
        """How values are brought into a declared type."""
        return as_it_is if self.by_the_norm else read_as_declared

    @property
    def is_told_enough(self) -> bool:
        """Whether further calls of functions are no longer told."""
        return len(self.told) >= MAX_TOLD

    def tell(self, trace: Trace) -> None:
        """Keeps a trace for the explanation of the whole."""
        if not self.is_told_enough:
            self.told.append(trace)

    def inner(self, values: dict[Key, Value]) -> "Session":
        """The session inside a decision service: it knows its parameters and nothing else."""
        return Session(self.graph, {}, self.clock, self.by_the_norm, values, {}, self.told, self.spending)

    def enter(self) -> None:
        """One function deeper; raises FeelLimitExceeded. Every `enter` needs its `leave`."""
        self.spending.calls += 1
        self.spending.depth += 1
        if self.spending.depth > MAX_DEPTH:
            raise FeelLimitExceeded(f"functions call each other deeper than {MAX_DEPTH} levels")
        if self.spending.calls > MAX_CALLS:
            raise FeelLimitExceeded(f"more than {MAX_CALLS} functions are called")

    def leave(self) -> None:
        """Back to the caller."""
        self.spending.depth -= 1
