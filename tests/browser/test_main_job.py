# SPDX-License-Identifier: EUPL-1.2
"""The whole main job in a browser: a citizen on a phone, a clerk at a desk, the bank, the warden."""

import re
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from engine.clock import SystemClock
from tests.browser.conftest import DESK, PASSWORD, PHONE, ServedTown, accessible, heading

pytestmark = pytest.mark.browser

PersonAt = Callable[..., Page]
Look = Callable[[Page], None]


@pytest.fixture
def registration(tmp_path: Path) -> Path:
    """A picture of a vehicle registration, under a name that does not fit on a phone's line."""
    path = tmp_path / f"fahrzeugschein{'_kopie' * 15}.jpg"
    Image.new("RGB", (640, 400), "lightgray").save(path)
    return path


def test_a_permit_travels_from_the_form_to_the_warden(
    person_at: PersonAt, served_town: ServedTown, registration: Path
) -> None:
    citizen, clerk = person_at(PHONE), person_at(DESK)
    status = apply_for_permit(citizen, registration, look=accessible)
    decide(clerk, "Genehmigen")
    wait_for_mail(served_town, citizen, "genehmigt")
    pay(citizen, status, look=accessible)
    wait_for_mail(served_town, citizen, "Ihr Bewohnerparkausweis")
    check_as_warden(person_at(PHONE), served_town, registration.parent)
    citizen.goto(status)
    expect(citizen.get_by_text("Damit ist Ihr Antrag abgeschlossen")).to_be_visible()
    accessible(citizen)


def test_a_citizen_needs_no_scripts(person_at: PersonAt, served_town: ServedTown, registration: Path) -> None:
    citizen, clerk = person_at(PHONE, scripts=False), person_at(DESK)
    status = apply_for_permit(citizen, registration, look=lambda page: None)
    decide(clerk, "Genehmigen")
    wait_for_mail(served_town, citizen, "genehmigt")
    pay(citizen, status, look=lambda page: None)
    wait_for_mail(served_town, citizen, "Ihr Bewohnerparkausweis")
    citizen.goto(status)
    expect(citizen.get_by_text("Damit ist Ihr Antrag abgeschlossen")).to_be_visible()


def test_a_question_is_asked_and_answered(person_at: PersonAt, served_town: ServedTown, registration: Path) -> None:
    citizen, clerk = person_at(PHONE), person_at(DESK)
    status = apply_for_permit(citizen, registration, look=lambda page: None)
    decide(clerk, "Rückfrage stellen", reason=("Rückfrage", "Wohnen Sie in der Zone?"))
    wait_for_mail(served_town, citizen, "Wir haben eine Frage")
    citizen.goto(status)
    expect(citizen.get_by_text("Wohnen Sie in der Zone?")).to_be_visible()
    accessible(citizen)
    citizen.get_by_label("Ihre Antwort").fill("Ja, seit zehn Jahren.")
    citizen.get_by_role("button", name="Antwort senden").click()
    accessible(citizen)
    clerk.goto("/inbox?liste=meine")
    clerk.get_by_role("link", name=re.compile("Antrag prüfen")).first.click()
    expect(clerk.get_by_text("Ja, seit zehn Jahren.").first).to_be_visible()
    accessible(clerk)


def apply_for_permit(page: Page, registration: Path, *, look: Look) -> str:
    """Fill the form to the end; returns the address of the status page."""
    page.goto("/")
    look(page)
    page.get_by_role("link", name="Bewohnerparkausweis beantragen").click()
    look(page)
    page.get_by_role("button", name="Online beantragen").first.click()
    heading(page, "Angaben zur Person")
    look(page)
    page.get_by_role("button", name="Weiter", exact=True).click()
    expect(page.get_by_role("alert").first).to_contain_text("Vorname")
    look(page)
    for label, answer in {
        "Vorname": "Ayşe",
        "Nachname": "Groß-Öztürk",
        "Straße und Hausnummer": "Max-Eyth-Straße 7",
        "Postleitzahl": "73230",
        "Ort": "Kirchheim unter Teck",
        "E-Mail-Adresse": "ayse@beispiel.de",
    }.items():
        page.get_by_label(label, exact=False).first.fill(answer)
    page.get_by_role("button", name="Weiter", exact=True).click()
    heading(page, "Angaben zum Fahrzeug")
    look(page)
    page.get_by_label("Kennzeichen").fill("es-ag 123")
    page.get_by_label("Ja", exact=True).check()
    page.get_by_role("button", name="Weiter", exact=True).click()
    heading(page, "Zone und Zeitraum")
    look(page)
    page.get_by_label("Bewohnerparkzone").select_option(label="Zone A – Altstadt")
    fill_date(page, "Beginn", SystemClock().today())
    page.get_by_label("1 Jahr").check()
    page.get_by_role("button", name="Weiter", exact=True).click()
    heading(page, "Unterlagen")
    look(page)
    page.locator("input[type=file]").first.set_input_files(registration)
    page.get_by_role("button", name="Weiter", exact=True).click()
    heading(page, "Elektronische Bekanntgabe")
    look(page)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Weiter", exact=True).click()
    expect(page.get_by_text("Groß-Öztürk")).to_be_visible()
    expect(page.get_by_text("ES-AG 123")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Antrag absenden").click()
    heading(page, "Ihr Antrag ist bei uns")
    expect(page.get_by_text(re.compile(r"APA-\d{4}-\d{5}")).first).to_be_visible()
    look(page)
    page.get_by_role("link", name="Statusseite öffnen").click()
    heading(page, "Stand Ihres Antrags")
    look(page)
    return page.url


def fill_date(page: Page, label: str, day: date) -> None:
    """A date, however the form asks for it."""
    group = page.get_by_role("group", name=re.compile(label))
    if group.count():
        for part, number in (("Tag", day.day), ("Monat", day.month), ("Jahr", day.year)):
            group.get_by_label(part).fill(str(number))
    else:
        page.get_by_label(label).fill(f"{day:%d.%m.%Y}")


def decide(page: Page, decision: str, *, reason: tuple[str, str] | None = None) -> None:
    """Log in, claim the oldest task of the group, decide."""
    page.goto("/inbox")
    heading(page, "Anmelden")
    accessible(page)
    page.get_by_label("Benutzername").fill("anna.berger")
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    page.goto("/inbox?liste=gruppen")
    accessible(page)
    page.get_by_role("link", name=re.compile("Antrag prüfen")).first.click()
    accessible(page)
    page.get_by_role("button", name="Aufgabe übernehmen").click()
    page.get_by_label(decision, exact=True).check()
    if reason:
        label, text = reason
        page.get_by_label(label, exact=True).fill(text)
    accessible(page)
    page.get_by_role("button", name="Aufgabe abschließen").click()
    expect(page.get_by_text(re.compile("^Erledigt"))).to_be_visible()
    accessible(page)


def wait_for_mail(town: ServedTown, page: Page, subject: str) -> None:
    """Until the worker has sent it."""
    for _ in range(150):
        if any(subject in str(mail["Subject"]) for mail in town.mails()):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"No mail about {subject}: {[str(mail['Subject']) for mail in town.mails()]}")


def pay(page: Page, status: str, *, look: Look) -> None:
    """From the status page to the bank and back."""
    page.goto(status)
    look(page)
    page.get_by_role("link", name="Jetzt bezahlen").click()
    look(page)
    page.get_by_role("button", name="Jetzt bezahlen").click()
    expect(page.get_by_text("Testbank").first).to_be_visible()
    look(page)
    page.get_by_role("button", name=re.compile("bezahlen|Bezahlen|zahlen")).first.click()
    heading(page, "Ihre Zahlung ist eingegangen")
    look(page)


def check_as_warden(page: Page, town: ServedTown, folder: Path) -> None:
    """Scan the code on the permit that came by mail, and see whether it is valid."""
    (permit,) = town.mails()[-1].iter_attachments()
    (folder / "ausweis.pdf").write_bytes(permit.get_content())
    subprocess.run(["pdftoppm", "-r", "150", "-png", "ausweis.pdf", "ausweis"], cwd=folder, check=True)
    picture = Image.open(next(iter(sorted(folder.glob("ausweis-*.png")))))
    (code,) = zxingcpp.read_barcodes(picture)
    page.goto(code.text)
    expect(page.get_by_text("Gültig").first).to_be_visible()
    expect(page.get_by_text("ES-AG 123").first).to_be_visible()
    accessible(page)
