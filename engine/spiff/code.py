# SPDX-License-Identifier: EUPL-1.2
"""What models bring along to be evaluated: scripts, listeners, data associations."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from engine.bpmn.model import Association, Change, Listener, Process, Script
from engine.expressions import text_of, value_of
from engine.scripting import TaskFacts, run_script
from engine.spiff.tokens import Token
from engine.spiff.workflow import CaseWorkflow

_NOTHING: Mapping[str, Any] = MappingProxyType({})


def run_code(
    token: Token, code: "str | Script | Change", *, seen: Mapping[str, Any] = _NOTHING, is_wanted: bool = True
) -> Any:
    """The value of an expression or script, if it is wanted; what it sets is written."""
    workflow: CaseWorkflow = token.workflow
    scope, clock = workflow.scope(token, seen), workflow.world.clock
    if isinstance(code, Change):
        return _change(token, code, scope)
    if isinstance(code, str):
        return value_of(code, scope, clock)
    ran = run_script(code, scope, clock)
    workflow.write(ran.written, token)
    if ran.local:
        workflow.write_local(token, ran.local)
    for name in ran.removed:
        workflow.remove_variable(name, token)
    return ran.value if is_wanted else None


def _change(token: Token, change: Change, scope: Mapping[str, Any]) -> None:
    workflow: CaseWorkflow = token.workflow
    clock = workflow.world.clock
    name = text_of(value_of(change.name, scope, clock), change.name)
    if change.value is None:
        workflow.remove_variable(name, token)
    elif change.local:
        workflow.write_local(token, {name: value_of(change.value, scope, clock)})
    else:
        workflow.write({name: value_of(change.value, scope, clock)}, token)


def run_listeners(
    token: Token, listeners: Iterable[Listener], event: str, task: Mapping[str, Any] | None = None
) -> None:
    """Run the code that the model hangs to this moment, to one in the life of a task if that is given."""
    for listener in listeners:
        if listener.event != event or token.workflow.silent:
            continue
        seen: dict[str, Any] = {"execution": {**token.workflow.about(token), "eventName": event}}
        if task is not None:
            seen["task"] = TaskFacts(task, eventName=event)
        run_code(token, listener.code, seen=seen, is_wanted=False)


def associated(token: Token, process: Process, association: Association) -> dict[str, Any]:
    """What a data association copies, by its target's name."""
    workflow: CaseWorkflow = token.workflow
    clock = workflow.world.clock
    stored = _stored(token, process, association)
    scope = workflow.scope(token, stored)
    if association.transformation is not None:
        return {association.target: value_of(association.transformation, scope, clock)}
    written: dict[str, Any] = {}
    for source, target in association.assignments:
        name, _, member = target.lstrip("=").strip("${}").partition(".")
        name = name or association.target
        value = value_of(source, workflow.scope(token, stored, written), clock)
        if member:
            held = written.get(name, scope.get(name))
            value = {**(held if isinstance(held, dict) else {}), member: value}
        written[name] = value
    return written or {association.target: scope.get(association.sources[0])}


def _stored(token: Token, process: Process, association: Association) -> dict[str, Any]:
    """The values of the data stores that are read; a variable of a store's name is what is to be stored in it."""
    workflow: CaseWorkflow = token.workflow
    names = set(process.data_stores.values()) & {*association.sources, association.target}
    if association.target in names:
        scope = workflow.scope(token)
        names = {name for name in names if name not in scope}
    return {name: workflow.world.stored_value(name) for name in names}
