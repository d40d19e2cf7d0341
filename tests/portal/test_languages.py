# SPDX-License-Identifier: EUPL-1.2
"""The portal in English, and services in plain words."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from connectors.mail import Mailer
from engine.bpmn import read_process
from forms import load_form
from forms.language import LANGUAGES, catalogue
from processes import FOLDER, slices
from tests.portal.citizen import SERVICE, STEPS, Citizen
from tests.web.browser import Browser
from tools.translations import missing
from web.bootstrap import Platform

SERVICES = [each.service for each in slices() if each.service is not None]
CITIZENS_FORMS = [*FOLDER.glob("*/antrag.form"), *FOLDER.glob("*/rueckfrage.form")]


@pytest.fixture
def in_english(browser: Browser) -> Browser:
    browser.get("/", query_string={"sprache": "en"})
    return browser


def test_language_is_chosen_by_a_link_and_kept(browser: Browser):
    page = browser.get("/").text
    assert '<html lang="de">' in page
    address = re.search(r'<a class="amt-header__language" href="([^"]+)" lang="en" hreflang="en">English</a>', page)
    assert address
    assert "What would you like to do?" in browser.get(address[1]).text
    page = browser.get(SERVICE).text
    assert '<html lang="en">' in page
    assert "Apply for a resident’s parking permit" in page
    assert "Documents needed" in page
    assert ">Deutsch</a>" in page


@pytest.mark.parametrize("code", ["fr", "EN", "", "en;de", "../en", "<b>"])
def test_unknown_language_changes_nothing(browser: Browser, code: str):
    response = browser.get("/", query_string={"sprache": code})
    assert '<html lang="de">' in response.text
    assert "sprache" not in response.headers.get("Set-Cookie", "")


def test_search_goes_by_english_words(in_english: Browser):
    page = in_english.get("/", query_string={"suche": "parking"}).text
    assert "<strong>1 service</strong>" in page


def test_form_its_errors_and_its_check_page_are_english(in_english: Browser):
    citizen = Citizen(in_english).begins()
    page = citizen.types("person", {"person.plz": "123"}).text
    assert "Step 1 of 5" in page
    assert "Please enter a postcode of 5 digits" in page
    citizen.types("person")
    assert "Are you entered as the keeper of the vehicle?" in citizen.looks_at("fahrzeug").text
    for step in list(STEPS)[1:]:
        citizen.types(step)
    page = citizen.looks_at("pruefen").text
    assert "Please check your entries" in page
    assert "Please upload a file for “Vehicle registration certificate, part I”." in page
    assert "1 year" in page


def test_language_can_be_changed_within_a_step_and_keeps_what_is_typed(browser: Browser):
    citizen = Citizen(browser).begins()
    response = citizen.types("person", {"person.vorname": "Zoë"}, button="sprache-en")
    assert response.status_code == 302
    page = browser.get(response.location).text
    assert "First name" in page
    assert 'value="Zoë"' in page


def test_the_copy_that_the_office_files_stays_german(in_english: Browser):
    citizen = Citizen(in_english).begins()
    citizen.types("person")
    response = citizen.looks_at("antrag.pdf")
    assert response.status_code == 200
    assert "Straße und Hausnummer" in response.text
    assert "Street and house number" not in response.text


def test_the_receipt_is_german_throughout_even_its_dates(in_english: Browser):
    citizen = Citizen(in_english)
    status = citizen.applies()
    assert "received on 23 November 2026" in in_english.get(status).text
    page = in_english.get(f"{status}/antrag.pdf").text
    assert "23.11.2026" in page
    assert "November" not in page


def test_the_mail_with_the_way_back_is_german(in_english: Browser, town: Platform):
    citizen = Citizen(in_english).begins()
    citizen.looks_at("spaeter")
    in_english.send(citizen.address("spaeter"), {"email": "erika@example.org"})
    mailer = town.services.provide(Mailer)
    assert mailer.sent[-1].subject == "Ihr angefangener Antrag: Bewohnerparkausweis beantragen"
    assert "November" not in mailer.sent[-1].text
    assert "December" not in mailer.sent[-1].text


def test_inbox_stays_german(in_english: Browser):
    page = in_english.get("/anmelden", query_string={"sprache": "en"}).text
    assert '<html lang="de">' in page
    assert "Benutzername" in page


def test_feed_for_other_sites_speaks_by_its_address_alone(in_english: Browser):
    german = in_english.get("/leistungen.json")
    english = in_english.get("/leistungen.json", query_string={"sprache": "en"})
    assert {each["sprache"] for each in german.get_json()["leistungen"]} == {"de"}
    assert {each["sprache"] for each in english.get_json()["leistungen"]} == {"en"}
    assert "Set-Cookie" not in english.headers


def test_a_page_that_is_german_only_says_so_and_names_its_language(in_english: Browser):
    page = in_english.get("/datenschutz").text
    assert "This page is only available in German." in page
    assert '<article class="amt-stack amt-text" lang="de">' in page


def test_plain_words_are_marked_as_a_draft(browser: Browser):
    page = browser.get("/leistung/hundesteuer").text
    assert "In einfacher Sprache lesen" in page
    assert "Dann müssen Sie Steuer bezahlen." in page
    assert "noch nicht geprüft" in page


def test_every_sentence_of_the_pages_has_an_english_one():
    assert missing("en") == {}


def test_english_sentences_fill_the_same_places():
    for german, english in catalogue("en").items():
        assert sorted(re.findall(r"%\(\w+\)s", german)) == sorted(re.findall(r"%\(\w+\)s", english)), german


@pytest.mark.parametrize("page", SERVICES, ids=lambda page: page.process_key)
def test_every_service_is_described_in_every_language_and_in_plain_words(page):
    assert {"de", *page.translations} == set(LANGUAGES)
    assert page.plain
    assert all(other.plain and len(other.sections) == len(page.sections) for other in page.translations.values())


@pytest.mark.parametrize("path", CITIZENS_FORMS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_form_for_citizens_has_every_language(path: Path):
    source = json.loads(path.read_text(encoding="utf-8"))
    assert [load_form(source, code).language for code in LANGUAGES] == list(LANGUAGES)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*/*.bpmn")), ids=lambda path: path.stem)
def test_every_milestone_has_every_language(path: Path):
    process = read_process(path.read_bytes(), path.name)
    for node in process.nodes.values():
        assert ("milestone" in node.properties) == ("milestone.en" in node.properties), node.id
