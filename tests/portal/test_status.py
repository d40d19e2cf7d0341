# SPDX-License-Identifier: EUPL-1.2
"""Following a case by its secret link: milestones, questions, payment, documents."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pytest
from werkzeug.test import TestResponse

from connectors.links import Links
from engine.cases import case_variables
from engine.db import unit_of_work
from engine.documents import NewDocument, add_document
from engine.queries.cases import case_by_reference
from tests.portal.citizen import Citizen, picture
from tests.portal.conftest import ANNA, Office, reference_on
from web.bootstrap import Platform

QUESTION = "Bitte laden Sie die Rückseite des Fahrzeugscheins hoch."


def milestones(page: str) -> list[tuple[str, str]]:
    """Each milestone with what stands below it."""
    items = re.findall(r'__title">([^<]+)<.*?</li>', page, re.DOTALL)
    times = [re.search(r'__time"[^>]*>([^<]+)<', item) for item in re.split("<li", page) if "__title" in item]
    return [(text, found[1] if found else "") for text, found in zip(items, times, strict=True)]


def task_address(page: str) -> str:
    found = re.search(r'action="(/status/[^"]+/aufgabe/[^"]+)"', page)
    assert found
    return found[1]


@pytest.fixture
def status(citizen: Citizen) -> str:
    return citizen.applies()


@pytest.fixture
def asked(citizen: Citizen, office: Office, status: str) -> str:
    """The status page of a case in which the office has asked back."""
    office.decides("APA-2026-00001", "rueckfrage", frage=QUESTION)
    return status


def answers(citizen: Citizen, status: str, **posted: object) -> TestResponse:
    return citizen.browser.send(task_address(citizen.browser.get(status).text), dict(posted))


def test_a_new_case_shows_where_it_stands_and_that_nothing_is_to_do(citizen: Citizen, status: str):
    page = citizen.browser.get(status).text
    assert reference_on(page) == "APA-2026-00001"
    assert "Sie müssen im Moment nichts tun" in page
    shown = milestones(page)
    assert shown[0] == ("Antrag eingegangen", "23.11.2026, 10:00 Uhr")
    assert [below for _, below in shown[1:3]] == ["jetzt", ""]
    assert shown[-1] == ("Parkausweis ausgestellt", "")
    assert 'aria-current="step"' in page


def test_status_page_tells_no_names(citizen: Citizen, asked: str):
    page = citizen.browser.get(asked).text
    assert ANNA.display_name not in page
    assert ANNA.name not in page


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: t + "x", lambda t: t.swapcase(), lambda t: "x"])
def test_forged_link_opens_nothing(citizen: Citizen, status: str, change):
    token = status.removeprefix("/status/")
    forged = change(token)
    assert forged != token
    for path in ("", "/dokument/x", "/aufgabe/x"):
        assert citizen.browser.open(f"/status/{forged}{path}", method="GET").status_code in (404, 405)
    assert citizen.browser.send(f"/status/{forged}/aufgabe/x").status_code == 404


def test_link_of_another_installation_or_purpose_opens_nothing(citizen: Citizen, status: str, town: Platform):
    with town.db.reading() as session:
        case = case_by_reference(session, "APA-2026-00001")
    assert case is not None
    foreign = Links("http://localhost", "another-secret").status(case.id)
    payment = town.services.provide(Links).zahlung(case.id).replace("/zahlung/", "/status/")
    for address in (foreign, payment):
        assert citizen.browser.get(address.removeprefix("http://localhost")).status_code == 404


def test_address_of_the_status_page_stays_secret(citizen: Citizen, status: str):
    response = citizen.browser.get(status)
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response.headers["X-Robots-Tag"]


def test_question_of_the_office_stands_first_and_can_be_answered_with_a_file(
    citizen: Citizen, office: Office, asked: str, town: Platform
):
    page = citizen.browser.get(asked).text
    assert page.index("Wir brauchen eine Antwort von Ihnen") < page.index("So weit sind wir")
    assert QUESTION in page
    assert "21.12.2026" in page
    assert page.count("kern-btn--primary") == 1
    response = answers(citizen, asked, antwort="Hier ist sie.", nachweis=(BytesIO(picture()), "rueckseite.png"))
    assert response.location == asked
    page = citizen.browser.get(asked).text
    assert "Ihre Antwort ist bei uns angekommen" in page
    assert QUESTION not in page
    assert "rueckseite.png" in page
    with town.db.reading() as session:
        case = case_by_reference(session, "APA-2026-00001")
        assert case is not None
        given = case_variables(session, town.services, case.id)["rueckfrage"]
    assert given["antwort"] == "Hier ist sie."
    assert given["nachweis"][0]["document_id"]


def test_incomplete_answer_comes_back_with_its_file_kept(citizen: Citizen, asked: str):
    response = answers(citizen, asked, antwort="", nachweis=(BytesIO(picture()), "rueckseite.png"))
    assert response.status_code == 200
    assert 'href="#f-antwort"' in response.text
    assert "rueckseite.png" in response.text
    draft = re.search(r'name="entwurf" value="([^"]+)"', response.text)
    assert draft
    response = citizen.browser.send(task_address(response.text), {"antwort": "Bitte sehr.", "entwurf": draft[1]})
    assert response.location == asked
    assert "rueckseite.png" in citizen.browser.get(asked).text


def test_file_of_an_answer_can_be_removed_again(citizen: Citizen, asked: str):
    page = answers(citizen, asked, antwort="", nachweis=(BytesIO(picture()), "rueckseite.png")).text
    held = dict(re.findall(r'name="(entwurf|entfernen)" value="([^"]+)"', page))
    assert set(held) == {"entwurf", "entfernen"}
    sent = {"antwort": "Text bleibt", **held}
    page = citizen.browser.send(task_address(page), sent).text
    assert "rueckseite.png" not in page
    assert "Text bleibt" in page


def test_wrong_file_in_an_answer_is_refused_and_the_text_kept(citizen: Citizen, asked: str):
    page = answers(citizen, asked, antwort="Mein langer Text", nachweis=(BytesIO(b"MZ" * 99), "x.pdf")).text
    assert "Mein langer Text" in page
    assert 'id="f-nachweis-fehler"' in page


def test_answering_twice_is_friendly(citizen: Citizen, asked: str):
    address = task_address(citizen.browser.get(asked).text)
    for words in ("angekommen", "schon bei uns"):
        assert citizen.browser.send(address, {"antwort": "Ja."}).location == asked
        assert words in citizen.browser.get(asked).text


def test_answer_after_the_deadline_is_friendly(citizen: Citizen, asked: str, office: Office, town: Platform):
    address = task_address(citizen.browser.get(asked).text)
    town.clock.advance(timedelta(days=29))  # type: ignore[attr-defined]  # tests run on a frozen clock
    office.works()
    assert citizen.browser.send(address, {"antwort": "Zu spät"}).location == asked
    assert "die Frist dafür ist abgelaufen" in citizen.browser.get(asked).text


def test_answer_without_token_comes_back_filled_in(citizen: Citizen, asked: str):
    address = task_address(citizen.browser.get(asked).text)
    response = citizen.browser.post(address, data={"antwort": "Noch da"})
    assert response.status_code == 400
    assert "Noch da" in response.text
    assert citizen.browser.send(address, {"antwort": "Noch da"}).location == asked


@pytest.mark.parametrize("text", ["'; DROP TABLE tasks; --", "<script>alert(1)</script>"])
def test_hostile_answer_is_only_text(citizen: Citizen, asked: str, text: str):
    assert "<script>alert" not in answers(citizen, asked, antwort="", nachweis=(BytesIO(b"x"), f"{text}.pdf")).text
    assert answers(citizen, asked, antwort=text).location == asked


def test_question_of_another_case_cannot_be_answered(citizen: Citizen, neighbour: Citizen, asked: str, office: Office):
    theirs = task_address(citizen.browser.get(asked).text)
    mine = neighbour.applies()
    response = neighbour.browser.send(mine + "/aufgabe/" + theirs.rsplit("/", 1)[1], {"antwort": "Ich war's"})
    assert response.status_code == 404
    assert QUESTION in citizen.browser.get(asked).text


def test_task_of_a_clerk_cannot_be_done_from_the_status_page(citizen: Citizen, status: str, town: Platform):
    from engine.queries.tasks import tasks_of_case

    with town.db.reading() as session:
        case = case_by_reference(session, "APA-2026-00001")
        assert case is not None
        task = tasks_of_case(session, case.id)[0]
    response = citizen.browser.send(f"{status}/aufgabe/{task.id}", {"entscheidung": "genehmigen"})
    assert response.status_code == 404


def test_document_is_given_out_for_its_own_case_only(citizen: Citizen, neighbour: Citizen, status: str, town: Platform):
    other = neighbour.applies()
    with unit_of_work(town.db) as session:
        case = case_by_reference(session, "APA-2026-00001")
        assert case is not None
        shown = NewDocument("bescheid.pdf", "application/pdf", b"%PDF-1.7", "Bescheid", for_applicant=True)
        inner = NewDocument("vermerk.html", "text/html", b"<script>", "Interner Vermerk")
        for_all, for_us = (add_document(session, town.clock, case.id, new, "x") for new in (shown, inner))
    page = citizen.browser.get(status).text
    assert "Bescheid" in page
    assert "Interner Vermerk" not in page
    response = citizen.browser.get(f"{status}/dokument/{for_all.id}")
    assert response.data == b"%PDF-1.7"
    assert "attachment" in response.headers["Content-Disposition"]
    for address in (f"{status}/dokument/{for_us.id}", f"{status}/dokument/nix", f"{other}/dokument/{for_all.id}"):
        assert citizen.browser.get(address).status_code == 404


def test_open_fee_can_be_paid_with_one_button_until_it_is_paid(
    citizen: Citizen, office: Office, status: str, town: Platform
):
    office.decides("APA-2026-00001", "genehmigen")
    page = citizen.browser.get(status).text
    assert "Bitte bezahlen Sie die Gebühr" in page
    assert "30,00\xa0€" in page
    assert "Gebührenbescheid" in page
    assert page.count("kern-btn--primary") == 1
    found = re.search(r'href="http://localhost(/zahlung/[^"]+)"', page)
    assert found
    citizen.browser.get(found[1])
    assert citizen.browser.send(found[1]).location.startswith("https://bank.example/")
    office.bank.settle("fake-1")
    citizen.browser.get(found[1] + "/zurueck")
    office.works()
    page = citizen.browser.get(status).text
    assert "Bitte bezahlen" not in page
    assert "Damit ist Ihr Antrag abgeschlossen" in page
    assert milestones(page)[-1] == ("Parkausweis ausgestellt", "23.11.2026, 10:00 Uhr")


def test_rejected_case_says_so_and_leads_to_the_notice(citizen: Citizen, office: Office, status: str):
    office.decides("APA-2026-00001", "ablehnen", begruendung="Die Anschrift liegt in keiner Zone.")
    page = citizen.browser.get(status).text
    assert "<strong>Antrag abgelehnt.</strong>" in page
    assert "Ablehnungsbescheid" in page
    shown = [text for text, _ in milestones(page)]
    assert (shown[0], shown[-1]) == ("Antrag eingegangen", "Antrag abgelehnt")
