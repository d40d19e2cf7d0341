# SPDX-License-Identifier: EUPL-1.2
"""The state of a case as bytes: live tokens and variables, without specs. Every released format must stay loadable.

Format 2 is one JSON object: `tokens` as lists `[id, spec, state, parent id or null, marks]`, a parent before its
children; `root` the marks of the whole case; `steps` taken without waiting; `variables`. Tokens and variables
that have not changed since they were last written are not written anew.
"""

import json
import zlib
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from SpiffWorkflow.util.task import TaskState

from engine.errors import AmtsflussError
from engine.spiff.catching import CatchSpec
from engine.spiff.compensation import UndoSpec
from engine.spiff.gateways import JoinSpec
from engine.spiff.tokens import Token
from engine.spiff.upgrade import GATEWAY_OF, from_format_1
from engine.spiff.workflow import CaseWorkflow
from engine.values import to_json, unpack

FORMAT = 2
#: Fast rather than small: the state is written at every step of a case, and mostly short.
_COMPRESSION = 1


class StateUnreadable(AmtsflussError):
    """The stored state has a format that this version does not know."""


def dump_state(workflow: CaseWorkflow) -> bytes:
    """Write the live tokens and the variables."""
    written = workflow.written_variables
    for name, value in workflow.variables.items():
        if name not in written:
            written[name] = f"{_text(name)}:{_text(to_json(value))}"
    if len(written) > len(workflow.variables):
        workflow.written_variables = written = {name: written[name] for name in workflow.variables}
    head = f'"format":{FORMAT},"root":{_text(to_json(workflow.root.marks))},"steps":{workflow.steps}'
    tokens = ",".join(_written(token) for token in _in_order(workflow, workflow.root))
    variables = ",".join(written.values())
    # A variable named "$" would read as a type; `from_json` is told apart by the tag.
    names = f'{{"$":"dict","v":{{{variables}}}}}' if "$" in written else f"{{{variables}}}"
    return zlib.compress(f'{{{head},"tokens":[{tokens}],"variables":{names}}}'.encode(), _COMPRESSION)


def load_state(spec: Any, content: bytes) -> CaseWorkflow:
    """Set a case up again from its spec and its stored state."""
    return set_up(spec, stored_state(content))


def set_up(spec: Any, stored: dict[str, Any]) -> CaseWorkflow:
    """The same from what is in a stored state."""
    workflow = CaseWorkflow(spec)
    workflow.variables = stored["variables"]
    workflow.root.internal_data = stored["root"]
    workflow.steps = stored["steps"]
    if workflow.root.marks.get("rounds"):
        workflow.rounds[workflow.root.id] = workflow.root
    # The root is made anew each time; its children name no parent.
    for key, name, state, parent, marks in stored["tokens"]:
        above = workflow.token(parent) if parent else workflow.root
        if name.startswith(GATEWAY_OF):
            name = spec.task_specs[name.removeprefix(GATEWAY_OF)].incoming[0].source
        token = Token(workflow, spec.task_specs[name], above, state=TaskState.get_value(state), id=UUID(key))
        token.internal_data = marks
        if not token.is_armed:
            above.live += 1
        _take_up(workflow, token)
    return workflow


def stored_state(content: bytes) -> dict[str, Any]:
    """What is in a stored state, in the present format."""
    stored: dict[str, Any] = unpack(content)
    if stored.get("format") == 1:
        stored = from_format_1(stored)
    if stored.get("format") != FORMAT:
        raise StateUnreadable
    return stored


def stored_scope(content: bytes, token_id: str) -> dict[str, Any]:
    """The variables that a token sees, the outer ones first so that the inner ones win."""
    stored = stored_state(content)
    about = {key: (parent, marks) for key, _, _, parent, marks in stored["tokens"]}
    layers = []
    at: str | None = token_id
    while at in about:
        at, marks = about[at]
        layers.append(marks.get("local", {}))
    seen = dict(stored["variables"])
    for layer in reversed(layers):
        seen.update(layer)
    return seen


def _take_up(workflow: CaseWorkflow, token: Token) -> None:
    """Let the workflow know what this token waits for."""
    if token.state == TaskState.READY:
        workflow.enqueue(token)
    elif (
        token.state == TaskState.WAITING
        and isinstance(token.task_spec, JoinSpec)
        or isinstance(token.task_spec, CatchSpec | UndoSpec)
    ):
        token.task_spec.reload(token)
    if token.marks.get("rounds"):
        workflow.rounds[token.id] = token


def _in_order(workflow: CaseWorkflow, parent: Token) -> Iterator[Token]:
    for child in workflow.children(parent):
        yield child
        if child._children:
            yield from _in_order(workflow, child)


def _written(token: Token) -> str:
    if token.written is None:
        parent = token.parent
        above = None if parent is token.workflow.root else parent.key
        state = TaskState.get_name(token.state)
        token.written = _text([token.key, token.task_spec.name, state, above, to_json(token.marks)])
    return token.written


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


__all__ = ["FORMAT", "StateUnreadable", "dump_state", "load_state", "set_up", "stored_scope", "stored_state"]
