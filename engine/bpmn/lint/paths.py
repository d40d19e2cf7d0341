# SPDX-License-Identifier: EUPL-1.2
"""Where a token comes for sure and at once: without anybody doing something, and without a choice."""

from collections.abc import Iterator, Mapping

from engine.bpmn.lint.structure import connected
from engine.bpmn.model import Flow, Node, Process

#: Elements that a token passes without waiting, whatever the variables hold.
_PASSED = frozenset(
    {"startEvent", "task", "manualTask", "scriptTask", "businessRuleTask", "parallelGateway", "exclusiveGateway",
     "inclusiveGateway", "intermediateThrowEvent"}
)  # fmt: skip
#: They wait for tokens on their other flows.
_JOINING = frozenset({"parallelGateway", "inclusiveGateway"})
#: Ends that take nothing off but their own token.
_HARMLESS = frozenset({"message", "signal"})


def sure_steps(process: Process, node: Node) -> tuple[str, ...]:
    """The elements that a token on this one comes to for sure and at once."""
    if not _is_done_at_once(node) or process.boundaries.get(node.id):
        return ()
    if node.is_subprocess and not node.is_event_subprocess:
        return _sure_starts(process, node.id)
    if node.type not in _PASSED:
        return ()
    if node.type in _JOINING and len(process.incoming[node.id]) > 1:
        return ()
    if node.type == "intermediateThrowEvent" and node.event == "link":
        caught = process.links.get((node.parent, node.events[0].name or ""))
        return () if caught is None else (caught.id,)
    if node.type == "intermediateThrowEvent" and node.event != "none":
        return ()
    return tuple(flow.target for flow in _sure_flows(node, process.outgoing[node.id]) if connected(process, flow))


def _sure_starts(process: Process, scope: str) -> tuple[str, ...]:
    """Where a scope begins, unless an event could end it before."""
    if process.event_subprocesses.get(scope):
        return ()
    return tuple(node.id for node in process.plain_starts(scope))


def _is_done_at_once(node: Node) -> bool:
    """Whether it is done without a pause, and at least one time."""
    if node.async_before or node.async_after:
        return False
    return node.loop is None or (node.loop.kind == "standard" and not node.loop.test_before)


def _sure_flows(node: Node, outgoing: tuple[Flow, ...]) -> Iterator[Flow]:
    if len(outgoing) == 1 and outgoing[0].condition is None:
        yield outgoing[0]
    elif node.type != "exclusiveGateway":
        yield from (flow for flow in outgoing if flow.condition is None and flow.id != node.default_flow)


def surely_reached(process: Process) -> tuple[set[str], str | None]:
    """What a case comes to before it first waits, and an element at which it goes round in circles for ever."""
    steps = {node.id: sure_steps(process, node) for node in process.nodes.values()}
    for caught in process.links.values():
        # Only its throw leads to a link's catch, which is then passed at once.
        steps[caught.id] = tuple(
            flow.target for flow in process.outgoing[caught.id] if connected(process, flow) and flow.condition is None
        )
    reached: set[str] = set()
    circle: str | None = None
    for start in _sure_starts(process, ""):
        circle = _walk(start, steps, reached) or circle
    ends = (process.nodes[node_id] for node_id in reached if process.nodes[node_id].type == "endEvent")
    if any(event.kind not in _HARMLESS for end in ends for event in end.events):
        circle = None  # another branch may end the circle
    return reached, circle


def _walk(start: str, steps: Mapping[str, tuple[str, ...]], reached: set[str]) -> str | None:
    """Depth first without recursion; gives an element that leads back to itself."""
    if start in reached:
        return None
    circle: str | None = None
    reached.add(start)
    open_now = {start}
    path = [(start, iter(steps[start]))]
    while path:
        node_id, following = path[-1]
        step = next(following, None)
        if step is None:
            path.pop()
            open_now.discard(node_id)
        elif step in open_now:
            circle = step
        elif step not in reached:
            reached.add(step)
            open_now.add(step)
            path.append((step, iter(steps[step])))
    return circle
