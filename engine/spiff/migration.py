# SPDX-License-Identifier: EUPL-1.2
"""Tokens that go over to another version of their model. They keep their ids, so that all rows still know them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.plans import MigrationFinding, MigrationPlan
from engine.spiff.catching import HEARD, CatchSpec, PartSpec
from engine.spiff.gateways import EventGatewaySpec, JoinSpec, ParallelGatewaySpec
from engine.spiff.state import set_up
from engine.spiff.subprocesses import begin_scope
from engine.spiff.tokens import Token
from engine.spiff.workflow import CaseWorkflow


@dataclass
class Crossing:
    """One case on its way from one version to another."""

    plan: MigrationPlan
    old: CaseWorkflow
    #: Tokens of events that the new version does not know: they watch no more.
    withdrawn: list[Token] = field(default_factory=list)

    # -- what stands against it ---------------------------------------------------------------------------------

    def findings(self) -> list[MigrationFinding]:
        """Why the case, as it stands, cannot go over."""
        found: list[MigrationFinding] = []
        for token in self.old.tokens:
            found += self._against(token)
        found += self._against_undoing(self.old.root, self.old.root.marks)
        return found

    def _against(self, token: Token) -> Iterator[MigrationFinding]:
        element = token.task_spec.element_id
        if token.state == TaskState.READY:
            yield self._finding("under_way", token, "The case is moving at this moment; try again shortly.")
        elif element and element not in self.plan.targets and not token.is_armed:
            yield self._finding("unmapped", token, "A token stands there, and nothing is planned for it.")
        elif isinstance(token.task_spec, EventGatewaySpec) and not self._watches_on(token):
            yield self._finding("no_event", token, "None of the events that it waits for is left in the new version.")
        elif isinstance(token.task_spec, JoinSpec) and self._flow(token) == "":
            yield self._finding("flow", token, "The flow by which a token has come has no counterpart.")
        yield from self._against_undoing(token, token.marks)

    def _watches_on(self, gateway: Token) -> bool:
        kept = any(self._stays(child) for child in self.old.children(gateway))
        target = self.plan.targets[gateway.task_spec.element_id]
        fresh = self.fresh
        return kept or any(flow.target in fresh for flow in self.plan.target.process.outgoing[target])

    def _against_undoing(self, token: Token, marks: Mapping[str, Any]) -> Iterator[MigrationFinding]:
        for record in _records(marks):
            if self._counterpart(record) is None:
                reason = f"{record['element']} has been done, and the new version does not know how to undo it."
                yield self._finding("undo", token, reason)

    def _finding(self, problem: str, token: Token, reason: str) -> MigrationFinding:
        element = token.task_spec.element_id
        return MigrationFinding(problem, element, self.plan.targets.get(element, ""), reason, token.key)

    # -- going over ---------------------------------------------------------------------------------------------

    def taken(self) -> CaseWorkflow:
        """The same tokens and variables on the specs of the new version."""
        old = self.old
        stored = {
            "tokens": list(self._tokens(old.root)),
            "variables": old.variables,
            "root": self._marks(old.root),
            "steps": old.steps,
        }
        return set_up(self.plan.target.spec, stored)

    def _tokens(self, above: Token) -> Iterator[list[Any]]:
        for token in self.old.children(above):
            if not self._stays(token):
                self.withdrawn += [*self.old.below(token), token]
                continue
            parent = None if above is self.old.root else above.key
            yield [token.key, self._spec_name(token), TaskState.get_name(token.state), parent, self._marks(token)]
            yield from self._tokens(token)

    def _spec_name(self, token: Token) -> str:
        name: str = token.task_spec.name
        element, sign, rest = name.partition("#")
        return f"{self.plan.targets.get(element, element)}{sign}{rest}"

    def _stays(self, token: Token) -> bool:
        """Whether an armed event watches on; all other tokens do stay."""
        if not token.is_armed:
            return True
        target = self.plan.targets.get(token.task_spec.element_id)
        parent: Token = token.parent
        if target is None or not isinstance(parent.task_spec, EventGatewaySpec):
            return target is not None
        gateway = self.plan.targets.get(parent.task_spec.element_id, "")
        return any(flow.target == target for flow in self.plan.target.process.outgoing.get(gateway, ()))

    def _marks(self, token: Token) -> dict[str, Any]:
        targets, marks = self.plan.targets, dict(token.marks)
        if "flow" in marks:
            marks["flow"] = self._flow(token) or marks["flow"]
        for name in ("undo", "records"):
            if name in marks:
                marks[name] = [self._counterpart(record) for record in marks[name]]
        if "within" in marks:
            marks["within"] = [[targets.get(name, name), *about] for name, *about in marks["within"]]
        if "event" in marks:
            marks["event"] = targets[marks["event"]]
        if "rest" in marks:
            marks["rest"] = [targets[name] for name in marks["rest"] if name in targets]
        if "rounds" in marks:
            marks["rounds"] = self._rounds(marks["rounds"])
        return marks

    def _rounds(self, rounds: Mapping[str, list[str]]) -> dict[str, list[str]]:
        """Flows along which late tokens are swallowed at complex gateways."""
        found = {}
        for gateway, flows in rounds.items():
            target = self.plan.targets.get(gateway)
            incoming = {flow.id for flow in self.plan.target.process.incoming.get(target or "", ())}
            left = [flow for flow in flows if flow in incoming]
            if target and left:
                found[target] = left
        return found

    def _flow(self, token: Token) -> str | None:
        """The flow of the new version by which a token has come to a join; empty when there is none.

        The same one, or one from the same place, or one from a place that is new: flows that are gone and flows that
        are new belong together in the order of the model.
        """
        came_by: str | None = token.marks.get("flow")
        if not isinstance(token.task_spec, JoinSpec) or came_by is None:
            return came_by
        targets, old = self.plan.targets, self.plan.source.process
        element = token.task_spec.element_id
        incoming = self.plan.target.process.incoming.get(targets.get(element, ""), ())
        known = {flow.id for flow in incoming}
        if came_by in known:
            return came_by
        before = [targets.get(flow.source) for flow in old.incoming[element] if flow.id not in known]
        same = [flow.id for flow in incoming if flow.source == targets.get(old.flows[came_by].source)]
        if same:
            return same[0]
        gone = [flow.id for flow in old.incoming[element] if flow.id not in known]
        new = [flow.id for flow in incoming if flow.id not in old.flows and flow.source not in before]
        return dict(zip(gone, new, strict=False)).get(came_by, "")

    def _counterpart(self, record: Mapping[str, Any]) -> dict[str, Any] | None:
        """How the new version undoes what this record says has been done; None when it cannot."""
        targets, process = self.plan.targets, self.plan.target.process
        element = targets.get(record["element"])
        if element is None:
            return None
        found = {**record, "element": element}
        if "handler" in record:
            borders = process.boundaries.get(element, ())
            found["handler"] = next((border.compensated_by for border in borders if border.compensated_by), None)
        if "event" in record:
            found["event"] = targets.get(record["event"])
        if "undo" in record:
            found["undo"] = [self._counterpart(inner) for inner in record["undo"]]
        is_whole = all(found.get(name, "") is not None for name in ("handler", "event"))
        return found if is_whole and None not in found.get("undo", ()) else None

    # -- what is new --------------------------------------------------------------------------------------------

    @property
    def fresh(self) -> set[str]:
        """Elements of the new version that nothing of the old one becomes."""
        return set(self.plan.target.process.nodes) - set(self.plan.targets.values())

    def settle(self, new: CaseWorkflow) -> None:
        """Within the batch: withdraw what watches no more, arm what is new, set anew what shall wait anew."""
        for token in self.withdrawn:
            new.changes.close_job(token.key)
            new.changes.close_subscription(token.key)
        anew = {self.plan.targets[element] for element in self.plan.updated}
        for token in new.tokens:
            if token.task_spec.element_id in anew and not token.is_gone and _listens(token):
                token.task_spec.withdraw(token)
                token.task_spec.listen(token)
        fresh = self.fresh
        for token in [new.root, *new.tokens]:
            if not token.is_gone and (token is new.root or "entered" in token.marks):
                self._begin_data(token)
                self._arm(token, fresh)
        _look_at_joins(new)

    def _begin_data(self, token: Token) -> None:
        """Let data objects exist that are new in a scope that goes on."""
        spec = token.task_spec
        if not spec.is_scope or token.workflow.root is not token and spec.node is None:
            return
        is_root = token is token.workflow.root
        scope = "" if is_root else spec.element_id
        before = "" if is_root else next(old for old, new in self.plan.targets.items() if new == scope)
        known = self.plan.source.process.data_objects.get(before, ())
        if set(self.plan.target.process.data_objects.get(scope, ())) - set(known):
            begin_scope(token, self.plan.target.process, scope)

    def _arm(self, token: Token, fresh: set[str]) -> None:
        workflow: CaseWorkflow = token.workflow
        spec = token.task_spec
        names = [border.id for border in getattr(spec, "watching", ())]
        if not token.marks.get("interrupted"):
            names += [start.id for start in spec.event_starts if any(event.kind in HEARD for event in start.events)]
        for name in names:
            if name in fresh and not token.is_gone:
                workflow.place(name, token, armed=True)
        if isinstance(spec, EventGatewaySpec):
            for flow in spec.outgoing:
                if flow.target in fresh and not token.is_gone:
                    workflow.place(flow.target, token, flow, armed=True)


def _records(marks: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [*marks.get("undo", ()), *marks.get("records", ())]


def _listens(token: Token) -> bool:
    """Whether it waits for its event now: it is armed, or has begun to wait; and is not one part of several."""
    if not isinstance(token.task_spec, CatchSpec) or isinstance(token.task_spec, PartSpec):
        return False
    return token.is_armed or "entered" in token.marks


def _look_at_joins(workflow: CaseWorkflow) -> None:
    """A join that waited for what is no longer drawn may be complete now."""
    for waiting in list(workflow.at_joins.values()):
        token = waiting[-1]
        spec = token.task_spec
        if isinstance(spec, ParallelGatewaySpec):
            spec.no_longer_waiting(token)
            if spec.arrive(token):
                workflow.run_again(token)
