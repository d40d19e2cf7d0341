# SPDX-License-Identifier: EUPL-1.2
"""From the plain model to task specs. Built once a definition version, shared by all its cases, never changed."""

from typing import Any

from SpiffWorkflow.specs import WorkflowSpec
from SpiffWorkflow.specs.base import TaskSpec

from engine.bpmn.model import Node, Process
from engine.spiff import activities, events, gateways
from engine.spiff.specs import NodeSpec

#: Cannot be the id of a BPMN element, as XML ids hold no brackets.
ROOT = "(case)"

_SPECS: dict[str, type[NodeSpec]] = {
    "startEvent": NodeSpec,
    "endEvent": events.EndSpec,
    "task": NodeSpec,
    "manualTask": NodeSpec,
    "intermediateThrowEvent": NodeSpec,
    "userTask": activities.UserTaskSpec,
    "serviceTask": activities.ServiceSpec,
    "businessRuleTask": activities.DecisionSpec,
    "scriptTask": activities.ScriptSpec,
    "receiveTask": events.CatchSpec,
    "intermediateCatchEvent": events.CatchSpec,
    "boundaryEvent": events.BoundarySpec,
    "exclusiveGateway": gateways.ExclusiveGatewaySpec,
    "parallelGateway": gateways.ParallelGatewaySpec,
    "eventBasedGateway": gateways.EventGatewaySpec,
}


class _RootSpec(TaskSpec):  # type: ignore[misc]  # SpiffWorkflow is untyped
    """Carries all live tokens; is never run."""

    def test(self) -> None:
        """Nothing to check."""


def build_spec(process: Process) -> Any:
    """The executable form of a process that has passed the linter."""
    spec = WorkflowSpec(process.id, addstart=False)
    spec.start = _RootSpec(spec, ROOT)
    for node in process.nodes.values():
        _spec_class(node)(spec, node, process)
    return spec


def _spec_class(node: Node) -> type[NodeSpec]:
    return _SPECS[node.type]
