# SPDX-License-Identifier: EUPL-1.2
"""Gateways: where tokens part, meet and race."""

from collections.abc import Iterable, Mapping
from functools import cached_property

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import Flow
from engine.scripting import holds
from engine.spiff.specs import NodeSpec, NoFlowMatches
from engine.spiff.tokens import Token
from engine.spiff.workflow import CaseWorkflow


class ExclusiveGatewaySpec(NodeSpec):
    """Takes the first flow whose condition is true, else the default."""

    def flows(self, token: Token) -> list[Flow]:
        """Exactly one flow, or none where the gateway only merges into nothing."""
        if len(self.outgoing) <= 1 and not any(flow.condition for flow in self.outgoing):
            return list(self.outgoing)
        workflow: CaseWorkflow = token.workflow
        scope, clock = workflow.scope(token), workflow.world.clock
        for flow in self.outgoing:
            if flow.condition and flow.id != self.node.default_flow and holds(flow.condition, scope, clock):
                return [flow]
        for flow in self.outgoing:
            if flow.id == self.node.default_flow:
                return [flow]
        raise NoFlowMatches


class JoinSpec(NodeSpec):
    """A gateway at which tokens wait for others of the same scope."""

    def _update_hook(self, my_task: Token) -> bool:
        # A token that waits for a commit does so before it waits for the others.
        is_held = self.async_before and "arrived" not in my_task.marks
        return is_held or super()._update_hook(my_task)

    def go_on(self, token: Token) -> None:
        """After the commit before the gateway, wait for the others."""
        if token.marks.get("phase") != "before":
            super().go_on(token)
            return
        token.workflow.changes.close_job(token.key)
        token.unmark("phase")
        token.mark(arrived=True)
        if self.arrive(token):
            token.workflow.run_again(token)

    def waiting_with(self, token: Token) -> list[Token]:
        """The tokens that wait here in the same scope."""
        waiting: list[Token] = token.workflow.at_joins.setdefault((self.name, token.parent.id), [])
        return waiting

    def wait(self, token: Token) -> None:
        """Let the token wait at the join."""
        if "entered" not in token.marks:
            token.mark(entered=True)
            token.workflow.remember("entered", token)
        token._set_state(TaskState.WAITING)
        self.waiting_with(token).append(token)

    def take_in(self, tokens: Iterable[Token]) -> None:
        """Merge tokens into the one that goes on."""
        for token in list(tokens):
            self.note_done(token)
            self.no_longer_waiting(token)
            token.workflow.forget(token)

    def no_longer_waiting(self, token: Token) -> None:
        """Take a token off the list of those that wait."""
        waiting = self.waiting_with(token)
        if token in waiting:
            waiting.remove(token)
        if not waiting:
            token.workflow.at_joins.pop((self.name, token.parent.id), None)

    def withdraw(self, token: Token) -> None:
        """A cancelled token waits no more."""
        self.no_longer_waiting(token)

    def released(self, waiting: list[Token]) -> bool:
        """Nothing moves any more: whether the join can go on now; puts its token into the queue then."""
        return False

    def reload(self, token: Token) -> None:
        """A stored token waits here again."""
        self.waiting_with(token).append(token)

    def free_flow(self, scope: Token) -> Flow | None:
        """For a token that an operator puts here: the first incoming flow that still lacks one."""
        there = {token.marks.get("flow") for token in scope.workflow.at_joins.get((self.name, scope.id), ())}
        return next((flow for flow in self.incoming if flow.id not in there), next(iter(self.incoming), None))

    @cached_property
    def reach(self) -> Mapping[str, frozenset[str]]:
        """For each node, by which incoming flows of this gateway a token there may arrive without passing it."""
        return {node: frozenset(flows) for node, flows in self._reached().items()}

    def _reached(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for flow in self.incoming:
            pending = [flow.source]
            while pending:
                node = pending.pop()
                if node == self.node.id or flow.id in found.get(node, ()):
                    continue
                found.setdefault(node, set()).add(flow.id)
                pending += [before.source for before in self.process.incoming[node]]
                host = self.process.nodes[node].attached_to
                if host:
                    pending.append(host)
                pending += self._throwers(node)
        return found

    def _throwers(self, node_id: str) -> list[str]:
        node = self.process.nodes[node_id]
        if node.type != "intermediateCatchEvent" or node.event != "link":
            return []
        return [
            other.id
            for other in self.process.members[node.parent]
            if other.type == "intermediateThrowEvent" and other.event == "link" and other.events == node.events
        ]

    def may_still_come(self, token: Token, empty: set[str], full: set[str]) -> bool:
        """Whether another token of the scope may reach an empty flow, and none that is full (BPMN 2.0.2 § 13.4.3)."""
        workflow: CaseWorkflow = token.workflow
        for other in workflow.children(token.parent):
            if other.is_armed or other.task_spec.node is None:
                continue
            reachable = self.coming_from(other)
            if reachable & empty and not reachable & full:
                return True
        return False

    def coming_from(self, token: Token) -> frozenset[str]:
        """By which incoming flows a token may still arrive."""
        if token.task_spec is self:
            return frozenset([token.marks.get("flow", "")] if token.marks.get("phase") == "before" else ())
        return self.reach.get(token.task_spec.node.id, frozenset())


class ParallelGatewaySpec(JoinSpec):
    """Waits until a token has come along every incoming flow, merges them, and goes on along all outgoing ones."""

    def arrive(self, token: Token) -> bool:
        """Whether this token completes the set; the others are taken in."""
        if len(self.incoming) < 2:
            return True
        arrived = {token.marks.get("flow"): token}
        for other in self.waiting_with(token):
            arrived.setdefault(other.marks.get("flow"), other)
        if any(flow.id not in arrived for flow in self.incoming):
            self.wait(token)
            return False
        self.take_in(other for other in arrived.values() if other is not token)
        return True

    def flows(self, token: Token) -> list[Flow]:
        """All of them."""
        return list(self.outgoing)


class InclusiveGatewaySpec(JoinSpec):
    """Goes on along all flows whose condition is true, and waits for all that may still come."""

    def arrive(self, token: Token) -> bool:
        """A join decides when nothing else moves, or when all flows are full."""
        if len(self.incoming) < 2:
            return True
        here = {token.marks.get("flow"): token}
        for other in self.waiting_with(token):
            here.setdefault(other.marks.get("flow"), other)
        if len(here) == len(self.incoming):
            self.take_in(other for other in here.values() if other is not token)
            return True
        self.wait(token)
        return False

    def released(self, waiting: list[Token]) -> bool:
        """Nothing that may still come: one token of each flow goes on as one."""
        here: dict[str, Token] = {}
        for token in waiting:
            here.setdefault(token.marks.get("flow", ""), token)
        full = set(here)
        empty = {flow.id for flow in self.incoming} - full
        first, *others = here.values()
        if self.may_still_come(first, empty, full):
            return False
        self.take_in(others)
        self.no_longer_waiting(first)
        first.workflow.run_again(first)
        return True

    def flows(self, token: Token) -> list[Flow]:
        """Every one whose condition is true, else the default."""
        workflow: CaseWorkflow = token.workflow
        scope, clock = workflow.scope(token), workflow.world.clock
        chosen = [
            flow
            for flow in self.outgoing
            if flow.id != self.node.default_flow and (flow.condition is None or holds(flow.condition, scope, clock))
        ]
        chosen = chosen or [flow for flow in self.outgoing if flow.id == self.node.default_flow]
        if self.outgoing and not chosen:
            raise NoFlowMatches
        return chosen


class ComplexGatewaySpec(InclusiveGatewaySpec):
    """Goes on as soon as its activation condition is true; what comes late in the same round is swallowed."""

    def arrive(self, token: Token) -> bool:
        """Ask the condition with the number of tokens that are there."""
        if len(self.incoming) < 2:
            return True
        late = self._late(token)
        if late is not None:
            self._swallow(token, late)
            return False
        waiting = self.waiting_with(token)
        here = {other.marks.get("flow") for other in waiting} | {token.marks.get("flow")}
        if not self._is_active(token, len(waiting) + 1):
            self.wait(token)
            return False
        missing = [flow.id for flow in self.incoming if flow.id not in here]
        self.take_in(waiting)
        if missing:
            self._set_round(token.parent, missing)
        return True

    def _is_active(self, token: Token, number: int) -> bool:
        workflow: CaseWorkflow = token.workflow
        if not self.node.activation:
            return number >= len(self.incoming)
        scope = workflow.scope(token, {"activationCount": number})
        return holds(self.node.activation, scope, workflow.world.clock)

    def _late(self, token: Token) -> list[str] | None:
        """The flows still to be swallowed, if this token comes along one of them."""
        missing: list[str] | None = token.parent.marks.get("rounds", {}).get(self.name)
        return missing if missing and token.marks.get("flow") in missing else None

    def _swallow(self, token: Token, missing: list[str]) -> None:
        self._set_round(token.parent, [flow for flow in missing if flow != token.marks.get("flow")])
        token.workflow.remember("completed", token)
        token._set_state(TaskState.COMPLETED)
        token.workflow.leave(token)

    def end_round(self, scope: Token) -> None:
        """Flows along which nobody can come any more are no longer waited for."""
        missing = set(scope.marks["rounds"][self.name])
        coming: set[str] = set()
        for other in scope.workflow.children(scope):
            if not other.is_armed and other.task_spec.node is not None:
                coming |= self.coming_from(other)
        if missing - coming:
            self._set_round(scope, sorted(missing & coming))

    def _set_round(self, scope: Token, missing: list[str]) -> None:
        rounds = {name: flows for name, flows in scope.marks.get("rounds", {}).items() if name != self.name}
        if missing:
            rounds[self.name] = missing
        scope.mark(rounds=rounds)
        if rounds:
            scope.workflow.rounds[scope.id] = scope
        else:
            scope.workflow.rounds.pop(scope.id, None)

    def released(self, waiting: list[Token]) -> bool:
        """When nobody can come any more and the condition is still false, the tokens wait on."""
        return False


class EventGatewaySpec(NodeSpec):
    """Opens all its events; the first that happens withdraws the others. A parallel one awaits them all."""

    def work(self, token: Token) -> bool | None:
        """Watch for each event behind the gateway."""
        if self.node.all_events:
            return True
        for flow in self.outgoing:
            if not token.is_gone:
                token.workflow.place(flow.target, token, flow, armed=True)
        return None

    def decided(self, token: Token, fired: Token) -> None:
        """One has happened; its token stands on the event already."""
        self.wind_up(token, {})
        if not token.is_gone:
            token.complete()

    def flows(self, token: Token) -> list[Flow]:
        """Where each event is awaited on its own; otherwise the token stands on the event already."""
        return list(self.outgoing) if self.node.all_events else []
