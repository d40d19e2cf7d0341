# SPDX-License-Identifier: EUPL-1.2
"""Runs a decision table: asks the inputs, finds the rules, and makes one result of them as the hit policy says."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.dmn.errors import RulesDisagree, RulesOverlap
from engine.dmn.model import DecisionTable, Input, Output, Rule
from engine.dmn.trace import FailedCell, InputTrace, RuleTrace
from engine.feel import Expression, evaluate
from engine.feel.values import Value

if TYPE_CHECKING:
    from engine.dmn.boxed import Names, Walk

_AGGREGATE = {"SUM": "sum(hits)", "MIN": "min(hits)", "MAX": "max(hits)", "COUNT": "count(hits)"}

_TOLD = {
    "SUM": "Summe",
    "MIN": "Kleinster Wert",
    "MAX": "Größter Wert",
    "COUNT": "Anzahl",
    "PRIORITY": "Vorrang hat",
}


@dataclass(frozen=True, slots=True)
class TableOutcome:
    """What became of a table: `outputs` hold one dict per hit that counts, `value` is the result."""

    inputs: tuple[InputTrace, ...]
    rules: tuple[RuleTrace, ...]
    outputs: list[dict[str, Value]]
    used_default: bool
    value: Value
    combined: str = ""


class TableWalk:
    """One evaluation of one table."""

    def __init__(self, walk: "Walk", table: DecisionTable, scope: "Names") -> None:
        self.walk = walk
        self.table = table
        self.scope = scope
        # The same cell in many rules is one expression, so it is asked once.
        self._passed: dict[tuple[int, int], tuple[bool, tuple[str, ...]]] = {}

    def outcome(self) -> TableOutcome:
        """Matches the rules; raises RulesOverlap, RulesDisagree, ValueNotConvertible for cases of the town."""
        table = self.table
        inputs = tuple(self._ask(column) for column in table.inputs)
        if all(asked.allowed for asked in inputs):
            rules = self._match(inputs)
        else:
            rules = tuple(RuleTrace(rule.id, rule.number, rule.description, "not reached") for rule in table.rules)
            self.walk.warn(self.walk.name, [f"{row.label} is no allowed value" for row in inputs if not row.allowed])
            return TableOutcome(inputs, rules, [], False, None)
        hits = [rule for rule, trace in zip(table.rules, rules, strict=True) if trace.verdict == "matched"]
        if not hits:
            return self._without_hits(inputs, rules)
        if table.hit_policy == "UNIQUE" and len(hits) > 1:
            return self._refused(RulesOverlap(self.walk.name, [_rule_name(rule) for rule in hits]), inputs, rules)
        outputs = [self._results(table.outputs, rule.results) for rule in hits]
        if table.hit_policy == "ANY" and not all(self._equal(outputs[0], other) for other in outputs[1:]):
            return self._refused(RulesDisagree(self.walk.name, [_rule_name(rule) for rule in hits]), inputs, rules)
        return self._combined(outputs, inputs, rules)

    # -- rules ----------------------------------------------------------------------------------------------------

    def _ask(self, column: Input) -> InputTrace:
        value = self.walk.fit(self.walk.feel(column.expression, self.scope), column.declared, column.label)
        allowed = True
        if column.allowed is not None and value is not None:
            allowed, _ = self.walk.passes(column.allowed, value, self.scope)
        return InputTrace(column.label, column.expression.text, value, allowed)

    def _match(self, inputs: tuple[InputTrace, ...]) -> tuple[RuleTrace, ...]:
        traces: list[RuleTrace] = []
        decided = False
        for rule in self.table.rules:
            if decided:
                traces.append(RuleTrace(rule.id, rule.number, rule.description, "not reached"))
                continue
            traces.append(self._try(rule, inputs))
            decided = self.table.hit_policy == "FIRST" and traces[-1].verdict == "matched"
        return tuple(traces)

    def _try(self, rule: Rule, inputs: tuple[InputTrace, ...]) -> RuleTrace:
        for place, (test, asked) in enumerate(zip(rule.tests, inputs, strict=True)):
            if test is None:
                continue
            key = (place, id(test))
            if key not in self._passed:
                self._passed[key] = self.walk.passes(test, asked.value, self.scope)
            passed, warnings = self._passed[key]
            if not passed:
                # A missing answer cannot be compared; that is a rule that does not match, not a fault of the model.
                if asked.value is not None:
                    self.walk.warn(f"rule {rule.number}, {asked.label}", warnings)
                return RuleTrace(rule.id, rule.number, rule.description, "failed", FailedCell(asked, test))
        return RuleTrace(rule.id, rule.number, rule.description, "matched", annotations=rule.annotations)

    # -- results --------------------------------------------------------------------------------------------------

    def _results(self, columns: Sequence[Output], cells: Sequence[Expression | None]) -> dict[str, Value]:
        results: dict[str, Value] = {}
        for column, cell in zip(columns, cells, strict=True):
            value = None if cell is None else self.walk.feel(cell, self.scope)
            results[column.name] = self.walk.fit(value, column.declared, column.label)
            if column.allowed is not None and value is not None and not self._is_allowed(column, value):
                self.walk.warn(column.label, ["the result is not among the output values"])
        return results

    def _is_allowed(self, column: Output, value: Value) -> bool:
        return column.allowed is None or self.walk.passes(column.allowed, value, self.scope)[0]

    def _without_hits(self, inputs: tuple[InputTrace, ...], rules: tuple[RuleTrace, ...]) -> TableOutcome:
        table = self.table
        if any(column.default is not None for column in table.outputs):
            default = self._results(table.outputs, [column.default for column in table.outputs])
            return TableOutcome(inputs, rules, [default], True, self._plain(default))
        nothing: Value = None
        outputs: list[dict[str, Value]] = []
        if table.hit_policy == "COLLECT" and table.aggregation == "COUNT":
            nothing = evaluate("0", {}).value
            outputs = [{table.outputs[0].name: nothing}]
        elif table.hit_policy == "COLLECT" and table.aggregation is None:
            nothing = []
        return TableOutcome(inputs, rules, outputs, False, nothing)

    def _combined(
        self, outputs: list[dict[str, Value]], inputs: tuple[InputTrace, ...], rules: tuple[RuleTrace, ...]
    ) -> TableOutcome:
        table = self.table
        told = _with_outputs(rules, outputs)
        if table.hit_policy in ("PRIORITY", "OUTPUT ORDER"):
            outputs = sorted(outputs, key=self._rank)
        if table.lists_hits:
            return TableOutcome(inputs, told, outputs, False, [self._plain(output) for output in outputs])
        if table.aggregation is not None:
            hits = [self._plain(output) for output in outputs]
            result = evaluate(_AGGREGATE[table.aggregation], {"hits": hits})
            self.walk.warn(table.aggregation, result.warnings)
            given = {table.outputs[0].name: result.value}
            return TableOutcome(inputs, told, [given], False, result.value, _TOLD[table.aggregation])
        combined = _TOLD["PRIORITY"] if table.hit_policy == "PRIORITY" and len(outputs) > 1 else ""
        return TableOutcome(inputs, told, outputs[:1], False, self._plain(outputs[0]), combined)

    def _refused(
        self, error: RulesOverlap, inputs: tuple[InputTrace, ...], rules: tuple[RuleTrace, ...]
    ) -> TableOutcome:
        if not self.walk.session.by_the_norm:
            raise error
        self.walk.warn(self.walk.name, [str(error)])
        return TableOutcome(inputs, rules, [], False, None)

    def _plain(self, output: dict[str, Value]) -> Value:
        """One output is its value, several are a context."""
        return next(iter(output.values())) if len(output) == 1 else dict(output)

    def _rank(self, output: dict[str, Value]) -> tuple[int, ...]:
        return tuple(self._place(column, output[column.name]) for column in self.table.outputs)

    def _place(self, column: Output, value: Value) -> int:
        """Where the value stands among the output values: the first ranks highest, an unlisted one lowest."""
        for place, test in enumerate(column.ranks):
            if self.walk.passes(test, value, self.scope)[0]:
                return place
        return len(column.ranks)

    @staticmethod
    def _equal(one: dict[str, Value], other: dict[str, Value]) -> bool:
        same = {"one": list(one.values()), "other": list(other.values())}
        return one == other or evaluate("one = other", same).value is True


def _with_outputs(rules: tuple[RuleTrace, ...], outputs: Sequence[dict[str, Value]]) -> tuple[RuleTrace, ...]:
    """The rules with what each of those that match gave."""
    given = iter(outputs)
    return tuple(replace(rule, outputs=next(given)) if rule.verdict == "matched" else rule for rule in rules)


def _rule_name(rule: Rule) -> str:
    return f"{rule.number} ({rule.id})" if rule.id else str(rule.number)
