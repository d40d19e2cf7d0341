# SPDX-License-Identifier: EUPL-1.2
"""An account in a browser: opened by mail, entered by passkey, used for an application, left again."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, ServedTown, accessible, heading

pytestmark = pytest.mark.browser

PersonAt = Callable[..., Page]
EMAIL, WORDS = "erika.muster@example.org", "sieben blaue Pflaumen im Wind"


def has_account(page: Page, town: ServedTown, look: Callable[[Page], None]) -> None:
    """From the front page to the account's own, as somebody does who has never been here."""
    page.goto("/")
    page.get_by_role("link", name="Mein Rathaus").click()
    look(page)
    page.get_by_role("link", name="Konto anlegen").click()
    heading(page, "Konto anlegen")
    look(page)
    page.get_by_label("E-Mail-Adresse").fill(EMAIL)
    page.get_by_label("Passwort").fill("kirchheim")
    page.get_by_role("button", name="Konto anlegen").click()
    expect(page.get_by_label("E-Mail-Adresse")).to_have_value(EMAIL)
    look(page)
    page.get_by_label("Passwort").fill(WORDS)
    page.get_by_role("button", name="Konto anlegen").click()
    heading(page, "Sehen Sie in Ihr Postfach")
    look(page)
    body = town.mails()[-1].get_body()
    assert body is not None
    link = re.search(r"http://\S+/konto/bestaetigen/\S+", body.get_content())
    assert link
    page.goto(link[0])
    look(page)
    page.get_by_label("Passwort").fill(WORDS)
    page.get_by_role("button", name="Bestätigen und anmelden").click()
    heading(page, "Meine Angaben")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_account_is_opened_and_every_page_of_it_is_accessible(
    person_at: PersonAt, served_town: ServedTown, scripts: bool
) -> None:
    page = person_at(PHONE, scripts=scripts)
    # axe runs in the page, so it needs scripts.
    look = accessible if scripts else lambda page: None
    has_account(page, served_town, look)
    look(page)
    page.get_by_label("Vorname").fill("Erika")
    page.get_by_label("Postleitzahl").fill("7")
    page.get_by_role("button", name="Speichern").click()
    look(page)
    page.get_by_label("Postleitzahl").fill("73230")
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_role("status").first).to_contain_text("gespeichert")
    page.get_by_role("button", name="Einwilligen").last.click()
    expect(page.get_by_role("button", name="Widerrufen")).to_have_count(1)
    look(page)
    for name, title in (("Meine Anträge", "Meine Anträge"), ("Anmeldung", "Anmeldung"), ("Meine Daten", "Meine Daten")):
        page.get_by_role("navigation", name="Mein Rathaus").get_by_role("link", name=name).click()
        heading(page, title)
        look(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Auskunft als PDF").click()
    assert download.value.suggested_filename == "mein-rathaus.pdf"


def test_passkey_opens_the_account_without_a_password(person_at: PersonAt, served_town: ServedTown) -> None:
    page = person_at(DESK)
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = {**key, "isUserVerified": True, "automaticPresenceSimulation": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    has_account(page, served_town, lambda page: None)
    page.get_by_role("link", name="Anmeldung", exact=True).click()
    page.get_by_role("link", name="Passkey einrichten").click()
    accessible(page)
    page.get_by_label("Name für Ihre Liste").fill("Handy")
    page.get_by_role("button", name="Passkey einrichten").click()
    expect(page.get_by_role("listitem").filter(has_text="Handy")).to_be_visible()
    accessible(page)
    page.get_by_role("link", name="Meine Anträge").click()
    page.get_by_role("button", name="Abmelden").click()
    page.goto("/konto/angaben")
    page.get_by_role("link", name="Mit Passkey anmelden").click()
    accessible(page)
    page.get_by_role("button", name="Weiter").click()
    heading(page, "Meine Angaben")
    page.get_by_role("link", name="Anmeldung", exact=True).click()
    page.get_by_role("button", name="Entfernen").click()
    expect(page.get_by_text("Handy")).to_have_count(0)


def test_begun_application_waits_in_the_account(person_at: PersonAt, served_town: ServedTown) -> None:
    page = person_at(PHONE)
    has_account(page, served_town, lambda page: None)
    page.get_by_role("button", name="Einwilligen").last.click()
    page.get_by_label("Vorname").fill("Erika")
    page.get_by_role("button", name="Speichern").click()
    page.goto("/leistung/anwohnerparkausweis")
    page.get_by_role("button", name="Online beantragen").click()
    expect(page.get_by_label("Vorname")).to_have_value("Erika")
    expect(page.get_by_text("Übernommen aus Ihrem Konto, von Ihnen angegeben")).to_be_visible()
    accessible(page)
    page.goto("/konto/")
    accessible(page)
    page.get_by_role("link", name=re.compile("weitermachen")).click()
    expect(page.get_by_label("Vorname")).to_have_value("Erika")
