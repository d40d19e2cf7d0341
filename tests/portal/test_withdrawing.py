# SPDX-License-Identifier: EUPL-1.2
"""Taking an application back on the status page."""

from __future__ import annotations

import re

from engine.db import unit_of_work
from engine.queries.cases import case_by_reference
from engine.suspension import suspend_case
from tests.portal.citizen import Citizen
from tests.portal.conftest import ANNA, Office
from tests.web.browser import Browser
from web.bootstrap import Platform

LINK = "zurueckziehen"


def test_application_is_taken_back_after_a_second_look(citizen: Citizen, browser: Browser):
    status = citizen.applies()
    assert f"{status}/{LINK}" in browser.get(status).text
    page = browser.get(f"{status}/{LINK}").text
    assert "lässt sich nicht rückgängig machen" in page
    response = browser.send(f"{status}/{LINK}")
    assert response.location == status
    page = browser.get(status).text
    assert "Sie haben Ihren Antrag zurückgezogen." in page
    assert "Von Ihnen zurückgezogen" in page
    assert LINK not in page


def test_twice_is_told_and_does_no_harm(citizen: Citizen, browser: Browser):
    status = citizen.applies()
    browser.get(f"{status}/{LINK}")
    browser.send(f"{status}/{LINK}")
    browser.get(status)
    assert browser.send(f"{status}/{LINK}").location == status
    assert "lässt sich hier nicht mehr zurückziehen" in browser.get(status).text


def test_after_the_decision_it_is_too_late(citizen: Citizen, browser: Browser, office: Office):
    status = citizen.applies()
    browser.get(f"{status}/{LINK}")
    office.decides("APA-2026-00001", "genehmigen")
    assert LINK not in browser.get(status).text
    browser.send(f"{status}/{LINK}")
    page = browser.get(status).text
    assert "lässt sich hier nicht mehr zurückziehen" in page
    assert "Von Ihnen zurückgezogen" not in page


def test_a_link_that_nobody_made_takes_nothing_back(citizen: Citizen, browser: Browser):
    status = citizen.applies()
    browser.get(status)
    forged = re.sub(r"\.(.)", lambda sign: ".A" if sign[1] != "A" else ".B", status)
    assert browser.get(f"{forged}/{LINK}").status_code == 404
    assert browser.send(f"{forged}/{LINK}").status_code == 404
    assert LINK in browser.get(status).text


def test_a_held_case_keeps_the_application(citizen: Citizen, browser: Browser, office: Office, town: Platform):
    status = citizen.applies()
    browser.get(f"{status}/{LINK}")
    with unit_of_work(town.db) as session:
        found = case_by_reference(session, "APA-2026-00001")
        assert found is not None
        suspend_case(session, town.services, found.id, ANNA)
    assert browser.send(f"{status}/{LINK}").status_code == 409
    assert "Von Ihnen zurückgezogen" not in browser.get(status).text
