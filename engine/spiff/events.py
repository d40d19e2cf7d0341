# SPDX-License-Identifier: EUPL-1.2
"""Events: ends, messages and timers, also attached to an activity."""

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.task import Task

from engine.expressions import due_of, text_of, value_of
from engine.spiff.changes import NewJob, NewSubscription
from engine.spiff.specs import NodeSpec, WaitingSpec
from engine.spiff.workflow import CaseWorkflow


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
