# SPDX-License-Identifier: EUPL-1.2
"""Where a case stands: its tokens as a tree of activities, read from its stored state without setting the case up."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn import Node
from engine.deployed import Definition
from engine.errors import CaseNotFound
from engine.models import CaseStateRow, IncidentRow
from engine.spiff.loops import ITEM
from engine.spiff.state import stored_state

_ROUND = ITEM.format(id="")
_THROWING = frozenset(("intermediateThrowEvent", "endEvent"))


@dataclass(frozen=True)
class Place:
    """One token that is not only armed, at the element at which it stands."""

    token_id: str
    node: Node
    #: Of a repeated activity as a whole; its rounds are the children.
    whole: bool
    #: It waits for a commit before or after the element; nothing of the element goes on.
    between: bool
    children: tuple["Place", ...]
    #: Numbers of the open incidents of its job.
    incidents: tuple[int, ...] = ()


def places(session: Session, definition: Definition, case_id: str) -> tuple[Place, ...]:
    """The outermost places of a case; what goes on in subprocesses and rounds lies below them."""
    content = session.scalar(select(CaseStateRow.content).where(CaseStateRow.case_id == case_id))
    if content is None:
        raise CaseNotFound
    below: dict[str | None, list[tuple[str, str, str, Mapping[str, Any]]]] = {}
    for key, name, state, parent, marks in stored_state(content)["tokens"]:
        below.setdefault(parent, []).append((key, name, state, marks))
    return _Reading(definition, below, _incidents(session, case_id)).under(None)


@dataclass(frozen=True)
class _Reading:
    definition: Definition
    below: Mapping[str | None, list[tuple[str, str, str, Mapping[str, Any]]]]
    incidents: Mapping[str, list[int]]

    def under(self, parent: str | None) -> tuple[Place, ...]:
        found: list[Place] = []
        for key, name, state, marks in self.below.get(parent, ()):
            if "armed" in marks:
                continue
            node = self.definition.process.nodes.get(name.removesuffix(_ROUND))
            inner = self.under(key)
            if node is None:  # What undoes others stands for no element of its own.
                found += self.within(marks, inner)
                continue
            beside: tuple[Place, ...] = ()
            if node.type in _THROWING:  # What it wants undone is undone beside it.
                inner, beside = beside, inner
            between = state == "READY" or ("phase" in marks and "entered" not in marks)
            whole = node.loop is not None and name == node.id
            place = Place(key, node, whole, between, inner, tuple(self.incidents.get(key, ())))
            found += [*self.within(marks, (place,)), *beside]
        return _merged(found)

    def within(self, marks: Mapping[str, Any], found: tuple[Place, ...]) -> tuple[Place, ...]:
        """The same in the activities in which that was done what is undone there."""
        for element, token_id, whole in reversed(marks.get("within", ())):
            if element in self.definition.process.nodes:
                found = (Place(token_id, self.definition.process.nodes[element], whole, False, found),)
        return found


def _merged(found: list[Place]) -> tuple[Place, ...]:
    """Several things that are undone in the same activity stand in it together."""
    places: dict[tuple[str, bool], Place] = {}
    for each in found:
        known = places.get((each.token_id, each.whole))
        together = each if known is None else replace(known, children=_merged([*known.children, *each.children]))
        places[each.token_id, each.whole] = together
    return tuple(places.values())


def _incidents(session: Session, case_id: str) -> dict[str, list[int]]:
    """Open incidents by the job, whose id is that of its token."""
    rows = session.execute(
        select(IncidentRow.job_id, IncidentRow.id)
        .where(IncidentRow.case_id == case_id, IncidentRow.resolved_at.is_(None), IncidentRow.job_id.is_not(None))
        .order_by(IncidentRow.id)
    )
    found: dict[str, list[int]] = {}
    for job_id, number in rows:
        found.setdefault(job_id or "", []).append(number)
    return found
