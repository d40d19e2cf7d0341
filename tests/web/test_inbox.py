# SPDX-License-Identifier: EUPL-1.2
"""What clerks do all day, through the pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from engine.cases import CaseInfo, case_variables
from engine.db import unit_of_work
from engine.documents import NewDocument, add_document
from engine.incidents import open_incident
from engine.queries.cases import incidents
from processes.rechnung.queries import Klaerungsfall
from tests.web.browser import Browser
from tests.web.example import begin, open_task
from tests.web.steps import DECISION, claim, complete, state
from web.bootstrap import Platform
from web.kasse import klaerung


def test_empty_queue_says_what_will_appear(anna: Browser):
    page = anna.get("/inbox/").text
    assert "Im Moment wartet nichts auf Ihre Gruppen" in page


def test_queue_shows_what_who_reference_and_when(anna: Browser, case: CaseInfo):
    page = anna.get("/inbox/").text
    for words in ("Anliegen prüfen", "Erika Beispiel", case.reference, "in 3 Tagen", "26.11.2026", "noch frei"):
        assert words in page


def test_claimed_task_moves_to_own_queue(anna: Browser, jonas: Browser, task_id: str):
    claim(anna, task_id)
    assert "Erika Beispiel" in anna.get("/inbox/?liste=meine").text
    assert "Erika Beispiel" not in jonas.get("/inbox/?liste=gruppen").text
    assert "Anna" in jonas.get("/inbox/?liste=alle").text


def test_overdue_task_has_its_own_queue(anna: Browser, town: Platform, task_id: str):
    assert "Keine Aufgabe ist überfällig" in anna.get("/inbox/?liste=ueberfaellig").text
    town.clock.advance(timedelta(days=4))  # type: ignore[attr-defined]  # tests run on a frozen clock
    page = anna.get("/inbox/?liste=ueberfaellig").text
    assert "überfällig" in page
    assert "gestern" in page


def test_long_queue_has_pages(anna: Browser, town: Platform):
    for number in range(27):
        begin(town, f"Person {number}")
    first, second = anna.get("/inbox/?liste=gruppen").text, anna.get("/inbox/?liste=gruppen&seite=2").text
    assert "Seite 1 von 2" in first
    assert "27 Aufgaben" in first
    assert first.count("data-task>") == 25
    assert second.count("data-task>") == 2


def test_a_very_long_queue_is_not_counted_but_can_be_turned_to_its_end(anna: Browser, town: Platform):
    for number in range(102):
        begin(town, f"Person {number}")
    second, last = anna.get("/inbox/?liste=gruppen&seite=2").text, anna.get("/inbox/?liste=gruppen&seite=5").text
    assert "99+" in second
    assert "mehr als 99 Aufgaben" in second
    assert "Nächste Seite" in second
    assert last.count("data-task>") == 2
    assert "Nächste Seite" not in last


@pytest.mark.parametrize("number", ["3", "9" * 30])
def test_a_page_beyond_the_end_is_the_last_one(anna: Browser, town: Platform, number: str):
    for person in range(27):
        begin(town, f"Person {person}")
    page = anna.get(f"/inbox/?liste=gruppen&seite={number}")
    assert page.status_code == 200
    assert "Seite 2 von 2" in page.text
    assert page.text.count("data-task>") == 2


def test_task_page_shows_form_only_to_whoever_has_it(anna: Browser, jonas: Browser, task_id: str):
    assert "noch frei" in anna.get(f"/inbox/aufgabe/{task_id}").text
    claim(anna, task_id)
    assert "Wie entscheiden Sie?" in anna.get(f"/inbox/aufgabe/{task_id}").text
    watched = jonas.get(f"/inbox/aufgabe/{task_id}").text
    assert "Anna bearbeitet diese Aufgabe" in watched
    assert "Wie entscheiden Sie?" not in watched


def test_task_page_shows_answers_and_history(anna: Browser, task_id: str):
    claim(anna, task_id)
    page = anna.get(f"/inbox/aufgabe/{task_id}").text
    assert "Erika Beispiel" in page
    assert "„Anliegen prüfen“ übernommen" in page
    assert "Vorgang begonnen" in page


def test_completing_ends_the_task_and_goes_on_to_the_next(anna: Browser, town: Platform, case: CaseInfo, task_id: str):
    following = open_task(town, begin(town, "Mehmet Muster"))
    claim(anna, following)
    claim(anna, task_id)
    response = complete(anna, task_id)
    assert response.location == f"/inbox/aufgabe/{following}?liste=meine"
    page = anna.get(response.location).text
    assert "Erledigt: Anliegen prüfen, Erika Beispiel" in page
    assert state(town, case) == "completed"
    assert "Vorgang beendet: Fertig" in anna.get(f"/inbox/vorgang/{case.id}").text
    with town.db.reading() as session:
        assert case_variables(session, town.services, case.id)["vermerk"] == "Alles in Ordnung"


def test_last_task_leads_back_to_the_queue(anna: Browser, task_id: str):
    claim(anna, task_id)
    response = complete(anna, task_id)
    assert response.location == "/inbox/?liste=meine"
    assert "Sie haben gerade keine Aufgabe" in anna.get(response.location).text


def test_wrong_answers_come_back_filled_in(anna: Browser, town: Platform, case: CaseInfo, task_id: str):
    claim(anna, task_id)
    response = complete(anna, task_id, entscheidung="", vermerk="Ein langer Vermerk")
    assert response.status_code == 422
    assert "Ein langer Vermerk" in response.text
    assert "Bitte wählen Sie" in response.text
    assert state(town, case) == "active"


def test_released_task_is_free_again(anna: Browser, jonas: Browser, task_id: str):
    claim(anna, task_id)
    anna.get(f"/inbox/aufgabe/{task_id}")
    assert anna.send(f"/inbox/aufgabe/{task_id}/zurueckgeben").status_code == 302
    assert "Erika Beispiel" in jonas.get("/inbox/?liste=gruppen").text


def test_second_completion_changes_nothing(anna: Browser, town: Platform, case: CaseInfo, task_id: str):
    claim(anna, task_id)
    assert complete(anna, task_id).status_code == 302
    again = complete(anna, task_id, entscheidung="ablehnen", vermerk="doch nicht")
    assert again.status_code == 409
    assert "schon erledigt" in again.text
    with town.db.reading() as session:
        assert case_variables(session, town.services, case.id)["entscheidung"] == "genehmigen"


def test_task_of_a_colleague_cannot_be_completed(
    anna: Browser, jonas: Browser, town: Platform, task_id: str, case: CaseInfo
):
    claim(anna, task_id)
    for action in ("erledigen", "uebernehmen", "zurueckgeben"):
        response = jonas.send(f"/inbox/aufgabe/{task_id}/{action}", DECISION)
        assert response.status_code == 409, action
        assert "Jemand anderes bearbeitet diese Aufgabe" in response.text
    assert state(town, case) == "active"


def test_task_of_another_group_is_out_of_reach(karin: Browser, town: Platform, task_id: str, case: CaseInfo):
    assert karin.get(f"/inbox/aufgabe/{task_id}").status_code == 403
    for action in ("erledigen", "uebernehmen", "zurueckgeben"):
        assert karin.send(f"/inbox/aufgabe/{task_id}/{action}", DECISION).status_code == 403
    assert "Erika Beispiel" not in karin.get("/inbox/?liste=alle").text
    assert state(town, case) == "active"


def test_a_case_that_is_stuck_says_so(anna: Browser, town: Platform, case: CaseInfo, task_id: str):
    assert "stehen geblieben" not in anna.get(f"/inbox/vorgang/{case.id}").text
    with unit_of_work(town.db) as session:
        for kind, element in (("job_failed", "pruefen"), ("step_failed", "ablegen")):
            open_incident(
                session, town.clock, case_id=case.id, element_id=element, kind=kind, cause=ValueError("Erika")
            )
    page = anna.get(f"/inbox/vorgang/{case.id}").text
    assert "Es betrifft: Anliegen prüfen. Die Störung" in page
    assert "ValueError" not in page


def test_failed_step_keeps_the_form_and_leaves_an_incident(anna: Browser, town: Platform, case: CaseInfo, task_id: str):
    claim(anna, task_id)
    response = complete(anna, task_id, entscheidung="genehmigen", vermerk="kaputt")
    assert response.status_code == 500
    assert "kaputt" in response.text
    assert "gespeichert wurde nichts" in response.text
    with town.db.reading() as session:
        found = incidents(session)
    assert [(incident.kind, incident.case_id) for incident in found] == [("step_failed", case.id)]
    assert "somebody" not in found[0].reason
    assert complete(anna, task_id).status_code == 302, "the task is still open and can be completed"


@pytest.mark.parametrize("text", ["'; DROP TABLE cases; --", "<script>alert(1)</script>", '"><img src=x onerror=a()>'])
def test_hostile_text_is_only_text(anna: Browser, town: Platform, text: str):
    case = begin(town, text)
    task_id = open_task(town, case)
    claim(anna, task_id)
    assert complete(anna, task_id, entscheidung="", vermerk=text).status_code == 422
    assert complete(anna, task_id, entscheidung="genehmigen", vermerk=text).status_code == 302
    assert anna.get(f"/inbox/vorgang/{case.id}").status_code == 200
    assert anna.get("/inbox/suche", query_string={"aktenzeichen": text}).status_code == 404
    assert state(town, case) == "completed"


def test_search_leads_to_the_case(anna: Browser, jonas: Browser, karin: Browser, task_id: str, case: CaseInfo):
    found = anna.get("/inbox/suche", query_string={"aktenzeichen": f" {case.reference.lower()} "})
    assert found.location == f"/inbox/vorgang/{case.id}"
    claim(anna, task_id)
    complete(anna, task_id)
    assert "abgeschlossen" in jonas.get(found.location).text, "colleagues can look it up when the citizen calls"
    assert karin.get(found.location).status_code == 403
    missed = anna.get("/inbox/suche?aktenzeichen=anl-2026-99999")
    assert missed.status_code == 404
    assert "Zu „anl-2026-99999“ gibt es keinen Vorgang" in missed.text


def test_document_is_shown_safely_and_only_to_those_in_charge(
    anna: Browser, karin: Browser, anyone: Browser, town: Platform, case: CaseInfo
):
    with unit_of_work(town.db) as session:
        pdf = add_document(session, town.clock, case.id, NewDocument("a.pdf", "application/pdf", b"%PDF-1.7"), "x")
        page = add_document(session, town.clock, case.id, NewDocument("b.html", "text/html", b"<script>"), "x")
    shown = anna.get(f"/inbox/dokument/{pdf.id}?ansehen=1")
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert anna.get(f"/inbox/dokument/{pdf.id}").headers["Content-Disposition"].startswith("attachment")
    hostile = anna.get(f"/inbox/dokument/{page.id}?ansehen=1")
    assert hostile.headers["Content-Disposition"].startswith("attachment")
    assert hostile.mimetype == "application/octet-stream"
    assert "sandbox" in hostile.headers["Content-Security-Policy"]
    assert karin.get(f"/inbox/dokument/{pdf.id}").status_code == 403
    assert anyone.get(f"/inbox/dokument/{pdf.id}").status_code == 302
    assert "Dokumente" in anna.get(f"/inbox/vorgang/{case.id}").text


def test_clearing_list_is_for_the_cashier(petra: Browser, anna: Browser):
    assert "Nichts zu klären" in petra.get("/inbox/kasse/klaerung").text
    assert anna.get("/inbox/kasse/klaerung").status_code == 403


def test_clearing_list_names_amount_and_reason(petra: Browser, monkeypatch: pytest.MonkeyPatch):
    twice = Klaerungsfall(
        datetime(2026, 11, 20, 8, 30, tzinfo=UTC), "APA-2026-00007", "RF18539007547034", "doppelt gezahlt",
        Decimal("1234.5"), "EUR", "testbank", "t-1",
    )  # fmt: skip
    foreign = replace(twice, amount=Decimal(30), currency="USD", reason="Betrag weicht ab")
    monkeypatch.setattr(klaerung, "klaerungsliste", lambda session: [twice, foreign])
    page = petra.get("/inbox/kasse/klaerung").text
    for words in (
        "APA-2026-00007",
        "RF18539007547034",
        "doppelt gezahlt",
        "1.234,50\xa0€",
        "30,00\xa0$",
        "20.11.2026, 09:30 Uhr",
    ):
        assert words in page
