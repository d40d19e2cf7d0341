# SPDX-License-Identifier: EUPL-1.2
"""What would do nothing where it stands, although elements of the type know it, and properties that nobody reads."""

from collections.abc import Callable, Iterator, Mapping

from engine.bpmn.lint.complaints import Complaint, warn
from engine.bpmn.model import ACTIVITY_TYPES, EVENT_TYPES, GATEWAY_TYPES, Node, Process

#: Properties (camunda:property) of a process that mean something.
PROCESS_PROPERTIES = frozenset({"referencePattern", "caseTitle", "visibleTo"})

_ANYWHERE = ACTIVITY_TYPES | EVENT_TYPES | GATEWAY_TYPES
_CATCHING = frozenset({"startEvent", "intermediateCatchEvent", "boundaryEvent", "receiveTask"})
_THROWING = frozenset({"endEvent", "intermediateThrowEvent", "sendTask"})
#: Properties of elements that mean something, and at which elements.
NODE_PROPERTIES: Mapping[str, frozenset[str]] = {
    "activeTasksCollection": frozenset({"adHocSubProcess"}),
    "answersTo": frozenset({"userTask"}),
    "correlationKey": _CATCHING | _THROWING,
    "payloadTo": _CATCHING,
    "businessKey": _THROWING,
    "keepFor": _THROWING,
    "worker": frozenset({"serviceTask", "sendTask", "businessRuleTask", "endEvent", "intermediateThrowEvent"}),
    "milestone": _ANYWHERE,
    "milestone.en": _ANYWHERE,
    "milestoneOnlyWhenReached": _ANYWHERE,
}
#: Ends that leave at once, so that nothing is evaluated behind them.
_LEAVING = frozenset({"error", "cancel"})


def check_placement(process: Process) -> Iterator[Complaint]:
    """A misspelt property, or one at the wrong place, would do nothing, and nobody would notice."""
    for name in process.properties:
        if name not in PROCESS_PROPERTIES:
            yield _unknown(process.id, name, PROCESS_PROPERTIES)
    for node in process.nodes.values():
        for name in node.properties:
            if name not in NODE_PROPERTIES:
                yield _unknown(node.id, name, NODE_PROPERTIES)
            elif node.type not in NODE_PROPERTIES[name]:
                yield warn(node.id, f"The property {name} means nothing at this element.", "Remove it.")
        for name, is_ignored in _HARMLESS:
            if is_ignored(node):
                yield warn(node.id, f"{name} means nothing at this element.", "Remove it.")
        for name, is_ignored in _IGNORED:
            if is_ignored(node):
                yield Complaint(node.id, f"{name} would be ignored at this element.", "Remove it.")


def _unknown(element_id: str, name: str, known: Mapping[str, object] | frozenset[str]) -> Complaint:
    # Workers read properties of their own, so that an unknown one need not be a mistake.
    return warn(element_id, f"The property {name} is not known.", f"These are: {', '.join(sorted(known))}.")


def _has_topic(node: Node) -> bool:
    return bool(node.topic) or any(event.topic for event in node.events)


#: What means something at other elements: its name, and whether it stands at this one.
_HARMLESS: tuple[tuple[str, Callable[[Node], object]], ...] = (
    ("taskPriority", lambda node: node.topic_priority and not _has_topic(node)),
    ("The form", lambda node: node.type == "startEvent" and node.parent and (node.form_key or node.form_fields)),
    ("The initiator", lambda node: node.parent and node.initiator),
)
#: What would be passed over although somebody may rely on it.
_IGNORED: tuple[tuple[str, Callable[[Node], object]], ...] = (
    # What has happened brings its own values; there is nothing to be prepared for it.
    ("The input mapping", lambda node: node.inputs and node.events and node.type in ("startEvent", "boundaryEvent")),
    ("The output mapping", lambda node: node.outputs and node.type == "endEvent" and node.event in _LEAVING),
)
