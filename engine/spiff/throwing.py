# SPDX-License-Identifier: EUPL-1.2
"""Events that are thrown: ends of all kinds, and throwing events on the way."""

from collections.abc import Iterable, Mapping
from typing import Any

from engine.bpmn.model import Event, Passed
from engine.expressions import text_of, text_or_none, value_of
from engine.spiff.activities import ServiceSpec
from engine.spiff.changes import Outgoing
from engine.spiff.code import run_code
from engine.spiff.compensation import take_in_others, undo
from engine.spiff.host import Thrown
from engine.spiff.propagation import throw_error, throw_escalation, throw_signal
from engine.spiff.specs import scope_of
from engine.spiff.tokens import Token
from engine.spiff.workflow import CaseWorkflow
from engine.timetable import duration_of


class ThrowSpec(ServiceSpec):
    """Throws its events one after the other; waits for what it throws to be answered for."""

    def work(self, token: Token) -> bool | None:
        """Throw; True when nothing has to be waited for."""
        done: bool | None = True
        for event in self.node.events:
            done = self.throw_event(token, event) and done
            if token.is_gone:
                return None
        return done or None

    def throw_event(self, token: Token, event: Event) -> bool:
        """Throw one event; whether the token may go on at once."""
        if event.kind == "message":
            return self.send(token, event)
        if event.kind == "signal":
            self._signal(token, event)
        elif event.kind == "escalation":
            code = self._text(token, event.code)
            throw_escalation(token, Thrown("escalation", code, element_id=self.element_id))
        elif event.kind == "compensation":
            return undo(token, event)
        return True

    def send(self, token: Token, event: Event) -> bool:
        """Send a message: by an operation or external worker, by an expression, or to whoever waits for it here."""
        workflow: CaseWorkflow = token.workflow
        if event.topic is not None:
            return bool(self.perform(token, event.topic))
        if event.expression is not None:
            value = run_code(token, event.expression)
            if event.result_variable:
                workflow.write({event.result_variable: value}, token)
            return True
        if event.name is None:
            return True
        scope, clock = workflow.scope(token), workflow.world.clock
        key = self.node.properties.get("correlationKey")
        business = self.node.properties.get("businessKey")
        keep = self.node.properties.get("keepFor")
        payload = {**self._passed(token, event.payload), **token.marks.get("local", {})}
        workflow.changes.outgoing.append(
            Outgoing(
                "message",
                self.node,
                text_of(value_of(event.name, scope, clock), event.name),
                payload,
                correlation_key=text_of(value_of(key, scope, clock), key) if key else None,
                business_key=text_or_none(business, scope, clock),
                keep_for=duration_of(keep) if keep else None,
            )
        )
        workflow.remember("message_sent", token, name=event.name)
        return True

    def _signal(self, token: Token, event: Event) -> None:
        workflow: CaseWorkflow = token.workflow
        scope, clock = workflow.scope(token), workflow.world.clock
        name = text_of(value_of(event.name or "", scope, clock), event.name or "")
        payload = self._passed(token, event.payload)
        business = next((one.business_key for one in event.payload if one.business_key), None)
        key = text_or_none(business, scope, clock)
        workflow.changes.outgoing.append(Outgoing("signal", self.node, name, payload, business_key=key))
        throw_signal(workflow, name, payload)
        workflow.world.tell_callers(name, payload)

    def _passed(self, token: Token, passed: Iterable[Passed]) -> dict[str, Any]:
        workflow: CaseWorkflow = token.workflow
        return handed_over(workflow, token, passed)

    def _text(self, token: Token, written: str | None) -> str | None:
        if not written:
            return None
        workflow: CaseWorkflow = token.workflow
        return text_of(value_of(written, workflow.scope(token), workflow.world.clock), written)

    def child_left(self, token: Token, child: Token) -> None:
        """What had to be undone is undone."""
        if token.live == 0 and not token.is_gone:
            self.resume(token, {})


class EndSpec(ThrowSpec):
    """Takes its token off, and throws what the model says."""

    def work(self, token: Token) -> bool | None:
        """Throw; remember how the case ended."""
        self.note_end(token)
        for event in self.node.events:
            if event.kind == "terminate":
                self._terminate(token)
            elif event.kind == "cancel":
                return self._cancel(token)
        return super().work(token)

    def note_end(self, token: Token) -> None:
        """Remember how the case ended, if it is the case that ends here."""
        workflow: CaseWorkflow = token.workflow
        if self._ends_all(scope_of(token), workflow.root):
            workflow.changes.ended_with = self.node.label

    def _ends_all(self, scope: Token, root: Token) -> bool:
        """Whether the case ends in this scope: the process itself, or an event subprocess that has interrupted it."""
        while scope is not root and scope.task_spec.speaks_for_its_scope and scope.parent.marks.get("interrupted"):
            scope = scope.parent
        return scope is root

    def throw_event(self, token: Token, event: Event) -> bool:
        """Errors leave by whoever catches them."""
        if event.kind != "error":
            return super().throw_event(token, event)
        code, message = self._text(token, event.code), self._text(token, event.message) or ""
        token.mark(throws=True)
        throw_error(token, Thrown("error", code, message, element_id=self.element_id))
        return True

    def _terminate(self, token: Token) -> None:
        workflow: CaseWorkflow = token.workflow
        scope = scope_of(token)
        for other in workflow.children(scope):
            keeps_watch = other.is_armed and other.task_spec.node.type == "boundaryEvent"
            if other is not token and not keeps_watch:
                workflow.cancel(other)

    def _cancel(self, token: Token) -> bool | None:
        """End of a transaction: everything in it stops, what is done is undone, then it leaves by its cancel event."""
        self._terminate(token)
        take_in_others(scope_of(token))
        token.mark(cancels=True, throws=True)
        return self._leave_transaction(token) if undo(token, Event("compensation")) else None

    def child_left(self, token: Token, child: Token) -> None:
        """All of the transaction is undone."""
        if token.live or token.is_gone:
            return
        if token.marks.get("cancels"):
            self._leave_transaction(token)
        else:
            self.resume(token, {})

    def _leave_transaction(self, token: Token) -> bool | None:
        workflow: CaseWorkflow = token.workflow
        host = scope_of(token)
        border = next((e for e in host.task_spec.boundaries if e.events and e.events[0].kind == "cancel"), None)
        if border is None and host.parent.task_spec.node is host.task_spec.node:
            # One item of a repeated transaction: the event stands at the whole.
            host = host.parent
            border = next((e for e in host.task_spec.boundaries if e.events and e.events[0].kind == "cancel"), None)
        if border is not None:
            workflow.place(border.id, host.parent, seen={})
            workflow.cancel(host)
        else:
            workflow.cancel(token)
            host.task_spec.child_left(host, token)
        return None

    def flows(self, token: Token) -> list[Any]:
        """Nothing follows an end."""
        return []


def handed_over(
    workflow: CaseWorkflow, token: Token, passed: Iterable[Passed], seen: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """What `camunda:in` or `camunda:out` elements hand over, by target."""
    # What a called case does not have must not be taken from the calling one.
    scope: Mapping[str, Any] = workflow.scope(token) if seen is None else seen
    clock = workflow.world.clock
    values: dict[str, Any] = {}
    for one in passed:
        if one.all:
            everything = token.marks.get("local", {}) if one.local and seen is None else scope
            values.update({name: value for name, value in everything.items() if name != "execution"})
        elif one.target:
            written = one.expression
            value = value_of(written, scope, clock) if written is not None else scope.get(one.source or "")
            values[one.target] = value
    return values
