# SPDX-License-Identifier: EUPL-1.2
"""What a business rule task asks: which version of the decision, and in which shape the model wants the result."""

from typing import Any

from sqlalchemy.orm import Session

from engine.bpmn import Node
from engine.definitions import latest_definition
from engine.deployed import Definition
from engine.errors import AmtsflussError, DefinitionNotFound
from engine.services import Services


class ResultOfAnotherShape(AmtsflussError):
    """The decision gave more than the model has room for."""


def definition_to_ask(session: Session, services: Services, definition: Definition, node: Node) -> Definition:
    """The bundle whose decision counts: the one that the case began with, or with `latest` the newest."""
    if node.decision_binding == "latest":
        definition = latest_definition(session, services, definition.key)
    if node.decision not in definition.decisions:
        raise DefinitionNotFound(f"Decision {node.decision} is not deployed with {definition.key}.")
    return definition


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


def _only_entry(row: dict[str, Any]) -> Any:
    if len(row) > 1:
        raise ResultOfAnotherShape(f"The decision has the outputs {', '.join(row)}; the model takes one entry.")
    return next(iter(row.values()), None)
