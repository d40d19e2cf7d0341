# SPDX-License-Identifier: EUPL-1.2
"""What belongs together at two places of the drawing: links, compensations, cancelled transactions."""

from collections import defaultdict
from collections.abc import Iterator

from engine.bpmn.lint.complaints import Complaint, warn
from engine.bpmn.model import Node, Process


def check_pairs(process: Process) -> Iterator[Complaint]:
    """Halves without their other half."""
    yield from _links(process)
    yield from _ways_to_undo(process)
    for node in process.nodes.values():
        kinds = {event.kind for event in node.events}
        if node.type == "boundaryEvent" and "compensation" in kinds:
            yield from _compensation_boundary(process, node)
        if node.type in ("intermediateThrowEvent", "endEvent") and "compensation" in kinds:
            yield from _compensation_thrown(process, node)
        if node.type == "endEvent" and "cancel" in kinds:
            yield from _cancel_end(process, node)
        if node.type == "boundaryEvent" and "cancel" in kinds:
            yield from _cancel_boundary(process, node)


def _links(process: Process) -> Iterator[Complaint]:
    throws: dict[tuple[str, str], list[Node]] = defaultdict(list)
    catches: dict[tuple[str, str], list[Node]] = defaultdict(list)
    ends = {"intermediateThrowEvent": throws, "intermediateCatchEvent": catches}
    for node in process.nodes.values():
        if node.event == "link" and node.type in ends and node.events[0].name:
            ends[node.type][node.parent, node.events[0].name].append(node)
            if node.type == "intermediateThrowEvent" and process.outgoing[node.id]:
                yield Complaint(node.id, "A link jumps; no flow can leave it.", "Remove the flow.")
            if node.type == "intermediateCatchEvent" and process.incoming[node.id]:
                yield Complaint(node.id, "A link jumps here; no flow can lead to it.", "Remove the flow.")
    for place, nodes in throws.items():
        if place not in catches:
            for node in nodes:
                reason = f"The link {place[1]} leads nowhere."
                yield Complaint(node.id, reason, "Draw the catching event of this link in the same scope.")
    for place, nodes in catches.items():
        for node in nodes[1:]:
            reason = f"The link {place[1]} is caught twice in the same scope."
            yield Complaint(node.id, reason, "Give one of the links another name.")
        if place not in throws:
            reason = f"The link {place[1]} is never thrown."
            yield warn(nodes[0].id, reason, "Draw the throwing event of this link in the same scope.")


def _compensation_boundary(process: Process, node: Node) -> Iterator[Complaint]:
    handler = process.nodes.get(node.compensated_by or "")
    if process.outgoing[node.id]:
        reason = "What undoes an activity is connected by an association, not by a flow."
        yield Complaint(node.id, reason, "Draw an association to an activity that is marked for compensation.")
    elif handler is None:
        reason = "It is not said what undoes the activity."
        yield Complaint(node.id, reason, "Draw an association to an activity that is marked for compensation.")
    elif not handler.is_activity or not handler.for_compensation:
        reason = f"{handler.label} is asked to undo an activity, but is not marked for compensation."
        yield Complaint(handler.id, reason, "Set isForCompensation at an activity.")
    elif handler.parent != node.parent:
        reason = f"{handler.label} lies in another subprocess than the event that asks for it."
        yield Complaint(handler.id, reason, "Draw both in the same subprocess.")


def _ways_to_undo(process: Process) -> Iterator[Complaint]:
    """An activity is undone in one way only: by what its border leads to, or by one event subprocess within."""
    ways: dict[str, list[Node]] = defaultdict(list)
    for node in process.nodes.values():
        owner = process.nodes.get(node.parent)
        if node.event != "compensation":
            continue
        if node.attached_to:
            ways[node.attached_to].append(node)
        elif node.type == "startEvent" and owner is not None and owner.is_event_subprocess:
            ways[owner.parent].append(node)
    for event in ways.pop("", ()):
        reason = "Nobody undoes a process as a whole, so this will never begin."
        yield Complaint(event.id, reason, "Draw the event subprocess in the subprocess that it undoes.")
    for undone, events in ways.items():
        label = process.nodes[undone].label if undone in process.nodes else undone
        for event in events[1:]:
            yield Complaint(event.id, f"There is another way to undo {label}.", "Leave one of them.")


def _compensation_thrown(process: Process, node: Node) -> Iterator[Complaint]:
    for event in node.events:
        if event.kind == "compensation" and event.activity:
            yield from _undone(process, node, event.activity)


def _undone(process: Process, node: Node, name: str) -> Iterator[Complaint]:
    undone = process.nodes.get(name)
    if undone is None:
        yield Complaint(node.id, f"There is no activity {name} to undo.", "Choose an activity of the same scope.")
    elif not undone.is_activity:
        yield Complaint(node.id, f"{undone.label} is no activity and cannot be undone.", "Choose an activity.")
    elif undone.parent not in _scopes_undone(process, node):
        reason = f"{undone.label} lies in another scope and cannot be undone from here."
        yield Complaint(node.id, reason, "Choose an activity of the same scope.")
    elif not _can_be_undone(process, undone):
        reason = f"Nothing undoes {undone.label}."
        yield warn(node.id, reason, "Attach a compensation event to it, with an activity that undoes it.")


def _scopes_undone(process: Process, node: Node) -> set[str]:
    """The thrower's scope; out of an event subprocess also the scope around it."""
    scopes = {node.parent}
    owner = process.nodes.get(node.parent)
    while owner is not None and owner.is_event_subprocess:
        scopes.add(owner.parent)
        owner = process.nodes.get(owner.parent)
    return scopes


def _can_be_undone(process: Process, undone: Node) -> bool:
    if undone.is_subprocess or undone.type == "callActivity":
        return True
    return any(boundary.event == "compensation" for boundary in process.boundaries.get(undone.id, ()))


def _cancel_end(process: Process, node: Node) -> Iterator[Complaint]:
    owner = process.nodes.get(node.parent)
    if owner is None or owner.type != "transaction":
        yield Complaint(node.id, "Only a transaction can be cancelled.", "Draw the end event in a transaction.")
    elif not _cancel_events(process, owner):
        reason = f"It is not said how to go on when {owner.label} is cancelled."
        yield Complaint(node.id, reason, "Attach a cancel event to the transaction.")


def _cancel_boundary(process: Process, node: Node) -> Iterator[Complaint]:
    host = process.nodes.get(node.attached_to or "")
    if host is None:
        return
    if host.type != "transaction":
        yield Complaint(node.id, f"{host.label} is no transaction and cannot be cancelled.", "Attach it to one.")
        return
    if _cancel_events(process, host)[0] is not node:
        reason = f"{host.label} has two events for being cancelled."
        yield Complaint(node.id, reason, "Remove one of them.")


def _cancel_events(process: Process, host: Node) -> list[Node]:
    borders = process.boundaries.get(host.id, ())
    return [boundary for boundary in borders if any(event.kind == "cancel" for event in boundary.events)]
