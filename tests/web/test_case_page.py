# SPDX-License-Identifier: EUPL-1.2
"""The page of a case: its history in words, the cases that it has called, and who may see which."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, update

from engine.db import unit_of_work
from engine.documents import NewDocument, add_document
from engine.models import CaseRow, HistoryRow
from tests.web.browser import Browser
from tests.web.example import begin
from tests.web.fest import CHECK, Fest
from web.bootstrap import Platform


def told(page: str) -> list[str]:
    """The lines of the history, oldest first, without their second lines."""
    (history,) = re.findall(r'<ol class="amt-history".*?</ol>', page, re.DOTALL)
    items = re.findall(r'__item">(.*?)<br>', history, re.DOTALL)
    return [re.sub("<[^>]+>", "", item) for item in reversed(items)]


def case_page(browser: Browser, case_id: str) -> str:
    response = browser.get(f"/inbox/vorgang/{case_id}")
    assert response.status_code == 200
    return response.text


@contextmanager
def counting(town: Platform) -> Iterator[list[str]]:
    sent: list[str] = []

    def listen(connection: Any, cursor: Any, statement: str, *others: Any) -> None:
        sent.append(statement)

    event.listen(town.db.engine, "before_cursor_execute", listen)
    yield sent
    event.remove(town.db.engine, "before_cursor_execute", listen)


# -- history ------------------------------------------------------------------------------------------------------


def test_the_history_tells_what_happened_in_subprocesses_and_called_cases(anna: Browser, fest: Fest):
    fest.calls().completes("Gebühr festsetzen", "petra").completes("Plan nachreichen", "applicant", plan="x")
    (called,) = fest.called
    page = case_page(anna, fest.id)
    assert told(page) == [
        "Vorgang begonnen",
        f"„{CHECK}“ erledigt",
        "„Stellen anhören“ begonnen (2-mal)",
        "„Polizei anrufen“ erledigt",
        "„Stellen anhören“ abgeschlossen",
        "„Feuerwehr anrufen“ erledigt",
        "„Stellen anhören“ abgeschlossen",
        f"Untervorgang begonnen: Gebühr für ein Fest ({called.reference})",
        "„Gebühr erheben“ abgeschlossen",
    ]
    assert "Jonas, in „Stellen anhören“" in page
    assert f'<a href="/inbox/vorgang/{called.id}">Untervorgang begonnen' in page
    assert told(case_page(anna, called.id)) == [
        "Vorgang begonnen",
        "„Gebühr festsetzen“ erledigt",
        "Forderung angelegt",
        "„Plan nachreichen“ erledigt",
        "Vorgang beendet: Plan liegt vor",
    ]


# -- called cases -------------------------------------------------------------------------------------------------


def test_a_case_leads_to_what_it_has_called_and_back(anna: Browser, fest: Fest):
    assert "Untervorgänge" not in case_page(anna, fest.id)
    (called,) = fest.calls().called
    page = case_page(anna, fest.id)
    assert "Untervorgänge (1)" in page
    assert "Gearbeitet wird in einem" in page
    assert f'href="/inbox/vorgang/{called.id}">Gebühr für ein Fest</a>' in page
    inner = case_page(anna, called.id)
    assert f'Gehört zu <a href="/inbox/vorgang/{fest.id}">{fest.info.reference}, Musikverein</a>' in inner
    assert '<h1 class="kern-heading-large">Gebühr für ein Fest</h1>' in inner
    assert "Gebühr festsetzen" in inner
    assert "/inbox/aufgabe/" not in inner, "nobody is led to a task that is not theirs"


def test_whoever_works_in_a_called_case_does_not_see_the_one_around_it(petra: Browser, anna: Browser, fest: Fest):
    (called,) = fest.calls().called
    task_id = fest.task("Gebühr festsetzen")
    assert f"/inbox/aufgabe/{task_id}" in case_page(petra, called.id)
    for path in (f"/inbox/vorgang/{called.id}", f"/inbox/aufgabe/{task_id}"):
        page = petra.get(path)
        assert page.status_code == 200
        assert "Gehört zu" not in page.text
        assert fest.id not in page.text
        assert "Musikverein" not in page.text
    assert petra.get(f"/inbox/vorgang/{fest.id}").status_code == 403
    assert anna.get(f"/inbox/aufgabe/{task_id}").status_code == 403, "to see a case is not to work on its tasks"


def test_a_called_case_is_closed_to_everybody_else(karin: Browser, anyone: Browser, fest: Fest):
    (called,) = fest.calls().called
    assert karin.get(f"/inbox/vorgang/{called.id}").status_code == 403
    assert anyone.get(f"/inbox/vorgang/{called.id}").status_code == 302


def test_documents_of_a_called_case_are_seen_by_those_who_see_it(
    anna: Browser, petra: Browser, karin: Browser, fest: Fest, town: Platform
):
    (called,) = fest.calls().called
    with unit_of_work(town.db) as session:
        inner, outer = (
            add_document(session, town.clock, case_id, NewDocument("a.pdf", "application/pdf", b"%PDF-1.7"), "x")
            for case_id in (called.id, fest.id)
        )
    answers = {
        name: [browser.get(f"/inbox/dokument/{document.id}").status_code for document in (inner, outer)]
        for name, browser in {"anna": anna, "petra": petra, "karin": karin}.items()
    }
    assert answers == {"anna": [200, 200], "petra": [200, 403], "karin": [403, 403]}


def test_whoever_lets_a_case_be_called_elsewhere_has_nothing_to_do_with_it(karin: Browser, fest: Fest, town: Platform):
    """Jonas completes the last task before the call, which begins the called case in his name."""
    (called,) = fest.calls().called
    assert called.started_by == "jonas"
    with unit_of_work(town.db) as session:
        begun = (HistoryRow.case_id == called.id) & (HistoryRow.kind == "case_started")
        session.execute(update(HistoryRow).where(begun).values(actor="karin"))
    assert karin.get(f"/inbox/vorgang/{called.id}").status_code == 403


def test_the_page_does_not_ask_more_when_more_was_called(anna: Browser, fest: Fest, town: Platform):
    fest.calls()
    with counting(town) as first:
        case_page(anna, fest.id)
    with unit_of_work(town.db) as session:
        (called,) = fest.called
        for number in range(20):
            row = session.get_one(CaseRow, called.id)
            values = {column.key: getattr(row, column.key) for column in CaseRow.__table__.columns}
            session.add(CaseRow(**{**values, "id": f"copy-{number}", "reference": f"copy-{number}"}))
    with counting(town) as then:
        assert "Untervorgänge (21)" in case_page(anna, fest.id)
    assert len(then) == len(first)


# -- search -------------------------------------------------------------------------------------------------------


def test_a_case_is_found_by_the_key_that_others_know_it_by(anna: Browser, petra: Browser, karin: Browser, fest: Fest):
    search = "/inbox/suche?aktenzeichen=+KULTUR-7+"
    assert anna.get(search).location == f"/inbox/vorgang/{fest.id}"
    assert "Kennung KULTUR-7" in case_page(anna, fest.id)
    assert petra.get(search).status_code == 404, "she has nothing to do with it yet"
    (called,) = fest.calls().called
    found = anna.get(search)
    assert found.status_code == 200
    for words in ("2 Vorgänge", fest.id, called.id, "läuft", "Musikverein", called.reference):
        assert words in found.text
    assert petra.get(search).location == f"/inbox/vorgang/{called.id}", "she sees the called case only"
    assert karin.get(search).status_code == 404


def test_a_reference_goes_before_a_key(anna: Browser, town: Platform, fest: Fest):
    case = begin(town, "Erika Beispiel")
    with unit_of_work(town.db) as session:
        session.get_one(CaseRow, fest.id).business_key = case.reference
    assert anna.get(f"/inbox/suche?aktenzeichen={case.reference}").location == f"/inbox/vorgang/{case.id}"
