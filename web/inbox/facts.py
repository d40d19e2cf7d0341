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
from engine.identity import APPLICANT_GROUP, SYSTEM
from engine.queries.cases import HistoryLine, case_info, documents, history, stuck_at
from forms import load_form
from web.bootstrap import platform
from web.formview import render_summary
from web.texts import money
from web.transaction import session

#: How decision tables name the sum that somebody has to pay.
_SUMS = ("betrag", "Betrag")


@dataclass(frozen=True)
class Event:
    """One line of the history, as a clerk reads it."""

    text: str
    at: datetime
    by: str


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
    #: What the applicant filled in, as cards; empty when the process has no start form.
    answers: Markup
    documents: Sequence[StoredDocument]
    decisions: list[DecisionFact]
    events: list[Event]
    #: The names of steps that failed for good and wait for an operator.
    stuck: list[str]


def case_facts(case_id: str) -> CaseFacts:
    """Gather the facts of a case for its page. Who may see them is checked before."""
    lines = history(session(), case_id)
    return CaseFacts(
        case=case_info(session(), case_id),
        answers=applicant_answers(case_id),
        documents=documents(session(), case_id),
        decisions=decisions(lines),
        events=events(lines),
        stuck=_names_of(case_id, stuck_at(session(), case_id)),
    )


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
    variables = case_variables(session(), services, case_id)
    form = load_form(definition.form(start_form))
    return render_summary(form, variables, file_url=_file_url, clock=clock, heading=3)


def _file_url(file: Mapping[str, Any]) -> str:
    return url_for("inbox.document", document_id=file.get("document_id", ""), ansehen=1)


_EVENT_TEXTS: Mapping[str, str] = {
    "case_started": "Vorgang begonnen",
    "case_ended": "Vorgang beendet: {outcome}",
    "case_cancelled": "Vorgang abgebrochen",
    "task_claimed": "„{element}“ übernommen",
    "task_released": "„{element}“ zurückgegeben",
    "decision_evaluated": "Berechnet: {element}",
    "document_added": "Dokument abgelegt: {document}",
}
_COMPLETED_TEXTS: Mapping[str, str] = {
    "userTask": "„{element}“ erledigt",
    "manualTask": "„{element}“ erledigt",
    "receiveTask": "„{element}“ erledigt",
    "serviceTask": "{element}",
    "sendTask": "{element}",
    "intermediateCatchEvent": "{element}",
    "boundaryEvent": "{element}",
}


def events(lines: Sequence[HistoryLine]) -> list[Event]:
    """The history in words, newest first; what only the machine cares about is left out."""
    told = [(line, _words(line)) for line in lines]
    return [Event(words, line.at, _who(line)) for line, words in reversed(told) if words]


def _words(line: HistoryLine) -> str:
    texts = _COMPLETED_TEXTS if line.kind == "completed" else _EVENT_TEXTS
    text = texts.get(line.element_type if line.kind == "completed" else line.kind, "")
    words = text.format(
        element=line.element_name or line.element_id,
        document=line.details.get("title") or "",
        outcome=line.details.get("ended_with") or "",
    )
    return words.removesuffix(": ")


def _who(line: HistoryLine) -> str:
    if line.actor == APPLICANT_GROUP:
        return "Antragstellerin oder Antragsteller"
    return "automatisch" if line.actor in ("", SYSTEM.name) else line.actor_name


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
