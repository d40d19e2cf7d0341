# SPDX-License-Identifier: EUPL-1.2
"""Finding a service and reading about it."""

from __future__ import annotations

import pytest

from processes import HEADINGS
from tests.portal.citizen import SERVICE
from tests.web.browser import Browser


def test_catalogue_lists_services_by_life_situation(browser: Browser):
    page = browser.get("/").text
    assert page.index("Auto und Verkehr") < page.index("Bewohnerparkausweis beantragen")
    assert f'href="{SERVICE}"' in page


@pytest.mark.parametrize("words", ["parken", "ANWOHNER", "auto ausweis", "Parkzone"])
def test_search_finds_a_service_by_its_other_names(browser: Browser, words: str):
    page = browser.get("/", query_string={"suche": words}).text
    assert "1 Leistung<" in page
    assert SERVICE in page


@pytest.mark.parametrize("words", ["drachenhaltung", "<script>alert(1)</script>", "' OR 1=1 --", "x" * 5000])
def test_search_without_a_hit_says_what_to_do(browser: Browser, words: str):
    page = browser.get("/", query_string={"suche": words}).text
    assert "haben wir nichts gefunden" in page
    assert SERVICE not in page
    assert "<script>alert" not in page


def test_service_page_has_the_headings_of_the_state_portal_and_one_primary_button(browser: Browser):
    page = browser.get(SERVICE).text
    assert [heading in page for heading in HEADINGS.values()] == [True] * len(HEADINGS)
    assert page.count("kern-btn--primary") == 1
    assert "Online beantragen" in page


def test_unknown_service_is_not_found(browser: Browser):
    assert browser.get("/leistung/drachenhaltung").status_code == 404
    browser.get(SERVICE)
    assert browser.send("/leistung/drachenhaltung/beginnen").status_code == 404


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/impressum", "Anbieterin"),
        ("/datenschutz", "Landesbeauftragten für den Datenschutz"),
        ("/barrierefreiheit", "teilweise vereinbar"),
    ],
)
def test_what_the_law_wants_is_linked_from_every_page(browser: Browser, path: str, words: str):
    assert f'href="{path}"' in browser.get("/").text
    assert f'href="{path}"' in browser.get("/gibt-es-nicht").text
    page = browser.get(path).text
    assert words in page
    assert "Vorführung" in page


def test_a_lost_session_on_the_service_page_asks_for_one_more_click(browser: Browser):
    response = browser.post(f"{SERVICE}/beginnen")
    assert response.status_code == 400
    assert "noch einmal auf „Online beantragen“" in response.text
    assert browser.send(f"{SERVICE}/beginnen").status_code == 302
