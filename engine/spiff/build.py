# SPDX-License-Identifier: EUPL-1.2
"""From the plain model to task specs. Built once a definition version, shared by all its cases, never changed."""

from dataclasses import replace
from typing import Any

from SpiffWorkflow.specs import WorkflowSpec
from SpiffWorkflow.specs.base import TaskSpec

from engine.bpmn.model import Event, Node, Process
from engine.spiff import activities, catching, compensation, gateways, loops, subprocesses, throwing
from engine.spiff.code import run_listeners
from engine.spiff.links import LinkThrowSpec
from engine.spiff.specs import NodeSpec
from engine.spiff.tokens import Token

#: Cannot be the id of a BPMN element, as XML ids hold no brackets.
ROOT = "(case)"

_SPECS: dict[str, type[NodeSpec]] = {
    "startEvent": catching.CatchSpec,
    "endEvent": throwing.EndSpec,
    "task": NodeSpec,
    "manualTask": NodeSpec,
    "intermediateThrowEvent": throwing.ThrowSpec,
    "sendTask": throwing.ThrowSpec,
    "userTask": activities.UserTaskSpec,
    "serviceTask": activities.ServiceSpec,
    "businessRuleTask": activities.DecisionSpec,
    "scriptTask": activities.ScriptSpec,
    "receiveTask": activities.ReceiveSpec,
    "intermediateCatchEvent": catching.CatchSpec,
    "boundaryEvent": catching.BoundarySpec,
    "exclusiveGateway": gateways.ExclusiveGatewaySpec,
    "inclusiveGateway": gateways.InclusiveGatewaySpec,
    "parallelGateway": gateways.ParallelGatewaySpec,
    "complexGateway": gateways.ComplexGatewaySpec,
    "eventBasedGateway": gateways.EventGatewaySpec,
    "subProcess": subprocesses.ScopeSpec,
    "transaction": subprocesses.ScopeSpec,
    "adHocSubProcess": subprocesses.AdHocSpec,
    "callActivity": subprocesses.CallSpec,
}


class RootSpec(TaskSpec):  # type: ignore[misc]  # SpiffWorkflow is untyped
    """The whole case: carries all live tokens and is never run."""

    node = None
    is_scope = True
    keeps_undo = False
    speaks_for_its_scope = False
    boundaries: tuple[Node, ...] = ()
    label = ""

    def __init__(self, wf_spec: Any, process: Process) -> None:
        super().__init__(wf_spec, ROOT)
        self.element_id = process.id
        self.process = process
        self.event_starts = subprocesses.event_starts(process, "")

    def test(self) -> None:
        """Nothing to check."""

    def child_left(self, token: Token, child: Token) -> None:
        """With the last token that is not only armed the case ends."""
        if token.live == 0:
            run_listeners(token, self.process.listeners, "end")
            for other in token.workflow.children(token):
                token.workflow.cancel(other)


def build_spec(process: Process) -> Any:
    """The executable form of a process that has passed the linter."""
    spec = WorkflowSpec(process.id, addstart=False)
    spec.start = RootSpec(spec, process)
    compensation.UndoSpec(spec, compensation.UNDOING)
    compensation.AgainSpec(spec, compensation.AGAIN)
    for node in process.nodes.values():
        _add(spec, _with_message(node), process)
    return spec


def _add(spec: Any, node: Node, process: Process) -> None:
    kind = _spec_class(node, process)
    if node.loop is not None:
        body = loops.StandardLoopSpec if node.loop.kind == "standard" else loops.MultiInstanceSpec
        body(spec, node, process)
        item = kind(spec, node, process, loops.ITEM.format(id=node.id))
        # Flows and borders belong to the whole, but each item leaves what would undo it.
        item.outgoing, item.incoming, item.watching, item.asking = (), (), (), ()
        item.async_before, item.async_after = node.loop.async_before, node.loop.async_after
        item.boundaries = tuple(event for event in item.boundaries if event.compensated_by)
    else:
        built = kind(spec, node, process)
        if isinstance(built, catching.CatchSpec):
            for number, _ in enumerate(node.events) if built.parts else ():
                if node.events[number].kind in catching.HEARD:
                    catching.PartSpec(spec, node, process, number)


def _spec_class(node: Node, process: Process) -> type[NodeSpec]:
    if node.type == "startEvent" and node.parent and process.nodes[node.parent].is_event_subprocess:
        return catching.EventStartSpec
    if node.type == "intermediateThrowEvent" and node.event == "link":
        return LinkThrowSpec
    if node.type == "businessRuleTask" and node.decision is None:
        return activities.ServiceSpec
    return _SPECS[node.type]


def _with_message(node: Node) -> Node:
    """Send and receive tasks name their message at the task; to the runtime they are events like others."""
    if node.type == "receiveTask" and node.message:
        return replace(node, events=(Event("message", name=node.message),))
    if node.type == "sendTask" and not node.events:
        sent = Event("message", name=node.message, topic=node.topic, expression=node.expression,
                     result_variable=node.result_variable)  # fmt: skip
        return replace(node, events=(sent,))
    return node
