# SPDX-License-Identifier: EUPL-1.2
"""What an account is for: applications at hand, forms that begin filled in, one's data to see, take along, delete."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from engine.clock import FrozenClock
from engine.models import DraftRow
from processes.konto.models import KontoAntrag
from tests.konto.holder import PASSWORD, Holder
from tests.portal.citizen import Citizen
from tests.portal.conftest import new_browser
from web.bootstrap import Platform

ACCOUNT_PAGES = ("/konto/", "/konto/angaben", "/konto/sicherheit", "/konto/daten", "/konto/loeschen")


@pytest.fixture
def applicant(erika: Holder) -> Citizen:
    """The same person, with the same browser, who fills in a form."""
    return Citizen(erika.has_account().browser)


def case_path(holder: Holder) -> str:
    found = re.search(r'href="(/konto/antrag/[\w-]+)"', holder.sees("/konto/"))
    assert found
    return found[1]


def test_draft_is_found_again_and_goes_on(erika: Holder, applicant: Citizen):
    applicant.begins().types("person")
    page = erika.sees("/konto/")
    assert "noch nicht abgeschickt" in page
    assert f"/antrag/{applicant.draft}/" in page


def test_database_holds_no_key_to_the_draft(applicant: Citizen, town: Platform):
    applicant.begins()
    with town.db.reading() as session:
        row = session.scalars(select(KontoAntrag)).one()
        assert row.draft_sealed
        assert applicant.draft not in f"{row.draft_sealed} {row.draft_hash}"


def test_draft_is_thrown_away_by_its_owner_only(erika: Holder, otto: Holder, applicant: Citizen):
    applicant.begins()
    found = re.search(r'action="(/konto/entwurf/\d+/verwerfen)"', erika.sees("/konto/"))
    assert found
    otto.has_account()
    otto.presses("/konto/", found[1])
    assert applicant.looks_at("person").status_code == 200
    erika.presses("/konto/", found[1])
    assert applicant.looks_at("person").status_code == 404
    assert "noch nicht abgeschickt" not in erika.sees("/konto/")


def test_sent_application_stands_on_the_overview(erika: Holder, applicant: Citizen):
    applicant.applies()
    page = erika.sees("/konto/")
    assert "Abgeschickt (1)" in page
    assert "noch nicht abgeschickt" not in page
    assert "So weit sind wir" in erika.sees(case_path(erika))


def test_application_of_another_does_not_exist(erika: Holder, otto: Holder, applicant: Citizen):
    applicant.applies()
    path = case_path(erika)
    document = re.search(rf'href="({path}/dokument/[\w-]+)"', erika.sees(path))
    assert document
    otto.has_account()
    assert otto.browser.get(path).status_code == 404
    assert otto.browser.get(document[1]).status_code == 404


def test_application_without_account_is_taken_over_by_its_link(erika: Holder, citizen: Citizen):
    status = citizen.applies()
    erika.has_account()
    token = status.rpartition("/")[2]
    assert "In „Mein Rathaus“ zeigen" in erika.sees(status)
    first = erika.presses(status, f"/konto/uebernehmen/{token}")
    second = erika.presses(status, f"/konto/uebernehmen/{token}")
    assert first.location == second.location == case_path(erika)
    assert erika.presses(status, "/konto/uebernehmen/erfunden").status_code == 404


def test_document_says_when_it_was_fetched_and_counts_as_announced(
    app: Flask, erika: Holder, applicant: Citizen, town: Platform
):
    applicant.applies()
    erika.presses("/konto/angaben", "/konto/einwilligung/bekanntgabe", erteilen="1")
    path = case_path(erika)
    page = erika.sees(path)
    assert "bitte bis zum 03.12.2026 abrufen" in page
    found = re.search(rf'href="({path}/dokument/[\w-]+)"', page)
    assert found
    assert erika.browser.get(found[1]).status_code == 200
    assert isinstance(town.clock, FrozenClock)
    town.clock.advance(timedelta(hours=3))
    assert erika.browser.get(found[1]).status_code == 200
    assert "Abgerufen am 23.11.2026, 10:00 Uhr" in erika.sees(path)
    assert "ab 24.11.2026 als bekannt gegeben" in erika.sees(path)
    anna = new_browser(app).log_in("anna.berger", "passwort-fuer-tests")
    case_id = path.rpartition("/")[2]
    assert "im Konto abgerufen 23.11.2026, 10:00 Uhr" in anna.get(f"/inbox/vorgang/{case_id}").text


def test_next_application_begins_with_what_is_known_only_by_consent(erika: Holder, applicant: Citizen):
    applicant.applies()
    applicant.begins()
    assert 'value="Erika"' not in applicant.looks_at("person").text
    erika.presses("/konto/angaben", "/konto/einwilligung/vorbelegen", erteilen="1")
    applicant.applies()
    applicant.begins()
    page = applicant.looks_at("person").text
    for value in ("Erika", "Muster", "Hindenburgstraße 4", "73230", erika.email):
        assert f'value="{value}"' in page
    assert "Übernommen aus Ihrem Konto, aus Ihrem letzten Antrag am 23.11.2026" in page


def test_prefilled_value_is_corrected_and_the_note_goes(erika: Holder, applicant: Citizen):
    erika.presses("/konto/angaben", "/konto/einwilligung/vorbelegen", erteilen="1")
    erika.presses("/konto/angaben", "/konto/angaben", **{"given-name": "Erika", "family-name": "Muster"})
    applicant.begins()
    assert applicant.looks_at("person").text.count("Übernommen aus Ihrem Konto, von Ihnen angegeben") == 2
    applicant.types("person", {"person.vorname": "Erika Maria"})
    assert applicant.looks_at("person").text.count("Übernommen aus Ihrem Konto") == 1


def test_details_are_kept_and_what_is_wrong_is_shown_again(erika: Holder):
    erika.has_account()
    answer = erika.presses("/konto/angaben", "/konto/angaben", **{"given-name": "Erika", "postal-code": "732"})
    assert answer.status_code == 422
    assert 'value="Erika"' in answer.text
    assert 'value="732"' in answer.text
    erika.presses("/konto/angaben", "/konto/angaben", **{"given-name": "Erika", "postal-code": "73230"})
    page = erika.sees("/konto/angaben")
    assert 'value="73230"' in page
    assert "Von ihnen angegeben" not in page
    assert "Von Ihnen angegeben am 23.11.2026" in page


def test_consent_is_withdrawn_as_easily_as_it_was_given(erika: Holder):
    erika.has_account()
    erika.presses("/konto/angaben", "/konto/einwilligung/bekanntgabe", erteilen="1")
    assert "Eingewilligt" in erika.sees("/konto/angaben")
    erika.presses("/konto/angaben", "/konto/einwilligung/bekanntgabe", widerrufen="1")
    assert "<strong>Eingewilligt" not in erika.sees("/konto/angaben")
    consents = json.loads(erika.sees("/konto/daten.json"))["einwilligungen"]
    assert [each["wozu"] for each in consents] == ["Bescheide im Konto bekommen"]
    assert consents[0]["widerrufen_am"]
    assert erika.presses("/konto/angaben", "/konto/einwilligung/erfunden", erteilen="1").status_code == 404


def test_data_are_taken_along_as_json(erika: Holder, applicant: Citizen):
    applicant.applies()
    applicant.begins()
    erika.presses("/konto/angaben", "/konto/angaben", **{"family-name": "Müller-Lüdenscheidt"})
    data = json.loads(erika.sees("/konto/daten.json"))
    assert data["format"] == "amtsfluss-konto/1"
    assert data["konto"]["email"] == erika.email
    assert [each["wert"] for each in data["angaben"]] == ["Müller-Lüdenscheidt"]
    assert len(data["antraege"]) == len(data["entwuerfe"]) == len(data["anmeldungen"]) == 1
    assert len(data["antraege"][0]["dokumente"][0]["sha256"]) == 64
    assert "argon2" not in json.dumps(data)


def test_data_are_read_as_pdf(erika: Holder):
    erika.has_account()
    erika.presses("/konto/angaben", "/konto/angaben", **{"family-name": "Muster"})
    answer = erika.browser.get("/konto/daten.pdf")
    assert answer.mimetype == "application/pdf"
    # The fake letter writer leaves the page's HTML readable.
    for words in ("Auskunft über Ihre Daten", "erika.muster@example.org", "Muster", "Art. 15 DSGVO"):
        assert words in answer.text.replace("\xa0", " ")


def test_deleted_account_leaves_nothing_but_the_case(erika: Holder, applicant: Citizen, town: Platform):
    status = applicant.applies()
    applicant.begins()
    assert erika.presses("/konto/loeschen", "/konto/loeschen").status_code == 422
    assert erika.presses("/konto/loeschen", "/konto/loeschen", sicher="ja").status_code == 302
    assert erika.browser.get("/konto/").status_code == 302
    assert erika.logs_in().status_code == 422
    assert applicant.looks_at("person").status_code == 404
    assert erika.browser.get(status).status_code == 200
    with town.db.reading() as session:
        for table in KontoAntrag.metadata.sorted_tables:
            if table.name.startswith("kont"):
                assert session.execute(select(table)).all() == [], table.name
        assert len(session.scalars(select(DraftRow).where(DraftRow.case_id.is_(None))).all()) == 0


@pytest.mark.parametrize("path", [*ACCOUNT_PAGES, "/konto/daten.json", "/konto/daten.pdf", "/konto/antrag/x"])
def test_account_is_closed_to_strangers(erika: Holder, path: str):
    answer = erika.browser.get(path)
    assert answer.status_code == 302
    assert answer.location.startswith("/konto/anmelden?next=/konto/")


def test_pages_stay_out_of_caches_and_search_engines(erika: Holder):
    erika.has_account()
    for path in ACCOUNT_PAGES:
        headers = erika.browser.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Robots-Tag"] == "noindex, nofollow"


def test_application_without_login_stays_without_account(citizen: Citizen, town: Platform):
    citizen.applies()
    with town.db.reading() as session:
        assert session.scalars(select(KontoAntrag)).all() == []


def test_what_was_typed_survives_the_end_of_the_login(erika: Holder, town: Platform):
    erika.has_account().sees("/konto/angaben")
    assert isinstance(town.clock, FrozenClock)
    town.clock.advance(timedelta(hours=25))
    stopped = erika.browser.send("/konto/angaben", {"family-name": "Muster-Neu"})
    assert stopped.status_code == 401
    held = re.search(r'name="held" value="([^"]+)"', stopped.text)
    assert held
    fields = {"email": erika.email, "passwort": PASSWORD, "held": held[1]}
    again = erika.browser.send("/konto/anmelden", fields)
    assert 'value="Muster-Neu"' in again.text
    assert "Ihre Eingaben sind noch da" in again.text
