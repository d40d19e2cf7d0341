# SPDX-License-Identifier: EUPL-1.2
"""Activities that are done several times: for each member of a collection, a number of times, or as long as it takes.

The body is one token with the counters; below it stands a token for each item that is being done. Items have the spec
of the activity itself, under the name `ITEM`.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.bpmn.model import Loop, Node, Process
from engine.errors import AmtsflussError
from engine.expressions import value_of
from engine.feel.errors import FeelError
from engine.scripting import holds
from engine.spiff.specs import NodeSpec
from engine.spiff.tokens import Token
from engine.spiff.workflow import CaseWorkflow

#: The name of the spec of one item; XML ids hold no such sign.
ITEM = "{id}#item"


class NothingToRepeat(AmtsflussError):
    """What the activity should be repeated for is no list and no number."""


class LoopSpec(NodeSpec):
    """The body around the items of a repeated activity."""

    keeps_undo = True

    def __init__(self, wf_spec: Any, node: Node, process: Process) -> None:
        super().__init__(wf_spec, node, process)
        assert node.loop is not None
        self.loop: Loop = node.loop
        self.item = ITEM.format(id=node.id)

    def prepare(self, token: Token) -> None:
        """Mappings belong to the items."""

    def close_scope(self, token: Token, seen: Any) -> None:
        """Mappings belong to the items."""

    def run_listeners(self, token: Token, event: str) -> None:
        """Listeners belong to the items."""

    def keep_undo(self, token: Token) -> None:
        """Each item has left its own record here; now that the whole is done, they can be undone."""
        for record in token.marks.get("undo", ()):
            self.add_undo(token, {**record, "whole": token.key})

    def note_done(self, token: Token) -> None:
        """Under a name of its own, for what people read in the history are the items."""
        token.workflow.remember("body_completed", token)

    def settle(self, token: Token) -> None:
        """Write it down under a name of its own, and set up the events at the border."""
        if "entered" not in token.marks:
            token.mark(entered=True)
            token.workflow.remember("body_entered", token)
            for boundary in self.watching:
                if not token.is_gone:
                    token.workflow.place(boundary.id, token, armed=True)

    def child_left(self, token: Token, child: Token) -> None:
        """An item is done."""
        if not token.is_gone and not child.is_armed:
            self.item_done(token, child)

    def item_done(self, token: Token, item: Token) -> None:
        """Count it, and see whether there is more to do."""

    def end(self, token: Token) -> None:
        """Whatever is left is no longer wanted."""
        workflow: CaseWorkflow = token.workflow
        for child in workflow.children(token):
            if not child.is_armed:
                workflow.cancel(child)
        self.resume(token, {})

    def count(self, token: Token, name: str) -> int:
        """One of the body's counters."""
        number: int = token.marks["local"][name]
        return number


class MultiInstanceSpec(LoopSpec):
    """For each member of a collection, or a number of times; all at once or one after the other."""

    def work(self, token: Token) -> bool | None:
        """Set the counters up and begin the items, unless an operator has begun the one that is wanted."""
        if token.marks.get("inside"):
            return None
        members = self.members(token)
        parallel = self.loop.kind == "parallel"
        workflow: CaseWorkflow = token.workflow
        counters = {
            "nrOfInstances": len(members),
            "nrOfActiveInstances": 0,
            "nrOfCompletedInstances": 0,
        }
        workflow.write_local(token, counters)
        if self.loop.output_collection:
            token.mark(collected=[None] * len(members))
        if not members:
            self._give_back(token)
            return True
        if not parallel:
            token.mark(members=members if self.loop.element else None)
        active = members if parallel else members[:1]
        workflow.write_local(token, {"nrOfActiveInstances": len(active)})
        for number, member in enumerate(active):
            self._begin(token, number, member)
        return None

    def members(self, token: Token) -> list[Any]:
        """For whom it is done, or as many Nones as it is done times."""
        workflow: CaseWorkflow = token.workflow
        scope, clock = workflow.scope(token), workflow.world.clock
        if self.loop.collection:
            value = value_of(self.loop.collection, scope, clock)
            if value == self.loop.collection:
                value = scope.get(self.loop.collection)
            if not isinstance(value, list):
                raise NothingToRepeat(f"{self.loop.collection} is no list.")
            return value
        written = self.loop.cardinality or ""
        try:
            number = Decimal(str(value_of(written, scope, clock)))
        except (ArithmeticError, FeelError):
            raise NothingToRepeat(f"{written} is no number.") from None
        if number != number.to_integral_value() or number < 0:
            raise NothingToRepeat(f"{written} is no number of times.")
        return [None] * int(number)

    def _begin(self, token: Token, number: int, member: Any) -> None:
        local: dict[str, Any] = {"loopCounter": number}
        if self.loop.output_element:
            # Each item fills its own, whatever the others do at the same time.
            local[self.loop.output_element] = None
        if self.loop.element and self.loop.collection:
            local[self.loop.element] = member
        token.workflow.note_own(token.workflow.place(self.item, token, local=local))

    def begin_one_round(self, around: Token, local: Mapping[str, Any], **marks: Any) -> Token:
        """Begin the whole with one item, and give that back; it belongs to no member of the collection."""
        counters = {"nrOfInstances": 0, "nrOfActiveInstances": 0, "nrOfCompletedInstances": 0}
        # It begins now, whatever waits for a commit elsewhere.
        body = around.workflow.place(self.node.id, around, inside=True, phase="before", collected=[], local=counters)
        return self.add_item(body, local, **marks)

    def add_item(self, token: Token, local: Mapping[str, Any], **marks: Any) -> Token:
        """Begin one more item beside the others, with these variables of its own."""
        number = self.count(token, "nrOfInstances")
        active = self.count(token, "nrOfActiveInstances") + 1
        token.workflow.write_local(token, {"nrOfInstances": number + 1, "nrOfActiveInstances": active})
        if self.loop.output_collection:
            token.mark(collected=[*token.marks["collected"], None])
        element = {self.loop.element: None} if self.loop.element else {}
        output = {self.loop.output_element: None} if self.loop.output_element else {}
        own = {**output, **element, **local, "loopCounter": number}
        begun: Token = token.workflow.place(self.item, token, local=own, **marks)
        token.workflow.note_own(begun)
        return begun

    def item_withdrawn(self, token: Token) -> None:
        """One item is no longer wanted; the others go on."""
        token.workflow.write_local(token, {"nrOfActiveInstances": self.count(token, "nrOfActiveInstances") - 1})

    def item_done(self, token: Token, item: Token) -> None:
        """Count it; begin the next one in sequence; end when all are done or it is enough."""
        workflow: CaseWorkflow = token.workflow
        number: int = item.marks["local"]["loopCounter"]
        self._collect(token, item, number)
        done = self.count(token, "nrOfCompletedInstances") + 1
        active = self.count(token, "nrOfActiveInstances") - 1
        workflow.write_local(token, {"nrOfCompletedInstances": done, "nrOfActiveInstances": active})
        # Items that an operator has taken off are never completed, and nobody waits for them.
        all_done = active <= 0 if self.loop.kind == "parallel" else done >= self.count(token, "nrOfInstances")
        if self._is_enough(token, item) or all_done:
            self._give_back(token)
            self.end(token)
        elif self.loop.kind == "sequential":
            members = token.marks.get("members")
            workflow.write_local(token, {"nrOfActiveInstances": 1})
            self._begin(token, number + 1, members[number + 1] if members else None)

    def _is_enough(self, token: Token, item: Token) -> bool:
        workflow: CaseWorkflow = token.workflow
        condition = self.loop.condition
        own = item.marks.get("local", {})
        return condition is not None and holds(condition, workflow.scope(token, own), workflow.world.clock)

    def _collect(self, token: Token, item: Token, number: int) -> None:
        if self.loop.output_collection:
            scope = token.workflow.scope(token, item.marks.get("local", {}))
            value = scope.get(self.loop.output_element or "")
            collected = list(token.marks["collected"])
            collected[number] = value
            token.mark(collected=collected)

    def _give_back(self, token: Token) -> None:
        if self.loop.output_collection:
            token.workflow.write({self.loop.output_collection: token.marks.get("collected", [])}, token.parent)


class StandardLoopSpec(LoopSpec):
    """Again and again, while a condition holds."""

    def work(self, token: Token) -> bool | None:
        """Begin the first round, unless the condition is asked before and does not hold."""
        token.workflow.write_local(token, {"loopCounter": 0})
        if self.loop.test_before and not self._goes_on(token, 0):
            return True
        token.workflow.place(self.item, token)
        return None

    def item_done(self, token: Token, item: Token) -> None:
        """Another round, or the end."""
        done = self.count(token, "loopCounter") + 1
        token.workflow.write_local(token, {"loopCounter": done})
        if self._goes_on(token, done):
            token.workflow.place(self.item, token)
        else:
            self.end(token)

    def _goes_on(self, token: Token, done: int) -> bool:
        workflow: CaseWorkflow = token.workflow
        scope, clock = workflow.scope(token), workflow.world.clock
        if self.loop.maximum is not None and done >= int(value_of(self.loop.maximum, scope, clock)):
            return False
        return self.loop.condition is None or holds(self.loop.condition, scope, clock)
