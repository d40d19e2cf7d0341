# SPDX-License-Identifier: EUPL-1.2
"""Activities: people, operations, decisions and scripts."""

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.task import Task

from engine.expressions import moment_of, script_value, text_of, value_of, whole_number
from engine.spiff.changes import NewJob, OpenedTask
from engine.spiff.specs import NodeSpec, WaitingSpec
from engine.spiff.workflow import CaseWorkflow


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
