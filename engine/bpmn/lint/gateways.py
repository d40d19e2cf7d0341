# SPDX-License-Identifier: EUPL-1.2
"""Where paths part: conditions where they are asked, defaults where one is needed, events behind event gateways."""

from collections.abc import Iterator, Sequence

from engine.bpmn.lint.complaints import Complaint, warn
from engine.bpmn.model import Flow, Node, Process
from engine.feel import FeelError, parse, strip_marker
from engine.feel.nodes import Call, Compare, Constant, If, InstanceOf, Name
from engine.feel.nodes import Node as Feel

#: What an event-based gateway may lead to, by the kind of its event.
_AWAITED = frozenset({"message", "timer", "signal", "conditional", "multiple", "parallelMultiple"})
#: Out of these no condition is asked.
_UNCONDITIONAL = frozenset({"parallelGateway", "eventBasedGateway"})
#: Comparisons of which exactly one holds.
_OPPOSITES = frozenset({("<", ">="), (">", "<="), ("=", "!=")})


def check_gateways(process: Process) -> Iterator[Complaint]:
    """Choices that could not be made, or not as they are drawn."""
    for node in process.nodes.values():
        outgoing = process.outgoing[node.id]
        yield from _default(node, outgoing)
        if node.type in _UNCONDITIONAL and any(flow.condition for flow in outgoing):
            yield Complaint(node.id, "Flows out of this gateway have no conditions.", "Use an exclusive gateway.")
        if node.type == "exclusiveGateway" and len(outgoing) > 1:
            yield from _exclusive(node, outgoing)
        if node.type in ("inclusiveGateway", "complexGateway") and len(outgoing) > 1:
            yield from _inclusive(node, outgoing)
        if node.type == "eventBasedGateway":
            yield from _events(process, node, outgoing)


def _default(node: Node, outgoing: Sequence[Flow]) -> Iterator[Complaint]:
    if not node.default_flow:
        return
    chosen = next((flow for flow in outgoing if flow.id == node.default_flow), None)
    if chosen is None:
        yield Complaint(node.id, "The default flow does not leave this element.", "Choose another one.")
    elif chosen.condition is not None:
        yield warn(chosen.id, "The condition of a default flow is never asked.", "Remove it.")


def _exclusive(node: Node, outgoing: Sequence[Flow]) -> Iterator[Complaint]:
    for flow in outgoing:
        if flow.condition is None and flow.id != node.default_flow:
            reason = f"The flow leaves {node.label} without a condition."
            yield Complaint(flow.id, reason, "Set one or make it the default.")
    if not node.default_flow and all(flow.condition for flow in outgoing) and not _tells_cases_apart(outgoing):
        yield _stuck(node)


def _inclusive(node: Node, outgoing: Sequence[Flow]) -> Iterator[Complaint]:
    if not node.default_flow and all(flow.condition for flow in outgoing):
        yield _stuck(node)


def _stuck(node: Node) -> Complaint:
    reason = "If no condition is true, the case cannot go on from here."
    return warn(node.id, reason, "Make one of the flows the default.")


def _tells_cases_apart(outgoing: Sequence[Flow]) -> bool:
    """Whether the flows ask one value for constants (`decision = "yes"`), or two of them the opposite of each other.

    A default would send an unknown value along a path that nobody has meant for it; it shall be an incident.
    """
    roots = [_root(flow) for flow in outgoing]
    asked = [
        root.left if isinstance(root, Compare) and root.operator == "=" and isinstance(root.right, Constant) else None
        for root in roots
    ]
    if None not in asked and len(set(asked)) == 1:
        return True
    return len(roots) == 2 and (_denies(roots[0], roots[1]) or _denies(roots[1], roots[0]))


def _root(flow: Flow) -> Feel | None:
    if not isinstance(flow.condition, str):
        return None
    try:
        root = parse(strip_marker(flow.condition) or flow.condition).root
    except FeelError:
        return None
    # What `${a == 1}` means for values of other types stands before what it means for a number.
    while isinstance(root, If) and (isinstance(root.condition, InstanceOf) or _asks_for_null(root.condition)):
        root = root.otherwise
    return root


def _asks_for_null(condition: Feel) -> bool:
    return isinstance(condition, Compare) and condition.right == Constant(None)


def _denies(one: Feel | None, other: Feel | None) -> bool:
    if isinstance(one, Call) and one.callee == Name("not"):
        return one.positional == (other,)
    if isinstance(one, Compare) and isinstance(other, Compare) and (one.left, one.right) == (other.left, other.right):
        return (one.operator, other.operator) in _OPPOSITES
    return False


def _events(process: Process, node: Node, outgoing: Sequence[Flow]) -> Iterator[Complaint]:
    if not outgoing:
        yield Complaint(node.id, "The gateway waits for nothing.", "Lead it to the events that it waits for.")
    if len(outgoing) == 1:
        yield warn(node.id, "There is only one event behind the gateway.", "Draw the other one, or no gateway.")
    for flow in outgoing:
        target = process.nodes.get(flow.target)
        if target is None or target.type == "receiveTask":
            continue
        if target.type != "intermediateCatchEvent" or target.event not in (*_AWAITED, "none"):
            yield Complaint(flow.id, "An event-based gateway leads to waiting events only.", "Draw a catch event here.")
