# SPDX-License-Identifier: EUPL-1.2
"""Every place of a model at which an expression, a script or a computed text may stand."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.bpmn.model import Called, Change, Event, Listener, Loop, Node, Passed, Process, Script, Written


@dataclass(frozen=True)
class Place:
    """A text or script, with where it stands and how it is read."""

    element_id: str
    #: As designers know it: dueDate, condition, or the name of a mapping.
    name: str
    written: "str | Script"
    #: Read as an expression even without `=` or `${…}`; otherwise a text without a mark is meant literally.
    is_expression: bool = False


#: What a place is before it is known at which element: its name, what is written, whether it is an expression anyway.
_Found = tuple[str, "Written | Change", bool]


def places(process: Process) -> Iterator[Place]:
    """All places, those of flows first."""
    for flow in process.flows.values():
        yield from _placed(flow.id, [("condition", flow.condition, True), *_of_listeners(flow.listeners)])
    yield from _placed(process.id, _of_process(process))
    for node in process.nodes.values():
        yield from _placed(node.id, _of_node(node))


def _placed(element_id: str, found: Iterable[_Found]) -> Iterator[Place]:
    for name, written, is_expression in found:
        for each in _flat(written):
            yield Place(element_id, name, each, is_expression)


def _flat(written: "Written | Change") -> "Iterator[str | Script]":
    if isinstance(written, Change):
        yield from (part for part in (written.name, written.value) if part)
    elif isinstance(written, list):
        for member in written:
            yield from _flat(member)
    elif isinstance(written, dict):
        for name, member in written.items():
            yield name
            yield from _flat(member)
    elif written:
        yield written


def _of_process(process: Process) -> Iterator[_Found]:
    yield "caseTitle", process.properties.get("caseTitle"), False
    yield "jobPriority", process.job_priority, False
    yield from _of_listeners(process.listeners)


def _of_node(node: Node) -> Iterator[_Found]:
    if node.type == "userTask":
        yield "name", node.name, False
        yield "documentation", node.documentation, False
    yield "assignee", node.assignee, False
    yield "dueDate", node.due, False
    yield "followUpDate", node.follow_up, False
    yield "priority", node.priority, False
    if node.type == "userTask":
        yield "formKey", node.form_key, False
    for name in (*node.candidate_users, *node.candidate_groups):
        yield "candidates", name, False
    yield "topic", node.topic, False
    yield "taskPriority", node.topic_priority, False
    yield "expression", node.expression, False
    yield "message", node.message, False
    yield "decisionRef", node.decision, False
    yield "decisionRefVersion", node.decision_version, False
    yield "script", node.script, True
    yield "activationCondition", node.activation, True
    yield "completionCondition", node.completion, True
    yield "failedJobRetryTimeCycle", node.retry, False
    yield "jobPriority", node.job_priority, False
    for name in ("correlationKey", "businessKey"):
        yield name, node.properties.get(name), False
    for event in node.events:
        yield from _of_event(event)
    if node.loop is not None:
        yield from _of_loop(node.loop)
    if node.called is not None:
        yield from _of_called(node.called)
    for field in node.form_fields:
        yield f"the default of {field.id}", field.default, False
    for mapping in (node.inputs, node.outputs):
        for name, written in mapping.items():
            yield name, written, False
    for association in (*node.data_inputs, *node.data_outputs):
        yield "the data association", association.transformation, True
        for source, _ in association.assignments:
            yield "the data association", source, False
    for condition, _, _ in node.error_mappings:
        yield "errorEventDefinition", condition, False
    yield from _of_listeners(node.listeners)


def _of_event(event: Event) -> Iterator[_Found]:
    yield "event's name", event.name, False
    yield "code", event.code, False
    yield "message", event.message, False
    yield "timer", event.timer.written if event.timer else None, False
    yield "condition", event.condition, True
    yield "topic", event.topic, False
    yield "expression", event.expression, False
    yield from _of_passed(event.payload)


def _of_loop(loop: Loop) -> Iterator[_Found]:
    yield "loopCardinality", loop.cardinality, False
    yield "collection", loop.collection, False
    yield "loopCondition" if loop.kind == "standard" else "completionCondition", loop.condition, True
    yield "loopMaximum", loop.maximum, False
    yield "failedJobRetryTimeCycle", loop.retry, False


def _of_called(called: Called) -> Iterator[_Found]:
    yield "calledElement", called.element, False
    yield "calledElementVersion", called.version, False
    yield "calledElementVersionTag", called.version_tag, False
    yield from _of_passed((*called.ins, *called.outs))


def _of_passed(handed_over: Iterable[Passed]) -> Iterator[_Found]:
    for passed in handed_over:
        yield "sourceExpression", passed.expression, False
        yield "businessKey", passed.business_key, False


def _of_listeners(listeners: Iterable[Listener]) -> Iterator[_Found]:
    for listener in listeners:
        yield f"the listener for {listener.event}", listener.code, False
        yield f"the listener for {listener.event}", listener.timer.written if listener.timer else None, False
