# SPDX-License-Identifier: EUPL-1.2
"""Undoing what has been done: records of completed activities, and the token that works through them.

A scope keeps a record of each completed activity that can be undone, in the order of completion. A record names the
activity and either its handler, or, for a subprocess, the records within it with its variables as they were, and
the token that it had (`inside`); that of a repeated activity the token of the whole too.
"""

from collections.abc import Iterator, Mapping
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
    wanted: list[dict[str, Any]] = []
    for scope in _scopes_meant(token):
        records: list[dict[str, Any]] = list(scope.marks.get("undo", ()))
        found = [record for record in records if event.activity in (None, record["element"])]
        if found:
            scope.mark(undo=[record for record in records if record not in found])
            wanted = found + wanted
    if not wanted:
        return True
    waits = event.wait_for_completion
    if waits:
        token.mark(undoing=True)
    workflow.place(UNDOING, token if waits else token.parent, records=wanted)
    return not waits


def take_in_others(item: Token) -> None:
    """A repeated transaction is cancelled as a whole: one item undoes what all of them have done; the others stop."""
    body: Token = item.parent
    if not body.task_spec.keeps_undo:
        return
    workflow: CaseWorkflow = item.workflow
    records = [*body.marks.get("undo", ())]
    for other in workflow.children(body):
        if other is not item and not other.is_armed:
            undone = other.marks.get("undo", [])
            local = other.marks.get("local", {})
            records.append({"element": other.task_spec.node.id, "undo": undone, "local": local, "inside": other.key})
            workflow.cancel(other)
    body.unmark("undo")
    item.mark(undo=[*records, *item.marks.get("undo", ())])


def _scopes_meant(token: Token) -> Iterator[Token]:
    """The scopes whose activities are meant: an event subprocess speaks for the scope around it too."""
    scope = scope_of(token)
    yield scope
    while scope is not token.workflow.root and scope.task_spec.speaks_for_its_scope:
        scope = scope_of(scope)
        yield scope


def _within(record: Mapping[str, Any]) -> dict[str, Any]:
    """The mark that says in which activities, the outer one first, that was done what is undone now.

    Each by its element, the token that it had, and whether that was a repeated activity as a whole.
    """
    around = [[record["element"], record[name], name == "whole"] for name in ("whole", "inside") if name in record]
    return {"within": around} if around else {}


class UndoSpec(TaskSpec):  # type: ignore[misc]  # SpiffWorkflow is untyped
    """Works through records, the latest first; where undoing one has to wait for something, the next begins too."""

    node = None
    is_scope = False
    keeps_undo = False
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
        self._next(token)

    def reload(self, token: Token) -> None:
        """A stored token works on."""
        if token.marks.get("records"):
            token.workflow.undoing[token.id] = token

    def go_further(self, token: Token) -> bool:
        """Nothing moves any more: whether there was another one to begin."""
        if not token.marks["records"]:
            token.workflow.undoing.pop(token.id)
            return False
        self._next(token)
        return True

    def _next(self, token: Token) -> None:
        workflow: CaseWorkflow = token.workflow
        records = list(token.marks["records"])
        if not records:
            if token.live == 0:
                token._set_state(TaskState.COMPLETED)
                workflow.leave(token)
            return
        record = records.pop()
        token.mark(records=records)
        workflow.undoing[token.id] = token
        marks = {"local": record["local"]} | _within(record)
        if "handler" in record:
            workflow.place(record["handler"], token, **marks)
        elif "event" in record:
            workflow.place(AGAIN, token, undo=record["undo"], event=record["event"], **marks)
        else:
            workflow.place(UNDOING, token, records=record["undo"], **marks)

    def _on_cancel(self, my_task: Token) -> None:
        my_task.workflow.forget(my_task)


class AgainSpec(UndoSpec):
    """A subprocess that is over, with its variables as they were, for its compensation event subprocess to run in."""

    is_scope = True

    def _next(self, token: Token) -> None:
        workflow: CaseWorkflow = token.workflow
        event = token.marks.get("event")
        if event is None:
            if token.live == 0:
                token._set_state(TaskState.COMPLETED)
                workflow.leave(token)
            return
        token.unmark("event")
        start = workflow.spec.task_specs[event]
        workflow.place(start.node.parent, token, begins=[event, {}])
