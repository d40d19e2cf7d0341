# SPDX-License-Identifier: EUPL-1.2
"""Tasks as models have them: without a form, with fields of the model itself, with a form that is not there."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from engine.cases import case_variables
from engine.db import unit_of_work
from engine.identity import SYSTEM
from engine.queries.cases import incidents
from engine.queries.tasks import tasks_of_case
from engine.suspension import resume_case, suspend_case
from tests.web.browser import Browser
from tests.web.fest import CHECK, Fest
from tests.web.steps import claim
from web.bootstrap import Platform
from web.texts import task_name

DEFAULTS = {
    "ort": "Alleenstraße",
    "gaeste": "50",
    "musik": "true",
    "tag.tag": "24",
    "tag.monat": "12",
    "tag.jahr": "2026",
    "flaeche": "platz",
}


def opened(browser: Browser, task_id: str) -> str:
    claim(browser, task_id)
    return browser.get(f"/inbox/aufgabe/{task_id}").text


def sent(page: str) -> dict[str, str]:
    """What a browser would send of the form as it is filled in."""
    form = re.search(r'<form[^>]*erledigen".*?</form>', page, re.DOTALL)
    assert form
    found = {
        match["name"]: match["value"]
        for match in re.finditer(r'<input(?=[^>]* name="(?P<name>[^"]+)")[^>]* value="(?P<value>[^"]*)"[^>]*>', form[0])
        if 'type="checkbox"' not in match[0] or " checked" in match[0]
    }
    for select in re.finditer(r'<select[^>]* name="([^"]+)".*?</select>', form[0], re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)"[^>]* selected', select[0])
        found[select[1]] = chosen[1] if chosen else ""
    return {name: value for name, value in found.items() if name not in ("csrf_token", "gezeigt", "liste")}


def complete(browser: Browser, task_id: str, **answers: str):
    return browser.send(f"/inbox/aufgabe/{task_id}/erledigen", {"liste": "meine", **answers})


# -- names and descriptions ---------------------------------------------------------------------------------------


def test_a_name_and_a_description_are_computed(anna: Browser, fest: Fest):
    page = anna.get(f"/inbox/aufgabe/{fest.task(CHECK)}").text
    assert f'<h1 class="kern-heading-large">{CHECK}: Musikverein</h1>' in page
    assert "Prüfen Sie die Angaben von Musikverein.\nFehlt etwas, rufen Sie an." in page
    assert CHECK in anna.get("/inbox/?liste=gruppen").text


def test_a_task_without_a_name_is_called_after_its_process(fest: Fest, town: Platform):
    with town.db.reading() as session:
        (line,) = tasks_of_case(session, fest.id)
    assert task_name(line) == CHECK
    assert task_name(replace(line, name=line.element_id)) == "Aufgabe (Straßenfest)"


# -- no form ------------------------------------------------------------------------------------------------------


def test_a_task_without_a_form_has_one_button(jonas: Browser, fest: Fest, town: Platform):
    task_id = fest.is_checked().task("Polizei anrufen")
    page = opened(jonas, task_id)
    assert "Fragen Sie, ob Polizei Einwände hat." in page
    assert page.count("kern-btn--primary") == 1
    assert ">Erledigt</span></button>" in page
    assert complete(jonas, task_id).status_code == 302
    with town.db.reading() as session:
        assert set(case_variables(session, town.services, fest.id)) >= {"ort", "gaeste"}
    assert "„Polizei anrufen“ erledigt" in jonas.get(f"/inbox/vorgang/{fest.id}").text


def test_nothing_can_be_slipped_into_a_task_without_a_form(jonas: Browser, fest: Fest, town: Platform):
    task_id = fest.is_checked().task("Polizei anrufen")
    claim(jonas, task_id)
    assert complete(jonas, task_id, ort="Hinterhof", veranstalter="Jemand").status_code == 302
    with town.db.reading() as session:
        assert case_variables(session, town.services, fest.id)["ort"] == "Markt"


def test_a_candidate_sees_the_task_like_one_of_a_group(jonas: Browser, anna: Browser, karin: Browser, fest: Fest):
    task_id = fest.is_checked().task("Polizei anrufen")
    assert "Polizei anrufen" in jonas.get("/inbox/?liste=gruppen").text
    for other in (anna, karin):
        assert "Polizei anrufen" not in other.get("/inbox/?liste=alle").text
        assert other.get(f"/inbox/aufgabe/{task_id}").status_code == 403
        for action in ("uebernehmen", "erledigen"):
            assert other.send(f"/inbox/aufgabe/{task_id}/{action}").status_code == 403
    claim(jonas, task_id)
    assert "Polizei anrufen" in jonas.get("/inbox/?liste=meine").text
    assert jonas.send(f"/inbox/aufgabe/{task_id}/zurueckgeben").status_code == 302
    assert "Polizei anrufen" in jonas.get("/inbox/?liste=gruppen").text


# -- the model's own fields ---------------------------------------------------------------------------------------


def test_fields_of_the_model_are_filled_with_their_defaults(anna: Browser, fest: Fest):
    page = opened(anna, fest.task(CHECK))
    assert sent(page) == DEFAULTS
    assert "Antrag vollständig" in page
    assert 'name="hinweis"' not in page, "what is only to be read is no input"


def test_answers_to_fields_of_the_model_keep_their_types(anna: Browser, fest: Fest, town: Platform):
    task_id = fest.task(CHECK)
    page = opened(anna, task_id)
    answers = {**sent(page), "gaeste": "1.200", "flaeche": "strasse", "tag.tag": "31"}
    del answers["musik"]
    assert complete(anna, task_id, **answers).status_code == 302
    with town.db.reading() as session:
        found = case_variables(session, town.services, fest.id)
    assert (found["ort"], found["gaeste"], found["musik"]) == ("Alleenstraße", 1200, False)
    assert (found["tag"], found["flaeche"]) == (date(2026, 12, 31), "strasse")
    assert found["hinweis"] == "Antrag vollständig"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"ort": ""}, "Bitte füllen Sie das Feld „Wo?“ aus."),
        ({"ort": "x" * 31}, "erlaubt sind höchstens 30"),
        ({"gaeste": "0"}, "Bitte geben Sie 1 oder mehr ein."),
        ({"gaeste": "5001"}, "Bitte geben Sie 5.000 oder weniger ein."),
        ({"gaeste": "12,5"}, "Bitte geben Sie eine ganze Zahl ein"),
        ({"gaeste": "viele"}, "Bitte geben Sie eine Zahl ein"),
        ({"tag.tag": "32"}, "Dieses Datum gibt es nicht."),
        ({"flaeche": "dach"}, "eine der angebotenen Möglichkeiten"),
    ],
)
def test_wrong_answers_to_fields_of_the_model_are_told(anna: Browser, fest: Fest, answer: dict[str, str], words: str):
    task_id = fest.task(CHECK)
    page = opened(anna, task_id)
    response = complete(anna, task_id, **{**sent(page), **answer})
    assert response.status_code == 422
    assert words in response.text
    assert fest.task(CHECK) == task_id


# -- a form that is not there -------------------------------------------------------------------------------------


def test_a_task_whose_form_is_missing_cannot_be_completed_and_operators_are_told(
    anna: Browser, fest: Fest, town: Platform
):
    fest.calls().completes("Gebühr festsetzen", "petra").completes("Plan nachreichen", "applicant", plan="x")
    task_id = fest.task("Fläche abnehmen")
    page = opened(anna, task_id)
    assert "Das Formular zu dieser Aufgabe fehlt" in page
    assert "erledigen" not in page
    assert "Aufgabe zurückgeben" in page
    response = complete(anna, task_id, ort="blind")
    assert response.status_code == 409
    assert "Das Formular zu dieser Aufgabe fehlt" in response.text
    assert fest.task("Fläche abnehmen") == task_id
    with town.db.reading() as session:
        (found,) = incidents(session)
    assert (found.kind, found.case_id, found.element_id) == ("form_missing", fest.id, "abnehmen")
    assert "embedded:app:forms/abnahme.html" in found.reason


# -- held cases ---------------------------------------------------------------------------------------------------


def test_a_held_case_says_so_and_loses_nothing(anna: Browser, fest: Fest, town: Platform):
    task_id = fest.task(CHECK)
    page = opened(anna, task_id)
    with unit_of_work(town.db) as session:
        suspend_case(session, town.services, fest.id, by=SYSTEM)
    shown = anna.get(f"/inbox/vorgang/{fest.id}").text
    assert "Dieser Vorgang ist angehalten" in shown
    assert "Vorgang angehalten" in shown
    assert "angehalten" in anna.get("/inbox/?liste=meine").text
    response = complete(anna, task_id, **{**sent(page), "ort": "Am Bahnhof"})
    assert response.status_code == 409
    assert "Die Bearbeitung ist zurzeit angehalten" in response.text
    assert "Am Bahnhof" in response.text
    with unit_of_work(town.db) as session:
        resume_case(session, town.services, fest.id, by=SYSTEM)
    assert complete(anna, task_id, **sent(response.text)).status_code == 302
    with town.db.reading() as session:
        assert case_variables(session, town.services, fest.id)["ort"] == "Am Bahnhof"
    assert "Vorgang läuft weiter" in anna.get(f"/inbox/vorgang/{fest.id}").text
