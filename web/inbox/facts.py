# SPDX-License-Identifier: EUPL-1.2
"""What a clerk needs to know about a case in order to decide: answers, documents, decisions, history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import url_for
from markupsafe import Markup

from engine.cases import CaseInfo, case_definition, case_variables
from engine.documents import StoredDocument
from engine.errors import DefinitionNotFound
from engine.queries.cases import (
    CaseLine,
    HistoryLine,
    called_cases,
    case_info,
    case_line,
    documents,
    history,
    may_see_case,
    stuck_at,
)
from forms import FormRefused, load_form
from processes.konto.antraege import retrievals
from processes.nachricht.austausch import nachrichten
from processes.nachricht.models import Nachricht
from web.auth import current_actor
from web.bootstrap import platform
from web.formview import render_summary
from web.inbox.history import Event, events
from web.texts import money
from web.transaction import session

#: How decision tables name the sum that somebody has to pay.
_SUMS = ("betrag", "Betrag")


@dataclass(frozen=True)
class DecisionFact:
    """What a decision table said, and why."""

    title: str
    #: The sum that it came to, as people write it; empty when it is not about money.
    amount: str
    #: What came out, output by output: what it is called and its value as people write it.
    results: list[tuple[str, str]]
    explanation: list[str]
    at: datetime


@dataclass(frozen=True)
class CaseFacts:
    """Everything about one case that its page shows."""

    case: CaseInfo
    #: The name of its process.
    name: str
    #: What the applicant filled in, as cards; empty when the process has no start form.
    answers: Markup
    documents: Sequence[StoredDocument]
    decisions: list[DecisionFact]
    events: list[Event]
    #: The names of steps that failed for good and wait for an operator.
    stuck: list[str]
    #: The cases that this one has called.
    called: list[CaseLine]
    #: The case that has called this one; None when there is none, or when this person may not see it.
    caller: CaseInfo | None
    #: What the applicant and the town have written to each other.
    messages: list[Nachricht]
    #: Document → when the applicant fetched it in their account first.
    fetched: dict[str, datetime]

    @property
    def waits_for_called(self) -> bool:
        """Whether somebody works on a called case at the moment."""
        return any(each.case.state == "active" for each in self.called)


def case_facts(case_id: str) -> CaseFacts:
    """Gather the facts of a case for its page. Who may see them is checked before."""
    lines, found, called = history(session(), case_id), case_line(session(), case_id), called_cases(session(), case_id)
    of_case = documents(session(), case_id)
    return CaseFacts(
        case=found.case,
        name=found.name,
        answers=applicant_answers(case_id),
        documents=of_case,
        fetched=retrievals(session(), [each.id for each in of_case if each.for_applicant]),
        decisions=decisions(lines),
        events=events(lines, called, _names(case_id)),
        stuck=_names_of(case_id, stuck_at(session(), case_id)),
        called=called,
        caller=_caller(found.case),
        messages=nachrichten(session(), case_id),
    )


def _caller(case: CaseInfo) -> CaseInfo | None:
    services = platform().services
    if case.parent_id is None or not may_see_case(session(), services, case.parent_id, current_actor()):
        return None
    return case_info(session(), case.parent_id)


def _names(case_id: str) -> dict[str, str]:
    """What people call the elements of a case's model."""
    nodes = case_definition(session(), platform().services, case_id).process.nodes
    return {node.id: node.name for node in nodes.values() if node.name}


def _names_of(case_id: str, element_ids: Sequence[str]) -> list[str]:
    if not element_ids:
        return []
    nodes = case_definition(session(), platform().services, case_id).process.nodes
    return [nodes[element_id].label for element_id in dict.fromkeys(element_ids) if element_id in nodes]


def applicant_answers(case_id: str) -> Markup:
    """What the applicant filled in, step by step, as the start form names it."""
    services, clock = platform().services, platform().clock
    definition = case_definition(session(), services, case_id)
    start_form = definition.info().start_form
    if not start_form:
        return Markup()
    try:
        form = load_form(definition.form(start_form))
    except (DefinitionNotFound, FormRefused):
        return Markup()
    variables = case_variables(session(), services, case_id)
    return render_summary(form, variables, file_url=document_address, clock=clock, heading=3)


def document_address(file: Mapping[str, Any]) -> str:
    """Where a document of the case that answers name can be looked at."""
    return url_for("inbox.document", document_id=file.get("document_id", ""), ansehen=1)


def decisions(lines: Sequence[HistoryLine]) -> list[DecisionFact]:
    """What was calculated, the newest first; of a table that was asked again only the last answer."""
    asked = [line for line in lines if line.kind == "decision_evaluated"]
    last = {line.details.get("decision", line.element_id): line for line in asked}
    return [_decision(line) for line in reversed(last.values())]


def _decision(line: HistoryLine) -> DecisionFact:
    trace = line.details.get("outputs")
    trace = trace if isinstance(trace, Mapping) else {}
    rows = trace.get("outputs") or [trace]
    sums = [row[name] for row in rows if isinstance(row, Mapping) for name in _SUMS if row.get(name) is not None]
    explanation = [str(part) for part in line.details.get("explanation") or ()]
    title = str(trace.get("name") or line.element_name or line.details.get("decision", ""))
    results = [(label, value) for row in trace.get("shown") or () for label, value in row]
    return DecisionFact(title, _money(sums[0]) if len(sums) == 1 else "", results, explanation, line.at)


def _money(value: Any) -> str:
    try:
        return money(Decimal(str(value)))
    except InvalidOperation:
        return str(value)
