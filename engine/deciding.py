# SPDX-License-Identifier: EUPL-1.2
"""What a business rule task asks: which version of the decision, and in which shape the model wants the result."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine.bpmn import Node
from engine.decisions import decision_of, decisions
from engine.deployed import Definition
from engine.dmn import Decision, Trace
from engine.errors import AmtsflussError, DefinitionNotFound
from engine.expressions import text_of, text_or_none, value_of
from engine.services import Services


class ResultOfAnotherShape(AmtsflussError):
    """The decision gave more than the model has room for."""


def decision_to_ask(
    session: Session, services: Services, definition: Definition, node: Node, scope: Mapping[str, Any]
) -> tuple[str, Decision, int]:
    """The decision that counts, with its key and the version of whatever brought it.

    That of the bundle that the case began with; where it holds none, or the model asks for the `latest`, the newest
    that is deployed anywhere; or the one of a version or of a tag. Raises `DefinitionNotFound`.
    """
    written = node.decision or ""
    key = text_of(value_of(written, scope, services.clock), written)
    binding = node.decision_binding
    if binding == "deployment" and key in definition.decisions:
        return key, definition.decisions[key], definition.version
    wanted = text_or_none(node.decision_version, scope, services.clock) or ""
    for line in reversed(decisions(session, services)):
        if line.key == key and (
            binding in ("deployment", "latest")
            or (binding == "version" and wanted.isdecimal() and line.version == int(wanted))
            or (binding == "versionTag" and line.version_tag == wanted)
        ):
            return key, decision_of(session, services, line), line.version
    which = f" in the version {wanted}" if binding.startswith("version") else ""
    raise DefinitionNotFound(f"The decision {key} is not deployed{which}.")


def shaped(outputs: list[dict[str, Any]], shape: str) -> Any:
    """The result of a decision as `mapDecisionResult` asks for it; null for a single one that is not there.

    Raises `ResultOfAnotherShape` rather than dropping what does not fit.
    """
    if shape == "resultList":
        return outputs
    if shape == "collectEntries":
        return [_only_entry(row) for row in outputs]
    if len(outputs) > 1:
        raise ResultOfAnotherShape(f"{len(outputs)} rules matched; {shape} takes the result of one.")
    single = outputs[0] if outputs else None
    return _only_entry(single) if single is not None and shape == "singleEntry" else single


def given_and_gave(trace: Trace) -> dict[str, Any]:
    """What a decision was given and what it gave, with the values as they are rather than as people read them."""
    labels = trace.output_labels or {}
    results: list[tuple[str | None, int | None, Mapping[str, Any]]] = [
        (rule.id, rule.number, rule.outputs) for rule in trace.rules if rule.outputs is not None
    ]
    results = results or [(None, None, output) for output in trace.outputs]
    return {
        "given": [{"label": one.label, "expression": one.expression, "value": one.value} for one in trace.inputs],
        "gave": [
            {"name": name, "label": labels.get(name, name), "rule": rule, "number": number, "value": value}
            for rule, number, outputs in results
            for name, value in outputs.items()
        ],
    }


def _only_entry(row: dict[str, Any]) -> Any:
    if len(row) > 1:
        raise ResultOfAnotherShape(f"The decision has the outputs {', '.join(row)}; the model takes one entry.")
    return next(iter(row.values()), None)
