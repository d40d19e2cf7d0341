# SPDX-License-Identifier: EUPL-1.2
"""The status page of a case that has called another: one page for all of them, and for nobody else's."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO

import pytest

from connectors.links import Links
from engine.cases import case_variables
from engine.db import unit_of_work
from engine.definitions import Bundle, deploy
from engine.documents import NewDocument, add_document
from engine.identity import SYSTEM
from engine.queries.cases import incidents
from engine.queries.tasks import applicant_tasks
from engine.suspension import resume_case, suspend_case
from forms import check_form
from tests.portal.citizen import Citizen, picture
from tests.portal.test_status import milestones, task_address
from tests.web.browser import Browser
from tests.web.fest import FAMILY, Fest
from web.bootstrap import Platform


@pytest.fixture
def fest(town: Platform) -> Fest:
    """A case whose called case asks the applicant something."""
    with unit_of_work(town.db) as session:
        deploy(session, town.services, Bundle.from_folder(FAMILY), form_check=check_form)
    return Fest(town).begins().calls().completes("Gebühr festsetzen", "petra")


def status_of(town: Platform, case_id: str) -> str:
    links: Links = town.services.provide(Links)
    return links.status(case_id).removeprefix("http://localhost")


def test_the_whole_way_is_on_one_page(browser: Browser, town: Platform, fest: Fest):
    page = browser.get(status_of(town, fest.id)).text
    assert [text for text, _ in milestones(page)] == [
        "Antrag eingegangen",
        "Antrag geprüft",
        "Stellen angehört",
        "Gebühr festgesetzt",
        "Plan nachgereicht",
    ]
    assert milestones(page)[-1][1] == "jetzt"
    assert "Bitte beschreiben Sie, wie Markt genutzt wird." in page
    assert "30,00\xa0€" in page
    assert "Jetzt bezahlen" in page


def test_an_answer_goes_to_the_case_that_asked_with_its_files(browser: Browser, town: Platform, fest: Fest):
    path = status_of(town, fest.id)
    address = task_address(browser.get(path).text)
    response = browser.send(address, {"plan": "Rundum", "skizze": (BytesIO(picture()), "skizze.png")})
    assert response.location == path
    page = browser.get(path).text
    assert "Ihre Antwort ist bei uns angekommen" in page
    found = re.search(r'href="(/status/[^"]+/dokument/[^"]+)">skizze.png', page)
    assert found
    assert browser.get(found[1]).data == picture()
    (called,) = fest.called
    with town.db.reading() as session:
        variables = case_variables(session, town.services, called.id)
    assert variables["plan"] == "Rundum"
    assert variables["skizze"][0]["document_id"] in found[1]


def test_another_citizen_reaches_nothing_of_it(browser: Browser, citizen: Citizen, town: Platform, fest: Fest):
    other = citizen.applies()
    (called,) = fest.called
    with unit_of_work(town.db) as session:
        document = NewDocument("a.pdf", "application/pdf", b"%PDF-1.7", for_applicant=True)
        held = add_document(session, town.clock, called.id, document, "x")
        (task,) = applicant_tasks(session, fest.id)
    page = browser.get(other).text
    for words in ("Plan nachgereicht", "30,00", "wie Markt genutzt wird", "a.pdf"):
        assert words not in page
    assert browser.get(f"{other}/dokument/{held.id}").status_code == 404
    assert browser.send(f"{other}/aufgabe/{task.id}", {"plan": "Fremd"}).status_code == 404
    own = status_of(town, fest.id)
    assert browser.get(f"{own}/dokument/{held.id}").status_code == 200
    assert fest.task("Plan nachreichen") == task.id


def test_a_document_that_is_not_for_applicants_stays_inside(browser: Browser, town: Platform, fest: Fest):
    (called,) = fest.called
    with unit_of_work(town.db) as session:
        inner = add_document(session, town.clock, called.id, NewDocument("i.pdf", "application/pdf", b"%PDF"), "x")
    path = status_of(town, fest.id)
    assert "i.pdf" not in browser.get(path).text
    assert browser.get(f"{path}/dokument/{inner.id}").status_code == 404


def test_a_link_to_the_called_case_opens_nothing_around_it(browser: Browser, town: Platform, fest: Fest):
    (called,) = fest.called
    with unit_of_work(town.db) as session:
        document = NewDocument("a.pdf", "application/pdf", b"%PDF-1.7", for_applicant=True)
        outer = add_document(session, town.clock, fest.id, document, "x")
    path = status_of(town, called.id)
    page = browser.get(path).text
    assert [text for text, _ in milestones(page)] == ["Gebühr festgesetzt", "Plan nachgereicht"]
    assert "a.pdf" not in page
    assert browser.get(f"{path}/dokument/{outer.id}").status_code == 404


def test_a_held_case_says_so_and_keeps_the_answer(browser: Browser, town: Platform, fest: Fest):
    path = status_of(town, fest.id)
    address = task_address(browser.get(path).text)
    with unit_of_work(town.db) as session:
        suspend_case(session, town.services, fest.id, by=SYSTEM)
    assert "Die Bearbeitung ist zurzeit angehalten" in browser.get(path).text
    response = browser.send(address, {"plan": "Mein langer Plan"})
    assert response.status_code == 409
    assert "Die Bearbeitung ist zurzeit angehalten, deshalb wurde nichts gespeichert." in response.text
    assert "Mein langer Plan" in response.text
    with unit_of_work(town.db) as session:
        resume_case(session, town.services, fest.id, by=SYSTEM)
    assert browser.send(address, {"plan": "Mein langer Plan"}).location == path


def test_a_question_whose_form_is_missing_is_not_asked_and_operators_are_told(
    browser: Browser, town: Platform, fest: Fest
):
    (called,) = fest.called
    path = status_of(town, fest.id)
    address = task_address(browser.get(path).text)
    definition = town.services.definitions.get(called.definition_id)
    assert definition is not None
    town.services.definitions.put(definition.id, replace(definition, forms={}))
    page = browser.get(path).text
    assert "Wir können Ihnen die Frage hier gerade nicht zeigen" in page
    assert "Antwort senden" not in page
    response = browser.send(address, {"plan": "blind"})
    assert response.status_code == 409
    assert fest.task("Plan nachreichen")
    browser.get(path)
    with town.db.reading() as session:
        assert [(one.kind, one.element_id) for one in incidents(session)] == [("form_missing", "fragen")]
