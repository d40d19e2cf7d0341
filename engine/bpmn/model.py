# SPDX-License-Identifier: EUPL-1.2
"""A process as the designer drew it: nodes, flows and their attributes, nothing executable yet."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias

#: A mapping's value as written in the model: text (a literal, `=feel` or `${…}`), a list or a map of them.
Written: TypeAlias = "str | list[Written] | dict[str, Written]"

EventKind = Literal["none", "message", "timer", "terminate"]

#: In which shape a business rule task stores its result, and whose table it asks: that of its bundle, or the newest.
DECISION_RESULTS = ("singleResult", "singleEntry", "collectEntries", "resultList")
DECISION_BINDINGS = ("deployment", "latest")

#: The places of a reference pattern that are filled in.
REFERENCE_FIELD = re.compile(r"\{(year|number)(?::0?(\d{1,2}))?\}")


@dataclass(frozen=True)
class Flow:
    """A sequence flow."""

    id: str
    source: str
    target: str
    name: str = ""
    condition: str | None = None


@dataclass(frozen=True)
class Timer:
    """When a timer fires: an ISO 8601 literal or an expression."""

    kind: Literal["duration", "date"]
    written: str


@dataclass(frozen=True)
class Node:
    """A flow node of any type; attributes that do not apply to its type are empty."""

    id: str
    #: The BPMN element's local name: userTask, exclusiveGateway, …
    type: str
    name: str = ""
    event: EventKind = "none"
    timer: Timer | None = None
    message: str | None = None
    attached_to: str | None = None
    interrupting: bool = True
    default_flow: str | None = None
    topic: str | None = None
    decision: str | None = None
    decision_result: str = "singleResult"
    decision_binding: str = "deployment"
    script: str | None = None
    result_variable: str | None = None
    form_key: str | None = None
    assignee: str | None = None
    candidate_groups: tuple[str, ...] = ()
    due: str | None = None
    follow_up: str | None = None
    priority: str | None = None
    inputs: Mapping[str, Written] = field(default_factory=dict)
    outputs: Mapping[str, Written] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """What people call it."""
        return self.name or self.id


@dataclass(frozen=True)
class Process:
    """One executable process."""

    id: str
    name: str
    nodes: Mapping[str, Node]
    flows: Mapping[str, Flow]
    properties: Mapping[str, str] = field(default_factory=dict)
    history_time_to_live: str | None = None

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
    def start(self) -> Node:
        """The one start event."""
        return next(node for node in self.nodes.values() if node.type == "startEvent")

    def _flows_by(self, end: Literal["source", "target"]) -> dict[str, tuple[Flow, ...]]:
        grouped: dict[str, list[Flow]] = {node: [] for node in self.nodes}
        for flow in self.flows.values():
            grouped.setdefault(getattr(flow, end), []).append(flow)
        return {node: tuple(flows) for node, flows in grouped.items()}
