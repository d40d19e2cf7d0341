# SPDX-License-Identifier: EUPL-1.2
"""Parallel joins that may wait for ever, because the flows into them are alternatives.

An element dominates another when every path there leads over it. If the last element that dominates two flows into a
join is a choice, and different ways out of it lead to them, then only one of the two flows ever carries a token.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from engine.bpmn.lint.complaints import Complaint, warn
from engine.bpmn.lint.structure import connected
from engine.bpmn.model import Node, Process

_CHOICES = frozenset({"exclusiveGateway", "inclusiveGateway", "eventBasedGateway"})
#: Above this many flows into one join only the first are compared.
_MOST_COMPARED = 50
_ROOT = ""


@dataclass(frozen=True)
class Tree:
    """The closest dominator of every place that is reached, and numbers that grow towards the root."""

    above: Mapping[str, str]
    number: Mapping[str, int]


def check_joins(process: Process) -> Iterator[Complaint]:
    """Warnings about joins behind choices."""
    for scope, members in process.members.items():
        joins = [node for node in members if node.type == "parallelGateway" and len(process.incoming[node.id]) > 1]
        if joins:
            tree = _dominators(_graph(process, scope, members))
            for join in joins:
                yield from _alternatives(process, join, tree)


def _alternatives(process: Process, join: Node, tree: Tree) -> Iterator[Complaint]:
    flows = [flow.id for flow in process.incoming[join.id] if flow.id in tree.above][:_MOST_COMPARED]
    for one, other in combinations(flows, 2):
        choice = _choice(process, one, other, tree)
        if choice is not None:
            reason = f"The join waits for all its flows, but {choice.label} lets only some of them come."
            yield warn(join.id, reason, "Bring alternatives together with an exclusive gateway first.")
            return


def _choice(process: Process, one: str, other: str, tree: Tree) -> Node | None:
    """The choice that lets a token come along one of two flows only."""
    ways: list[str] = ["", ""]
    ends = [one, other]
    while ends[0] != ends[1]:
        lower = 0 if tree.number[ends[0]] < tree.number[ends[1]] else 1
        ways[lower] = ends[lower]
        ends[lower] = tree.above[ends[lower]]
    node = process.nodes.get(ends[0])
    if node is None or "" in ways:
        return None
    if node.type in _CHOICES:
        return node
    borders = (event for event in process.boundaries.get(node.id, ()) if event.id in ways and event.interrupting)
    return node if any(borders) else None


def _graph(process: Process, scope: str, members: tuple[Node, ...]) -> dict[str, list[str]]:
    """Elements and flows as places that lead to each other; everything begins at one root."""
    leads: dict[str, list[str]] = {_ROOT: [node.id for node in process.starts(scope)]}
    for node in members:
        flows = [flow for flow in process.outgoing[node.id] if connected(process, flow)]
        leads[node.id] = [flow.id for flow in flows]
        leads[node.id] += [event.id for event in process.boundaries.get(node.id, ()) if event.parent == scope]
        leads |= {flow.id: [flow.target] for flow in flows}
        if node.type == "intermediateCatchEvent" and node.event == "link":
            leads[_ROOT].append(node.id)
    return leads


def _dominators(leads: Mapping[str, list[str]]) -> Tree:
    """Finds them by the algorithm of Cooper, Harvey and Kennedy."""
    order = _postorder(leads)
    number = {vertex: index for index, vertex in enumerate(order)}
    before: dict[str, list[str]] = {vertex: [] for vertex in order}
    for vertex in order:
        for following in leads[vertex]:
            before[following].append(vertex)
    tree = {_ROOT: _ROOT}
    changed = True
    while changed:
        changed = False
        for vertex in reversed(order[:-1]):
            known = [each for each in before[vertex] if each in tree]
            closest = known[0]
            for each in known[1:]:
                closest = _meeting(each, closest, tree, number)
            if tree.get(vertex) != closest:
                tree[vertex] = closest
                changed = True
    return Tree(tree, number)


def _meeting(one: str, other: str, tree: Mapping[str, str], number: Mapping[str, int]) -> str:
    while one != other:
        while number[one] < number[other]:
            one = tree[one]
        while number[other] < number[one]:
            other = tree[other]
    return one


def _postorder(leads: Mapping[str, list[str]]) -> list[str]:
    order: list[str] = []
    seen = {_ROOT}
    path = [(_ROOT, iter(leads[_ROOT]))]
    while path:
        vertex, following = path[-1]
        step = next(following, None)
        if step is None:
            order.append(vertex)
            path.pop()
        elif step not in seen:
            seen.add(step)
            path.append((step, iter(leads[step])))
    return order
