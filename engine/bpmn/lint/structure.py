# SPDX-License-Identifier: EUPL-1.2
"""How a model hangs together: flows and their ends, where scopes begin, and whether every element is reached."""

from collections.abc import Iterator

from engine.bpmn.lint.complaints import Complaint, warn
from engine.bpmn.model import Flow, Node, Process


def check_structure(process: Process) -> Iterator[Complaint]:
    """What keeps tokens from finding their way."""
    broken = list(_dangling(process))
    yield from broken
    for node in process.nodes.values():
        yield from _ends(process, node)
    for scope, members in process.members.items():
        yield from _beginning(process, scope, members)
    # What a broken flow would have led to is not told as well.
    if not broken and _begins(process, ""):
        reached = reachable(process)
        for node in process.nodes.values():
            if node.id not in reached and (not node.parent or node.parent in reached) and _begins(process, node.parent):
                yield _unreached(node)


def connected(process: Process, flow: Flow) -> bool:
    """Whether a flow joins two elements of one scope."""
    source, target = process.nodes.get(flow.source), process.nodes.get(flow.target)
    return source is not None and target is not None and source.parent == target.parent


def _dangling(process: Process) -> Iterator[Complaint]:
    for flow in process.flows.values():
        if flow.source not in process.nodes or flow.target not in process.nodes:
            yield Complaint(flow.id, "The sequence flow does not connect two elements of the process.", "Connect it.")
        elif not connected(process, flow):
            reason = "The sequence flow crosses the border of a subprocess."
            yield Complaint(flow.id, reason, "Connect elements of the same subprocess.")


def _ends(process: Process, node: Node) -> Iterator[Complaint]:
    incoming, outgoing = process.incoming[node.id], process.outgoing[node.id]
    if node.type == "endEvent" and outgoing:
        yield Complaint(node.id, "Nothing can follow an end event.", "Remove the flow.")
    if node.type == "startEvent" and incoming:
        yield Complaint(node.id, "No flow may lead into a start event.", "Lead it to the element behind the start.")
    if node.type == "boundaryEvent" and incoming:
        yield Complaint(node.id, "No flow may lead into a boundary event.", "Remove the flow.")
    if node.is_event_subprocess and (incoming or outgoing):
        reason = "An event subprocess is started by its event; flows cannot lead into it or out of it."
        yield Complaint(node.id, reason, "Remove the flows.")
    if node.for_compensation and (incoming or outgoing):
        reason = "What undoes an activity stands outside of the flow."
        yield Complaint(node.id, reason, "Remove the flows, or the mark for compensation.")
    if node.instantiate and incoming:
        reason = "What starts a case by itself cannot be led to by a flow."
        yield Complaint(node.id, reason, "Remove the flow, or the attribute instantiate.")


def _beginning(process: Process, scope: str, members: tuple[Node, ...]) -> Iterator[Complaint]:
    owner = process.nodes.get(scope)
    if owner is not None and owner.is_event_subprocess:
        return  # judged by its event
    if not members:
        if owner is None:
            yield Complaint(process.id, "The process is empty.", "Draw what has to be done.")
        else:
            yield warn(scope, "The subprocess is empty and would be passed at once.", "Draw what has to be done in it.")
        return
    if not _begins(process, scope):
        what = "process" if owner is None else "subprocess"
        yield Complaint(scope or process.id, f"The {what} has no beginning.", "Draw a start event.")
    plain = [node for node in members if node.type == "startEvent" and node.event == "none"]
    if len(plain) > 1:
        where = f"{'The process' if owner is None else owner.label} has {len(plain)} start events without a trigger."
        yield Complaint(scope or process.id, where, "Draw exactly one, and a parallel gateway behind it if need be.")
    if owner is not None and owner.type == "adHocSubProcess":
        for node in members:
            if node.type == "startEvent":
                reason = "An ad-hoc subprocess has no start event: everything in it that no flow leads to begins."
                yield Complaint(node.id, reason, "Remove the start event.")


def _begins(process: Process, scope: str) -> bool:
    return bool(process.starts(scope) or instantiating(process, scope))


def instantiating(process: Process, scope: str = "") -> tuple[Node, ...]:
    """Receive tasks and event-based gateways that start a case by themselves."""
    members = process.members.get(scope, ()) if not scope else ()
    return tuple(node for node in members if node.instantiate and not process.incoming[node.id])


def _unreached(node: Node) -> Complaint:
    if node.for_compensation:
        reason = "No compensation event asks for this activity, so it is never done."
        return warn(node.id, reason, "Lead an association here from a compensation event at an activity.")
    return warn(node.id, "No path leads here, so it is never done.", "Connect the element or remove it.")


def reachable(process: Process) -> set[str]:
    """Every element that a token can come to, as far as the drawing says."""
    reached: set[str] = set()
    waiting = [node.id for node in _opened(process, "")]
    # That an event is attached to nothing is told where events are checked.
    waiting += [node.id for node in process.nodes.values() if _is_loose(process, node)]
    while waiting:
        node_id = waiting.pop()
        if node_id in reached:
            continue
        reached.add(node_id)
        waiting += _next(process, process.nodes[node_id])
    return reached


def _is_loose(process: Process, node: Node) -> bool:
    return node.type == "boundaryEvent" and node.attached_to not in process.nodes


def _opened(process: Process, scope: str) -> Iterator[Node]:
    """What stands ready when a scope begins."""
    yield from process.starts(scope)
    yield from instantiating(process, scope)
    yield from process.event_subprocesses.get(scope, ())
    # Whether a link is thrown is told where links are paired.
    for node in process.members.get(scope, ()):
        if node.type == "intermediateCatchEvent" and node.event == "link":
            yield node


def _next(process: Process, node: Node) -> Iterator[str]:
    yield from (flow.target for flow in process.outgoing[node.id] if connected(process, flow))
    for event in process.boundaries.get(node.id, ()):
        yield event.id
    if node.compensated_by in process.nodes:
        yield str(node.compensated_by)
    if node.is_subprocess:
        yield from (inner.id for inner in _opened(process, node.id))
