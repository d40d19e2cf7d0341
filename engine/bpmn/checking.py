# SPDX-License-Identifier: EUPL-1.2
"""Whether everything that a process names exists: operations with their inputs, forms, decisions."""

from collections.abc import Iterator

from engine.bpmn.model import Node, Process
from engine.errors import Finding
from engine.operations import find_operation, has_operation


def check_references(process: Process, resource: str, forms: set[str], decisions: set[str]) -> list[Finding]:
    """Every name in the process that leads nowhere."""
    return [
        Finding(resource, node.id, node.name, reason, cure)
        for node in process.nodes.values()
        for reason, cure in (*_broken(node, forms, decisions), *_deaf_events(process, node))
    ]


def _broken(node: Node, forms: set[str], decisions: set[str]) -> Iterator[tuple[str, str]]:
    if node.form_key and node.form_key not in forms:
        yield f"There is no form {node.form_key}.", "Put a .form file with this id beside the model."
    if node.type == "userTask" and not node.form_key:
        yield "The task has no form.", "Set formRef."
    if node.decision and node.decision not in decisions:
        yield f"There is no decision {node.decision}.", "Put a .dmn file with this decision beside the model."
    if node.topic and node.properties.get("worker") != "external":
        yield from _broken_operation(node, node.topic)


def _deaf_events(process: Process, node: Node) -> Iterator[tuple[str, str]]:
    host = process.nodes.get(node.attached_to or "")
    if host and host.topic and has_operation(host.topic) and not find_operation(host.topic).is_job:
        yield (
            f"{host.label} is done within one moment, so the event could never happen.",
            "Attach it to an activity that waits.",
        )


def _broken_operation(node: Node, topic: str) -> Iterator[tuple[str, str]]:
    if not has_operation(topic):
        yield (
            f"No operation is called {topic}.",
            "Correct the topic, or set the property worker to external if another program does the work.",
        )
        return
    inputs = find_operation(topic).inputs
    for parameter in inputs.values():
        if parameter.required and parameter.name not in node.inputs:
            yield f"The operation {topic} needs the input {parameter.name}.", "Add an input parameter."
    for name in node.inputs:
        if name not in inputs:
            yield f"The operation {topic} knows no input {name}.", f"It takes: {', '.join(inputs) or 'none'}."
