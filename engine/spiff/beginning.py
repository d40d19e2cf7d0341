# SPDX-License-Identifier: EUPL-1.2
"""How a case begins: its data objects, its event subprocesses, and tokens on its start events."""

from collections.abc import Mapping
from typing import Any

from engine.bpmn.model import Node, Process
from engine.errors import AmtsflussError
from engine.spiff.code import run_listeners
from engine.spiff.subprocesses import arm_event_subprocesses, begin_scope
from engine.spiff.workflow import CaseWorkflow


class SeveralBeginnings(AmtsflussError):
    """Several events can begin the process, so it must be said which of them has happened."""


def begin_at(
    workflow: CaseWorkflow, process: Process, element_id: str | None, seen: Mapping[str, Any] | None, by: str
) -> str | None:
    """Put the first tokens down: on one start event, or on all that need no trigger. The first token's id."""
    begin_scope(workflow.root, process, "")
    initiator = next((node.initiator for node in process.starts() if node.initiator), None)
    if initiator:
        workflow.write({initiator: by})
    run_listeners(workflow.root, process.listeners, "start")
    if element_id is not None:
        starts: tuple[Node, ...] = (process.nodes[element_id],)
    else:
        starts = process.plain_starts() or (_begun_by_hand(process),)
        seen = {} if not process.plain_starts() else seen
    arm_event_subprocesses(workflow.root, workflow.root.task_spec.event_starts)
    marks: dict[str, Any] = {} if seen is None else {"seen": dict(seen)}
    tokens = [workflow.place(node.id, **marks) for node in starts]
    for other in _awaited_too(process, element_id):
        workflow.place(other)
    return tokens[0].key if tokens else None


def _begun_by_hand(process: Process) -> Node:
    """A process that only events start can be begun by hand too: as if its timer, or its only event, had happened."""
    starts = process.starts()
    timers = [node for node in starts if any(event.kind == "timer" for event in node.events)]
    if not timers and len(starts) > 1:
        raise SeveralBeginnings
    return (timers or starts)[0]


def _awaited_too(process: Process, element_id: str | None) -> list[str]:
    """The other events behind a parallel event-based gateway, one of whose events has begun the case."""
    flows = process.incoming[element_id] if element_id is not None else ()
    gateways = [process.nodes[flow.source] for flow in flows if process.nodes[flow.source].instantiate]
    doors = [flow.target for gateway in gateways if gateway.all_events for flow in process.outgoing[gateway.id]]
    return [door for door in doors if door != element_id]
