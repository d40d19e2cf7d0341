# SPDX-License-Identifier: EUPL-1.2
"""Errors, escalations and signals on their way to whoever catches them.

Errors and escalations search from the inside out: the borders of the thrower itself, then at each scope its event
subprocesses and its borders, in the end the case that called this one. A handler of the same code goes before one
that takes all.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from engine.bpmn.model import Event, Node
from engine.errors import UnhandledBpmnError
from engine.spiff.host import Thrown
from engine.spiff.tokens import Token
from engine.spiff.workflow import CaseWorkflow


def throw_error(token: Token, thrown: Thrown) -> None:
    """Throw an error at a token. Raises `UnhandledBpmnError` when nobody catches it."""
    if _deliver(token, thrown):
        return
    workflow: CaseWorkflow = token.workflow
    if not workflow.world.escape(thrown):
        raise UnhandledBpmnError(thrown.code, thrown.message)


def throw_escalation(token: Token, thrown: Thrown) -> None:
    """Throw an escalation; that nobody catches it is only noted."""
    workflow: CaseWorkflow = token.workflow
    if not _deliver(token, thrown) and not workflow.world.escape(thrown):
        workflow.remember("escalation_unhandled", token, code=thrown.code)


def throw_signal(workflow: CaseWorkflow, name: str, variables: Mapping[str, Any]) -> None:
    """Reach all catchers of a signal in this case."""
    for token in hearing(workflow, name):
        if not token.is_gone:
            token.task_spec.happen(token, {"variables": dict(variables)})


def hearing(workflow: CaseWorkflow, name: str) -> list[Token]:
    """The tokens of a case that wait for a signal."""
    return [token for token in workflow.tokens if token.marks.get("hears") == ["signal", name]]


def _deliver(token: Token, thrown: Thrown) -> bool:
    workflow: CaseWorkflow = token.workflow
    at: Token | None = token
    below: Token | None = None
    while at is not None:
        found = _best(at, thrown, below)
        if found is not None:
            node, event = found
            _happen(workflow, at, node, _seen(event, thrown))
            return True
        below, at = at, at.parent
    return False


def _best(at: Token, thrown: Thrown, below: Token | None) -> tuple[Node, Event] | None:
    """Who catches it at this level: in the scope before at its border, the same code before all codes.

    `below` is where it comes from, None at the thrower itself; an event subprocess does not catch what it throws.
    """
    spec = at.task_spec
    inside: list[Node] = []
    if spec.is_scope and below is not None and not at.marks.get("interrupted"):
        inside = [node for node in spec.event_starts if node.parent != below.task_spec.element_id]
    for handlers in (inside, spec.boundaries):
        matching = list(_matching(handlers, thrown))
        if matching:
            return next((found for found in matching if found[1].code), matching[0])
    return None


def _matching(handlers: Any, thrown: Thrown) -> Iterator[tuple[Node, Event]]:
    for node in handlers:
        for event in node.events:
            if event.kind == thrown.kind and event.code in (None, "", thrown.code):
                yield node, event


def _seen(event: Event, thrown: Thrown) -> dict[str, Any]:
    variables = dict(thrown.variables or {})
    if event.code_variable:
        variables[event.code_variable] = thrown.code
    if event.message_variable:
        variables[event.message_variable] = thrown.message or None
    return {"variables": variables, "error": {"code": thrown.code, "message": thrown.message}}


def _happen(workflow: CaseWorkflow, at: Token, node: Node, seen: Mapping[str, Any]) -> None:
    spec = workflow.spec.task_specs[node.id]
    spec.begin(at, seen)
    if node.interrupting:
        spec.interrupt(at)
