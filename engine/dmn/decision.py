# SPDX-License-Identifier: EUPL-1.2
"""A decision that is ready to be asked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.dmn.evaluation import Evaluation
from engine.dmn.model import LiteralExpression, Logic
from engine.dmn.trace import Trace
from engine.feel import Clock, Expression, variables_of
from engine.feel.values import Value


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """What the decision gave: one dict per hit (none when no rule matched), and why."""

    outputs: list[dict[str, Value]]
    trace: Trace


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision with those it requires; `variable` is the name under which others see its result."""

    id: str
    name: str
    description: str
    variable: str
    logic: Logic
    required: tuple["Decision", ...] = ()

    def evaluate(self, scope: Mapping[str, object], clock: Clock | None = None) -> DecisionResult:
        """Evaluates the required decisions first, then this one.

        Raises RulesOverlap, ValueNotConvertible, and FeelLimitExceeded of `engine.feel`.
        """
        done: dict[str, Trace] = {}
        own = self._trace(scope, clock, done)
        trace = replace(own, required=tuple(other for key, other in done.items() if key != self.id))
        return DecisionResult([dict(output) for output in trace.outputs], trace)

    def _trace(self, scope: Mapping[str, object], clock: Clock | None, done: dict[str, Trace]) -> Trace:
        """This decision's own trace; `done` holds those of all decisions evaluated so far, each once."""
        if self.id in done:
            return done[self.id]
        known = dict(scope)
        for decision in self.required:
            known[decision.variable] = decision.value_of(decision._trace(scope, clock, done))
        evaluation = Evaluation(self.id, self.name, known, clock)
        if isinstance(self.logic, LiteralExpression):
            done[self.id] = evaluation.of_literal(self.logic, self.variable)
        else:
            done[self.id] = evaluation.of_table(self.logic)
        return done[self.id]

    def value_of(self, trace: Trace) -> Value:
        """The result as other decisions see it: a single output is its value, several are a context."""
        if not trace.outputs:
            return None
        output = trace.outputs[0]
        return next(iter(output.values())) if len(output) == 1 else dict(output)

    @property
    def variables(self) -> frozenset[str]:
        """The names that the decision and those it requires read from the scope."""
        names: set[str] = set()
        pending, seen = [self], {self.id}
        while pending:
            decision = pending.pop()
            read = {name for expression in decision._expressions() for name in variables_of(expression)}
            names |= read - {other.variable for other in decision.required}
            pending += [other for other in decision.required if other.id not in seen]
            seen |= {other.id for other in decision.required}
        return frozenset(names)

    def _expressions(self) -> list[Expression]:
        if isinstance(self.logic, LiteralExpression):
            return [self.logic.expression]
        table = self.logic
        cells = [cell for rule in table.rules for cell in (*rule.tests, *rule.results)]
        cells += [column.default for column in table.outputs]
        return [column.expression for column in table.inputs] + [cell for cell in cells if cell is not None]
