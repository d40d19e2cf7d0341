# SPDX-License-Identifier: EUPL-1.2
"""Events: which kinds may stand where, what each must say, and to what it may be attached."""

from collections.abc import Iterator

from engine.bpmn.lint.complaints import Complaint, warn
from engine.bpmn.model import Event, Node, Process

_CAUGHT = frozenset({"message", "timer", "signal", "conditional"})
#: Start events of an event subprocess; a process is started by the first four only.
_CAUGHT_WITHIN = _CAUGHT | {"error", "escalation", "compensation"}
#: Which kinds of events can be run at which position.
_KINDS = {
    "startEvent": _CAUGHT | {"none"},
    "intermediateCatchEvent": _CAUGHT | {"link"},
    "intermediateThrowEvent": frozenset({"none", "message", "signal", "escalation", "compensation", "link"}),
    "boundaryEvent": _CAUGHT_WITHIN | {"cancel"},
    "endEvent": frozenset({"none", "message", "signal", "error", "escalation", "compensation", "cancel", "terminate"}),
}
_POSITIONS = {
    "startEvent": "A start event",
    "intermediateCatchEvent": "An intermediate event",
    "intermediateThrowEvent": "An intermediate event",
    "boundaryEvent": "A boundary event",
    "endEvent": "An end event",
}
_THROWING = frozenset({"intermediateThrowEvent", "endEvent"})
#: Kinds that cannot be awaited, or thrown, together with others: a token that jumps or leaves does nothing else.
_ALONE_CAUGHT = frozenset({"link", "cancel", "compensation"})
_ALONE_THROWN = frozenset({"link", "cancel", "error"})
#: What cannot have happened before the activity begins.
_COMING_LATER = _CAUGHT - {"conditional"}
#: Activities that are done within one moment, so that nothing can happen meanwhile.
_AT_ONCE = frozenset({"task", "manualTask", "scriptTask", "businessRuleTask"})


def check_events(process: Process) -> Iterator[Complaint]:
    """Events that could not happen, or would happen otherwise than they are drawn."""
    for node in process.nodes.values():
        if node.type not in _KINDS:
            continue
        yield from _kinds(process, node)
        for event in node.events:
            yield from _details(node, event)
        if node.type == "boundaryEvent":
            yield from _boundary(process, node)
    yield from _starting_messages(process)
    yield from _awaited_twice(process)


def _kinds(process: Process, node: Node) -> Iterator[Complaint]:
    owner = process.nodes.get(node.parent)
    if not node.events and node.type in ("intermediateCatchEvent", "boundaryEvent"):
        yield Complaint(node.id, "It is not said what the event waits for.", "Give it a trigger, such as a timer.")
    kinds = [event.kind for event in node.events]
    if len(kinds) > 1:
        alone = _ALONE_THROWN if node.type in _THROWING else _ALONE_CAUGHT
        for kind in dict.fromkeys(kind for kind in kinds if kind in alone):
            yield Complaint(node.id, f"The kind {kind} cannot be one of several.", "Draw an event of its own for it.")
    if node.type == "startEvent" and owner is not None:
        if not owner.is_event_subprocess and kinds:
            reason = "An embedded subprocess begins when a token comes, not by a trigger."
            cure = "Use a start event without a trigger, or make it an event subprocess."
            yield Complaint(node.id, reason, cure)
            return
        allowed = _CAUGHT_WITHIN
    else:
        allowed = _KINDS[node.type]
    for kind in dict.fromkeys(kinds):
        if kind in allowed:
            continue
        if node.type == "startEvent" and kind in _CAUGHT_WITHIN:
            reason = f"Only an event subprocess can be started by the kind {kind}."
            yield Complaint(node.id, reason, "Draw it in an event subprocess.")
        else:
            verb = "throw" if node.type in _THROWING else "wait for"
            reason = f"{_POSITIONS[node.type]} cannot {verb} the kind {kind}."
            yield Complaint(node.id, reason, f"These can be run here: {', '.join(sorted(allowed - {'none'}))}.")
    if node.type == "startEvent" and (owner is None or not owner.is_event_subprocess) and not node.interrupting:
        reason = "Only the start event of an event subprocess can go on beside what runs."
        yield warn(node.id, reason, "Remove isInterrupting.")


def _details(node: Node, event: Event) -> Iterator[Complaint]:
    """What an event of this kind has to say."""
    throws = node.type in _THROWING
    if event.kind == "message" and not event.name and not (throws and (event.topic or event.expression)):
        if throws:
            yield warn(node.id, "It is not said which message is sent, so none is.", "Choose a message with a name.")
        else:
            yield Complaint(node.id, "It is not said which message is awaited.", "Choose a message with a name.")
    elif event.kind == "message" and not throws and not starts_a_case(node) and "correlationKey" not in node.properties:
        yield found_by_business_key(node)
    if event.kind == "signal" and not event.name:
        verb = "thrown" if throws else "awaited"
        yield Complaint(node.id, f"It is not said which signal is {verb}.", "Choose a signal with a name.")
    if event.kind == "link" and not event.name:
        yield Complaint(node.id, "The link has no name.", "Give both ends of the link the same name.")
    if event.kind in ("error", "escalation") and throws and not event.code:
        reason = f"It is not said which {event.kind} is thrown."
        yield Complaint(node.id, reason, f"Choose an {event.kind} with a code.")
    if event.kind == "timer" and event.timer is None:
        yield Complaint(node.id, "It is not said when the timer is due.", "Give it a duration such as P14D.")
    if event.kind == "conditional" and not event.condition:
        yield Complaint(node.id, "The event has no condition.", "Write what it waits for.")


def starts_a_case(node: Node) -> bool:
    """Whether what it waits for begins a case, so that there is none yet that the message could belong to."""
    return node.instantiate or (node.type == "startEvent" and not node.parent)


def found_by_business_key(node: Node) -> Complaint:
    """A catcher that several cases may share."""
    reason = "Without the property correlationKey the message is found by the business key or the case only."
    return warn(node.id, reason, "Set the property correlationKey.")


def _boundary(process: Process, node: Node) -> Iterator[Complaint]:
    host = process.nodes.get(node.attached_to or "")
    if host is None:
        yield Complaint(node.id, "The boundary event is attached to nothing.", "Attach it to an activity.")
        return
    if not host.is_activity or host.is_event_subprocess:
        what = "an event subprocess" if host.is_event_subprocess else "no activity"
        reason = f"{host.label} is {what}, so no event can be attached to it."
        yield Complaint(node.id, reason, "Attach it to an activity.")
        return
    if host.parent != node.parent:
        reason = f"{host.label} lies in another subprocess than the event."
        yield Complaint(node.id, reason, "Draw both in the same subprocess.")
    kinds = {event.kind for event in node.events}
    if host.type in _AT_ONCE and kinds and kinds <= _COMING_LATER and not (host.loop or host.async_after):
        reason = f"{host.label} is done within one moment, so the event will never happen."
        yield warn(node.id, reason, "Attach it to an activity that waits.")


def _starting_messages(process: Process) -> Iterator[Complaint]:
    """Which of two start events a message begins with must be clear."""
    seen: dict[str, Node] = {}
    for node in process.nodes.values():
        if node.parent:
            continue
        names = [event.name for event in node.events if event.kind == "message"] if node.type == "startEvent" else []
        names += [node.message] if node.instantiate and node.message else []
        for name in names:
            if name and seen.setdefault(name, node) is not node:
                reason = f"{seen[name].label} is started by the message {name} as well."
                yield Complaint(node.id, reason, "Choose another message for one of them.")
            if name and any(mark in name for mark in ("${", "#{")):
                reason = f"The message {name} begins a case, so there are no variables yet to make its name of."
                yield Complaint(node.id, reason, "Give the message a fixed name.")


def _awaited_twice(process: Process) -> Iterator[Complaint]:
    """A message goes to one catcher only; two that always wait for it together could never be told apart."""
    seen: dict[tuple[str, str], Node] = {}
    for node in process.nodes.values():
        for together in _waits_with(process, node):
            for event in node.events:
                if event.kind != "message" or not event.name or "correlationKey" in node.properties:
                    continue
                if (other := seen.setdefault((together, event.name), node)) is not node:
                    reason = f"{other.label} waits for the message {event.name} at the same time."
                    yield Complaint(node.id, reason, "Choose another message for one of them.")


def _waits_with(process: Process, node: Node) -> Iterator[str]:
    """Under what an event waits together with others: its activity, its event-based gateway, its scope."""
    if node.attached_to:
        yield f"border of {node.attached_to}"
    if node.type == "startEvent" and node.parent and process.nodes[node.parent].is_event_subprocess:
        yield f"scope of {process.nodes[node.parent].parent}"
    for flow in process.incoming[node.id] if node.type == "intermediateCatchEvent" else ():
        source = process.nodes.get(flow.source)
        if source is not None and source.type == "eventBasedGateway":
            yield f"gateway {source.id}"
