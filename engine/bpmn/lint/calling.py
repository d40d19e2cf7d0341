# SPDX-License-Identifier: EUPL-1.2
"""Processes that call each other: whether the called ones are there, and whether the calls come to an end."""

from collections.abc import Iterable, Iterator, Mapping

from engine.bpmn.lint.complaints import Complaint, warn
from engine.bpmn.lint.literals import is_literal
from engine.bpmn.lint.paths import surely_reached
from engine.bpmn.model import Node, Process


def check_calls(process: Process, called: Mapping[str, Process]) -> Iterator[Complaint]:
    """Calls that lead nowhere, or round in circles. `called` holds the processes that are deployed together."""
    known = {**called, process.id: process}
    calls: dict[str, set[str]] = {}
    sure: dict[str, set[str]] = {}
    for key, each in known.items():
        reached = surely_reached(each)[0]
        calls[key] = {_key(node) for node in _static(each)}
        sure[key] = {_key(node) for node in _static(each) if node.id in reached and not _may_be_none(node)}
    for node in _static(process):
        key = _key(node)
        if key not in known:
            reason = f"The process {key} is not deployed together with this one."
            yield warn(node.id, reason, "Deploy it before a case comes here.")
        elif key in sure[process.id] and process.id in _reachable(key, sure):
            reason = f"The process calls itself by way of {key}, at once and without end."
            yield Complaint(node.id, reason, "Draw a condition that ends it.")
        elif process.id in _reachable(key, calls):
            reason = f"The process calls itself by way of {key}."
            yield warn(node.id, reason, "Make sure that it ends.")


def _static(process: Process) -> Iterable[Node]:
    """Call activities of which it is known what they call."""
    return (
        node
        for node in process.nodes.values()
        if node.called is not None
        and node.called.binding in ("latest", "deployment")
        and is_literal(node.called.element)
    )


def _key(node: Node) -> str:
    return node.called.element if node.called else ""


def _may_be_none(node: Node) -> bool:
    """Whether the activity may be done not at all."""
    return node.loop is not None and (node.loop.kind != "standard" or node.loop.test_before)


def _reachable(start: str, calls: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting += calls.get(key, ())
    return found
