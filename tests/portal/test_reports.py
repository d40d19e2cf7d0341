# SPDX-License-Identifier: EUPL-1.2
"""Reports of what is broken, as everybody sees them."""

from __future__ import annotations

import pytest
from flask import Flask

from engine.db import unit_of_work
from engine.definitions import Bundle, deploy
from forms import check_form
from processes import FOLDER
from tests.portal.conftest import new_browser
from tests.web.browser import Browser
from web.bootstrap import Platform


@pytest.fixture
def reporter(app: Flask, town: Platform) -> Browser:
    with unit_of_work(town.db) as session:
        deploy(session, town.services, Bundle.from_folder(FOLDER / "maengelmelder"), form_check=check_form)
    return new_browser(app)


def report(browser: Browser, **changes: str) -> str:
    """Fill in the three pages and send; the address of the status page."""
    browser.get("/leistung/maengelmelder")
    place = browser.send("/leistung/maengelmelder/beginnen").location.rpartition("/")[0]
    steps = {
        "mangel": {"mangel.kategorie": "strasse", "mangel.beschreibung": "Ein tiefes Schlagloch."},
        "ort": {"ort.position": "48,6483 9,4511"},
        "kontakt": {},
    }
    for step, typed in steps.items():
        browser.get(f"{place}/{step}")
        known = {name: text for name, text in changes.items() if name.startswith(step)}
        assert browser.send(f"{place}/{step}", {**typed, **known, "aktion": "weiter"}).status_code == 302
    browser.get(f"{place}/pruefen")
    done = browser.send(f"{place}/pruefen").location
    return browser.get(done).text


def test_nobody_has_to_say_who_they_are(reporter: Browser):
    assert "MM-2026-00001" in report(reporter)


def test_report_is_on_the_list_and_on_the_map_without_its_words(reporter: Browser):
    report(reporter)
    page = reporter.get("/maengel").text
    assert "1 Meldung ist offen" in page
    assert "Straße und Gehweg" in page
    assert "Schlagloch" not in page
    about = reporter.get("/karte.json").get_json()
    assert about["known"] == [{"nummer": "MM-2026-00001", "art": "Straße und Gehweg", "lat": 48.6483, "lon": 9.4511}]
    assert about["tiles"] == ""


def test_place_is_words_or_degrees_but_not_nothing(reporter: Browser):
    reporter.get("/leistung/maengelmelder")
    place = reporter.send("/leistung/maengelmelder/beginnen").location.rpartition("/")[0]
    reporter.get(f"{place}/ort")
    assert "Bitte füllen Sie" in reporter.send(f"{place}/ort", {"aktion": "weiter"}).text
    wrong = reporter.send(f"{place}/ort", {"ort.position": "auf dem Marktplatz", "aktion": "weiter"})
    assert "Breite und Länge" in wrong.text
    assert 'value="auf dem Marktplatz"' in wrong.text
    assert reporter.send(f"{place}/ort", {"ort.position": "", "ort.adresse": "Marktplatz"}).status_code == 302


def test_only_pages_with_a_map_may_ask_where_one_is(reporter: Browser):
    reporter.get("/leistung/maengelmelder")
    place = reporter.send("/leistung/maengelmelder/beginnen").location.rpartition("/")[0]
    assert "geolocation=(self)" in reporter.get(f"{place}/ort").headers["Permissions-Policy"]
    assert "geolocation=()" in reporter.get(f"{place}/mangel").headers["Permissions-Policy"]


def test_empty_list_says_so(reporter: Browser):
    assert "Zurzeit ist nichts gemeldet" in reporter.get("/maengel").text
