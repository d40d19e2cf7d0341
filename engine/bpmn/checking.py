# SPDX-License-Identifier: EUPL-1.2
"""Whether everything that a process names exists: operations with their inputs, forms, decisions, processes."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from engine.bpmn.lint.calling import check_calls
from engine.bpmn.lint.complaints import Complaint, as_finding, warn
from engine.bpmn.lint.literals import is_literal
from engine.bpmn.model import Node, Process
from engine.errors import Finding
from engine.operations import find_operation, has_operation, operations

_NONE: Mapping[str, Process] = MappingProxyType({})
#: Forms that lie with another program: `embedded:app:x.html`, `https://…`, `forms/x.jsp`.
_FOREIGN_FORM = re.compile(r"[a-z][a-z-]*:|.*/|.*\.(?:html?|jsp|xhtml)$")
#: Events that come from outside while an activity waits.
_FROM_OUTSIDE = frozenset({"message", "timer", "signal", "conditional"})


def check_references(
    process: Process,
    resource: str,
    forms: set[str],
    decisions: set[str],
    *,
    called: Mapping[str, Process] = _NONE,
) -> list[Finding]:
    """Every name in the process that leads nowhere; `called` holds the processes of the same bundle by their keys."""
    complaints = [*check_calls(process, called)]
    for node in process.nodes.values():
        complaints += _form(node, forms)
        if node.decision and is_literal(node.decision) and node.decision not in decisions:
            reason = f"The decision {node.decision} is not deployed together with this process."
            complaints.append(warn(node.id, reason, "Put a .dmn file with this decision beside the model."))
        for topic in _topics(node):
            complaints += _operation(node, topic)
        complaints += _deaf(process, node)
    return [as_finding(complaint, process, resource) for complaint in complaints]


def _form(node: Node, forms: set[str]) -> Iterator[Complaint]:
    if node.type == "userTask" and not (node.form_key or node.form_fields):
        yield warn(node.id, "The task has no form.", "Set formRef.")
    if not node.form_key or node.form_fields or node.form_key in forms:
        return
    if not is_literal(node.form_key) and node.type != "userTask":
        reason = f"Which form is shown cannot be computed as in {node.form_key}."
        yield Complaint(node.id, reason, "Name the form.")
    elif not is_literal(node.form_key):
        reason = f"Which form is shown is computed as in {node.form_key}; whether it is there turns out then."
        yield warn(node.id, reason, "Name the form.")
    elif node.form_is_elsewhere or _FOREIGN_FORM.match(node.form_key):
        yield warn(node.id, f"The form {node.form_key} lies elsewhere and is not shown here.", "Set formRef.")
    else:
        yield Complaint(
            node.id, f"There is no form {node.form_key}.", "Put a .form file with this id beside the model."
        )


def _topics(node: Node) -> Iterator[str]:
    """Topics that an operation of ours may have to serve."""
    if node.properties.get("worker") != "external":
        topics = [node.topic, *(event.topic for event in node.events)]
        yield from (topic for topic in topics if topic is not None and is_literal(topic))


def _operation(node: Node, topic: str) -> Iterator[Complaint]:
    if not has_operation(topic):
        yield _unserved(node, topic)
        return
    inputs = find_operation(topic).inputs
    for parameter in inputs.values():
        if parameter.required and parameter.name not in node.inputs:
            reason = f"The operation {topic} needs the input {parameter.name}."
            yield Complaint(node.id, reason, "Add an input parameter.")
    for name in node.inputs:
        if name not in inputs:
            known = ", ".join(inputs) or "none"
            yield Complaint(node.id, f"The operation {topic} knows no input {name}.", f"It takes: {known}.")


def _unserved(node: Node, topic: str) -> Complaint:
    prefix, dot, _ = topic.partition(".")
    if dot and any(operation.name.startswith(f"{prefix}.") for operation in operations()):
        cure = "Correct the topic, or set the property worker to external if another program does the work."
        return Complaint(node.id, f"No operation is called {topic}.", cure)
    reason = f"No operation is called {topic}; the work is left to an external worker."
    return warn(node.id, reason, "If that is meant, set the property worker to external.")


def _deaf(process: Process, node: Node) -> Iterator[Complaint]:
    """Events at operations that are over before anything from outside could happen."""
    host = process.nodes.get(node.attached_to or "")
    kinds = {event.kind for event in node.events}
    if host is None or not host.topic or not has_operation(host.topic) or not kinds or not kinds <= _FROM_OUTSIDE:
        return
    if not find_operation(host.topic).is_job and host.loop is None and not host.async_after:
        reason = f"{host.label} is done within one moment, so the event will never happen."
        yield warn(node.id, reason, "Attach it to an activity that waits.")
