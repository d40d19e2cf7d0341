# SPDX-License-Identifier: EUPL-1.2
"""The catalogue for other pages of the town, and the declaration that follows from what was checked."""

from __future__ import annotations

import re

import pytest

from processes import slices
from tests.web.browser import Browser
from web.portal.legal import STATES, pruefung

#: WCAG 2.1, chapters 1 to 4: how many success criteria of the levels A and AA each guideline has.
CRITERIA = {
    "1.1": 1,
    "1.2": 5,
    "1.3": 5,
    "1.4": 9,
    "2.1": 3,
    "2.2": 2,
    "2.3": 1,
    "2.4": 7,
    "2.5": 4,
    "3.1": 2,
    "3.2": 4,
    "3.3": 4,
    "4.1": 3,
}


def test_feed_names_every_service_with_its_address(browser: Browser):
    answer = browser.get("/leistungen.json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    found = {each["schluessel"]: each for each in answer.get_json()["leistungen"]}
    assert set(found) == {each.service.process_key for each in slices() if each.service}
    assert found["gewerbe"]["adresse"] == "http://localhost/leistung/gewerbe"
    assert found["gewerbe"]["abschnitte"]["Zuständige Stelle"] == ["Ordnungsamt"]


def test_addresses_of_the_feed_lead_to_services(browser: Browser):
    for each in browser.get("/leistungen.json").get_json()["leistungen"]:
        assert browser.get(each["adresse"].removeprefix("http://localhost")).status_code == 200


def test_snippet_is_a_list_without_script_or_style(browser: Browser):
    text = super(Browser, browser).open("/leistungen.html").text
    assert text.count("<li>") == len([each for each in slices() if each.service])
    assert not re.search(r"<script|style=|<html", text)


def test_every_criterion_of_the_standard_is_on_the_list_once():
    numbers = [each.nummer for each in pruefung().kriterien]
    assert len(set(numbers)) == len(numbers)
    counted = {chapter: sum(number.startswith(f"{chapter}.") for number in numbers) for chapter in CRITERIA}
    assert counted == CRITERIA


@pytest.mark.parametrize("each", pruefung().kriterien, ids=lambda each: each.nummer)
def test_whatever_is_said_of_a_criterion_is_complete(each):
    assert each.stand in STATES
    assert bool(each.luecke) == (each.stand in {"teilweise", "nicht geprüft"}), "a gap is told, and only a gap"
    assert bool(each.wie) == (each.stand in {"erfüllt", "teilweise"})


def test_declaration_tells_every_gap(browser: Browser):
    page = browser.get("/barrierefreiheit").text
    assert pruefung().luecken
    for each in pruefung().luecken:
        assert each.luecke in page
    assert "teilweise vereinbar" in page
