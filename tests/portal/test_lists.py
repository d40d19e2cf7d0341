# SPDX-License-Identifier: EUPL-1.2
"""A form with a list, asked over the pages: buttons, addresses, and whatever else is sent to it."""

from __future__ import annotations

import random
import re

import pytest

from engine.db import unit_of_work
from engine.definitions import Bundle, deploy
from forms import check_form
from processes import FOLDER
from tests.web.browser import Browser
from web.bootstrap import Platform

SERVICE = "/leistung/hundesteuer"
STEPS = ("anliegen", "person", "anmeldung", "abmeldung", "ummeldung")
LISTS = ("anmeldung.hunde", "abmeldung.hunde", "ummeldung.hunde")
FIELDS = (
    *(
        "anliegen.art",
        "person.email",
        "person.email.wiederholung",
        "person.plz",
        "anmeldung.bereits",
        "gezeigt",
        "nach",
    ),
    *(
        f"{path}.{number}.{key}"
        for path in LISTS
        for number in ("0", "1", "19", "-1", "x", "")
        for key in ("name", "beginn.tag", "ermaessigung", "marke", "ende", "grund", "neuer_halter")
    ),
)
VALUES = (
    "",
    "anmelden",
    "abmelden",
    "ummelden",
    "keine",
    "ja",
    "31",
    "0",
    "-1",
    "=1+1",
    "<b>",
    "\x00",
    "9" * 500,
    "🐕",
)


@pytest.fixture
def address(town: Platform, browser: Browser) -> str:
    """Where a draft lies that somebody has just begun."""
    with unit_of_work(town.db) as session:
        deploy(session, town.services, Bundle.from_folder(FOLDER / "hundesteuer"), form_check=check_form)
    browser.get(SERVICE)
    begun = browser.send(f"{SERVICE}/beginnen")
    found = re.fullmatch(r"(/antrag/[\w-]{32})/anliegen", begun.location)
    assert found, begun.location
    browser.get(begun.location)
    assert browser.send(begun.location, {"anliegen.art": "anmelden"}).status_code == 302
    return found[1]


def test_an_item_is_added_and_shown_at_its_address(browser: Browser, address: str):
    typed = {"anmeldung.hunde.0.name": "Rex", "hinzufuegen": "anmeldung.hunde"}
    answer = browser.send(f"{address}/anmeldung", typed)
    assert answer.location == f"{address}/anmeldung#f-anmeldung-hunde-1"
    page = browser.get(f"{address}/anmeldung").text
    assert 'name="anmeldung.hunde.0.name" value="Rex"' in page
    assert 'name="anmeldung.hunde.1.name"' in page


def test_whoever_comes_from_the_check_page_finds_back_there(browser: Browser, address: str):
    typed = {"hinzufuegen": "anmeldung.hunde", "nach": "pruefen"}
    assert "nach=pruefen" in browser.send(f"{address}/anmeldung", typed).location


def test_no_list_grows_beyond_what_the_form_says(browser: Browser, address: str):
    for _ in range(15):
        browser.send(f"{address}/anmeldung", {"hinzufuegen": "anmeldung.hunde"})
    page = browser.get(f"{address}/anmeldung").text
    assert 'name="anmeldung.hunde.9.name"' in page
    assert 'name="anmeldung.hunde.10.name"' not in page


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_sent_is_answered(browser: Browser, address: str, seed: int):
    chance = random.Random(seed)
    for _ in range(40):
        sent = {chance.choice(FIELDS): chance.choice(VALUES) for _ in range(chance.randint(0, 8))}
        if chance.random() < 0.5:
            sent[chance.choice(("hinzufuegen", "weglassen"))] = chance.choice((*LISTS, *FIELDS))
        answer = browser.send(f"{address}/{chance.choice(STEPS)}", sent)
        assert answer.status_code in (200, 302, 404, 422), sent
    for page in (*STEPS, "pruefen", "spaeter"):
        assert browser.get(f"{address}/{page}").status_code in (200, 302)
