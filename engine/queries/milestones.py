# SPDX-License-Identifier: EUPL-1.2
"""How far a case is, in the words that its model has for the applicant; cases called in it count like a part of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn import Node
from engine.bpmn.lint.literals import is_literal
from engine.bpmn.model import Called
from engine.cases import find_case, with_called
from engine.definitions import find_definition, load_definition
from engine.deployed import Definition
from engine.errors import DefinitionNotFound
from engine.models import CaseRow, HistoryRow
from engine.services import Services


@dataclass(frozen=True)
class Milestone:
    """A step that the applicant is told about."""

    text: str
    reached_at: datetime | None
    #: The next one to be reached.
    current: bool = False


def milestones(session: Session, services: Services, case_id: str, language: str = "") -> list[Milestone]:
    """The milestones of the model, of its subprocesses and of the processes it calls, as this case has reached them.

    Those reached come first, in the order in which they were reached; then the one at which the case stands; then,
    while it runs, those still to come on the main path. A milestone reached twice shows its last time.
    ``language`` is the code of one in which the model may have them too (``milestone.en``); else they are as modelled.
    """
    case = find_case(session, case_id)
    reached: dict[str, datetime] = {}
    standing: dict[str, str] = {}
    #: Subprocesses and called cases: what happens in them is told rather than that one is in them.
    around: dict[str, str] = {}
    for node, token_id, kind, at in _passages(session, services, case_id):
        text = _text(node, language)
        if kind == "entered":
            reached.pop(text, None)
            (around if node.is_subprocess or node.called else standing)[token_id] = text
        else:
            standing.pop(token_id, None)
            around.pop(token_id, None)
        if kind == "completed":
            reached.pop(text, None)
            reached[text] = at
    for text in (*standing.values(), *around.values()):
        # Reached by one round of a repetition only.
        reached.pop(text, None)
    coming: list[str] = []
    if case.state == "active":
        definition = load_definition(session, services, case.definition_id)
        coming = list(dict.fromkeys(_Ahead(session, services, language).texts(definition)))
    now = dict.fromkeys([*standing.values(), *(text for text in around.values() if text not in coming)])
    ahead = [text for text in coming if text not in reached and text not in now]
    current = list(now) or ahead[:1]
    shown = [Milestone(text, at) for text, at in reached.items()]
    shown += [Milestone(text, None, current=True) for text in current]
    return shown + [Milestone(text, None) for text in ahead if text not in current]


def _passages(session: Session, services: Services, case_id: str) -> Iterator[tuple[Node, str, str, datetime]]:
    """When tokens came to and left the elements that carry a milestone, in the case and those called in it."""
    rows = session.execute(
        select(CaseRow.definition_id, HistoryRow.token_id, HistoryRow.element_id, HistoryRow.kind, HistoryRow.at)
        .join(CaseRow, CaseRow.id == HistoryRow.case_id)
        .where(HistoryRow.case_id.in_(with_called(case_id)))
        .where(HistoryRow.kind.in_(("entered", "completed", "cancelled")))
        .order_by(HistoryRow.id)
    )
    for definition_id, token_id, element_id, kind, at in rows:
        node = load_definition(session, services, definition_id).process.nodes.get(element_id)
        if node is not None and node.properties.get("milestone"):
            yield node, token_id or "", kind, at


def _text(node: Node, language: str) -> str:
    """The words of a milestone in that language, or as they were modelled; empty for what is no milestone."""
    german = node.properties.get("milestone", "")
    return german and (node.properties.get(f"milestone.{language}") or german)


class _Ahead:
    """The milestones that every undisturbed case of a process reaches."""

    def __init__(self, session: Session, services: Services, language: str) -> None:
        self._session = session
        self._language = language
        self._services = services
        #: Processes that are being looked into: one that calls itself has no end.
        self._within: list[int] = []

    def texts(self, definition: Definition) -> Iterator[str]:
        """In the order of the flows; what a subprocess or a called process has comes where it stands."""
        if definition.id in self._within:
            return
        self._within.append(definition.id)
        yield from self._along(definition, [definition.process.start])
        self._within.pop()

    def _along(self, definition: Definition, begins: list[Node]) -> Iterator[str]:
        process = definition.process
        passed: set[str] = set()
        waiting = list(begins)
        while waiting:
            node = waiting.pop(0)
            if node.id in passed:
                continue
            passed.add(node.id)
            if node.is_subprocess:
                yield from self._along(definition, list(process.plain_starts(node.id) or process.starts(node.id)))
            elif node.called is not None:
                yield from self._called(definition, node.called)
            text = _text(node, self._language)
            if text and node.properties.get("milestoneOnlyWhenReached") != "true":
                yield text
            waiting += [process.nodes[flow.target] for flow in process.outgoing[node.id]]

    def _called(self, definition: Definition, called: Called) -> Iterator[str]:
        """Of the version that will be called, as far as that is known by now."""
        if not is_literal(called.element):
            return
        deployment = definition.deployment_id if called.binding == "deployment" else None
        try:
            found = find_definition(self._session, self._services, called.element, deployment_id=deployment)
        except DefinitionNotFound:
            return
        yield from self.texts(found)
