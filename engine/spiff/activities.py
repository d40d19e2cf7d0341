# SPDX-License-Identifier: EUPL-1.2
"""Activities without an inside: people, operations, decisions, scripts."""

from collections.abc import Mapping
from typing import Any

from engine.bpmn import typed_default
from engine.errors import BpmnError
from engine.expressions import text_or_none, value_of, whole_number
from engine.scripting import holds
from engine.spiff.catching import CatchSpec
from engine.spiff.changes import OpenedTask
from engine.spiff.code import run_code, run_listeners
from engine.spiff.host import Thrown
from engine.spiff.propagation import throw_error
from engine.spiff.specs import NodeSpec
from engine.spiff.tokens import Token
from engine.spiff.workflow import CaseWorkflow
from engine.timetable import due_date

#: The rows that a decision gave, under the name of Camunda 7.
_ROWS = "decisionResult"


class UserTaskSpec(NodeSpec):
    """Waits for a person."""

    def work(self, token: Token) -> bool | None:
        """Open the task in the inbox."""
        workflow: CaseWorkflow = token.workflow
        scope, clock, node = workflow.scope(token), workflow.world.clock, self.node
        for field in node.form_fields:
            if field.default is not None and field.id not in scope:
                workflow.write({field.id: typed_default(field, value_of(field.default, scope, clock))}, token)
        assignee = text_or_none(node.assignee, scope, clock)
        workflow.changes.tasks[token.key] = OpenedTask(
            token_id=token.key,
            node=node,
            name=str(value_of(node.label, scope, clock)),
            description=str(value_of(node.documentation, scope, clock) or ""),
            assignee=assignee,
            candidate_users=self._names(token, node.candidate_users),
            candidate_groups=self._names(token, node.candidate_groups),
            due_at=due_date(node.due, scope, clock),
            follow_up_at=due_date(node.follow_up, scope, clock),
            priority=whole_number(node.priority, scope, clock, default=50),
            form_key=text_or_none(node.form_key, scope, clock),
        )
        self.run_listeners(token, "create")
        if assignee is not None:
            self.run_listeners(token, "assignment")
        return None

    def _names(self, token: Token, written: tuple[str, ...]) -> tuple[str, ...]:
        workflow: CaseWorkflow = token.workflow
        names: list[str] = []
        for one in written:
            value = value_of(one, workflow.scope(token), workflow.world.clock)
            members = value if isinstance(value, list) else str(value or "").split(",")
            names += [str(member).strip() for member in members if str(member).strip()]
        return tuple(dict.fromkeys(names))

    def receive(self, token: Token, seen: Mapping[str, Any]) -> None:
        """Keep the answers: under one name where the model gives it, else side by side."""
        answers = seen.get("answers", {})
        name = self.node.properties.get("answersTo")
        token.workflow.write({name: answers} if name else answers, token)
        self.run_listeners(token, "complete")

    def run_listeners(self, token: Token, event: str) -> None:
        """Listeners of the task know what it is."""
        workflow: CaseWorkflow = token.workflow
        if not any(listener.event == event for listener in self.node.listeners):
            return
        opened = workflow.changes.tasks.get(token.key)
        about: dict[str, Any] = {"id": token.key, "taskDefinitionKey": self.node.id}
        if opened is None:
            about |= workflow.world.open_task(token.key)
        else:
            about |= {name: getattr(opened, name) for name in ("name", "assignee", "description", "priority")}
        run_listeners(token, self.node.listeners, event, about)

    def withdraw(self, token: Token) -> None:
        """Close the task."""
        token.workflow.changes.close_task(token.key)

    def _on_cancel(self, my_task: Token) -> None:
        if "entered" in my_task.marks:
            self.run_listeners(my_task, "delete")
        super()._on_cancel(my_task)


class ServiceSpec(NodeSpec):
    """Runs an operation at once, leaves it to a job or an external worker, or evaluates an expression."""

    def work(self, token: Token) -> bool | None:
        """Inside the transaction where the operation asks for a session, after the commit otherwise."""
        if self.node.expression is not None:
            self._take(token, run_code(token, self.node.expression))
            return True
        return self.perform(token, self.node.topic or "")

    def perform(self, token: Token, topic: str) -> bool | None:
        """Run the operation, or leave a job."""
        workflow: CaseWorkflow = token.workflow
        world = workflow.world
        if world.runs_now(topic):
            result = world.operate(topic, self.node, self.given(token))
            self._take(token, result)
            self.close_scope(token, {"result": result})
            token.mark(mapped=True)
            return True
        kind = "operation" if world.serves(topic) else "external"
        more: dict[str, Any] = {}
        if self.node.topic_priority:
            more["priority"] = whole_number(self.node.topic_priority, workflow.scope(token), world.clock, default=0)
        named = value_of(topic, workflow.scope(token), world.clock) if kind == "external" else topic
        self.leave_job(token, kind, topic=str(named), inputs=self.given(token), **more)
        return None

    def given(self, token: Token) -> dict[str, Any]:
        """Only what the model maps, and the element of a repeated activity."""
        mapped = set(self.node.inputs) | {one.target for one in self.node.data_inputs}
        local = token.marks.get("local", {})
        return {name: value for name, value in local.items() if name in mapped}

    def _take(self, token: Token, result: Any) -> None:
        if self.node.result_variable:
            token.workflow.write({self.node.result_variable: result}, token)

    def close_scope(self, token: Token, seen: Mapping[str, Any]) -> None:
        """Once, with the result."""
        if not token.marks.get("mapped"):
            super().close_scope(token, seen)

    def receive(self, token: Token, seen: Mapping[str, Any]) -> None:
        """What an external worker brings: variables of the case, and its own ones for the output mappings."""
        workflow: CaseWorkflow = token.workflow
        if seen.get("local"):
            workflow.write_local(token, seen["local"])
        if seen.get("variables"):
            workflow.write(seen["variables"], token)
        if "result" in seen:
            self._take(token, seen["result"])
        scope, clock = workflow.scope(token), workflow.world.clock
        for condition, code, message in self.node.error_mappings:
            if holds(condition, scope, clock):
                raise BpmnError(code or "", message or "")

    def resume(self, token: Token, seen: Mapping[str, Any]) -> None:
        """The work is done elsewhere, and may have found an error of the process."""
        try:
            super().resume(token, seen)
        except BpmnError as error:
            throw_error(token, Thrown("error", error.code, error.text, error.variables, self.element_id))

    def withdraw(self, token: Token) -> None:
        """The job is no longer wanted."""
        token.workflow.changes.close_job(token.key)


class ReceiveSpec(CatchSpec):
    """A receive task: waits for its message, or until somebody says that it is done."""

    def work(self, token: Token) -> bool | None:
        """Also without a message it waits."""
        if not self.node.events and "seen" not in token.marks:
            return None
        return super().work(token)


class DecisionSpec(NodeSpec):
    """Asks a decision table and keeps the trace in the history."""

    def work(self, token: Token) -> bool | None:
        """Write the decision's result into its result variable."""
        workflow: CaseWorkflow = token.workflow
        result, rows, trace = workflow.world.decide(self.node, workflow.scope(token))
        # For mappings and listeners of the task.
        workflow.write_local(token, {_ROWS: rows})
        if self.node.result_variable:
            workflow.write({self.node.result_variable: result}, token)
        workflow.remember("decision_evaluated", token, **trace)
        self.close_scope(token, {"result": result})
        token.mark(mapped=True)
        return True

    def close_scope(self, token: Token, seen: Mapping[str, Any]) -> None:
        """Once, with the result."""
        if not token.marks.get("mapped"):
            super().close_scope(token, seen)

    def run_listeners(self, token: Token, event: str) -> None:
        """The listeners at the end are the last to know the rows."""
        super().run_listeners(token, event)
        if event == "end" and _ROWS in token.marks.get("local", {}):
            token.mark(local={name: value for name, value in token.marks["local"].items() if name != _ROWS})


class ScriptSpec(NodeSpec):
    """Runs a script in FEEL or JavaScript."""

    def work(self, token: Token) -> bool | None:
        """Write the script's value into its result variable."""
        workflow: CaseWorkflow = token.workflow
        assert self.node.script is not None, "The linter refuses a script task without a script."
        name = self.node.result_variable
        value = run_code(token, self.node.script, is_wanted=name is not None)
        if name is not None:
            workflow.write({name: value}, token)
        return True
