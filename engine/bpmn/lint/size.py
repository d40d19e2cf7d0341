# SPDX-License-Identifier: EUPL-1.2
"""Models that would flood a case with tokens before anybody has done anything, or would never come to rest."""

from collections import defaultdict
from collections.abc import Iterator

from engine.bpmn.lint.complaints import Complaint
from engine.bpmn.lint.literals import is_literal
from engine.bpmn.lint.paths import surely_reached
from engine.bpmn.lint.structure import connected
from engine.bpmn.model import Flow, Node, Process
from engine.feel import FeelError, evaluate, strip_marker

#: No case of a town stands at so many places at once.
MOST_TOKENS = 2_000
#: Counting stops here: the number is far too large anyway.
_PLENTY = 1_000_000
#: Here a token stands until something happens, or its work is not ours to count.
_WAITING = frozenset(
    {"userTask", "serviceTask", "sendTask", "receiveTask", "callActivity", "intermediateCatchEvent",
     "eventBasedGateway", "adHocSubProcess", "endEvent"}
)  # fmt: skip


def check_size(process: Process) -> Iterator[Complaint]:
    """Whether a case comes to rest, with a number of tokens that can be handled."""
    circle = surely_reached(process)[1]
    if circle is not None:
        reason = "The path leads round in a circle without ever waiting."
        yield Complaint(circle, reason, "Draw a condition, a timer or a task into it.")
        return
    count, where = _Count(process).most_tokens("")
    if count > MOST_TOKENS:
        reason = f"Before anybody has done anything, more than {MOST_TOKENS} tokens would stand here."
        cure = "Bring the branches together with a joining gateway, or repeat the activity one after the other."
        yield Complaint(where or process.id, reason, cure)


class _Count:
    """Counts tokens scope by scope, along the flows; of alternatives only one is followed, flows back are not."""

    def __init__(self, process: Process) -> None:
        self._process = process

    def most_tokens(self, scope: str) -> tuple[int, str]:
        """How many tokens stand in a scope when nothing goes on by itself, and where most of them do."""
        standing, most, where = 0, 0, scope
        waiting: dict[str, list[int]] = defaultdict(list)
        for start in self._process.plain_starts(scope):
            waiting[start.id].append(1)
        for node in self._in_order(scope):
            tokens = self._merged(node, waiting[node.id])
            inner, inner_where = self._inside(node)
            here = min(tokens * inner, _PLENTY)
            if here > most:
                most, where = here, inner_where
            if node.type in _WAITING:
                standing = min(standing + here, _PLENTY)
                continue
            for flow in self._followed(node):
                waiting[flow.target].append(tokens)
        return max(standing, most), where

    def _merged(self, node: Node, waiting: list[int]) -> int:
        if node.type == "parallelGateway" and len(waiting) < len(self._process.incoming[node.id]):
            return 0
        if node.type in ("parallelGateway", "inclusiveGateway", "complexGateway"):
            # Where tokens are brought together, as many go on as have come along the emptiest flow.
            return min(waiting, default=0)
        return min(sum(waiting), _PLENTY)

    def _inside(self, node: Node) -> tuple[int, str]:
        """How many tokens one token makes of itself within an activity."""
        inner, where = 1, node.id
        if node.is_subprocess:
            inner, where = self.most_tokens(node.id)
        if node.loop is not None and node.loop.kind == "parallel":
            times = _literal_number(node.loop.cardinality)
            inner = min(max(inner, 1) * times, _PLENTY)
        return max(inner, 1), where

    def _followed(self, node: Node) -> Iterator[Flow]:
        outgoing = [flow for flow in self._process.outgoing[node.id] if connected(self._process, flow)]
        if node.type in ("exclusiveGateway", "complexGateway", "inclusiveGateway"):
            yield from outgoing[:1]
        else:
            yield from (flow for flow in outgoing if flow.condition is None and flow.id != node.default_flow)

    def _in_order(self, scope: str) -> list[Node]:
        """The nodes of a scope so that each comes after those that lead to it, but for flows that lead back."""
        done: dict[str, None] = {}
        seen: set[str] = set()
        for start in self._process.plain_starts(scope):
            path = [(start, self._followed(start))] if start.id not in seen else []
            seen.add(start.id)
            while path:
                node, flows = path[-1]
                flow = next(flows, None)
                if flow is None:
                    done[node.id] = None
                    path.pop()
                elif flow.target not in seen:
                    seen.add(flow.target)
                    target = self._process.nodes[flow.target]
                    path.append((target, self._followed(target)))
        return [self._process.nodes[node_id] for node_id in reversed(done)]


def _literal_number(written: str | None) -> int:
    """A cardinality that does not depend on variables; 1 for any other."""
    if not written:
        return 1
    try:
        value = written if is_literal(written) else evaluate(strip_marker(written) or "1", {}).value
        return max(min(int(str(value)), _PLENTY), 0)
    except (FeelError, ValueError):
        return 1
