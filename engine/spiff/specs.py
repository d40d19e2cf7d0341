# SPDX-License-Identifier: EUPL-1.2
"""How a token passes a node: it arrives, begins, works, winds up, and goes on. Nothing is predicted, and no task data.

Every node has this one life cycle; what differs between nodes are the hooks in the first half of `NodeSpec`.
"""

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import Flow, Node, Process
from engine.errors import AmtsflussError, BpmnError
from engine.expressions import value_of, whole_number
from engine.scripting import holds
from engine.spiff.changes import NewJob
from engine.spiff.code import associated, run_listeners
from engine.spiff.host import Thrown
from engine.spiff.propagation import throw_error
from engine.spiff.tokens import Token
from engine.spiff.workflow import CaseWorkflow
from engine.timetable import retry_pauses
from engine.values import to_json


class NoFlowMatches(AmtsflussError):
    """None of the gateway's conditions is true and there is no default flow."""


class NodeSpec(TaskSpec):  # type: ignore[misc]  # SpiffWorkflow is untyped
    """A node that a token passes without waiting. The base of all others."""

    #: Whether variables and event subprocesses may belong to its tokens.
    is_scope = False
    #: Whether what was done below it can be undone only when it is done itself.
    keeps_undo = False
    #: Whether what it undoes was done in the scope around it.
    speaks_for_its_scope = False
    #: Events that start event subprocesses of its tokens.
    event_starts: tuple[Node, ...] = ()

    def __init__(self, wf_spec: Any, node: Node, process: Process, name: str = "") -> None:
        super().__init__(wf_spec, name or node.id, description=node.name)
        self.node = node
        self.process = process
        self.element_id = node.id
        self.label = node.label
        self.outgoing: tuple[Flow, ...] = process.outgoing[node.id]
        self.incoming: tuple[Flow, ...] = process.incoming[node.id]
        self.boundaries: tuple[Node, ...] = process.boundaries.get(node.id, ())
        self.async_before = node.async_before
        self.async_after = node.async_after
        #: Boundary events that are set up while the activity goes on; errors and escalations find theirs by themselves.
        self.watching: tuple[Node, ...] = tuple(
            event for event in self.boundaries if any(one.kind in _HEARD for one in event.events)
        )
        #: Those of them that may end it before it begins.
        self.asking = tuple(event for event in self.watching if event.interrupting and event.event == "conditional")

    # -- what subclasses say ------------------------------------------------------------------------------------

    def arrive(self, token: Token) -> bool:
        """Whether the token may go on at once."""
        return True

    def prepare(self, token: Token) -> None:
        """Make what the activity needs before it works: variables of its own."""
        self.open_scope(token)

    def work(self, token: Token) -> bool | None:
        """Do the node's work: True when done, None when the token has to wait."""
        return True

    def stand_by(self, token: Token) -> None:
        """An armed event begins to watch."""

    def receive(self, token: Token, seen: Mapping[str, Any]) -> None:
        """Take over values that need no mapping."""

    def withdraw(self, token: Token) -> None:
        """Take back what waiting has opened."""

    def child_left(self, token: Token, child: Token) -> None:
        """A token below is done."""

    def flows(self, token: Token) -> list[Flow]:
        """The flows by which the token goes on: all that have no condition or a true one, else the default."""
        workflow: CaseWorkflow = token.workflow
        if len(self.outgoing) == 1 and self.outgoing[0].condition is None:
            return list(self.outgoing)
        scope, clock = workflow.scope(token), workflow.world.clock
        chosen = [
            flow
            for flow in self.outgoing
            if flow.id != self.node.default_flow and (flow.condition is None or holds(flow.condition, scope, clock))
        ]
        if self.outgoing and not chosen:
            chosen = [flow for flow in self.outgoing if flow.id == self.node.default_flow]
            if not chosen:
                raise NoFlowMatches
        return chosen

    # -- the library's life cycle -------------------------------------------------------------------------------

    def test(self) -> None:
        """The linter has checked the model at deployment."""

    def _predict(self, my_task: Token, *args: Any, **kwargs: Any) -> None:
        """Nothing is predicted: a predicted tree doubles with every parallel block."""

    def _update_hook(self, my_task: Token) -> bool:
        return self.arrive(my_task)

    def _on_ready_hook(self, my_task: Token) -> None:
        if my_task.is_armed:
            # Whatever comes next in the queue may be what it watches for.
            my_task._set_state(TaskState.STARTED)
            self.stand_by(my_task)
        else:
            my_task.workflow.enqueue(my_task)

    def _run_hook(self, my_task: Token) -> bool | None:
        marks = my_task.marks
        if marks.get("phase") == "after":
            return True
        if self.async_before and marks.get("phase") != "before" and "arrived" not in marks:
            my_task.mark(phase="before")
            self.leave_job(my_task, "continuation")
            return None
        self.prepare(my_task)
        self.run_listeners(my_task, "start")
        is_done = None if self.is_over_before(my_task) else self.work(my_task)
        if my_task.is_gone:
            return None
        if is_done:
            return True if self.wind_up(my_task, {}) and not my_task.is_gone else None
        self.settle(my_task)
        return None

    def _on_complete(self, my_task: Token) -> None:
        workflow: CaseWorkflow = my_task.workflow
        parent: Token = my_task.parent
        for flow in self.flows(my_task):
            run_listeners(my_task, flow.listeners, "take")
            workflow.place(flow.target, parent, flow)
        workflow.leave(my_task)

    def _on_cancel(self, my_task: Token) -> None:
        workflow: CaseWorkflow = my_task.workflow
        if my_task.marks.get("phase") in ("before", "after") and "entered" not in my_task.marks:
            workflow.changes.close_job(my_task.key)
        else:
            self.withdraw(my_task)
        if my_task.is_armed:
            workflow.forget(my_task)
            return
        self.run_listeners(my_task, "end")
        # An end that throws is done with throwing, though it takes itself off.
        workflow.remember("completed" if my_task.marks.get("throws") else "cancelled", my_task)
        workflow.forget(my_task)

    def is_over_before(self, token: Token) -> bool:
        """Whether a condition at the border is true already, so that the activity ends before it has done anything."""
        for boundary in self.asking:
            border = token.workflow.spec.task_specs[boundary.id]
            if border.is_true(token, boundary.events[0]):
                border.begin(token, {})
                border.interrupt(token)
                return True
        return False

    # -- waiting, winding up, going on --------------------------------------------------------------------------

    def settle(self, token: Token) -> None:
        """The token stays: write it down, and set up the events at its border."""
        workflow: CaseWorkflow = token.workflow
        if "entered" not in token.marks:
            token.mark(entered=True)
            workflow.remember("entered", token)
            for boundary in self.watching:
                workflow.place(boundary.id, token, armed=True)

    def resume(self, token: Token, seen: Mapping[str, Any]) -> None:
        """What was waited for has come, with the values `seen`: map them and go on."""
        self.withdraw(token)
        self.receive(token, seen)
        if self.wind_up(token, seen) and not token.is_gone:
            token.complete()

    def wind_up(self, token: Token, seen: Mapping[str, Any]) -> bool:
        """The work is done: outputs, history, what would undo it. Whether the token goes on at once."""
        workflow: CaseWorkflow = token.workflow
        self.close_scope(token, seen)
        self.run_listeners(token, "end")
        self.disarm(token)
        self.keep_undo(token)
        self.note_done(token)
        if self.async_after:
            token.mark(phase="after")
            token.unmark("entered")
            token._set_state(TaskState.STARTED)
            self.leave_job(token, "continuation")
            return False
        workflow.look_at_conditions()
        return True

    def note_done(self, token: Token) -> None:
        """Write into the history that the node is done, and whether nothing follows it."""
        node = self.node
        ends = not (self.outgoing or node.for_compensation or node.type == "endEvent" or node.event == "link")
        token.workflow.remember("completed", token, **({"last": True} if ends else {}))

    def happen(self, token: Token, seen: Mapping[str, Any]) -> None:
        """What the token waits for has come."""
        self.resume(token, seen)

    def go_on(self, token: Token) -> None:
        """A continuation has come: run the token on from where it stands."""
        token.workflow.changes.close_job(token.key)
        token.workflow.run_again(token)

    def disarm(self, token: Token) -> None:
        """Take the events at the border off."""
        workflow: CaseWorkflow = token.workflow
        for child in workflow.children(token):
            if child.is_armed:
                workflow.cancel(child)

    def keep_undo(self, token: Token) -> None:
        """Remember in the scope that this activity is done and how it is undone."""
        handler = next((event.compensated_by for event in self.boundaries if event.compensated_by), None)
        if handler is not None:
            self.add_undo(token, {"element": self.node.id, "handler": handler, "local": token.marks.get("local", {})})

    def add_undo(self, token: Token, record: dict[str, Any]) -> None:
        """Leave a record of something that can be undone with the scope around the token."""
        scope = token.parent if token.parent.task_spec.keeps_undo else scope_of(token)
        scope.mark(undo=[*scope.marks.get("undo", ()), record])

    def leave_job(self, token: Token, kind: Any, **more: Any) -> None:
        """Leave a job for this token behind."""
        workflow: CaseWorkflow = token.workflow
        world = workflow.world
        scope = workflow.scope(token)
        priority = self.node.job_priority or self.process.job_priority
        more.setdefault("due_at", world.clock.now())
        more.setdefault("priority", whole_number(priority, scope, world.clock, default=0))
        retry = self.node.retry and value_of(self.node.retry, scope, world.clock)
        workflow.changes.jobs[token.key] = NewJob(
            token.key,
            kind,
            self.node,
            exclusive=kind == "continuation" and self.node.exclusive,
            pauses=retry_pauses(str(retry)) if retry else None,
            **more,
        )

    def throw(self, token: Token, error: BpmnError) -> None:
        """An operation has raised a BPMN error here."""
        throw_error(token, Thrown("error", error.code, error.text, error.variables, self.element_id))

    # -- mappings -----------------------------------------------------------------------------------------------

    def open_scope(self, token: Token) -> dict[str, Any]:
        """Evaluate data and input mappings into variables of the activity's own."""
        node = self.node
        if not (node.inputs or node.data_inputs):
            return {}
        workflow: CaseWorkflow = token.workflow
        clock = workflow.world.clock
        for association in node.data_inputs:
            workflow.write_local(token, associated(token, self.process, association))
        own: dict[str, Any] = {}
        for name, written in node.inputs.items():
            # An input may use the ones above it.
            own[name] = value_of(written, workflow.scope(token, own), clock)
        to_json(own)  # what could not be stored fails here, at the step that made it
        if own:
            workflow.write_local(token, own)
        return own

    def close_scope(self, token: Token, seen: Mapping[str, Any]) -> None:
        """Evaluate the output mappings into the variables around; `seen` is visible to them."""
        node = self.node
        if not (node.outputs or node.data_outputs):
            return
        workflow: CaseWorkflow = token.workflow
        clock = workflow.world.clock
        scope = workflow.scope(token, seen)
        for name, written in node.outputs.items():
            # An output may use the ones above it, from where they were written to.
            self.write_around(token, {name: value_of(written, scope, clock)})
        for association in node.data_outputs:
            for name, value in associated(token, self.process, association).items():
                if name in self.process.data_stores.values():
                    workflow.world.store_value(name, value)
                else:
                    self.write_around(token, {name: value})

    def write_around(self, token: Token, values: Mapping[str, Any]) -> None:
        """Set variables outside of the activity; an item of a repeated one keeps its member and what it gives."""
        workflow: CaseWorkflow = token.workflow
        loop = self.node.loop
        own = {loop.element, loop.output_element} if loop is not None else set()
        workflow.write_local(token, {name: value for name, value in values.items() if name in own})
        workflow.write({name: value for name, value in values.items() if name not in own}, token.parent)

    def run_listeners(self, token: Token, event: str) -> None:
        """Run the code that the model hangs to this moment."""
        run_listeners(token, self.node.listeners, event)


#: Events that are waited for with a row or a look at variables.
_HEARD = frozenset({"message", "signal", "timer", "conditional"})


def scope_of(token: Token) -> Token:
    """The token of the subprocess (or the root) around a token."""
    scope: Token = token.parent
    while scope is not token.workflow.root and not scope.task_spec.is_scope:
        scope = scope.parent
    return scope
