# SPDX-License-Identifier: EUPL-1.2
"""Undoing what has been done: records of completed activities, and the token that works through them.

A scope keeps a record of each completed activity that can be undone, in the order of completion. A record names the
activity and either its handler, or, for a subprocess, the records within it with its variables as they were.
"""

from typing import Any

from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import Event
from engine.spiff.specs import scope_of
from engine.spiff.tokens import Token
from engine.spiff.workflow import CaseWorkflow

#: The names of the specs whose tokens undo; no XML id holds brackets.
UNDOING = "(undo)"
AGAIN = "(again)"


def undo(token: Token, event: Event) -> bool:
    """Begin to undo what a compensation event asks for; True when there is nothing to wait for."""
    workflow: CaseWorkflow = token.workflow
    scope = _scope_that_knows(token, event.activity)
    records: list[dict[str, Any]] = list(scope.marks.get("undo", ()))
    wanted = [record for record in records if event.activity in (None, record["element"])]
    if not wanted:
        return True
    scope.mark(undo=[record for record in records if record not in wanted])
    waits = event.wait_for_completion
    if waits:
        token.mark(undoing=True)
    workflow.place(UNDOING, token if waits else token.parent, records=wanted)
    return not waits


def _scope_that_knows(token: Token, activity: str | None) -> Token:
    """The scope whose activities are meant: an event subprocess speaks for the scope around it."""
    scope = scope_of(token)
    while scope is not token.workflow.root and scope.task_spec.speaks_for_its_scope:
        if activity is not None and any(record["element"] == activity for record in scope.marks.get("undo", ())):
            break
        scope = scope_of(scope)
    return scope


class UndoSpec(TaskSpec):  # type: ignore[misc]  # SpiffWorkflow is untyped
    """Works through records, the latest first, one after the other."""

    node = None
    is_scope = False
    speaks_for_its_scope = False
    boundaries = ()
    event_starts = ()
    element_id = ""
    label = ""

    def test(self) -> None:
        """Nothing to check."""

    def _predict(self, my_task: Token, *args: Any, **kwargs: Any) -> None:
        """Nothing is predicted."""

    def _on_ready_hook(self, my_task: Token) -> None:
        my_task.workflow.enqueue(my_task)

    def _run_hook(self, my_task: Token) -> bool | None:
        self._next(my_task)
        return None

    def child_left(self, token: Token, child: Token) -> None:
        """One is undone; take the next."""
        if token.live == 0:
            self._next(token)

    def _next(self, token: Token) -> None:
        workflow: CaseWorkflow = token.workflow
        records = list(token.marks["records"])
        if not records:
            token._set_state(TaskState.COMPLETED)
            workflow.leave(token)
            return
        record = records.pop()
        token.mark(records=records)
        if "handler" in record:
            workflow.place(record["handler"], token, local=record["local"])
        elif "event" in record:
            workflow.place(AGAIN, token, local=record["local"], undo=record["undo"], event=record["event"])
        else:
            workflow.place(UNDOING, token, local=record["local"], records=record["undo"])

    def _on_cancel(self, my_task: Token) -> None:
        my_task.workflow.forget(my_task)


class AgainSpec(UndoSpec):
    """A subprocess that is over, with its variables as they were, for its compensation event subprocess to run in."""

    is_scope = True

    def _next(self, token: Token) -> None:
        workflow: CaseWorkflow = token.workflow
        event = token.marks.get("event")
        if event is None:
            token._set_state(TaskState.COMPLETED)
            workflow.leave(token)
            return
        token.unmark("event")
        start = workflow.spec.task_specs[event]
        workflow.place(start.node.parent, token, begins=[event, {}])
