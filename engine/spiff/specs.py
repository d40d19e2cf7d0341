# SPDX-License-Identifier: EUPL-1.2
"""How tokens behave at a node: passing it, or waiting at it. Nothing is predicted, and there is no task data."""

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.task import Task

from engine.bpmn.model import Flow, Node, Process
from engine.errors import AmtsflussError
from engine.expressions import condition_holds, value_of
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
