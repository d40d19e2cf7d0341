# SPDX-License-Identifier: EUPL-1.2
"""A decision that is ready to be asked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from engine.dmn.dated import UNDATED, Dating, at_date
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
    dating: Dating = UNDATED

    @property
    def required(self) -> tuple["Decision", ...]:
        """The decisions that are evaluated before this one."""
        nodes = (self.graph.nodes[requirement.key] for requirement in self.requirements)
        return tuple(node for node in nodes if isinstance(node, Decision))

    def evaluate(
        self, scope: Mapping[str, object], clock: Clock | None = None, reference_date: date | None = None
    ) -> DecisionResult:
        """Evaluates the required decisions first, then this one, for the variables of a case.

        Values may arrive as text (`"2026-01-31"` for a date). With `reference_date` everything is computed as it was
        on that day: versions, `today()` and the variable that the decision takes its date from. Raises RulesOverlap,
        RulesDisagree, ValueNotConvertible, NoVersionValid, ReferenceDateMissing, and FeelLimitExceeded of
        `engine.feel`.
        """
        asked, known, seen = at_date(self, scope, clock, reference_date)
        return asked.result_in(Session(asked.graph, known, seen))

    def result_in(self, session: Session) -> DecisionResult:
        """The result in a session that may know others already."""
        try:
            value = evaluated(session, self.key)
        except RecursionError:
            raise FeelLimitExceeded("the decisions are nested too deep") from None
        own = session.traces[self.key]
        others = tuple(self._with_validity(trace) for trace in session.told if trace is not own)
        trace = replace(self._with_validity(own), required=others)
        return DecisionResult([dict(output) for output in own.outputs], trace, value)

    def _with_validity(self, trace: Trace) -> Trace:
        """The trace with the version that it speaks of."""
        for node in self.graph.nodes.values():
            if isinstance(node, Decision) and node.id == trace.decision_id and node.dating.is_version:
                return replace(trace, dating=node.dating)
        return trace

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
