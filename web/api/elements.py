# SPDX-License-Identifier: EUPL-1.2
"""What Camunda 7 calls the kinds of elements (`activityType`)."""

from engine.bpmn import Node

#: Of a repeated activity as a whole.
BODY_TYPE = "multiInstanceBody"
#: Element type and kind of event → what it is called; what is not here is called as BPMN calls it.
_EVENTS = {
    "startEvent": {
        "none": "startEvent",
        "timer": "startTimerEvent",
        "message": "messageStartEvent",
        "signal": "signalStartEvent",
        "escalation": "escalationStartEvent",
        "compensation": "compensationStartEvent",
        "error": "errorStartEvent",
        "conditional": "conditionalStartEvent",
    },
    "intermediateCatchEvent": {
        "message": "intermediateMessageCatch",
        "timer": "intermediateTimer",
        "link": "intermediateLinkCatch",
        "signal": "intermediateSignalCatch",
        "conditional": "intermediateConditional",
    },
    "intermediateThrowEvent": {
        "none": "intermediateNoneThrowEvent",
        "signal": "intermediateSignalThrow",
        "message": "intermediateMessageThrowEvent",
        "compensation": "intermediateCompensationThrowEvent",
        "escalation": "intermediateEscalationThrowEvent",
    },
    "boundaryEvent": {
        "timer": "boundaryTimer",
        "message": "boundaryMessage",
        "signal": "boundarySignal",
        "compensation": "compensationBoundaryCatch",
        "error": "boundaryError",
        "escalation": "boundaryEscalation",
        "cancel": "cancelBoundaryCatch",
        "conditional": "boundaryConditional",
    },
    "endEvent": {
        "none": "noneEndEvent",
        "error": "errorEndEvent",
        "cancel": "cancelEndEvent",
        "terminate": "terminateEndEvent",
        "message": "messageEndEvent",
        "signal": "signalEndEvent",
        "compensation": "compensationEndEvent",
        "escalation": "escalationEndEvent",
    },
}


def activity_type(node: Node) -> str:
    """The type of an element."""
    return _EVENTS.get(node.type, {}).get(node.event, node.type)


def activity_type_of(element_type: str, event: str = "none") -> str:
    """The same for a line of history, which knows the BPMN type only."""
    return _EVENTS.get(element_type, {}).get(event, element_type)


def element_types(activity_type: str) -> list[tuple[str, str | None]]:
    """What is called so: BPMN types, each with the kind of its event; None: whatever that is."""
    found: list[tuple[str, str | None]] = [
        (element, event) for element, names in _EVENTS.items() for event, name in names.items() if name == activity_type
    ]
    return found or [(activity_type, None)]
