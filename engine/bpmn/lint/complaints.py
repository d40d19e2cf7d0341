# SPDX-License-Identifier: EUPL-1.2
"""What a rule has to say about one element."""

from dataclasses import dataclass

from engine.bpmn.model import Process
from engine.errors import Finding


@dataclass(frozen=True)
class Complaint:
    """A reason and its cure at one element; the file and the element's name are added by `as_findings`."""

    element_id: str
    reason: str
    cure: str = ""
    severity: str = "error"


def warn(element_id: str, reason: str, cure: str = "") -> Complaint:
    """Something that can be run, but is worth a look."""
    return Complaint(element_id, reason, cure, "warning")


def as_finding(complaint: Complaint, process: Process, resource: str) -> Finding:
    """The complaint with its place in the file, as designers read it."""
    node = process.nodes.get(complaint.element_id)
    flow = process.flows.get(complaint.element_id)
    name = node.name if node else flow.name if flow else ""
    return Finding(
        resource,
        complaint.element_id,
        name,
        complaint.reason,
        complaint.cure,
        complaint.severity,
        line=node.line if node else 0,
    )
