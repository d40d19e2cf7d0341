# SPDX-License-Identifier: EUPL-1.2
"""From the fee to the booked cent in a browser: the cashier raises it, one pays online, another by transfer."""

import re
import subprocess
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PASSWORD, PHONE, ServedTown, accessible, heading
from tests.statements import Movement, camt

pytestmark = pytest.mark.browser

PersonAt = Callable[..., Page]


@pytest.fixture
def petra(person_at: PersonAt) -> Page:
    page = person_at(DESK)
    log_in(page)
    accessible(page)
    return page


def log_in(page: Page) -> None:
    page.goto("/inbox/kasse/")
    if page.get_by_label("Benutzername").is_visible():
        page.get_by_label("Benutzername").fill("petra.kohl")
        page.get_by_label("Passwort").fill(PASSWORD)
        page.get_by_role("button", name="Anmelden").click()
    heading(page, "Kasse")


def test_one_reference_from_the_letter_to_the_booked_cent(
    petra: Page, person_at: PersonAt, served_town: ServedTown, tmp_path: Path
) -> None:
    raise_claim(petra, "Erika", "Muster", "15,50")
    raise_claim(petra, "Max", "Beispiel", "20,00")
    first, second = (scanned(served_town, petra, name, tmp_path) for name in ("muster", "beispiel"))
    assert {first[6], second[6]} == {served_town.platform.settings.town.iban.replace(" ", "")}

    citizen = person_at(PHONE)
    pay_with_letter(citizen, first)
    petra.goto(f"/inbox/kasse/forderung/{first[9]}")
    expect(petra.get_by_text("bezahlt", exact=True).first).to_be_visible()
    accessible(petra)

    read_statement(petra, served_town, Movement(second[7].removeprefix("EUR"), text=second[9]), tmp_path)
    petra.goto(f"/inbox/kasse/forderung/{second[9]}")
    expect(petra.get_by_text("Zahlung per Überweisung")).to_be_visible()
    for path in ("/inbox/kasse/offen", "/inbox/kasse/klaerung", "/inbox/kasse/auszuege", "/inbox/kasse/"):
        petra.goto(path)
        accessible(petra)
    petra.set_viewport_size({"width": 320, "height": 800})
    petra.goto("/inbox/kasse/")
    accessible(petra)


def raise_claim(page: Page, first: str, last: str, amount: str) -> None:
    page.goto("/inbox/kasse/neu")
    accessible(page)
    typed = {
        "vorname": first,
        "nachname": last,
        "strasse": "Hauptstraße 1",
        "plz": "73230",
        "ort": "Kirchheim unter Teck",
        "email": f"{last.lower()}@example.org",
        "zweck": "Sondernutzung Marktplatz",
        "betrag": amount,
    }
    for name, text in typed.items():
        page.locator(f"#feld-{name}").fill(text)
    page.get_by_role("button", name="Forderung anlegen").click()
    expect(page.get_by_text("Die Forderung ist angelegt")).to_be_visible()


def scanned(town: ServedTown, page: Page, name: str, folder: Path) -> list[str]:
    """The lines of the code on the letter that came by mail to that person."""
    letters: list[EmailMessage] = []
    for _ in range(200):
        letters = [mail for mail in town.mails() if name in str(mail["To"])]
        if letters:
            break
        page.wait_for_timeout(100)
    (letter,) = letters[0].iter_attachments()
    (folder / f"{name}.pdf").write_bytes(letter.get_content())
    command = ["pdftoppm", "-r", "200", "-f", "1", "-l", "1", "-png", f"{name}.pdf", name]
    subprocess.run(command, cwd=folder, check=True)
    (code,) = zxingcpp.read_barcodes(Image.open(next(folder.glob(f"{name}-*.png"))))
    return code.text.split("\n")


def pay_with_letter(page: Page, code: list[str]) -> None:
    """With reference and amount of the letter to the page for paying, and there online."""
    page.goto("/zahlen")
    accessible(page)
    page.get_by_label("Verwendungszweck").fill(code[9])
    page.get_by_label("Betrag in Euro").fill(code[7].removeprefix("EUR").replace(".", ","))
    page.get_by_role("button", name="Weiter").click()
    heading(page, "Online bezahlen")
    page.get_by_text("Nicht alles auf einmal?").click()
    accessible(page)
    page.get_by_role("button", name="Jetzt bezahlen").click()
    expect(page.get_by_text("Testbank").first).to_be_visible()
    page.get_by_role("button", name=re.compile("bezahlen|Bezahlen|zahlen")).first.click()
    heading(page, "Ihre Zahlung ist eingegangen")


def read_statement(page: Page, town: ServedTown, movement: Movement, folder: Path) -> None:
    iban = town.platform.settings.town.iban.replace(" ", "")
    (folder / "auszug.xml").write_bytes(camt([movement], iban=iban))
    page.goto("/inbox/kasse/auszuege")
    page.locator("#feld-datei").set_input_files(folder / "auszug.xml")
    page.get_by_role("button", name="Einlesen").click()
    expect(page.get_by_text("Alle 1 neuen Umsätze sind zugeordnet")).to_be_visible(timeout=20_000)
    accessible(page)


LADDER = {"Ihr Gebührenbescheid", "Zahlungserinnerung", "Mahnung", "Ankündigung der Vollstreckung"}


def letters_to_nora(town: ServedTown) -> set[str]:
    return {str(mail["Subject"]).rpartition(" (")[0] for mail in town.mails() if "niemals" in str(mail["To"])}


def wait_for_letters(town: ServedTown, page: Page) -> set[str]:
    for _ in range(200):
        if found := letters_to_nora(town):
            return found
        page.wait_for_timeout(100)
    raise AssertionError("No letter came.")


def test_who_never_pays_meets_the_whole_ladder(petra: Page, served_town: ServedTown) -> None:
    raise_claim(petra, "Nora", "Niemals", "1.000,00")
    letters = wait_for_letters(served_town, petra)
    for days in (40, 16, 18, 25):
        served_town.days_pass(days)
        # Old mails leave the folder, so each is seen when it comes.
        letters |= letters_to_nora(served_town)
    assert letters == LADDER

    log_in(petra)
    petra.goto("/inbox/kasse/offen?ueberfaellig")
    petra.get_by_role("link", name=re.compile("^RF")).first.click()
    expect(petra.get_by_text("§ 1 LVwVGKO: ½ %")).to_be_visible()
    expect(petra.get_by_text("§ 240 AO: 1 % von")).to_be_visible()
    accessible(petra)
    petra.goto("/inbox/?liste=gruppen")
    petra.get_by_role("link", name=re.compile("Vollstreckung")).first.click()
    heading(petra, "Vollstreckung")
    accessible(petra)
