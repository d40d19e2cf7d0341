# SPDX-License-Identifier: EUPL-1.2
"""Subprocesses: those that an event starts, and those in which everything may be done in any order."""

from collections.abc import Iterator

from engine.bpmn.lint.complaints import Complaint
from engine.bpmn.model import Node, Process


def check_subprocesses(process: Process) -> Iterator[Complaint]:
    """Subprocesses that could not begin, or not as they are drawn."""
    for node in process.nodes.values():
        if node.is_event_subprocess:
            yield from _event_subprocess(process, node)


def _event_subprocess(process: Process, node: Node) -> Iterator[Complaint]:
    if node.type != "subProcess":
        reason = f"A subprocess of the type {node.type} cannot be started by an event."
        yield Complaint(node.id, reason, "Use a plain subprocess.")
    if node.for_compensation:
        reason = "A subprocess cannot be started by an event and undo an activity as well."
        yield Complaint(node.id, reason, "Remove one of the two marks.")
    if node.loop is not None:
        reason = "An event subprocess is done each time its event comes; it cannot be repeated otherwise."
        yield Complaint(node.id, reason, "Remove the repetition, or put it on a subprocess within.")
    starts = [inner for inner in process.members.get(node.id, ()) if inner.type == "startEvent"]
    if len(starts) != 1:
        reason = f"The event subprocess has {len(starts)} start events."
        yield Complaint(node.id, reason, "Draw exactly one, with a trigger.")
        return
    start = starts[0]
    if not start.events:
        reason = "It is not said which event starts the subprocess."
        yield Complaint(start.id, reason, "Give the start event a trigger.")
