# SPDX-License-Identifier: EUPL-1.2
"""From the plain model to task specs. Built once a definition version, shared by all its cases, never changed."""

from typing import Any

from SpiffWorkflow.specs import WorkflowSpec
from SpiffWorkflow.specs.base import TaskSpec

from engine.bpmn.model import Node, Process
from engine.spiff import specs

#: Cannot be the id of a BPMN element, as XML ids hold no brackets.
ROOT = "(case)"

_SPECS: dict[str, type[specs.NodeSpec]] = {
    "startEvent": specs.NodeSpec,
    "endEvent": specs.EndSpec,
    "task": specs.NodeSpec,
    "manualTask": specs.NodeSpec,
    "intermediateThrowEvent": specs.NodeSpec,
    "userTask": specs.UserTaskSpec,
    "serviceTask": specs.ServiceSpec,
    "businessRuleTask": specs.DecisionSpec,
    "scriptTask": specs.ScriptSpec,
    "receiveTask": specs.CatchSpec,
    "intermediateCatchEvent": specs.CatchSpec,
    "boundaryEvent": specs.BoundarySpec,
    "exclusiveGateway": specs.ExclusiveGatewaySpec,
    "parallelGateway": specs.ParallelGatewaySpec,
    "eventBasedGateway": specs.EventGatewaySpec,
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


def _spec_class(node: Node) -> type[specs.NodeSpec]:
    return _SPECS[node.type]
