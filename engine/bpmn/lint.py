# SPDX-License-Identifier: EUPL-1.2
"""What a drawn process must keep so that it can run: structure first, then every expression in it."""

import re
from collections.abc import Iterator

from engine.bpmn.model import DECISION_BINDINGS, DECISION_RESULTS, REFERENCE_FIELD, Node, Process, Written
from engine.errors import Finding
from engine.feel import FeelError, FeelSyntaxError, evaluate, parse, strip_marker
from engine.feel.calls import unknown_functions
from engine.feel.juel import NotTranslatable

#: Events and activities that an event-based gateway may lead to.
_CATCHING = frozenset({"intermediateCatchEvent", "receiveTask"})
#: Activities at which a token waits, so that a boundary event can happen.
_WAITING = frozenset({"userTask", "serviceTask", "receiveTask"})
#: From which a duration must lead to a day that a calendar has.
_ANY_DAY = "2026-01-01T00:00:00Z"
_WHOLE = re.compile(r"-?\d{1,9}")
#: Activities and events that evaluate mappings.
_MAPPING = _CATCHING | _WAITING | {"businessRuleTask", "scriptTask", "boundaryEvent"}
#: What would be ignored anywhere but at certain elements: attribute, name in the model, types of elements.
_AT_HOME: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("form_key", "formRef", frozenset({"startEvent", "userTask"})),
    ("assignee", "assignee", frozenset({"userTask"})),
    ("candidate_groups", "candidateGroups", frozenset({"userTask"})),
    ("due", "dueDate", frozenset({"userTask"})),
    ("follow_up", "followUpDate", frozenset({"userTask"})),
    ("priority", "priority", frozenset({"userTask"})),
    ("decision", "decisionRef", frozenset({"businessRuleTask"})),
    ("result_variable", "resultVariable", frozenset({"businessRuleTask", "scriptTask"})),
    ("inputs", "Mappings", _MAPPING),
    ("outputs", "Mappings", _MAPPING),
)

#: Properties (camunda:property) that mean something, at a process and at its elements.
PROCESS_PROPERTIES = frozenset({"referencePattern", "caseTitle"})
NODE_PROPERTIES = frozenset(
    {"answersTo", "correlationKey", "payloadTo", "worker", "milestone", "milestoneOnlyWhenReached"}
)


def lint(process: Process, resource: str) -> list[Finding]:
    """Every reason why the process cannot be run; empty when it can."""
    return [
        Finding(resource, element_id, _name(process, element_id), reason, cure)
        for element_id, reason, cure in (*_structure(process), *_properties(process), *_expressions(process))
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


def _properties(process: Process) -> Iterator[Complaint]:
    """A misspelt property would do nothing, and nobody would notice."""
    known = [(process.id, process.properties, PROCESS_PROPERTIES)]
    known += [(node.id, node.properties, NODE_PROPERTIES) for node in process.nodes.values()]
    for element_id, properties, names in known:
        for name in properties:
            if name not in names:
                yield element_id, f"The property {name} is not known.", f"These are: {', '.join(sorted(names))}."


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
    if node.default_flow and node.default_flow not in {flow.id for flow in outgoing}:
        yield node.id, "The default flow does not leave this element.", "Choose another one."
    if node.type in ("parallelGateway", "eventBasedGateway") and any(flow.condition for flow in outgoing):
        yield node.id, "Flows out of this gateway have no conditions.", "Use an exclusive gateway."
    for attribute, name, types in _AT_HOME:
        if getattr(node, attribute) and node.type not in types:
            yield node.id, f"{name} would be ignored at this element.", "Remove it, or choose another type of element."
    if node.type == "eventBasedGateway":
        for flow in outgoing:
            if process.nodes[flow.target].type not in _CATCHING:
                yield flow.id, "An event-based gateway leads to waiting events only.", "Draw a catch event here."
    if node.type == "businessRuleTask" and not (node.decision and node.result_variable):
        yield node.id, "The decision or its result variable is missing.", "Set decisionRef and resultVariable."
    if node.decision_result not in DECISION_RESULTS:
        cure = f"Use one of {', '.join(DECISION_RESULTS)}."
        yield node.id, f"The mapDecisionResult {node.decision_result} is not known.", cure
    if node.decision_binding not in DECISION_BINDINGS:
        cure = f"Use one of {', '.join(DECISION_BINDINGS)}; a table of its time is found by its validity."
        yield node.id, f"The binding {node.decision_binding} of the decision cannot be run.", cure
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
    yield from _check_reference(process)
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
        yield from _check_literals(node)


def _check(element_id: str, place: str, written: Written) -> Iterator[Complaint]:
    if isinstance(written, list):
        for member in written:
            yield from _check(element_id, place, member)
    elif isinstance(written, dict):
        for member in written.values():
            yield from _check(element_id, place, member)
    else:
        yield from _check_expression(element_id, place, written)


def _check_expression(element_id: str, place: str, written: str) -> Iterator[Complaint]:
    try:
        expression = strip_marker(written)
        unknown = unknown_functions(parse(expression).root) if expression is not None else []
    except NotTranslatable as error:
        yield element_id, f"The expression at {place} is not understood: {error}.", error.expected
        return
    except FeelError as error:
        yield element_id, f"The expression at {place} is not understood: {error}.", "Correct it."
        return
    for name in unknown:
        yield element_id, f"The expression at {place} calls {name}, which is no function.", "Use a FEEL function."


def _looks_computed(written: str) -> bool:
    return "${" in written or "#{" in written


def _check_literals(node: Node) -> Iterator[Complaint]:
    """What is written plainly can be judged before any case runs."""
    if node.timer and strip_marker_safely(node.timer.written) is None:
        call, cure = ("duration", "P14D") if node.timer.kind == "duration" else ("date and time", "2026-12-24T12:00:00")
        after = f'date and time("{_ANY_DAY}") + ' if call == "duration" else ""
        if _is_nothing(f'{after}{call}("{_quoted(node.timer.written)}")'):
            yield node.id, f"{node.timer.written} is not a {node.timer.kind}.", f"Write it as in {cure}."
    for name, written in (("dueDate", node.due), ("followUpDate", node.follow_up)):
        if written and strip_marker_safely(written) is None and _is_nothing(f'date and time("{_quoted(written)}")'):
            yield (
                node.id,
                f"{written} at {name} is not a moment.",
                'Write an expression such as =now() + duration("P5D").',
            )
    if node.priority and strip_marker_safely(node.priority) is None and not _WHOLE.fullmatch(node.priority):
        yield node.id, f"{node.priority} at priority is not a number.", "Write a number such as 50."
    for group in node.candidate_groups:
        if _looks_computed(group) or group.startswith("="):
            yield node.id, f"The group {group} would be taken literally.", "Write the names of groups, with commas."


def _check_reference(process: Process) -> Iterator[Complaint]:
    """References of one process may never be the same, and their numbers begin anew each year."""
    pattern = process.properties.get("referencePattern")
    if pattern is None:
        return
    fields = {match[1] for match in REFERENCE_FIELD.finditer(pattern)}
    if fields != {"year", "number"} or set(REFERENCE_FIELD.sub("", pattern)) & set("{}") or len(pattern) > 60:
        yield process.id, f"The referencePattern {pattern} cannot be used.", "Write it as in APA-{year}-{number:05}."


def _is_nothing(expression: str) -> bool:
    return evaluate(expression, {}).value is None


def _quoted(written: str) -> str:
    return written.replace("\\", "").replace('"', "")


def _as_expression(written: str) -> str:
    return written if written.startswith(("=", "${", "#{")) else f"={written}"


def strip_marker_safely(written: str) -> str | None:
    """The expression behind `=` or `${…}`, None for a literal; a broken one counts as an expression."""
    try:
        return strip_marker(written)
    except FeelSyntaxError:
        return written
