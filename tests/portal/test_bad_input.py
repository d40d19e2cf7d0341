# SPDX-License-Identifier: EUPL-1.2
"""What people and machines send that they should not: nothing breaks, nothing leaks, nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask

from engine.queries.cases import case_by_reference
from tests.portal.citizen import SERVICE, STEPS, UPLOAD, Citizen, picture
from tests.portal.conftest import new_browser
from tests.portal.test_application import file_address
from tests.web.browser import Browser
from web.bootstrap import Platform

HOSTILE = [
    "'; DROP TABLE cases; --",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}",
    "=7 * 7",
]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("schein.pdf", b"MZ\x90\x00" + b"\x00" * 200),
        ("schein.png", b"<html><script>alert(1)</script></html>"),
        ("schein.jpg", b"%PDF-1.7 broken"),
        ("schein.pdf", picture()),
        ("schein.png", b""),
        ("../../etc/passwd", b"root:x:0:0"),
    ],
)
def test_wrong_file_behind_a_right_name_is_refused_at_its_field(citizen: Citizen, name: str, content: bytes):
    citizen.begins().types("person")
    response = citizen.uploads(name, content)
    assert response.status_code == 200
    assert 'id="f-unterlagen-fahrzeugschein-fehler"' in response.text
    assert 'href="#f-unterlagen-fahrzeugschein"' in response.text
    assert "entfernen" not in response.text


@pytest.mark.parametrize("megabytes", [11, 40])
def test_oversized_file_is_refused_at_its_field_and_the_rest_is_kept(citizen: Citizen, megabytes: int):
    citizen.begins().fills_everything().types("fahrzeug", {"fahrzeug.halter": "nein"})
    large, good = ("foto.jpg", b"\xff" * megabytes * 1024 * 1024), ("neu.png", picture("blue"))
    response = citizen.sends_files({"unterlagen.nutzungsueberlassung": large, UPLOAD: good})
    assert response.status_code == 200
    assert "erlaubt sind" in response.text
    assert 'id="f-unterlagen-nutzungsueberlassung-fehler"' in response.text
    assert "neu.png" in response.text, "the good file of the same page is kept"


def test_monstrous_request_is_refused_politely(citizen: Citizen):
    citizen.begins().types("person")
    response = citizen.sends_files({UPLOAD: ("film.pdf", b"\x00" * 61 * 1024 * 1024)})
    assert response.status_code == 413
    assert "zu groß" in response.text
    assert 'value="Erika"' in citizen.looks_at("person").text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_in_every_field_is_only_text(citizen: Citizen, text: str, town: Platform):
    citizen.begins()
    for step, fields in STEPS.items():
        page = citizen.types(step, dict.fromkeys(fields, text)).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    page = citizen.looks_at("pruefen").text
    assert "<script>alert" not in page
    assert ">49<" not in page
    citizen.types("person", {"person.vorname": text, "person.nachname": text, "person.ort": text})
    for step in list(STEPS)[1:]:
        citizen.uploads() if step == "unterlagen" else citizen.types(step)
    assert citizen.sends().location == citizen.address("fertig")
    assert citizen.browser.get(citizen.status_path()).status_code == 200
    with town.db.reading() as session:
        assert case_by_reference(session, "APA-2026-00001") is not None


@pytest.mark.parametrize("address", ["/ausweis/A%00", "/status/A%00", "/antrag/A%00/person", "/?suche=%00"])
def test_address_with_a_nul_reaches_no_database(browser: Browser, address: str):
    response = browser.get(address)
    assert response.status_code == 404
    assert "Seite nicht gefunden" in response.text


def test_hostile_file_name_is_only_text(citizen: Citizen):
    citizen.begins().fills_everything()
    citizen.uploads('"><script>alert(1)</script>.png')
    page = citizen.looks_at("pruefen").text
    assert "<script>alert" not in page
    assert ".png" in page


def test_more_fields_than_the_form_has_are_left_alone(citizen: Citizen, town: Platform):
    citizen.begins().types("person", {"person.rolle": "admin", "gebuehr.betrag": "0", "__proto__": "x", "step": "9"})
    for step in list(STEPS)[1:]:
        citizen.uploads() if step == "unterlagen" else citizen.types(step)
    page = citizen.looks_at("pruefen").text
    assert "admin" not in page
    assert citizen.sends().status_code == 302


def test_without_token_the_page_comes_back_filled_in_and_one_more_click_sends_it(citizen: Citizen):
    citizen.begins()
    typed = {**STEPS["person"], "person.vorname": "Frieda", "aktion": "weiter"}
    for stale in ("", "made-up"):
        response = citizen.browser.post(citizen.address("person"), data={**typed, "csrf_token": stale})
        assert response.status_code == 400
        assert "Ihre Eingaben sind noch da" in response.text
        assert 'value="Frieda"' in response.text
    assert citizen.browser.send(citizen.address("person"), typed).location == citizen.address("fahrzeug")


def test_session_that_expired_during_the_form_loses_nothing(citizen: Citizen, app: Flask):
    """The cookie is gone, the address is still the key: whatever was typed comes back, and one click goes on."""
    citizen.begins().types("person")
    old_token = citizen.browser.token
    citizen.browser = new_browser(app)
    file = (BytesIO(picture()), "schein.png")
    response = citizen.browser.post(citizen.address("unterlagen"), data={UPLOAD: file, "csrf_token": old_token})
    assert "Nur Ihre Datei müssen Sie noch einmal auswählen" in response.text
    assert citizen.uploads().location == citizen.address("einwilligung")


def test_sending_without_token_asks_for_one_more_click(citizen: Citizen, town: Platform):
    citizen.begins().fills_everything()
    response = citizen.browser.post(citizen.address("pruefen"))
    assert response.status_code == 400
    assert "Noch nicht gesendet" in response.text
    with town.db.reading() as session:
        assert case_by_reference(session, "APA-2026-00001") is None
    assert citizen.sends().location == citizen.address("fertig")


def test_old_page_of_a_sent_application_leads_to_the_confirmation(citizen: Citizen):
    citizen.applies()
    for page in ("person", "pruefen", "gibt-es-nicht"):
        assert citizen.browser.post(citizen.address(page)).location == citizen.address("fertig")


def test_unknown_addresses_are_not_found_without_token_too(citizen: Citizen):
    citizen.begins()
    for path in ("/antrag/unbekannt/person", "/antrag/unbekannt/pruefen", "/status/unbekannt/aufgabe/x"):
        assert citizen.browser.post(path).status_code == 404


def test_form_sent_by_another_site_shows_nothing_of_the_draft(citizen: Citizen):
    citizen.begins().types("person")
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    response = citizen.browser.post(citizen.address("person"), data={"person.ort": "X"}, headers=elsewhere)
    assert response.status_code == 400
    assert "Erika" not in response.text


def test_file_of_another_draft_is_out_of_reach(citizen: Citizen, neighbour: Citizen):
    citizen.begins().fills_everything()
    neighbour.begins().fills_everything()
    theirs = file_address(neighbour, "schein.png")
    file_id = theirs.rsplit("/", 1)[1]
    assert citizen.browser.get(citizen.address(f"datei/{file_id}")).status_code == 404
    citizen.types("unterlagen", {"entfernen": file_id})
    citizen.types("unterlagen", {UPLOAD: file_id})
    assert neighbour.browser.get(theirs).status_code == 200
    assert citizen.sends().status_code == 302


def test_too_many_beginnings_are_slowed_down(make_app: Callable[..., Flask]):
    browser = new_browser(make_app(rate_limits=True))
    browser.get(SERVICE)
    answers = {browser.send(f"{SERVICE}/beginnen").status_code for _ in range(61)}
    assert answers == {302, 429}


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(citizen: Citizen, method: str):
    citizen.begins()
    response = getattr(citizen.browser, method)(citizen.address("person"))
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD, OPTIONS, POST")
