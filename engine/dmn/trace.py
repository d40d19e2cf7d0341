# SPDX-License-Identifier: EUPL-1.2
"""Why a decision came out as it did: for people in German, for machines as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from engine.dmn.conditions import german_condition
from engine.dmn.dated import Dating
from engine.dmn.german import german, shown
from engine.feel import Expression
from engine.feel.text import value_text
from engine.feel.values import Value

Verdict = Literal["matched", "failed", "not reached"]

_MAX_FAILED_SHOWN = 20
# Outputs of these names say on what the result rests; people read them in brackets behind it.
_REASONS = frozenset(["rechtsgrundlage", "quelle", "hinweis", "legal_basis", "source"])


@dataclass(frozen=True, slots=True)
class InputTrace:
    """A question and what was answered."""

    label: str
    expression: str
    value: Value
    allowed: bool = True


@dataclass(frozen=True, slots=True)
class FailedCell:
    """The first cell of a rule that did not hold."""

    asked: InputTrace
    test: Expression

    def german(self) -> str:
        """`Zone = B, verlangt ist A`."""
        condition = german_condition(self.test) or f"„{self.test.text}“"
        return f"{' = '.join(shown(self.asked.label, self.asked.value))}, verlangt ist {condition}"


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """What became of one rule."""

    id: str
    number: int
    description: str
    verdict: Verdict
    failed: FailedCell | None = None
    annotations: Mapping[str, str] | None = None
    outputs: Mapping[str, Value] | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """One decision; `required` are all decisions evaluated before it, each once, with none of their own."""

    decision_id: str
    decision_name: str
    kind: Literal["table", "expression", "boxed", "input"]
    inputs: tuple[InputTrace, ...] = ()
    rules: tuple[RuleTrace, ...] = ()
    outputs: tuple[dict[str, Value], ...] = ()
    output_labels: Mapping[str, str] | None = None
    used_default: bool = False
    expression: str = ""
    warnings: tuple[str, ...] = ()
    required: tuple["Trace", ...] = ()
    value: Value = None
    combined: str = ""
    #: The version that was valid on the reference date; None for a decision that has no versions.
    dating: Dating | None = None

    def german(self) -> list[str]:
        """The way to the result in plain lines, required decisions first."""
        lines = [line for trace in self.required for line in trace.german()]
        if self.dating is not None:
            lines.append(f"{self.decision_name}: {self.dating.german()}")
        if self.kind != "table":
            return lines if self.kind == "input" else [*lines, self._expression_german()]
        matched = [rule for rule in self.rules if rule.verdict == "matched"]
        lines += [
            f"{row.label} = {german(row.value)} ist kein zulässiger Wert." for row in self.inputs if not row.allowed
        ]
        asked = "; ".join(" = ".join(shown(row.label, row.value)) for row in self.inputs) or self.decision_name
        if matched:
            lines += [self._matched_german(asked, rule) for rule in matched]
            if self.combined:
                lines.append(f"{self.combined}: {self._outputs_german(self.outputs)}")
        elif self.used_default:
            lines.append(f"{asked} → keine Regel trifft zu, es gilt die Vorgabe: {self._outputs_german(self.outputs)}")
        else:
            lines.append(f"{asked} → keine Regel trifft zu.")
            lines += self._failures_german()
        return lines

    def _expression_german(self) -> str:
        asked = "; ".join(" = ".join(shown(row.label, row.value)) for row in self.inputs)
        given = self._outputs_german(self.outputs)
        return f"{self.decision_name}: {asked} → {given}" if asked else f"{self.decision_name} → {given}"

    def _matched_german(self, asked: str, rule: RuleTrace) -> str:
        given = () if rule.outputs is None else (rule.outputs,)
        notes = [f"{name}: {text}" for name, text in (rule.annotations or {}).items() if text]
        notes += [f"{label}: {text}" for label, text in self._given(given, reasons=True)]
        if rule.description and not notes:
            notes.append(rule.description)
        note = f" ({'; '.join(notes)})" if notes else ""
        return f"{asked} → Regel {rule.number}: {self._outputs_german(given)}{note}"

    def _failures_german(self) -> list[str]:
        failed = [rule for rule in self.rules if rule.failed is not None]
        lines = [
            f"Regel {rule.number} trifft nicht zu: {rule.failed.german()}"
            for rule in failed[:_MAX_FAILED_SHOWN]
            if rule.failed is not None
        ]
        if len(failed) > _MAX_FAILED_SHOWN:
            lines.append(f"… und {len(failed) - _MAX_FAILED_SHOWN} weitere Regeln.")
        return lines

    def _outputs_german(self, outputs: Sequence[Mapping[str, Value]]) -> str:
        given = self._given(outputs, reasons=False)
        if len(given) == 1:
            return f"{given[0][0]} = {given[0][1]}" if len(outputs[0]) > 1 else given[0][1]
        return "; ".join(f"{label} = {text}" for label, text in given) or "kein Ergebnis"

    def _given(self, outputs: Sequence[Mapping[str, Value]], *, reasons: bool) -> list[tuple[str, str]]:
        """Label and text of the first result, or of those of its outputs that say on what it rests."""
        if not outputs:
            return []
        labels = self.output_labels or {}
        several = len(outputs[0]) > 1
        return [
            shown(labels.get(name, name), value)
            for name, value in outputs[0].items()
            if value is not None and (several and name.lower() in _REASONS) is reasons
        ]

    def shown_outputs(self) -> list[list[list[str]]]:
        """For each result its outputs as people read them: label and German text; what is null is left out."""
        labels = self.output_labels or {}
        return [
            [list(shown(labels.get(name, name), value)) for name, value in output.items() if value is not None]
            for output in self.outputs
        ]

    def as_dict(self) -> dict[str, Any]:
        """The trace as JSON: numbers, dates and durations as text that loses nothing."""
        return {
            "decision": self.decision_id,
            "name": self.decision_name,
            "kind": self.kind,
            "expression": self.expression,
            "inputs": [
                {"label": row.label, "expression": row.expression, "value": plain(row.value), "allowed": row.allowed}
                for row in self.inputs
            ],
            "rules": [_rule_as_dict(rule) for rule in self.rules],
            "outputs": [plain(output) for output in self.outputs],
            "output_labels": dict(self.output_labels or {}),
            "shown": self.shown_outputs(),
            "used_default": self.used_default,
            "warnings": list(self.warnings),
            "validity": None if self.dating is None else self.dating.as_dict(),
            "required": [trace.as_dict() for trace in self.required],
        }


def _rule_as_dict(rule: RuleTrace) -> dict[str, Any]:
    return {
        "id": rule.id,
        "number": rule.number,
        "description": rule.description,
        "verdict": rule.verdict,
        "failed_input": rule.failed.asked.label if rule.failed else None,
        "failed_test": rule.failed.test.text if rule.failed else None,
        "annotations": dict(rule.annotations or {}),
    }


def plain(value: Value) -> Any:
    """A value that `json.dumps` takes."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    return value_text(value)
