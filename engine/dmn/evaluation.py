# SPDX-License-Identifier: EUPL-1.2
"""Runs a decision's logic: asks the inputs, finds the rules, gives the outputs and says why."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.dmn.errors import RulesOverlap, ValueNotConvertible
from engine.dmn.model import DecisionTable, Input, LiteralExpression, Output, Rule
from engine.dmn.trace import FailedCell, InputTrace, RuleTrace, Trace
from engine.dmn.types import converted
from engine.feel import Clock, Expression, check_unary_tests, evaluate
from engine.feel.errors import Failure
from engine.feel.text import value_text
from engine.feel.values import Value


@dataclass
class Evaluation:
    """One evaluation of one decision."""

    decision_id: str
    decision_name: str
    scope: Mapping[str, object]
    clock: Clock | None
    warnings: list[str] = field(default_factory=list)

    def of_table(self, table: DecisionTable) -> Trace:
        """Matches the rules; raises RulesOverlap, ValueNotConvertible."""
        inputs = tuple(self._ask(column) for column in table.inputs)
        rules = self._match(table, inputs)
        hits = [rule for rule, trace in zip(table.rules, rules, strict=True) if trace.verdict == "matched"]
        if table.hit_policy == "UNIQUE" and len(hits) > 1:
            raise RulesOverlap(self.decision_name, [_rule_name(rule) for rule in hits])
        if hits:
            outputs = [self._outputs(table.outputs, hits[0].results)]
            used_default = False
        else:
            used_default = any(column.default is not None for column in table.outputs)
            defaults = tuple(column.default for column in table.outputs)
            outputs = [self._outputs(table.outputs, defaults)] if used_default else []
        return Trace(
            self.decision_id,
            self.decision_name,
            "table",
            inputs,
            rules,
            tuple(outputs),
            {column.name: column.label for column in table.outputs},
            used_default,
            warnings=tuple(self.warnings),
        )

    def of_literal(self, literal: LiteralExpression, name: str) -> Trace:
        """Evaluates the expression; the result stands under the decision's name."""
        value = self._convert(self._value(literal.expression), literal.type, self.decision_name)
        return Trace(
            self.decision_id,
            self.decision_name,
            "expression",
            outputs=({name: value},),
            expression=literal.expression.text,
            warnings=tuple(self.warnings),
        )

    def _ask(self, column: Input) -> InputTrace:
        value = self._convert(self._value(column.expression), column.type, column.label)
        allowed = True
        if column.allowed is not None and value is not None:
            allowed = check_unary_tests(column.allowed, value, self.scope, clock=self.clock).value is True
        return InputTrace(column.label, column.expression.text, value, allowed)

    def _match(self, table: DecisionTable, inputs: tuple[InputTrace, ...]) -> tuple[RuleTrace, ...]:
        traces: list[RuleTrace] = []
        decided = False
        for rule in table.rules:
            if decided:
                traces.append(RuleTrace(rule.id, rule.number, rule.description, "not reached"))
                continue
            traces.append(self._try(rule, inputs))
            decided = table.hit_policy == "FIRST" and traces[-1].verdict == "matched"
        return tuple(traces)

    def _try(self, rule: Rule, inputs: tuple[InputTrace, ...]) -> RuleTrace:
        for test, asked in zip(rule.tests, inputs, strict=True):
            if test is None:
                continue
            result = check_unary_tests(test, asked.value, self.scope, clock=self.clock)
            if result.value is not True:
                # A missing answer cannot be compared; that is a rule that does not match, not a fault of the model.
                if asked.value is not None:
                    self._warn(f"rule {rule.number}, {asked.label}", result.warnings)
                return RuleTrace(rule.id, rule.number, rule.description, "failed", FailedCell(asked, test))
        return RuleTrace(rule.id, rule.number, rule.description, "matched", annotations=rule.annotations)

    def _outputs(self, columns: tuple[Output, ...], cells: tuple[Expression | None, ...]) -> dict[str, Value]:
        return {
            column.name: None if cell is None else self._convert(self._value(cell), column.type, column.label)
            for column, cell in zip(columns, cells, strict=True)
        }

    def _value(self, expression: Expression) -> Value:
        result = evaluate(expression, self.scope, clock=self.clock)
        self._warn(expression.text, result.warnings)
        return result.value

    def _convert(self, value: Value, wanted: str | None, column: str) -> Value:
        try:
            return converted(value, wanted)
        except Failure:
            raise ValueNotConvertible(self.decision_name, column, value_text(value)[:80], str(wanted)) from None

    def _warn(self, where: str, warnings: tuple[str, ...]) -> None:
        self.warnings.extend(f"{where}: {warning}" for warning in warnings)


def _rule_name(rule: Rule) -> str:
    return f"{rule.number} ({rule.id})" if rule.id else str(rule.number)
