# SPDX-License-Identifier: EUPL-1.2
"""A decision that is ready to be asked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from engine.dmn.evaluation import evaluated
from engine.dmn.freenames import free_names_of
from engine.dmn.graph import Graph, InputData, Key, Requirement
from engine.dmn.itemtypes import ANY, Type
from engine.dmn.model import Logic
from engine.dmn.session import Session
from engine.dmn.trace import Trace
from engine.feel import Clock, FeelLimitExceeded
from engine.feel.values import Value


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """What the decision gave: one dict per hit (none when no rule matched), and why.

    `value` is the result as DMN sees it and other decisions read it; `labels` are what people call the outputs.
    """

    outputs: list[dict[str, Value]]
    trace: Trace
    value: Value = None

    @property
    def labels(self) -> dict[str, str]:
        """What people call each output."""
        return dict(self.trace.output_labels or {})


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision with those it requires; `variable` is the name under which others see its result."""

    id: str
    name: str
    description: str
    variable: str
    logic: Logic
    requirements: tuple[Requirement, ...] = ()
    declared: Type = ANY
    key: Key = (0, "")
    graph: Graph = field(default_factory=Graph, repr=False, compare=False)

    @property
    def required(self) -> tuple["Decision", ...]:
        """The decisions that are evaluated before this one."""
        nodes = (self.graph.nodes[requirement.key] for requirement in self.requirements)
        return tuple(node for node in nodes if isinstance(node, Decision))

    def evaluate(self, scope: Mapping[str, object], clock: Clock | None = None) -> DecisionResult:
        """Evaluates the required decisions first, then this one, for the variables of a case.

        Values may arrive as text (`"2026-01-31"` for a date). Raises RulesOverlap, RulesDisagree, ValueNotConvertible,
        and FeelLimitExceeded of `engine.feel`.
        """
        return self.result_in(Session(self.graph, scope, clock))

    def result_in(self, session: Session) -> DecisionResult:
        """The result in a session that may know others already."""
        try:
            value = evaluated(session, self.key)
        except RecursionError:
            raise FeelLimitExceeded("the decisions are nested too deep") from None
        own = session.traces[self.key]
        others = tuple(trace for trace in session.told if trace is not own)
        return DecisionResult([dict(output) for output in own.outputs], replace(own, required=others), value)

    @property
    def variables(self) -> frozenset[str]:
        """The names that the decision and those it requires read from the scope."""
        return frozenset(name for decision in self._with_required() for name in decision._own_variables())

    def _with_required(self) -> Iterator["Decision"]:
        pending, seen = [self], {self.key}
        while pending:
            decision = pending.pop()
            yield decision
            pending += [other for other in decision.required if other.key not in seen]
            seen |= {other.key for other in decision.required}

    def _own_variables(self) -> set[str]:
        nodes = [(requirement, self.graph.nodes[requirement.key]) for requirement in self.requirements]
        bound = {requirement.alias or requirement.name for requirement, _ in nodes}
        inputs = {node.variable for _, node in nodes if isinstance(node, InputData)}
        return (free_names_of(self.logic) - bound) | inputs
