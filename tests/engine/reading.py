# SPDX-License-Identifier: EUPL-1.2
"""Models written in a few lines for tests of the reader, which look at the plain model and never run a case."""

from engine.bpmn import Node, Process, read_process, read_processes_with_findings
from engine.bpmn.xml import BPMN, CAMUNDA
from engine.errors import Finding

NAMESPACES = f'xmlns="{BPMN}" xmlns:camunda="{CAMUNDA}" xmlns:tns="urn:test"'

#: What events and tasks refer to.
ROOTS = (
    '<message id="Message_1" name="Paid ${year}"/><signal id="Signal_1" name="Closed"/>'
    '<error id="Error_1" errorCode="refused" camunda:errorMessage="No money"/>'
    '<escalation id="Escalation_1" escalationCode="late"/><escalation id="Escalation_2"/>'
    '<dataStore id="register_store" name="Register"/>'
    '<timerEventDefinition id="weekly"><timeCycle>R/P7D</timeCycle></timerEventDefinition>'
)


def drawing(inside: str = "", *, roots: str = "", attributes: str = "", processes: str = "") -> bytes:
    """A file with one process, or with these processes."""
    written = processes or f'<process id="p" isExecutable="true" {attributes}>{inside}</process>'
    return f"<definitions {NAMESPACES}>{roots}{written}</definitions>".encode()


def process(inside: str, *, roots: str = "") -> Process:
    """The process of these elements, read without errors."""
    return read_process(drawing(inside, roots=roots), "p.bpmn")


def node(element: str, *, roots: str = "") -> Node:
    """The element `x`, read without errors."""
    return process(element, roots=roots).nodes["x"]


def extensions(inside: str) -> str:
    """Extension elements."""
    return f"<extensionElements>{inside}</extensionElements>"


def mapping(parameters: str) -> Node:
    """A task with these mappings."""
    return node(f'<task id="x">{extensions(f"<camunda:inputOutput>{parameters}</camunda:inputOutput>")}</task>')


def told(source: bytes) -> list[Finding]:
    """All findings of a file."""
    return read_processes_with_findings(source, "p.bpmn")[1]
