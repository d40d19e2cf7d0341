# SPDX-License-Identifier: EUPL-1.2
"""Clerks hardly notice when the cases that they work on go over to another version of the model."""

from __future__ import annotations

from engine.cases import CaseInfo
from engine.db import unit_of_work
from engine.definitions import Bundle, deploy, find_definition
from engine.migration import Mapping, migrate_case, plan_migration
from engine.modification import CancelAll, Instruction, StartAfter, modify_case
from forms import check_form
from tests.web.browser import Browser
from tests.web.example import CITIZEN, MODEL
from tests.web.steps import DECISION, claim, complete, state
from web.bootstrap import Platform


def goes_over(town: Platform, case: CaseInfo) -> None:
    """The task gets another id and another name in a new version, to which the case goes over."""
    bundle = Bundle.from_folder(MODEL)
    text = bundle.resources["anliegen.bpmn"].decode()
    text = text.replace('"pruefen"', '"beurteilen"').replace("Anliegen prüfen", "Anliegen beurteilen")
    with unit_of_work(town.db) as session:
        files = {**bundle.resources, "anliegen.bpmn": text.encode()}
        deploy(session, town.services, Bundle(bundle.name, files), form_check=check_form)
        old, new = (find_definition(session, town.services, "anliegen", version=number) for number in (1, 2))
        plan = plan_migration(old, new).with_mapping(Mapping("pruefen", "beurteilen"))
        migrate_case(session, town.services, plan, case.id, CITIZEN)


def test_a_page_that_was_open_is_still_sent(town: Platform, anna: Browser, case: CaseInfo, task_id: str):
    claim(anna, task_id)
    goes_over(town, case)
    assert complete(anna, task_id).status_code == 302
    assert state(town, case) == "completed"


def test_a_claimed_task_stays_claimed_under_its_new_name(town: Platform, anna: Browser, case: CaseInfo, task_id: str):
    claim(anna, task_id)
    goes_over(town, case)
    page = anna.get(f"/inbox/aufgabe/{task_id}").text
    assert "Anliegen beurteilen" in page
    assert f"/inbox/aufgabe/{task_id}" in anna.get("/inbox/?liste=meine").text


def test_half_entered_answers_come_back_after_the_login(town: Platform, anna: Browser, case: CaseInfo, task_id: str):
    claim(anna, task_id)
    anna.delete_cookie("amtsfluss")
    page = complete(anna, task_id, vermerk="Erst die Hälfte", entscheidung="genehmigen").text
    held = page.split('name="held" value="')[1].split('"')[0]
    goes_over(town, case)
    login = {"username": "anna", "password": "passwort-fuer-tests", "held": held}
    back = anna.send("/anmelden", login)
    assert "Erst die Hälfte" in back.text
    assert "Anliegen beurteilen" in back.text
    assert complete(anna, task_id, **DECISION).status_code == 302


def test_what_an_operator_did_stands_in_the_history(town: Platform, anna: Browser, case: CaseInfo, task_id: str):
    claim(anna, task_id)
    goes_over(town, case)
    with unit_of_work(town.db) as session:
        instructions: list[Instruction] = [
            StartAfter("beurteilen", variables={"vermerk": "von Hand"}),
            CancelAll("beurteilen"),
        ]
        modify_case(session, town.services, case.id, instructions, CITIZEN)
    page = anna.get(f"/inbox/vorgang/{case.id}").text
    assert "neue Fassung" in page
    assert "Ablauf von Hand geändert" in page
