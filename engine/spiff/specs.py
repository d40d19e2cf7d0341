# SPDX-License-Identifier: EUPL-1.2
"""How tokens behave at each kind of node. Task specs of SpiffWorkflow, with nothing predicted and no task data."""

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import Flow, Node, Process
from engine.errors import AmtsflussError
from engine.expressions import (
    condition_holds,
    due_of,
    moment_of,
    script_value,
    text_of,
    value_of,
    whole_number,
)
from engine.spiff.changes import NewJob, NewSubscription, OpenedTask
from engine.spiff.workflow import CaseWorkflow
from engine.values import to_json


class NoFlowMatches(AmtsflussError):
    """None of the gateway's conditions is true and there is no default flow."""


class NodeSpec(TaskSpec):  # type: ignore[misc]  # SpiffWorkflow is untyped
    """A node that a token passes without waiting. The base of all others."""

    def __init__(self, wf_spec: Any, node: Node, process: Process) -> None:
        super().__init__(wf_spec, node.id, description=node.name)
        self.node = node
        self.outgoing: tuple[Flow, ...] = process.outgoing[node.id]
        self.incoming: tuple[Flow, ...] = process.incoming[node.id]
        self.boundaries: tuple[Node, ...] = process.boundaries.get(node.id, ())

    # -- what subclasses say ------------------------------------------------------------------------------------

    def arrive(self, task: Task) -> bool:
        """Whether the token may go on at once."""
        return True

    def work(self, task: Task) -> bool | None:
        """Do the node's work: True when done, None when the token has to wait."""
        return True

    def flows(self, task: Task) -> list[Flow]:
        """The flows by which the token goes on: all that have no condition or a true one, else the default."""
        scope = task.workflow.scope(task)
        clock = task.workflow.world.clock
        plain = [flow for flow in self.outgoing if flow.condition is None and flow.id != self.node.default_flow]
        chosen = [flow for flow in self.outgoing if flow.condition and condition_holds(flow.condition, scope, clock)]
        if self.outgoing and not chosen and not plain:
            chosen = [flow for flow in self.outgoing if flow.id == self.node.default_flow]
            if not chosen:
                raise NoFlowMatches
        return [flow for flow in self.outgoing if flow in plain or flow in chosen]

    def withdraw(self, task: Task) -> None:
        """Take back what waiting has opened."""

    # -- the library's life cycle -------------------------------------------------------------------------------

    def test(self) -> None:
        """The linter has checked the model at deployment."""

    def _predict(self, my_task: Task, *args: Any, **kwargs: Any) -> None:
        """Nothing is predicted: a predicted tree doubles with every parallel block."""

    def _update_hook(self, my_task: Task) -> bool:
        return self.arrive(my_task)

    def _on_ready_hook(self, my_task: Task) -> None:
        my_task.workflow.enqueue(my_task)

    def _run_hook(self, my_task: Task) -> bool | None:
        return self.work(my_task)

    def _on_complete(self, my_task: Task) -> None:
        workflow: CaseWorkflow = my_task.workflow
        workflow.remember("completed", my_task)
        for flow in self.flows(my_task):
            workflow.place(flow.target, flow)
        workflow.forget(my_task)

    def _on_cancel(self, my_task: Task) -> None:
        self.withdraw(my_task)
        my_task.workflow.remember("cancelled", my_task)
        my_task.workflow.forget(my_task)

    # -- mappings -----------------------------------------------------------------------------------------------

    def open_scope(self, task: Task) -> dict[str, Any]:
        """Evaluate the input mappings into variables of the activity's own."""
        scope = task.workflow.scope(task)
        clock = task.workflow.world.clock
        local = {name: value_of(written, scope, clock) for name, written in self.node.inputs.items()}
        to_json(local)  # what could not be stored fails here, at the step that made it
        if local:
            task.internal_data["local"] = local
        return local

    def close_scope(self, task: Task, seen: Mapping[str, Any]) -> None:
        """Evaluate the output mappings into the case's variables; `seen` is visible to them."""
        scope = task.workflow.scope(task, seen)
        clock = task.workflow.world.clock
        results = {name: value_of(written, scope, clock) for name, written in self.node.outputs.items()}
        task.workflow.write(results)


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


class EndSpec(NodeSpec):
    """Takes its token off; a terminate end takes all others off too."""

    def work(self, task: Task) -> bool | None:
        """Remember how the case ended."""
        workflow: CaseWorkflow = task.workflow
        workflow.changes.ended_with = self.node.label
        if self.node.event == "terminate":
            for other in workflow.tokens:
                if other is not task:
                    other.cancel()
        return True


class ScriptSpec(NodeSpec):
    """Computes one variable in FEEL."""

    def work(self, task: Task) -> bool | None:
        """Write the script's value into its result variable."""
        self.open_scope(task)
        workflow: CaseWorkflow = task.workflow
        value = script_value(self.node.script or "null", workflow.scope(task), workflow.world.clock)
        workflow.write({self.node.result_variable or self.node.id: value})
        self.close_scope(task, {})
        return True


class DecisionSpec(NodeSpec):
    """Asks a decision table and keeps the trace in the history."""

    def work(self, task: Task) -> bool | None:
        """Write the decision's result into its result variable."""
        self.open_scope(task)
        workflow: CaseWorkflow = task.workflow
        result, trace = workflow.world.decide(self.node, workflow.scope(task))
        workflow.write({self.node.result_variable or self.node.id: result})
        workflow.remember("decision_evaluated", task, **trace)
        self.close_scope(task, {"result": result})
        return True


class WaitingSpec(NodeSpec):
    """A node at which the token stays until somebody or something moves it on."""

    def work(self, task: Task) -> bool | None:
        """Open what is waited for, arm the boundary events, and stay."""
        workflow: CaseWorkflow = task.workflow
        self.open_scope(task)
        workflow.remember("entered", task)
        self.begin(task)
        for boundary in self.boundaries:
            workflow.place(boundary.id, host=str(task.id))
        return None

    def begin(self, task: Task) -> None:
        """Open the projection of what is waited for."""

    def resume(self, task: Task, seen: Mapping[str, Any]) -> None:
        """What was waited for has come, with the values `seen`: map them and go on."""
        self.withdraw(task)
        self.receive(task, seen)
        self.close_scope(task, seen)
        self.settle_race(task)
        self.disarm(task)
        task.complete()

    def receive(self, task: Task, seen: Mapping[str, Any]) -> None:
        """Take over values that need no mapping."""

    def settle_race(self, task: Task) -> None:
        """Withdraw the other events behind the same event-based gateway."""
        race = task.internal_data.get("race")
        for other in task.workflow.tokens:
            if race and other is not task and other.internal_data.get("race") == race:
                other.cancel()

    def disarm(self, task: Task, spared: Task | None = None) -> None:
        """Withdraw the boundary events of this activity."""
        for other in task.workflow.tokens:
            if other is not spared and other.internal_data.get("host") == str(task.id):
                other.cancel()

    def _on_cancel(self, my_task: Task) -> None:
        self.disarm(my_task)
        super()._on_cancel(my_task)


class UserTaskSpec(WaitingSpec):
    """Waits for a person."""

    def begin(self, task: Task) -> None:
        """Open the task in the inbox."""
        workflow: CaseWorkflow = task.workflow
        scope, clock, node = workflow.scope(task), workflow.world.clock, self.node
        assignee = value_of(node.assignee, scope, clock) if node.assignee else None
        workflow.changes.tasks[str(task.id)] = OpenedTask(
            token_id=str(task.id),
            node=node,
            assignee=text_of(assignee, node.assignee or "") if assignee is not None else None,
            due_at=moment_of(node.due, scope, clock),
            follow_up_at=moment_of(node.follow_up, scope, clock),
            priority=whole_number(node.priority, scope, clock, default=50),
        )

    def receive(self, task: Task, seen: Mapping[str, Any]) -> None:
        """Keep the answers: under one name where the model gives it, else side by side."""
        answers = seen.get("answers", {})
        name = self.node.properties.get("answersTo")
        task.workflow.write({name: answers} if name else answers)

    def withdraw(self, task: Task) -> None:
        """Close the task."""
        task.workflow.changes.close_task(str(task.id))


class ServiceSpec(WaitingSpec):
    """Runs an operation at once, or leaves it to a job or an external worker."""

    def work(self, task: Task) -> bool | None:
        """Inside the transaction where the operation asks for a session, after the commit otherwise."""
        workflow: CaseWorkflow = task.workflow
        if not workflow.world.runs_now(self.node.topic or ""):
            return super().work(task)
        result = workflow.world.operate(self.node, self.open_scope(task))
        self.close_scope(task, {"result": result})
        return True

    def begin(self, task: Task) -> None:
        """Leave a job behind."""
        world = task.workflow.world
        task.workflow.changes.jobs[str(task.id)] = NewJob(
            token_id=str(task.id),
            kind="operation" if world.serves(self.node.topic or "") else "external",
            node=self.node,
            due_at=world.clock.now(),
            inputs=dict(task.internal_data.get("local", {})),
        )

    def withdraw(self, task: Task) -> None:
        """The job is no longer wanted."""
        task.workflow.changes.close_job(str(task.id))


class CatchSpec(WaitingSpec):
    """Waits for a message or for a moment."""

    def begin(self, task: Task) -> None:
        """Subscribe to the message, or set the timer."""
        workflow: CaseWorkflow = task.workflow
        scope, clock = workflow.scope(task), workflow.world.clock
        if self.node.timer is not None:
            due_at = due_of(self.node.timer, scope, clock)
            workflow.changes.jobs[str(task.id)] = NewJob(str(task.id), "timer", self.node, due_at)
        else:
            written = self.node.properties.get("correlationKey", "")
            key = text_of(value_of(written, scope, clock), written)
            workflow.changes.subscriptions[str(task.id)] = NewSubscription(str(task.id), self.node, key)

    def receive(self, task: Task, seen: Mapping[str, Any]) -> None:
        """A message's payload goes to the variable that the model declares, and nowhere else."""
        name = self.node.properties.get("payloadTo")
        if name:
            task.workflow.write({name: dict(seen.get("payload", {}))})

    def withdraw(self, task: Task) -> None:
        """Nothing is awaited any more."""
        if self.node.timer is not None:
            task.workflow.changes.close_job(str(task.id))
        else:
            task.workflow.changes.close_subscription(str(task.id))


class BoundarySpec(CatchSpec):
    """Happens while its host waits: ends it, or goes beside it."""

    def resume(self, task: Task, seen: Mapping[str, Any]) -> None:
        """Fire: an interrupting event ends the host; another stays armed for the next message."""
        workflow: CaseWorkflow = task.workflow
        host = workflow.token(task.internal_data["host"])
        task.internal_data["host"] = ""
        if self.node.interrupting:
            host.cancel()
        elif self.node.event == "message":
            workflow.place(self.node.id, host=str(host.id))
        super().resume(task, seen)
