# SPDX-License-Identifier: EUPL-1.2
"""Gateways: where tokens part, meet and race."""

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import Flow
from engine.expressions import condition_holds
from engine.spiff.specs import NodeSpec, NoFlowMatches
from engine.spiff.workflow import CaseWorkflow


class ExclusiveGatewaySpec(NodeSpec):
    """Takes the first flow whose condition is true, else the default."""

    def flows(self, task: Task) -> list[Flow]:
        """Exactly one flow, or none where the gateway only merges into nothing."""
        if len(self.outgoing) <= 1 and not any(flow.condition for flow in self.outgoing):
            return list(self.outgoing)
        scope = task.workflow.scope(task)
        clock = task.workflow.world.clock
        for flow in self.outgoing:
            if flow.condition and flow.id != self.node.default_flow and condition_holds(flow.condition, scope, clock):
                return [flow]
        for flow in self.outgoing:
            if flow.id == self.node.default_flow:
                return [flow]
        raise NoFlowMatches


class ParallelGatewaySpec(NodeSpec):
    """Waits until a token has come along every incoming flow, merges them, and goes on along all outgoing ones."""

    def arrive(self, task: Task) -> bool:
        """Whether this token completes the set; the others are taken in."""
        workflow: CaseWorkflow = task.workflow
        arrived = {task.internal_data.get("flow"): task}
        for other in workflow.tokens:
            if other.task_spec is self and other.state == TaskState.WAITING:
                arrived.setdefault(other.internal_data.get("flow"), other)
        if any(flow.id not in arrived for flow in self.incoming):
            task._set_state(TaskState.WAITING)
            return False
        for other in arrived.values():
            if other is not task:
                workflow.forget(other)
        return True

    def flows(self, task: Task) -> list[Flow]:
        """All of them."""
        return list(self.outgoing)


class EventGatewaySpec(NodeSpec):
    """Opens all its events; the first that happens withdraws the others."""

    def work(self, task: Task) -> bool | None:
        """Place a token on each event, tied together as one race."""
        for flow in self.outgoing:
            task.workflow.place(flow.target, flow, race=str(task.id))
        return True

    def flows(self, task: Task) -> list[Flow]:
        """The tokens stand on the events already."""
        return []
