# SPDX-License-Identifier: EUPL-1.2
"""Events that are waited for: in the flow, at the border of an activity, at the start of an event subprocess."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from engine.bpmn.model import Event, Node, Process
from engine.expressions import text_of, value_of
from engine.scripting import has_come_true
from engine.spiff.changes import NewSubscription
from engine.spiff.specs import NodeSpec
from engine.spiff.tokens import Token
from engine.spiff.workflow import CaseWorkflow
from engine.timetable import Due, first_due, following

#: Parts of an event that waits for several things; XML ids hold no such sign.
PART = "{id}#{number}"


class CatchSpec(NodeSpec):
    """Waits for its event, or for one or all of several."""

    def __init__(self, wf_spec: Any, node: Node, process: Process, name: str = "") -> None:
        super().__init__(wf_spec, node, process, name)
        self.parts: tuple[str, ...] = tuple(
            PART.format(id=node.id, number=number)
            for number, event in enumerate(node.events)
            if len(node.events) > 1 and event.kind in HEARD
        )

    def work(self, token: Token) -> bool | None:
        """Pass when the event has happened already (it was armed), else begin to wait."""
        if "seen" in token.marks:
            seen = token.marks["seen"]
            token.unmark("seen")
            self.receive(token, seen)
            self.close_scope(token, seen)
            return True
        if self.node.event in ("none", "link"):
            return True
        self.listen(token)
        return None if not token.is_gone else True

    def prepare(self, token: Token) -> None:
        """A start event has mappings of its process, not of its own."""
        if "seen" not in token.marks:
            self.open_scope(token)

    def close_scope(self, token: Token, seen: Mapping[str, Any]) -> None:
        """Once, with what was seen."""
        if not token.marks.get("mapped"):
            token.mark(mapped=True)
            super().close_scope(token, seen)

    def stand_by(self, token: Token) -> None:
        """Begin to watch."""
        self.listen(token)

    def listen(self, token: Token) -> None:
        """Subscribe, set the timer, or look at the condition; several events have a token each."""
        if self.parts:
            for part in self.parts:
                if not token.is_gone:
                    token.workflow.place(part, token, armed=True)
        elif self.node.events:
            self.listen_to(token, self.node.events[0])

    def listen_to(self, token: Token, event: Event) -> None:
        """Wait for one event."""
        workflow: CaseWorkflow = token.workflow
        scope, clock = workflow.scope(token), workflow.world.clock
        if event.kind == "timer" and event.timer is not None:
            self.set_timer(token, first_due(event.timer, scope, clock))
        elif event.kind in ("message", "signal"):
            name = text_of(value_of(event.name or "", scope, clock), event.name or "")
            key = None
            written = self.node.properties.get("correlationKey")
            if event.kind == "message" and written:
                key = text_of(value_of(written, scope, clock), written)
            token.mark(hears=[event.kind, name])
            workflow.changes.subscriptions[token.key] = NewSubscription(token.key, event.kind, self.node, name, key)
        elif event.kind == "conditional":
            workflow.await_condition(token)
            workflow.changes.subscriptions[token.key] = NewSubscription(token.key, "conditional", self.node, "")
            # Which changes count is asked later only: what is true already needs no change.
            if self.is_true(token, event):
                self.happen(token, {})

    def set_timer(self, token: Token, due: Due) -> None:
        """Leave the job that fires at that moment."""
        cycle = {"at": due.at, "rule": due.rule, "remaining": due.remaining} if due.rule else None
        token.mark(cycle=cycle)
        self.leave_job(token, "timer", due_at=due.at)

    def reload(self, token: Token) -> None:
        """A stored token waits again; rows know of everything else."""
        if "seen" not in token.marks and not self.parts and self._event_of(token).kind == "conditional":
            token.workflow.conditionals[token.id] = token

    # -- conditions ---------------------------------------------------------------------------------------------

    def look(self, token: Token, touched: Mapping[str, str]) -> None:
        """Variables have changed: happen if the condition asks for these and is true now."""
        event = self._event_of(token)
        if event.variable_name and event.variable_name not in touched:
            return
        changes = set(touched.values()) if not event.variable_name else {touched[event.variable_name]}
        if event.variable_events and not changes & set(event.variable_events):
            return
        if self.is_true(token, event):
            self.happen(token, {})

    def is_true(self, token: Token, event: Event) -> bool:
        """Whether a condition that is waited for is true at a token."""
        workflow: CaseWorkflow = token.workflow
        scope, clock = workflow.scope(token), workflow.world.clock
        return event.condition is not None and has_come_true(event.condition, scope, clock)

    def _event_of(self, token: Token) -> Event:
        return self.node.events[0] if self.node.events else Event("none")

    # -- what happens -------------------------------------------------------------------------------------------

    def happen(self, token: Token, seen: Mapping[str, Any]) -> None:
        """The event has happened."""
        if token.is_armed:
            self.fire(token, seen)
        else:
            self.resume(token, seen)

    def fire(self, token: Token, seen: Mapping[str, Any]) -> None:
        """An armed event behind an event-based gateway: the gateway's other events are withdrawn."""
        workflow: CaseWorkflow = token.workflow
        gateway: Token = token.parent
        fired = workflow.place(self.name, gateway.parent, seen=dict(seen))
        gateway.task_spec.decided(gateway, fired)

    def part_happened(self, token: Token, part: Token, seen: Mapping[str, Any]) -> None:
        """One of several events has happened."""
        workflow: CaseWorkflow = token.workflow
        workflow.cancel(part)
        if self.node.all_events and workflow.children(token):
            token.mark(gathered={**token.marks.get("gathered", {}), **seen})
            return
        self.happen(token, {**token.marks.get("gathered", {}), **seen})

    def receive(self, token: Token, seen: Mapping[str, Any]) -> None:
        """A message's payload goes to the variable that the model declares, and nowhere else; variables that the
        sender was allowed to set go where they belong."""
        name = self.node.properties.get("payloadTo")
        workflow: CaseWorkflow = token.workflow
        at = token if not token.is_armed else token.parent
        if name:
            workflow.write({name: dict(seen.get("payload", {}))}, at)
        if seen.get("variables"):
            workflow.write(seen["variables"], at)
        if seen.get("local"):
            workflow.write_local(at, seen["local"])

    def withdraw(self, token: Token) -> None:
        """Nothing is awaited any more."""
        workflow: CaseWorkflow = token.workflow
        for child in workflow.children(token):
            workflow.cancel(child)
        for event in self.node.events[:1] if not self.parts else ():
            if event.kind == "timer":
                workflow.changes.close_job(token.key)
            elif event.kind in HEARD:
                workflow.changes.close_subscription(token.key)
        workflow.conditionals.pop(token.id, None)


class PartSpec(CatchSpec):
    """One of several events that an event waits for."""

    def __init__(self, wf_spec: Any, node: Node, process: Process, number: int) -> None:
        self.event = node.events[number]
        super().__init__(wf_spec, node, process, PART.format(id=node.id, number=number))
        self.parts = ()

    def listen(self, token: Token) -> None:
        """Wait for this one."""
        self.listen_to(token, self.event)

    def happen(self, token: Token, seen: Mapping[str, Any]) -> None:
        """Tell the event that this is a part of."""
        whole: Token = token.parent
        whole.task_spec.part_happened(whole, token, seen)

    def _event_of(self, token: Token) -> Event:
        return self.event

    def withdraw(self, token: Token) -> None:
        """Nothing is awaited any more."""
        workflow: CaseWorkflow = token.workflow
        if self.event.kind == "timer":
            workflow.changes.close_job(token.key)
        else:
            workflow.changes.close_subscription(token.key)
        workflow.conditionals.pop(token.id, None)


class ArmedSpec(CatchSpec):
    """An event that happens while something else goes on, as often as the model lets it."""

    def fire(self, token: Token, seen: Mapping[str, Any]) -> None:
        """Let it happen; then watch on, or be done with."""
        workflow: CaseWorkflow = token.workflow
        host: Token = token.parent
        self.begin(host, seen)
        if self.node.interrupting:
            self.interrupt(host)
        elif not token.is_gone:
            self._watch_on(token)
        if not host.is_gone and host is not workflow.root:
            host.written = None

    def begin(self, host: Token, seen: Mapping[str, Any]) -> None:
        """Put a token on what follows the event."""

    def interrupt(self, host: Token) -> None:
        """End what was watched."""

    def _watch_on(self, token: Token) -> None:
        workflow: CaseWorkflow = token.workflow
        if self.parts:
            # Parts that have happened watch again; those that have not still do.
            there = {child.task_spec.name for child in workflow.children(token)}
            token.unmark("gathered")
            for part in self.parts:
                if part not in there:
                    workflow.place(part, token, armed=True)
            return
        event = self.node.events[0]
        if event.kind != "timer":
            return
        workflow.changes.close_job(token.key)
        cycle = token.marks.get("cycle")
        due = following(Due(cycle["at"], cycle["rule"], cycle["remaining"]), workflow.world.clock) if cycle else None
        if due is None:
            workflow.cancel(token)
        else:
            self.set_timer(token, due)


class BoundarySpec(ArmedSpec):
    """At the border of an activity: ends it, or goes beside it."""

    def begin(self, host: Token, seen: Mapping[str, Any]) -> None:
        """A token on the event itself, beside the activity."""
        host.workflow.place(self.name, host.parent, seen=dict(seen))

    def interrupt(self, host: Token) -> None:
        """The activity ends here."""
        host.workflow.cancel(host)


class EventStartSpec(ArmedSpec):
    """The start of an event subprocess: ends the scope around it, or goes beside what happens there."""

    def begin(self, host: Token, seen: Mapping[str, Any]) -> None:
        """Begin the event subprocess; whatever it interrupts goes first, so that its variables are final."""
        workflow: CaseWorkflow = host.workflow
        begun = workflow.place(self.node.parent, host, begins=[self.name, dict(seen)])
        if self.node.interrupting:
            self.take_over(host, begun)

    def take_over(self, host: Token, begun: Token) -> None:
        """End what happens in the scope, but not the event subprocess that has begun."""
        workflow: CaseWorkflow = host.workflow
        host.mark(interrupted=True)
        for child in workflow.children(host):
            is_border = child.is_armed and child.task_spec.node.type == "boundaryEvent"
            if child is not begun and not is_border:
                workflow.cancel(child)


HEARD = frozenset({"message", "signal", "timer", "conditional"})

#: How long a thrown message may wait for somebody who awaits it, at most.
LONGEST_KEEPING = timedelta(days=366)
