# SPDX-License-Identifier: EUPL-1.2
"""Why a decision came out as it did: for people in German, for machines as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from engine.dmn.german import german, shown
from engine.feel.text import value_text
from engine.feel.values import Value

Verdict = Literal["matched", "failed", "not reached"]

_MAX_FAILED_SHOWN = 20


@dataclass(frozen=True, slots=True)
class InputTrace:
    """A question and what was answered."""

    label: str
    expression: str
    value: Value
    allowed: bool = True


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """What became of one rule; for a failed one, the first cell that did not hold."""

    id: str
    number: int
    description: str
    verdict: Verdict
    failed_input: str = ""
    failed_test: str = ""
    annotations: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """One decision, with those it required before it."""

    decision_id: str
    decision_name: str
    kind: Literal["table", "expression"]
    inputs: tuple[InputTrace, ...] = ()
    rules: tuple[RuleTrace, ...] = ()
    outputs: tuple[dict[str, Value], ...] = ()
    output_labels: Mapping[str, str] | None = None
    used_default: bool = False
    expression: str = ""
    warnings: tuple[str, ...] = ()
    required: tuple["Trace", ...] = ()

    def german(self) -> list[str]:
        """The way to the result in plain lines, required decisions first."""
        lines = [line for trace in self.required for line in trace.german()]
        if self.required:
            lines = list(dict.fromkeys(lines))
        if self.kind == "expression":
            return [*lines, f"{self.decision_name} → {self._outputs_german()}"]
        matched = [rule for rule in self.rules if rule.verdict == "matched"]
        lines += [
            f"{row.label} = {german(row.value)} ist kein zulässiger Wert." for row in self.inputs if not row.allowed
        ]
        asked = "; ".join(" = ".join(shown(row.label, row.value)) for row in self.inputs) or self.decision_name
        if matched:
            lines += [self._matched_german(asked, rule, index) for index, rule in enumerate(matched)]
        elif self.used_default:
            lines.append(f"{asked} → keine Regel trifft zu, es gilt die Vorgabe: {self._outputs_german()}")
        else:
            lines.append(f"{asked} → keine Regel trifft zu.")
            lines += self._failures_german()
        return lines

    def _matched_german(self, asked: str, rule: RuleTrace, index: int) -> str:
        notes = [f"{name}: {text}" for name, text in (rule.annotations or {}).items() if text]
        if rule.description:
            notes.append(rule.description)
        note = f" ({'; '.join(notes)})" if notes else ""
        return f"{asked} → Regel {rule.number}: {self._outputs_german(index)}{note}"

    def _failures_german(self) -> list[str]:
        failed = [rule for rule in self.rules if rule.verdict == "failed"]
        lines = [
            f"Regel {rule.number} trifft nicht zu: {rule.failed_input} erfüllt nicht die Bedingung {rule.failed_test}"
            for rule in failed[:_MAX_FAILED_SHOWN]
        ]
        if len(failed) > _MAX_FAILED_SHOWN:
            lines.append(f"… und {len(failed) - _MAX_FAILED_SHOWN} weitere Regeln.")
        return lines

    def _outputs_german(self, index: int = 0) -> str:
        if index >= len(self.outputs):
            return "kein Ergebnis"
        labels = self.output_labels or {}
        pairs = [shown(labels.get(name, name), value) for name, value in self.outputs[index].items()]
        if len(pairs) == 1:
            return pairs[0][1]
        given = [f"{label} = {text}" for (label, text), value in self._with_values(pairs, index) if value is not None]
        return "; ".join(given) or "kein Ergebnis"

    def _with_values(self, pairs: list[tuple[str, str]], index: int) -> list[tuple[tuple[str, str], Value]]:
        return list(zip(pairs, self.outputs[index].values(), strict=True))

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
            "used_default": self.used_default,
            "warnings": list(self.warnings),
            "required": [trace.as_dict() for trace in self.required],
        }


def _rule_as_dict(rule: RuleTrace) -> dict[str, Any]:
    return {
        "id": rule.id,
        "number": rule.number,
        "description": rule.description,
        "verdict": rule.verdict,
        "failed_input": rule.failed_input,
        "failed_test": rule.failed_test,
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
