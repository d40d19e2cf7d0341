# SPDX-License-Identifier: EUPL-1.2
"""What rows a case must have, as its stored tokens say: tasks, jobs and timers, subscriptions, called cases."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.bpmn.model import Event
from engine.spiff.activities import ServiceSpec, UserTaskSpec
from engine.spiff.catching import HEARD, CatchSpec, PartSpec
from engine.spiff.subprocesses import CallSpec
from engine.spiff.throwing import ThrowSpec
from engine.spiff.tokens import Token
from engine.spiff.workflow import CaseWorkflow

#: Kinds of jobs that do a service task's work.
WORK = frozenset({"operation", "external"})


@dataclass
class Rows:
    """The rows that there must be, by token."""

    #: Token to element.
    elements: dict[str, str] = field(default_factory=dict)
    tasks: set[str] = field(default_factory=set)
    #: Token to the kinds that the job may have.
    jobs: dict[str, frozenset[str]] = field(default_factory=dict)
    #: Tokens of which the state alone does not say whether they have a job.
    maybe_jobs: set[str] = field(default_factory=set)
    #: Token to kind and, where the token knows it, name.
    subscriptions: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    #: Token to the called case that it waits for.
    called: dict[str, str] = field(default_factory=dict)
    #: Something is left to run, so there must be a job that goes on with it.
    under_way: bool = False


def rows_of(workflow: CaseWorkflow, states: Mapping[str, str]) -> Rows:
    """The rows that belong to these tokens. `states` are the names of their states."""
    rows = Rows(under_way=workflow.is_under_way)
    for token in workflow.tokens:
        rows.elements[token.key] = token.task_spec.element_id
        if states.get(token.key) != "READY":
            _add(rows, token)
    return rows


def _add(rows: Rows, token: Token) -> None:
    spec, marks = token.task_spec, token.marks
    if "phase" in marks and "entered" not in marks:
        rows.jobs[token.key] = frozenset({"continuation"})
    elif isinstance(spec, UserTaskSpec):
        rows.tasks.add(token.key)
    elif isinstance(spec, CallSpec):
        if "called" in marks:
            rows.called[token.key] = marks["called"]
    elif isinstance(spec, ThrowSpec):
        _add_thrown(rows, token, spec)
    elif isinstance(spec, ServiceSpec):
        rows.jobs[token.key] = WORK
    elif isinstance(spec, CatchSpec) and not spec.parts:
        _add_awaited(rows, token, spec)


def _add_thrown(rows: Rows, token: Token, spec: ThrowSpec) -> None:
    """A message is sent by a job; what is being undone waits for what stands below."""
    if not any(event.topic for event in spec.node.events):
        return
    if len(spec.node.events) > 1:
        rows.maybe_jobs.add(token.key)
    elif not token.marks.get("undoing"):
        rows.jobs[token.key] = WORK


def _add_awaited(rows: Rows, token: Token, spec: CatchSpec) -> None:
    event = spec.event if isinstance(spec, PartSpec) else next(iter(spec.node.events), Event("none"))
    if event.kind == "timer":
        rows.jobs[token.key] = frozenset({"timer"})
    elif event.kind in HEARD:
        _, name = token.marks.get("hears", (None, None))
        rows.subscriptions[token.key] = (event.kind, None if event.kind == "conditional" else name)
