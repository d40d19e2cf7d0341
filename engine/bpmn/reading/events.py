# SPDX-License-Identifier: EUPL-1.2
"""Event definitions: what an event waits for, or what it throws."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from lxml import etree

from engine.bpmn.model import Event
from engine.bpmn.reading.expressions import change, condition, flag, result_variable
from engine.bpmn.reading.extensions import passed, timer
from engine.bpmn.reading.notes import Notes
from engine.bpmn.reading.roots import Roots
from engine.bpmn.reading.vocabulary import EVENT_DEFINITIONS
from engine.bpmn.xml import bpmn_children, camunda, local_name, local_part, text_of

_THROWING = frozenset({"endEvent", "intermediateThrowEvent"})
_CHANGES = frozenset({"create", "update", "delete"})


def events_of(element: etree._Element, roots: Roots) -> tuple[Event, ...]:
    """The event definitions of an event, its own and those it refers to, in the order of the file."""
    throws = local_name(element) in _THROWING
    return tuple(
        _READERS[local_name(definition)](definition, element, throws, roots)
        for definition in definitions_of(element, roots)
    )


def definitions_of(element: etree._Element, roots: Roots) -> Iterator[etree._Element]:
    """The event definitions themselves, wherever they stand."""
    for child in bpmn_children(element):
        if local_name(child) in EVENT_DEFINITIONS:
            yield child
        elif local_name(child) == "eventDefinitionRef":
            found = roots.event_definition(local_part(text_of(child)))
            if found is None:
                reason = f"There is no event definition {text_of(child)} in the file."
                roots.notes.refuse(element, reason, "Choose what the event is for.")
            else:
                yield found


Reader = Callable[[etree._Element, etree._Element, bool, Roots], Event]


def _message(definition: etree._Element, element: etree._Element, throws: bool, roots: Roots) -> Event:
    topic, expression = external_work(definition, roots.notes)
    if (topic or expression) and not throws:
        roots.notes.refuse(element, "An event that waits for a message does no work.", "Remove topic and expression.")
    result = result_variable(definition)
    if result and not expression:
        roots.notes.refuse(element, "The attribute camunda:resultVariable would be ignored.", "Remove it.")
    name = roots.name("message", definition, "messageRef")
    acts = (change(expression) if expression else None) or expression
    return Event("message", name=name, topic=topic, expression=acts, result_variable=result)


def external_work(element: etree._Element, notes: Notes) -> tuple[str | None, str | None]:
    """Topic and expression of whatever does work; both at once are refused."""
    kind, topic, expression = (camunda(element, name) for name in ("type", "topic", "expression"))
    if kind not in (None, "external"):
        notes.refuse(element, f"Work of the type {kind} cannot be run.", "Set type external and the topic.")
        return None, expression
    if kind and not topic:
        notes.refuse(element, "The topic of the external work is missing.", "Set the topic.")
    if topic and not kind:
        notes.refuse(element, "The topic has no effect without a type.", "Set type external.")
    if topic and expression:
        notes.refuse(element, "It has a topic and an expression.", "Remove one of them.")
    return topic, expression


def _timer(definition: etree._Element, element: etree._Element, throws: bool, roots: Roots) -> Event:
    return Event("timer", timer=timer(definition, roots.notes))


def _signal(definition: etree._Element, element: etree._Element, throws: bool, roots: Roots) -> Event:
    name = roots.name("signal", definition, "signalRef")
    if camunda(definition, "async"):
        roots.notes.warn(element, "Signals reach other cases after the step anyway; camunda:async is not read.")
    payload = passed(definition, "in", roots.notes)
    if payload and not throws:
        roots.notes.refuse(element, "An event that waits for a signal hands nothing over.", "Remove camunda:in.")
    return Event("signal", name=name, payload=payload)


def _error(definition: etree._Element, element: etree._Element, throws: bool, roots: Roots) -> Event:
    code, message = roots.code("error", definition, "errorRef")
    event = Event("error", code=code, message=message)
    return _coded(event, definition, element, throws, roots.notes)


def _escalation(definition: etree._Element, element: etree._Element, throws: bool, roots: Roots) -> Event:
    code, _ = roots.code("escalation", definition, "escalationRef")
    return _coded(Event("escalation", code=code), definition, element, throws, roots.notes)


def _coded(event: Event, definition: etree._Element, element: etree._Element, throws: bool, notes: Notes) -> Event:
    code_variable = camunda(definition, f"{event.kind}CodeVariable")
    message_variable = camunda(definition, f"{event.kind}MessageVariable")
    if throws and (code_variable or message_variable):
        notes.refuse(element, "Only an event that catches has variables for code and message.", "Remove them.")
    return replace(event, code_variable=code_variable, message_variable=message_variable)


def _compensation(definition: etree._Element, element: etree._Element, throws: bool, roots: Roots) -> Event:
    return Event(
        "compensation",
        activity=local_part(definition.get("activityRef")) or None,
        wait_for_completion=flag(definition, "waitForCompletion", True, roots.notes),
    )


def _conditional(definition: etree._Element, element: etree._Element, throws: bool, roots: Roots) -> Event:
    found = condition(definition, "condition", roots.notes)
    changes = tuple((camunda(definition, "variableEvents") or "").replace(",", " ").split())
    for each in changes:
        if each not in _CHANGES:
            roots.notes.refuse(element, f"There is no variable event {each}.", "Use create, update or delete.")
    return Event(
        "conditional", condition=found, variable_name=camunda(definition, "variableName"), variable_events=changes
    )


def _link(definition: etree._Element, element: etree._Element, throws: bool, roots: Roots) -> Event:
    return Event("link", name=definition.get("name", "").strip() or None)


def _cancel(definition: etree._Element, element: etree._Element, throws: bool, roots: Roots) -> Event:
    return Event("cancel")


def _terminate(definition: etree._Element, element: etree._Element, throws: bool, roots: Roots) -> Event:
    return Event("terminate")


_READERS: dict[str, Reader] = {
    "messageEventDefinition": _message,
    "timerEventDefinition": _timer,
    "signalEventDefinition": _signal,
    "errorEventDefinition": _error,
    "escalationEventDefinition": _escalation,
    "compensateEventDefinition": _compensation,
    "conditionalEventDefinition": _conditional,
    "linkEventDefinition": _link,
    "cancelEventDefinition": _cancel,
    "terminateEventDefinition": _terminate,
}
