# SPDX-License-Identifier: EUPL-1.2
"""Activities with an inside: subprocesses of all kinds, and calls of other processes."""

from collections.abc import Mapping
from typing import Any

from engine.bpmn.model import Called, Node, Process
from engine.errors import AmtsflussError
from engine.expressions import text_of, text_or_none, value_of
from engine.scripting import holds
from engine.spiff.host import CallEnded
from engine.spiff.propagation import throw_error
from engine.spiff.specs import NodeSpec
from engine.spiff.throwing import handed_over
from engine.spiff.tokens import Token
from engine.spiff.workflow import CaseWorkflow


class ScopeSpec(NodeSpec):
    """Whatever tokens can stand in; it is done when none is left that is not only armed."""

    is_scope = True

    def __init__(self, wf_spec: Any, node: Node, process: Process, name: str = "") -> None:
        super().__init__(wf_spec, node, process, name)
        self.event_starts = event_starts(process, node.id)
        self.speaks_for_its_scope = node.is_event_subprocess

    def prepare(self, token: Token) -> None:
        """Variables of its own, and its data objects."""
        begin_scope(token, self.process, self.node.id)
        self.open_scope(token)

    def work(self, token: Token) -> bool | None:
        """Put tokens on the starts, and set up the event subprocesses."""
        workflow: CaseWorkflow = token.workflow
        arm_event_subprocesses(token, self.event_starts)
        if token.is_gone:
            return None
        for name, marks in self.beginnings(token):
            workflow.place(name, token, **marks)
        return None if token.live else True

    def beginnings(self, token: Token) -> list[tuple[str, dict[str, Any]]]:
        """Where tokens are put, with their marks."""
        if "begins" in token.marks:
            start, seen = token.marks["begins"]
            token.unmark("begins")
            return [(start, {"seen": seen})]
        if token.marks.get("inside"):
            return []  # a modification puts tokens where it wants them
        return [(node.id, {}) for node in self.process.plain_starts(self.node.id)]

    def child_left(self, token: Token, child: Token) -> None:
        """The last one to go ends the scope."""
        if token.live == 0 and not token.is_gone:
            self.resume(token, {})

    def keep_undo(self, token: Token) -> None:
        """What was done inside can be undone as a whole, unless the subprocess has a handler of its own."""
        if any(event.compensated_by for event in self.boundaries):
            super().keep_undo(token)
            return
        undone = token.marks.get("undo", [])
        record = {"element": self.node.id, "undo": undone, "local": token.marks.get("local", {}), "inside": token.key}
        event = next((node.id for node in self.event_starts if node.events[0].kind == "compensation"), None)
        if event is not None:
            self.add_undo(token, {**record, "event": event})
        elif undone:
            self.add_undo(token, record)


class NothingToBegin(AmtsflussError):
    """What an ad-hoc subprocess should begin with does not stand at the beginning of anything in it."""


class AdHocSpec(ScopeSpec):
    """A subprocess whose activities have no order but their number: all at once, or one after the other."""

    def beginnings(self, token: Token) -> list[tuple[str, dict[str, Any]]]:
        """All that no flow leads to; in sequence only the first."""
        if token.marks.get("inside"):
            return super().beginnings(token)
        names = self._first(token)
        if self.node.ordered:
            token.mark(rest=names[1:])
            names = names[:1]
        return [(name, {}) for name in names]

    def _first(self, token: Token) -> list[str]:
        """What begins: all that no flow leads to, or of that what the model lists."""
        names = [node.id for node in self.process.starts(self.node.id)]
        written = self.node.properties.get("activeTasksCollection")
        if written is None:
            return names
        workflow: CaseWorkflow = token.workflow
        value = value_of(written, workflow.scope(token), workflow.world.clock)
        listed = value if isinstance(value, list) else str(value or "").split(",")
        wanted = [str(name).strip() for name in listed if str(name).strip()]
        if missing := set(wanted) - set(names):
            raise NothingToBegin(f"{self.node.label} cannot begin with {', '.join(sorted(missing))}.")
        return [name for name in names if name in wanted]

    def child_left(self, token: Token, child: Token) -> None:
        """Ask whether it is enough; else take the next."""
        if token.is_gone:
            return
        if not token.marks.get("interrupted"):
            self._go_on(token, child)
        if token.live == 0 and not token.is_gone:
            self.resume(token, {})

    def _go_on(self, token: Token, child: Token) -> None:
        workflow: CaseWorkflow = token.workflow
        enough = token.marks.get("enough") or self._is_enough(token, child)
        if enough and self.node.cancel_remaining:
            for other in workflow.children(token):
                if not other.is_armed:
                    workflow.cancel(other)
        elif enough:
            token.mark(enough=True, rest=[])
        elif token.marks.get("rest") and not self._is_at_work(token):
            following, *rest = token.marks["rest"]
            token.mark(rest=rest)
            workflow.place(following, token)

    def _is_at_work(self, token: Token) -> bool:
        """Whether one of its activities is being done; an event subprocess is none of them."""
        children = token.workflow.children(token)
        return any(not child.is_armed and not child.task_spec.speaks_for_its_scope for child in children)

    def _is_enough(self, token: Token, child: Token) -> bool:
        """Asked behind each token, with what the condition may want to know of the activities."""
        workflow: CaseWorkflow = token.workflow
        condition = self.node.completion
        if condition is None:
            return False
        if child.task_spec.node is not None and child.task_spec.node.is_activity:
            token.mark(done=token.marks.get("done", 0) + 1)
        counts = {
            "nrOfCompletedAdHocActivities": token.marks.get("done", 0),
            "nrOfActiveAdHocActivities": token.live,
            "adHocLastCompletedActivityId": child.task_spec.element_id,
        }
        return holds(condition, workflow.scope(token, counts), workflow.world.clock)


class CallSpec(NodeSpec):
    """Begins a case of another process and waits for its end."""

    def work(self, token: Token) -> bool | None:
        """Hand variables over and begin."""
        workflow: CaseWorkflow = token.workflow
        scope, clock = workflow.scope(token), workflow.world.clock
        called = self._called()
        element = text_of(value_of(called.element, scope, clock), called.element)
        business = next((one.business_key for one in called.ins if one.business_key), None)
        key = text_or_none(business, scope, clock)
        variables = handed_over(workflow, token, called.ins)
        case_id, ended = workflow.world.call(token.key, called, element, key, variables)
        workflow.remember("case_called", token, case_id=case_id, process=element)
        if token.is_gone or ended is None:
            return None
        return self._take(token, ended)

    def _called(self) -> Called:
        assert self.node.called is not None, "The linter refuses a call activity without a called element."
        return self.node.called

    def _take(self, token: Token, ended: CallEnded) -> bool | None:
        """The called case is over: take its variables, and its error if it has one."""
        token.unmark("called")
        self.hand_back(token, ended.variables)
        if ended.error is not None:
            throw_error(token, ended.error)
            return None
        return True

    def hand_back(self, token: Token, variables: Mapping[str, Any]) -> None:
        """Take over what the called case has: at its end, and with each error or escalation that comes out of it."""
        workflow: CaseWorkflow = token.workflow
        outs = self._called().outs
        own = [one for one in outs if one.local]
        others = [one for one in outs if not one.local]
        workflow.write_local(token, handed_over(workflow, workflow.root, own, variables))
        self.write_around(token, handed_over(workflow, workflow.root, others, variables))

    def returned(self, token: Token, ended: CallEnded) -> None:
        """The called case has ended later."""
        if self._take(token, ended):
            self.resume(token, {})

    def withdraw(self, token: Token) -> None:
        """The called case has nobody to return to."""
        called = token.marks.get("called")
        if called:
            token.unmark("called")
            token.workflow.world.cancel_called(called)


def event_starts(process: Process, scope: str) -> tuple[Node, ...]:
    """The start events of a scope's event subprocesses."""
    return tuple(process.starts(node.id)[0] for node in process.event_subprocesses.get(scope, ()))


def begin_scope(token: Token, process: Process, scope: str) -> None:
    """Let the data objects of a scope exist, empty."""
    workflow: CaseWorkflow = token.workflow
    names = process.data_objects.get(scope, ())
    there: Mapping[str, Any] = workflow.variables if token is workflow.root else token.marks.get("local", {})
    fresh = {name: None for name in names if name not in there}
    if fresh:
        workflow.write_local(token, fresh)


def arm_event_subprocesses(token: Token, starts: tuple[Node, ...]) -> None:
    """Set up the events that start event subprocesses of this scope."""
    workflow: CaseWorkflow = token.workflow
    for node in starts:
        heard = any(event.kind in ("message", "signal", "timer", "conditional") for event in node.events)
        if heard and not token.is_gone and not token.marks.get("interrupted"):
            workflow.place(node.id, token, armed=True)
