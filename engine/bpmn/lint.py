# SPDX-License-Identifier: EUPL-1.2
"""What a drawn process must keep so that it can run: structure first, then every expression in it."""

from collections.abc import Iterator

from engine.bpmn.model import Node, Process, Written
from engine.errors import Finding
from engine.feel import FeelSyntaxError, parse, strip_marker

#: Events and activities that an event-based gateway may lead to.
_CATCHING = frozenset({"intermediateCatchEvent", "receiveTask"})
#: Activities at which a token waits, so that a boundary event can happen.
_WAITING = frozenset({"userTask", "serviceTask", "receiveTask"})


def lint(process: Process, resource: str) -> list[Finding]:
    """Every reason why the process cannot be run; empty when it can."""
    return [
        Finding(resource, element_id, _name(process, element_id), reason, cure)
        for element_id, reason, cure in (*_structure(process), *_expressions(process))
    ]


def _name(process: Process, element_id: str) -> str:
    node = process.nodes.get(element_id)
    return node.name if node else ""


Complaint = tuple[str, str, str]


def _structure(process: Process) -> Iterator[Complaint]:
    starts = [node for node in process.nodes.values() if node.type == "startEvent"]
    if len(starts) != 1:
        yield process.id, f"The process has {len(starts)} start events.", "Draw exactly one."
        return
    for flow in process.flows.values():
        for end in (flow.source, flow.target):
            if end not in process.nodes:
                yield flow.id, "The sequence flow does not connect two elements of the process.", "Connect it."
                return
    reached = _reachable(process, starts[0])
    for node in process.nodes.values():
        if node.id not in reached:
            yield node.id, "No path leads here.", "Connect the element or remove it."
        yield from _node_structure(process, node)


def _node_structure(process: Process, node: Node) -> Iterator[Complaint]:
    outgoing = process.outgoing[node.id]
    if node.type == "endEvent" and outgoing:
        yield node.id, "Nothing can follow an end event.", "Remove the flow."
    if node.type == "startEvent" and node.event != "none":
        yield node.id, "A start event with a trigger cannot be run yet.", "Use a start event without a trigger."
    if node.type == "intermediateThrowEvent" and node.event != "none":
        yield node.id, f"An event that throws a {node.event} cannot be run yet.", "Use a service task."
    if node.type == "intermediateCatchEvent" and node.event not in ("message", "timer"):
        yield node.id, "It is not said what the event waits for.", "Make it a message or a timer event."
    if node.type == "endEvent" and node.event not in ("none", "terminate"):
        yield node.id, f"An end event that sends a {node.event} cannot be run yet.", "Use a service task before it."
    if node.type == "boundaryEvent":
        yield from _boundary_structure(process, node)
    if node.type == "exclusiveGateway" and len(outgoing) > 1:
        for flow in outgoing:
            if flow.condition is None and flow.id != node.default_flow:
                yield flow.id, f"The flow leaves {node.label} without a condition.", "Set one or make it the default."
    if node.type == "parallelGateway" and any(flow.condition for flow in outgoing):
        yield node.id, "Flows out of a parallel gateway have no conditions.", "Use an exclusive gateway."
    if node.type == "eventBasedGateway":
        for flow in outgoing:
            if process.nodes[flow.target].type not in _CATCHING:
                yield flow.id, "An event-based gateway leads to waiting events only.", "Draw a catch event here."
    if node.type == "businessRuleTask" and not (node.decision and node.result_variable):
        yield node.id, "The decision or its result variable is missing.", "Set decisionRef and resultVariable."
    if node.type == "scriptTask" and not (node.script and node.result_variable):
        yield node.id, "The script or its result variable is missing.", "Set both."
    if node.type == "userTask" and not (node.candidate_groups or node.assignee):
        yield node.id, "Nobody could take this task.", "Set candidateGroups or assignee."
    if node.message and "correlationKey" not in node.properties:
        yield node.id, "It is not said which message belongs to this case.", "Set the property correlationKey."


def _boundary_structure(process: Process, node: Node) -> Iterator[Complaint]:
    host = process.nodes.get(node.attached_to or "")
    if host is None:
        yield node.id, "The boundary event is attached to nothing.", "Attach it to an activity."
    elif host.type not in _WAITING:
        yield node.id, f"{host.label} never waits, so the event could not happen.", "Attach it to a waiting activity."
    if node.event not in ("message", "timer"):
        yield node.id, "It is not said what the event waits for.", "Make it a message or a timer event."
    if process.incoming[node.id]:
        yield node.id, "No flow may lead into a boundary event.", "Remove the flow."


def _reachable(process: Process, start: Node) -> set[str]:
    reached: set[str] = set()
    waiting = [start.id]
    while waiting:
        node_id = waiting.pop()
        if node_id in reached:
            continue
        reached.add(node_id)
        waiting += [flow.target for flow in process.outgoing[node_id]]
        waiting += [event.id for event in process.boundaries.get(node_id, ())]
    return reached


def _expressions(process: Process) -> Iterator[Complaint]:
    for flow in process.flows.values():
        if flow.condition is not None:
            yield from _check(flow.id, "condition", _as_expression(flow.condition))
    title = process.properties.get("caseTitle")
    if title:
        yield from _check(process.id, "caseTitle", title)
    for node in process.nodes.values():
        attributes: dict[str, Written | None] = {
            "assignee": node.assignee,
            "dueDate": node.due,
            "followUpDate": node.follow_up,
            "priority": node.priority,
            "correlationKey": node.properties.get("correlationKey"),
            "timer": node.timer.written if node.timer else None,
            "script": _as_expression(node.script) if node.script else None,
        }
        for name, written in (*attributes.items(), *node.inputs.items(), *node.outputs.items()):
            if written is not None:
                yield from _check(node.id, name, written)
        if node.timer and strip_marker_safely(node.timer.written) is None:
            call = "duration" if node.timer.kind == "duration" else "date and time"
            yield from _check_timer(node, f'{call}("{node.timer.written}")')


def _check(element_id: str, place: str, written: Written) -> Iterator[Complaint]:
    if isinstance(written, list):
        for member in written:
            yield from _check(element_id, place, member)
    elif isinstance(written, dict):
        for member in written.values():
            yield from _check(element_id, place, member)
    else:
        try:
            expression = strip_marker(written)
            if expression is not None:
                parse(expression)
        except FeelSyntaxError as error:
            yield element_id, f"The expression at {place} is not understood: {error}", "Correct it."


def _check_timer(node: Node, expression: str) -> Iterator[Complaint]:
    from engine.feel import evaluate

    if evaluate(expression, {}).value is None:
        written = node.timer.written if node.timer else ""
        yield node.id, f"{written} is not a {node.timer and node.timer.kind}.", "Write a duration such as P14D."


def _as_expression(written: str) -> str:
    return written if written.startswith(("=", "${", "#{")) else f"={written}"


def strip_marker_safely(written: str) -> str | None:
    """The expression behind `=` or `${…}`, None for a literal; a broken one counts as an expression."""
    try:
        return strip_marker(written)
    except FeelSyntaxError:
        return written
