# SPDX-License-Identifier: EUPL-1.2
"""Applicants and offices write to each other; files come later; nobody else reads along."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask

from engine.db import unit_of_work
from engine.identity import add_user
from tests.portal.citizen import Citizen, picture
from tests.portal.conftest import Office, new_browser, reference_on
from tests.web.browser import Browser
from web.bootstrap import Platform


@pytest.fixture
def anna(app: Flask) -> Browser:
    return new_browser(app).log_in("anna.berger", "passwort-fuer-tests")


@pytest.fixture
def case_path(citizen: Citizen, anna: Browser) -> str:
    """The page of the case in the inbox."""
    status = citizen.applies()
    reference = reference_on(citizen.browser.get(status).text)
    found = anna.get(f"/inbox/suche?aktenzeichen={reference}")
    assert found.location, found.text
    path: str = found.location
    return path


def writes(citizen: Citizen, text: str, file: tuple[bytes, str] | None = None):
    status = citizen.status_path()
    citizen.browser.get(status)
    upload = {"datei": (BytesIO(file[0]), file[1])} if file else {}
    return citizen.browser.send(f"{status}/nachricht", {"text": text, **upload})


def test_message_waits_in_the_inbox_until_it_is_answered(
    citizen: Citizen, anna: Browser, case_path: str, office: Office
):
    assert "Niemand wartet" in anna.get("/inbox/nachrichten").text
    assert writes(citizen, "Ich bin umgezogen.\nWas nun?").status_code == 302
    assert "1 neu" in anna.get("/inbox/nachrichten").text
    assert "Ich bin umgezogen." in anna.get(case_path).text
    before = len(office.mails)
    assert anna.send(f"{case_path}/nachricht", {"text": "Bitte die neue Anschrift."}).status_code == 302
    assert "Niemand wartet" in anna.get("/inbox/nachrichten").text
    mail = office.mails[before]
    assert mail.to == "erika.muster@example.org"
    assert "Bitte die neue Anschrift" not in mail.text
    page = citizen.browser.get(citizen.status_path()).text
    assert "Bitte die neue Anschrift." in page
    assert "Anna Berger" in page


def test_message_is_taken_note_of_without_an_answer(citizen: Citizen, anna: Browser, case_path: str):
    writes(citizen, "Danke!")
    anna.get(case_path)
    assert anna.send(f"{case_path}/gelesen").status_code == 302
    assert "Niemand wartet" in anna.get("/inbox/nachrichten").text


def test_file_is_handed_in_later(citizen: Citizen, anna: Browser, case_path: str):
    assert writes(citizen, "Anbei die Rückseite.", (picture(), "rueckseite.png")).status_code == 302
    page = anna.get(case_path).text
    assert page.count("rueckseite.png") >= 2
    assert "rueckseite.png" in citizen.browser.get(citizen.status_path()).text


@pytest.mark.parametrize(
    ("text", "file", "words"),
    [
        ("", None, "Bitte schreiben Sie etwas"),
        ("  \n ", None, "Bitte schreiben Sie etwas"),
        ("x" * 4001, None, "zu lang"),
        ("Anbei.", (b"MZ not a picture", "schein.png"), "schein.png"),
    ],
    ids=["empty", "blank", "long", "no picture"],
)
def test_what_cannot_be_sent_is_shown_again(
    citizen: Citizen, anna: Browser, case_path: str, text: str, file: tuple[bytes, str] | None, words: str
):
    answer = writes(citizen, text, file)
    assert answer.status_code == 422
    assert words in answer.text
    assert text.strip()[:100] in answer.text
    assert "Niemand wartet" in anna.get("/inbox/nachrichten").text


def test_office_is_not_flooded(citizen: Citizen, anna: Browser, case_path: str):
    for number in range(20):
        assert writes(citizen, f"Nachricht {number}").status_code == 302
    assert "warten schon viele Nachrichten" in writes(citizen, "noch eine").text
    anna.get(case_path)
    anna.send(f"{case_path}/gelesen")
    assert writes(citizen, "noch eine").status_code == 302


def test_words_stay_words(citizen: Citizen, anna: Browser, case_path: str):
    writes(citizen, "<script>alert(1)</script> {{ 7 * 7 }}")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7 * 7 }}" in anna.get(case_path).text


def test_other_offices_and_forged_links_read_nothing(citizen: Citizen, app: Flask, town: Platform, case_path: str):
    writes(citizen, "Geheim.")
    with unit_of_work(town.db) as session:
        add_user(session, town.clock, "karin.lenz", "Karin Lenz", "passwort-fuer-tests", ["ordnungsamt"])
    karin = new_browser(app).log_in("karin.lenz", "passwort-fuer-tests")
    assert "Niemand wartet" in karin.get("/inbox/nachrichten").text
    assert karin.send(f"{case_path}/nachricht", {"text": "Hallo"}).status_code == 403
    assert citizen.browser.send("/status/erfunden/nachricht", {"text": "Hallo"}).status_code == 404


def test_message_is_safe_when_the_mail_server_is_down(citizen: Citizen, anna: Browser, case_path: str, office: Office):
    anna.get(case_path)
    office.mailer.unreachable = True
    assert anna.send(f"{case_path}/nachricht", {"text": "Bitte melden Sie sich."}).status_code == 302
    assert "E-Mail mit dem Hinweis darauf konnte aber nicht gesendet werden" in anna.get(case_path).text
    assert "Bitte melden Sie sich." in citizen.browser.get(citizen.status_path()).text


def test_nothing_is_written_into_a_case_that_is_over(citizen: Citizen, case_path: str, office: Office):
    reference = reference_on(citizen.browser.get(citizen.status_path()).text)
    office.decides(reference, "ablehnen", begruendung="Die Wohnung liegt nicht in der Zone.")
    page = citizen.browser.get(citizen.status_path()).text
    assert "Dem Amt schreiben" not in page
    assert writes(citizen, "Warum?").status_code == 409
