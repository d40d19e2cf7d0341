# SPDX-License-Identifier: EUPL-1.2
"""A process as the designer drew it: nodes, flows and their attributes, nothing executable yet.

Nodes lie flat in one mapping; `Node.parent` names the subprocess that a node is drawn in ("" for the process itself).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from engine.bpmn.parts import (
    Association,
    Binding,
    Called,
    Change,
    Event,
    EventKind,
    Flow,
    FormField,
    Listener,
    Loop,
    Passed,
    Script,
    Timer,
    TimerKind,
    Written,
)

__all__ = [
    "ACTIVITY_TYPES",
    "Association",
    "Binding",
    "Called",
    "Change",
    "DECISION_BINDINGS",
    "DECISION_RESULTS",
    "DataStore",
    "EVENT_TYPES",
    "Event",
    "EventKind",
    "Flow",
    "FormField",
    "GATEWAY_TYPES",
    "Listener",
    "Loop",
    "Node",
    "Passed",
    "Process",
    "REFERENCE_FIELD",
    "SUBPROCESS_TYPES",
    "Script",
    "TASK_TYPES",
    "Timer",
    "TimerKind",
    "Written",
]

#: In which shape a business rule task stores its result, and whose table it asks: that of its bundle, the newest, or
#: one of a version or a tag.
DECISION_RESULTS = ("singleResult", "singleEntry", "collectEntries", "resultList")
DECISION_BINDINGS = ("deployment", "latest", "version", "versionTag")

#: The places of a reference pattern that are filled in.
REFERENCE_FIELD = re.compile(r"\{(year|number)(?::0?(\d{1,2}))?\}")

#: Activities: everything that boundary events can be attached to and that can be repeated.
TASK_TYPES = frozenset(
    {
        "task",
        "manualTask",
        "userTask",
        "serviceTask",
        "sendTask",
        "receiveTask",
        "scriptTask",
        "businessRuleTask",
    }
)
SUBPROCESS_TYPES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
ACTIVITY_TYPES = TASK_TYPES | SUBPROCESS_TYPES | {"callActivity"}
EVENT_TYPES = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})
GATEWAY_TYPES = frozenset(
    {"exclusiveGateway", "inclusiveGateway", "parallelGateway", "complexGateway", "eventBasedGateway"}
)


@dataclass(frozen=True)
class Node:
    """A flow node of any type; attributes that do not apply to its type are empty."""

    id: str
    #: The BPMN element's local name: userTask, exclusiveGateway, subProcess, …
    type: str
    name: str = ""
    #: The subprocess that it is drawn in; "" for the process.
    parent: str = ""
    line: int = 0
    documentation: str = ""
    events: tuple[Event, ...] = ()
    #: All events have to happen (parallelMultiple).
    all_events: bool = False
    attached_to: str | None = None
    #: Of boundary events (cancelActivity) and start events of event subprocesses (isInterrupting).
    interrupting: bool = True
    default_flow: str | None = None
    #: A subprocess that an event starts (triggeredByEvent).
    is_event_subprocess: bool = False
    #: Done only to undo another activity (isForCompensation).
    for_compensation: bool = False
    #: Activity → the one that undoes it; set on compensation boundary events.
    compensated_by: str | None = None
    loop: Loop | None = None
    called: Called | None = None
    # -- ad-hoc subprocess
    ordered: bool = False
    cancel_remaining: bool = True
    completion: "str | Script | None" = None
    # -- complex gateway
    activation: str | None = None
    # -- work
    topic: str | None = None
    topic_priority: str | None = None
    #: `camunda:expression` of a service task.
    expression: str | Change | None = None
    #: The message that a receive task awaits or a send task sends.
    message: str | None = None
    decision: str | None = None
    decision_result: str = "resultList"
    decision_binding: str = "deployment"
    #: The number or the tag that the binding asks for.
    decision_version: str | None = None
    script: Script | Change | None = None
    result_variable: str | None = None
    #: Starts a case by itself when its message arrives (instantiate).
    instantiate: bool = False
    # -- people
    form_key: str | None = None
    #: The key is for whoever shows the form (`camunda:formKey`), and need not be that of a form beside the model.
    form_is_elsewhere: bool = False
    form_fields: tuple[FormField, ...] = ()
    assignee: str | None = None
    candidate_users: tuple[str, ...] = ()
    candidate_groups: tuple[str, ...] = ()
    due: str | None = None
    follow_up: str | None = None
    priority: str | None = None
    #: Variable that takes the name of whoever starts the case.
    initiator: str | None = None
    # -- jobs
    async_before: bool = False
    async_after: bool = False
    exclusive: bool = True
    retry: str | None = None
    job_priority: str | None = None
    # -- data
    inputs: Mapping[str, Written] = field(default_factory=dict)
    outputs: Mapping[str, Written] = field(default_factory=dict)
    data_inputs: tuple[Association, ...] = ()
    data_outputs: tuple[Association, ...] = ()
    listeners: tuple[Listener, ...] = ()
    #: `camunda:errorEventDefinition` of external tasks: condition and code.
    error_mappings: tuple[tuple[str, str | None, str | None], ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """What people call it."""
        return self.name or self.id

    @property
    def event(self) -> str:
        """The kind of its only event, "none", "multiple" or "parallelMultiple"."""
        if not self.events:
            return "none"
        if len(self.events) > 1:
            return "parallelMultiple" if self.all_events else "multiple"
        return self.events[0].kind

    @property
    def timer(self) -> Timer | None:
        """Of its only event."""
        return self.events[0].timer if len(self.events) == 1 else None

    @property
    def is_subprocess(self) -> bool:
        """Whether other nodes are drawn in it."""
        return self.type in SUBPROCESS_TYPES

    @property
    def is_activity(self) -> bool:
        """Whether it is a task, a subprocess or a call."""
        return self.type in ACTIVITY_TYPES


@dataclass(frozen=True)
class DataStore:
    """A named value that outlives cases."""

    id: str
    name: str


@dataclass(frozen=True)
class Process:
    """One executable process."""

    id: str
    name: str
    nodes: Mapping[str, Node]
    flows: Mapping[str, Flow]
    properties: Mapping[str, str] = field(default_factory=dict)
    history_time_to_live: str | None = None
    version_tag: str | None = None
    startable_in_tasklist: bool = True
    documentation: str = ""
    job_priority: str | None = None
    #: Data objects by the scope that they are drawn in: names that exist there from its beginning.
    data_objects: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Data stores by the id of a reference: the store's name.
    data_stores: Mapping[str, str] = field(default_factory=dict)
    listeners: tuple[Listener, ...] = ()
    candidate_starter_groups: tuple[str, ...] = ()
    candidate_starter_users: tuple[str, ...] = ()

    @cached_property
    def outgoing(self) -> Mapping[str, tuple[Flow, ...]]:
        """Flows by the node they leave, in the order of the file."""
        return self._flows_by("source")

    @cached_property
    def incoming(self) -> Mapping[str, tuple[Flow, ...]]:
        """Flows by the node they enter."""
        return self._flows_by("target")

    @cached_property
    def boundaries(self) -> Mapping[str, tuple[Node, ...]]:
        """Boundary events by the activity they are attached to."""
        return {
            host: tuple(node for node in self.nodes.values() if node.attached_to == host)
            for host in {node.attached_to for node in self.nodes.values() if node.attached_to}
        }

    @cached_property
    def members(self) -> Mapping[str, tuple[Node, ...]]:
        """Nodes by the scope that they are drawn in ("" for the process), in the order of the file."""
        grouped: dict[str, list[Node]] = {"": []}
        for node in self.nodes.values():
            grouped.setdefault(node.parent, []).append(node)
            if node.is_subprocess:
                grouped.setdefault(node.id, [])
        return {scope: tuple(nodes) for scope, nodes in grouped.items()}

    @cached_property
    def event_subprocesses(self) -> Mapping[str, tuple[Node, ...]]:
        """Event subprocesses by the scope that they are drawn in."""
        return {
            scope: tuple(node for node in nodes if node.is_event_subprocess) for scope, nodes in self.members.items()
        }

    @cached_property
    def links(self) -> Mapping[tuple[str, str], Node]:
        """Catching link events by scope and link name."""
        return {
            (node.parent, node.events[0].name or ""): node
            for node in self.nodes.values()
            if node.type == "intermediateCatchEvent" and node.event == "link"
        }

    def starts(self, scope: str = "") -> tuple[Node, ...]:
        """Where a scope can begin: its start events, else everything that no flow leads to (implicit start)."""
        members = self.members.get(scope, ())
        drawn = tuple(node for node in members if node.type == "startEvent")
        return drawn or tuple(node for node in members if self._begins_by_itself(node))

    def _begins_by_itself(self, node: Node) -> bool:
        return not (
            self.incoming[node.id]
            or node.type == "boundaryEvent"
            or node.is_event_subprocess
            or node.for_compensation
            or (node.type == "intermediateCatchEvent" and node.event == "link")
        )

    def plain_starts(self, scope: str = "") -> tuple[Node, ...]:
        """Where a scope begins without a trigger: its none start event, or the implicit starts."""
        starts = self.starts(scope)
        return tuple(
            node for node in starts if not node.instantiate and (node.type != "startEvent" or node.event == "none")
        )

    @property
    def start(self) -> Node:
        """The start event that a form belongs to: the one without a trigger, else the first."""
        return (self.plain_starts() or self.starts())[0]

    def path(self, node_id: str) -> Iterator[str]:
        """The scopes around a node, from the inside out, without the process."""
        parent = self.nodes[node_id].parent
        while parent:
            yield parent
            parent = self.nodes[parent].parent

    def _flows_by(self, end: Literal["source", "target"]) -> dict[str, tuple[Flow, ...]]:
        grouped: dict[str, list[Flow]] = {node: [] for node in self.nodes}
        for flow in self.flows.values():
            grouped.setdefault(getattr(flow, end), []).append(flow)
        return {node: tuple(flows) for node, flows in grouped.items()}
