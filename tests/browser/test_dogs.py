# SPDX-License-Identifier: EUPL-1.2
"""A list in a form, in a browser: a citizen registers two dogs on a phone, the cashier's office sees what they cost."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import DESK, PASSWORD, PHONE, ServedTown, accessible, heading
from tests.browser.test_main_job import wait_for_mail

pytestmark = pytest.mark.browser

PersonAt = Callable[..., Page]


@pytest.fixture
def proof(tmp_path: Path) -> Path:
    """A picture of a certificate."""
    path = tmp_path / "nachweis.png"
    Image.new("RGB", (300, 200), "lightgray").save(path)
    return path


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_two_dogs_are_registered_and_taxed(
    person_at: PersonAt, served_town: ServedTown, proof: Path, scripts: bool
) -> None:
    citizen, clerk = person_at(PHONE, scripts=scripts), person_at(DESK)
    # axe runs in the page, so it needs scripts.
    look = accessible if scripts else lambda page: None
    come_to_the_dogs(citizen, look)
    describe(dog(citizen, 0), "Rex", "Nein", taken_in=date(2026, 8, 3))
    citizen.get_by_role("button", name=re.compile("Hinzufügen ?: Hund")).click()
    expect(dog(citizen, 1)).to_be_in_viewport()
    expect(dog(citizen, 0).get_by_label("Name", exact=True)).to_have_value("Rex")
    look(citizen)
    forward(citizen)
    expect(citizen.get_by_role("alert").first).to_contain_text("2. Hund: Bitte füllen Sie das Feld „Name“ aus.")
    look(citizen)
    describe(dog(citizen, 1), "Lux", "Ja: Assistenzhund", taken_in=date(2026, 8, 3))
    forward(citizen)
    citizen.locator("input[type=file]").set_input_files(proof)
    look(citizen)
    forward(citizen)
    heading(citizen, "Bitte prüfen Sie Ihre Angaben")
    expect(citizen.get_by_role("heading", name="2. Hund")).to_be_visible()
    look(citizen)
    citizen.get_by_role("button", name="Antrag absenden").click()
    heading(citizen, "Ihr Antrag ist bei uns")
    settle(clerk)
    wait_for_mail(served_town, citizen, "Ihr Hundesteuerbescheid")


def test_a_dog_that_was_added_by_mistake_is_removed(person_at: PersonAt, served_town: ServedTown) -> None:
    citizen = person_at(PHONE)
    come_to_the_dogs(citizen, lambda page: None)
    describe(dog(citizen, 0), "Rex", "Nein", taken_in=date(2026, 8, 3))
    for _ in range(2):
        citizen.get_by_role("button", name=re.compile("Hinzufügen ?: Hund")).click()
    describe(dog(citizen, 2), "Wuff", "Nein", taken_in=date(2026, 8, 3))
    citizen.get_by_role("button", name=re.compile("Entfernen ?: 2. Hund")).click()
    expect(dog(citizen, 1).get_by_label("Name", exact=True)).to_have_value("Wuff")
    expect(dog(citizen, 2)).to_have_count(0)
    citizen.go_back()
    expect(dog(citizen, 0).get_by_label("Name", exact=True)).to_have_value("Rex")
    expect(dog(citizen, 1).get_by_label("Name", exact=True)).to_have_value("Wuff")


def come_to_the_dogs(page: Page, look: Callable[[Page], None]) -> None:
    """From the catalogue to the step with the list."""
    page.goto("/")
    page.get_by_role("link", name="Hund an-, ab- oder ummelden").click()
    look(page)
    page.get_by_role("button", name="Online beantragen").first.click()
    page.get_by_label("Hunde anmelden").check()
    forward(page)
    answers = {"Vorname": "Ayşe", "Nachname": "Groß", "Straße und Hausnummer": "Weg 7", "Postleitzahl": "73230"}
    for label, answer in answers.items():
        page.get_by_label(label, exact=True).fill(answer)
    page.get_by_label("E-Mail-Adresse", exact=True).fill("ayse@beispiel.de")
    page.get_by_label("E-Mail-Adresse wiederholen").fill("ayse@beispiel.dee")
    forward(page)
    expect(page.get_by_role("alert").first).to_contain_text("müssen gleich sein")
    look(page)
    page.get_by_label("E-Mail-Adresse wiederholen").fill("ayse@beispiel.de")
    forward(page)
    heading(page, "Ihre Hunde")
    look(page)
    page.get_by_label("Wie viele Hunde").fill("0")


def forward(page: Page) -> None:
    page.get_by_role("button", name="Weiter", exact=True).click()


def dog(page: Page, number: int) -> Locator:
    """The questions about one dog."""
    return page.get_by_role("group", name=f"{number + 1}. Hund", exact=True)


def describe(questions: Locator, name: str, exempt: str, *, taken_in: date) -> None:
    """Answer all that has to be answered about a dog."""
    questions.get_by_label("Name", exact=True).fill(name)
    questions.get_by_label("Rasse oder Kreuzung").fill("Dackel")
    for part, number in (("Tag", taken_in.day), ("Monat", taken_in.month), ("Jahr", taken_in.year)):
        questions.get_by_label(part).fill(str(number))
    questions.get_by_label("Nein", exact=True).check()
    questions.get_by_label("Soll der Hund von der Steuer befreit werden?").select_option(label=exempt)


def settle(page: Page) -> None:
    """The cashier's office looks at rates and proofs, and decides."""
    page.goto("/inbox?liste=gruppen")
    page.get_by_label("Benutzername").fill("petra.kohl")
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    page.goto("/inbox?liste=gruppen")
    page.get_by_role("link", name=re.compile("Anmeldung prüfen")).first.click()
    page.get_by_role("button", name="Aufgabe übernehmen").click()
    expect(page.get_by_role("region", name="So ergäbe sich die Steuer")).to_contain_text("befreit: Assistenzhund")
    expect(page.get_by_role("link", name="nachweis.png").first).to_be_visible()
    accessible(page)
    page.get_by_label("Hunde eintragen und Steuer festsetzen").check()
    page.get_by_role("button", name="Aufgabe abschließen").click()
    expect(page.get_by_text(re.compile("^Erledigt"))).to_be_visible()
