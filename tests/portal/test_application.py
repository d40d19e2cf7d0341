# SPDX-License-Identifier: EUPL-1.2
"""Filling in an application: nothing that was typed is ever lost, and it is sent exactly once."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from engine.db import unit_of_work
from engine.identity import SYSTEM
from engine.queries.cases import case_by_reference, documents
from engine.suspension import resume_definitions, suspend_definitions
from tests.portal.citizen import SERVICE, STEPS, Citizen, picture
from tests.portal.conftest import Office, reference_on
from web.bootstrap import Platform


def test_each_step_leads_to_the_next_and_says_where_one_is(citizen: Citizen):
    citizen.begins()
    keys = list(STEPS)
    for number, (key, following) in enumerate(zip(keys, [*keys[1:], "pruefen"], strict=True), start=1):
        page = citizen.looks_at(key).text
        assert f"Schritt {number} von 5" in page
        response = citizen.uploads() if key == "unterlagen" else citizen.types(key)
        assert response.location == citizen.address(following)


def test_check_page_shows_all_answers_with_a_way_to_change_them(citizen: Citizen):
    page = citizen.begins().fills_everything().looks_at("pruefen").text
    for words in ("Erika", "Hindenburgstraße 4", "ES-AB 123", "Zone A – Altstadt", "01.12.2026", "schein.png"):
        assert words in page
    assert page.count(">Ändern<") == 5
    assert page.count("kern-btn--primary") == 1
    assert "Antrag absenden" in page


def test_changing_an_answer_leads_back_to_the_check_page(citizen: Citizen):
    citizen.begins().fills_everything()
    assert f"{citizen.address('person')}?nach=pruefen" in citizen.looks_at("pruefen").text
    assert "zurück zur Prüfung" in citizen.browser.get(citizen.address("person") + "?nach=pruefen").text
    response = citizen.types("person", {"person.vorname": "Frieda", "nach": "pruefen"})
    assert response.location == citizen.address("pruefen")
    assert "Frieda" in citizen.looks_at("pruefen").text


def test_confirmation_gives_reference_secret_link_and_what_happens_next(citizen: Citizen, office: Office):
    citizen.begins().fills_everything()
    assert citizen.sends().location == citizen.address("fertig")
    page = citizen.looks_at("fertig").text
    assert reference_on(page) == "APA-2026-00001"
    for words in ("So geht es weiter", "Bearbeitungsdauer", "Haben Sie Fragen?", "07021"):
        assert words in page
    office.works()
    assert [mail.to for mail in office.mails] == ["erika.muster@example.org"]
    assert citizen.status_path() in office.mails[0].text


def test_sending_twice_leads_to_the_same_confirmation(citizen: Citizen, town: Platform):
    citizen.begins().fills_everything()
    assert citizen.sends().location == citizen.sends().location == citizen.address("fertig")
    assert reference_on(citizen.looks_at("fertig").text) == "APA-2026-00001"
    with town.db.reading() as session:
        assert case_by_reference(session, "APA-2026-00002") is None


def test_a_sent_application_can_no_longer_be_changed(citizen: Citizen):
    citizen.applies()
    for page in ("", "person", "pruefen", "spaeter"):
        assert citizen.looks_at(page).location == citizen.address("fertig")
    assert citizen.types("person", {"person.vorname": "Jemand"}).location == citizen.address("fertig")


def test_upload_becomes_a_document_of_the_case(citizen: Citizen, town: Platform):
    citizen.applies()
    with town.db.reading() as session:
        case = case_by_reference(session, "APA-2026-00001")
        assert case is not None
        (found,) = documents(session, case.id)
    assert (found.name, found.media_type) == ("schein.png", "image/png")


def test_wrong_answers_are_named_at_the_field_and_above_and_kept(citizen: Citizen):
    response = citizen.begins().types("person", {"person.email": "erika(at)example", "person.plz": "12"})
    assert response.status_code == 200
    assert 'href="#f-person-email"' in response.text
    assert 'href="#f-person-plz"' in response.text
    assert 'aria-invalid="true"' in response.text
    for page in (response.text, citizen.looks_at("person").text):
        assert 'value="erika(at)example"' in page
        assert 'value="Hindenburgstraße 4"' in page


def test_going_back_saves_what_was_typed_and_blames_nobody(citizen: Citizen):
    citizen.begins().types("person")
    response = citizen.types("fahrzeug", {"fahrzeug.kennzeichen": "ES-"}, button="zurueck")
    assert response.location == citizen.address("person")
    assert 'value="ES-"' in citizen.looks_at("fahrzeug").text
    assert citizen.types("person", {"person.vorname": ""}, button="zurueck").location == SERVICE


def test_an_application_can_be_put_aside_and_taken_up_again(citizen: Citizen, neighbour: Citizen):
    citizen.begins().types("person")
    assert citizen.types("fahrzeug", {"fahrzeug.halter": ""}, button="spaeter").location == citizen.address("spaeter")
    page = citizen.looks_at("spaeter").text
    assert f"http://localhost{citizen.address('')}" in page
    assert "23.12.2026" in page
    neighbour.draft = citizen.draft  # the same link on another device
    assert neighbour.looks_at("").location == citizen.address("fahrzeug")
    assert 'value="ES-AB 123"' in neighbour.looks_at("fahrzeug").text


def test_incomplete_application_cannot_be_sent_and_says_what_is_missing(citizen: Citizen, town: Platform):
    citizen.begins().types("person")
    page = citizen.looks_at("pruefen").text
    assert "Es fehlt noch etwas" in page
    assert ">Antrag absenden<" not in page
    assert f"{citizen.address('fahrzeug')}?nach=pruefen&amp;fehler=ja#f-fahrzeug-kennzeichen" in page
    assert "aria-invalid" in citizen.browser.get(citizen.address("fahrzeug") + "?nach=pruefen&fehler=ja").text
    assert citizen.sends().status_code == 422
    with town.db.reading() as session:
        assert case_by_reference(session, "APA-2026-00001") is None


def test_another_answer_can_bring_up_a_question_on_a_later_page(citizen: Citizen):
    citizen.begins().fills_everything()
    response = citizen.types("fahrzeug", {"fahrzeug.halter": "nein", "nach": "pruefen"})
    assert response.location == citizen.address("pruefen")
    assert "Nutzungsüberlassung" in citizen.looks_at("pruefen").text
    assert citizen.sends().status_code == 422
    assert citizen.uploads(field="unterlagen.nutzungsueberlassung").status_code == 302
    assert citizen.sends().status_code == 302


def test_file_of_a_question_that_is_no_longer_asked_is_forgotten(citizen: Citizen):
    citizen.begins().fills_everything().types("fahrzeug", {"fahrzeug.halter": "nein"})
    citizen.uploads("ueberlassung.png", field="unterlagen.nutzungsueberlassung")
    address = file_address(citizen, "ueberlassung.png")
    assert citizen.browser.get(address).status_code == 200
    citizen.types("fahrzeug")
    assert citizen.browser.get(address).status_code == 404


def test_uploaded_file_can_be_looked_at_replaced_and_removed(citizen: Citizen):
    citizen.begins().fills_everything()
    assert citizen.browser.get(file_address(citizen, "schein.png")).data == picture()
    citizen.uploads("neu.png", picture("red"))
    page = citizen.looks_at("pruefen").text
    assert "neu.png" in page
    assert "schein.png" not in page
    found = re.search(r'name="entfernen" value="([^"]+)"', citizen.looks_at("unterlagen").text)
    assert found
    assert citizen.types("unterlagen", {"entfernen": found[1]}).location == citizen.address("unterlagen")
    page = citizen.looks_at("unterlagen").text
    assert "neu.png" not in page
    assert "aria-invalid" not in page, "whoever removes a file is about to choose another"
    assert citizen.sends().status_code == 422


def test_a_file_that_was_uploaded_by_its_button_is_shown_by_an_address(citizen: Citizen):
    """Otherwise the way back would ask whether the form shall be sent once more."""
    citizen.begins().types("person")
    citizen.types("fahrzeug"), citizen.types("parken")
    file = (BytesIO(picture()), "schein.png")
    raw = {"unterlagen.fahrzeugschein": file, "hochladen": "unterlagen.fahrzeugschein", "nach": "pruefen"}
    response = citizen.types("unterlagen", raw)
    here = citizen.address("unterlagen")
    assert response.location == f"{here}?nach=pruefen&hochgeladen=1#f-unterlagen-fahrzeugschein"
    assert "Die Datei ist gespeichert." in citizen.looks_at("unterlagen?nach=pruefen&hochgeladen=1").text


def test_a_photo_is_kept_without_what_the_phone_wrote_into_it(citizen: Citizen):
    exif, content = Image.Exif(), BytesIO()
    exif[0x010F] = "Telefon von Erika"
    Image.new("RGB", (40, 30), "white").save(content, "PNG", exif=exif.tobytes())
    citizen.begins().types("person")
    citizen.types("fahrzeug"), citizen.types("parken")
    citizen.uploads(content=content.getvalue())
    assert b"Erika" not in citizen.browser.get(file_address(citizen, "schein.png")).data


def test_while_a_service_is_held_nothing_can_be_sent_and_nothing_is_lost(
    citizen: Citizen, neighbour: Citizen, town: Platform
):
    citizen.begins().fills_everything()
    with unit_of_work(town.db) as session:
        suspend_definitions(session, town.services, "anwohnerparkausweis", by=SYSTEM)
    response = citizen.sends()
    assert response.status_code == 409
    assert "Die Bearbeitung ist zurzeit angehalten, deshalb wurde nichts gespeichert." in response.text
    assert "schein.png" in response.text
    neighbour.browser.get(SERVICE)
    refused = neighbour.browser.send(f"{SERVICE}/beginnen")
    assert refused.status_code == 409
    assert "Diesen Antrag nehmen wir zurzeit nicht online an." in refused.text
    with unit_of_work(town.db) as session:
        resume_definitions(session, town.services, "anwohnerparkausweis", by=SYSTEM)
    assert citizen.sends().location == citizen.address("fertig")
    neighbour.begins()


@pytest.mark.parametrize("draft", ["x", "a" * 32, "..%2f..%2fetc", "' OR '1'='1"])
def test_unknown_draft_is_explained_with_a_way_to_begin_again(citizen: Citizen, draft: str):
    citizen.begins()
    citizen.draft = draft
    for page in ("person", "pruefen", "fertig", "spaeter", ""):
        response = citizen.looks_at(page)
        assert response.status_code == 404
        if "%2f" not in draft:
            assert "Diesen Antrag finden wir nicht" in response.text
            assert "Neuen Antrag beginnen" in response.text


def test_expired_draft_is_explained(citizen: Citizen, town: Platform):
    citizen.begins()
    town.clock.advance(timedelta(days=31))  # type: ignore[attr-defined]  # tests run on a frozen clock
    assert "Neuen Antrag beginnen" in citizen.types("person").text
    assert citizen.looks_at("person").status_code == 404


def test_unknown_step_leads_to_where_something_is_missing(citizen: Citizen):
    citizen.begins().types("person")
    assert citizen.looks_at("gibt-es-nicht").location == citizen.address("fahrzeug")
    assert citizen.browser.send(citizen.address("gibt-es-nicht")).location == citizen.address("fahrzeug")


def test_address_of_a_draft_stays_secret(citizen: Citizen):
    for response in (citizen.begins().looks_at("person"), citizen.looks_at("pruefen"), citizen.looks_at("datei/y")):
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["Cache-Control"] == "no-store"
        assert "noindex" in response.headers["X-Robots-Tag"]


def file_address(citizen: Citizen, name: str) -> str:
    found = re.search(rf'href="(/antrag/[^"]+/datei/[^"]+)">{re.escape(name)}<', citizen.looks_at("pruefen").text)
    assert found
    return found[1]


def test_way_back_is_mailed_to_whom_the_person_wants(citizen: Citizen, office: Office):
    citizen.begins()
    later = citizen.address("spaeter")
    citizen.browser.get(later)
    assert citizen.browser.send(later, {"email": "keine-adresse"}).status_code == 422
    assert office.mails == []
    assert citizen.browser.send(later, {"email": "erika.muster@example.org"}).location == later
    assert [mail.to for mail in office.mails] == ["erika.muster@example.org"]
    assert f"http://localhost/antrag/{citizen.draft}/" in office.mails[0].text
    assert "23.12.2026" in office.mails[0].text


def test_answers_are_a_pdf_before_and_after_sending(citizen: Citizen):
    citizen.begins().fills_everything()
    draft = citizen.looks_at("antrag.pdf")
    assert draft.mimetype == "application/pdf"
    assert "Entwurf, noch nicht abgeschickt" in draft.text
    citizen.sends()
    assert citizen.looks_at("antrag.pdf").status_code == 404
    receipt = citizen.browser.get(f"{citizen.status_path()}/antrag.pdf")
    # The fake letter writer leaves the page's HTML readable.
    for words in (reference_on(receipt.text), "Eingegangen", "Erika", "ES-AB 123", "schein.png"):
        assert words in receipt.text.replace("\xa0", " ")
