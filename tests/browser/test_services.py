# SPDX-License-Identifier: EUPL-1.2
"""Every online service in a browser: applied for on a phone from the front page to the receipt."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, ServedTown, accessible, heading

pytestmark = pytest.mark.browser

PersonAt = Callable[..., Page]
SOON = date.today() + timedelta(days=40)

PERSON = {
    "person.vorname": "Erika",
    "person.nachname": "Muster",
    "person.strasse": "Hindenburgstraße 4",
    "person.plz": "73230",
    "person.ort": "Kirchheim unter Teck",
    "person.email": "erika.muster@example.org",
}
#: Service → its steps, each with what is filled in: text, a choice, a day, or a file.
STEPS: dict[str, list[dict[str, str | date | Path | bool]]] = {
    "meldebescheinigung": [
        {"anliegen.art": "einfach", "anliegen.zweck": "Vorlage bei der Bank"},
        dict(PERSON),
        {"angaben.geburtstag": date(1980, 5, 17)},
    ],
    "geburtsurkunde": [
        {
            "geburt.vorname": "Erika",
            "geburt.nachname": "Klein",
            "geburt.tag": date(1980, 5, 17),
            "geburt.verhaeltnis": "selbst",
        },
        {"bestellung.art": "mehrsprachig", "bestellung.anzahl": "2", "bestellung.verwendung": "privat"},
        dict(PERSON),
    ],
    "gewerbe": [
        {"anzeige.art": "anmelden", "anzeige.tag": SOON},
        {
            "betrieb.rechtsform": "einzel",
            "betrieb.strasse": "Marktstraße 7",
            "betrieb.plz": "73230",
            "betrieb.ort": "Kirchheim unter Teck",
            "betrieb.taetigkeit_kurz": "Fahrradladen",
            "betrieb.taetigkeit": "Einzelhandel mit Fahrrädern",
            "betrieb.nebenerwerb": "nein",
            "betrieb.beschaeftigte": "2",
            "betrieb.erlaubnis": "nein",
        },
        dict(PERSON),
        {
            "inhaber.geburtstag": date(1980, 5, 17),
            "inhaber.geburtsort": "Ulm",
            "inhaber.staatsangehoerigkeit": "deutsch",
        },
    ],
    "sondernutzung": [
        {
            "nutzung.art": "container",
            "nutzung.ort": "Marktstraße 7",
            "nutzung.flaeche": "12",
            "nutzung.von": SOON,
            "nutzung.bis": SOON + timedelta(days=9),
            "nutzung.zweck": "Umbau im Haus",
        },
        {"unterlagen.plan": Path("plan.png")},
        dict(PERSON),
    ],
    "fundsache": [
        {
            "sache.art": "schluessel",
            "sache.beschreibung": "Drei Schlüssel an einem roten Band",
            "sache.fundtag": date.today() - timedelta(days=1),
            "sache.fundort": "Marktplatz",
        },
        {"verbleib.wo": "abgabe", "verbleib.finderlohn": True},
        dict(PERSON),
    ],
}


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A drawing."""
    path = tmp_path / "plan.png"
    Image.new("RGB", (300, 200), "lightgray").save(path)
    return path


def put(page: Page, name: str, value: str | date | Path | bool, plan: Path) -> None:
    """Answer one question, whatever it looks like."""
    if isinstance(value, date):
        for part, number in (("tag", value.day), ("monat", value.month), ("jahr", value.year)):
            page.locator(f'[name="{name}.{part}"]').fill(str(number))
    elif isinstance(value, Path):
        page.locator(f'[name="{name}"][type=file]').set_input_files(plan)
    elif isinstance(value, bool):
        page.locator(f'[name="{name}"][type=checkbox]').check()
    elif page.locator(f'select[name="{name}"]').count():
        page.locator(f'select[name="{name}"]').select_option(value)
    elif page.locator(f'[name="{name}"][type=radio]').count():
        page.locator(f'[name="{name}"][value="{value}"]').check()
    else:
        page.locator(f'[name="{name}"]').fill(value)


def onward(page: Page) -> None:
    page.get_by_role("button", name="Weiter", exact=True).click()


@pytest.mark.parametrize("service", STEPS)
def test_service_is_applied_for_from_the_front_page_to_the_receipt(
    person_at: PersonAt, served_town: ServedTown, plan: Path, service: str
) -> None:
    page = person_at(PHONE)
    page.goto("/")
    page.locator(f'a[href="/leistung/{service}"]').click()
    accessible(page)
    page.locator("form button").first.click()
    onward(page)
    # Nothing is filled in yet: the page says what is missing, and that too is read by everybody.
    accessible(page)
    for number, step in enumerate(STEPS[service]):
        for name, value in step.items():
            put(page, name, value, plan)
        if number:
            accessible(page)
        onward(page)
        if "/pruefen" not in page.url and not set(STEPS[service][number]) <= set(PERSON):
            # Questions that the answers have brought up are shown first, then answered.
            for name, value in step.items():
                if page.locator(f'[name="{name}"]').count() and not isinstance(value, bool | Path | date):
                    put(page, name, value, plan)
    heading(page, "Bitte prüfen Sie Ihre Angaben")
    accessible(page)
    page.locator("main form button").first.click()
    heading(page, "Ihr Antrag ist bei uns")
    accessible(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Antrag als PDF").click()
    assert re.fullmatch(r"Antrag_[A-Z]{2}-\d{4}-\d{5}\.pdf", download.value.suggested_filename)
    page.get_by_role("link", name="Statusseite öffnen").click()
    expect(page.get_by_role("heading", name="So weit sind wir")).to_be_visible()
    accessible(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_public_pages_are_accessible_at_any_width_in_both_schemes(person_at: PersonAt, scheme: str) -> None:
    page = person_at(DESK)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    # 640: a window of 1280 at 200 %.
    for width in (320, 640, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        for path in ("/", "/maengel", "/fundsachen", "/konto/registrieren", "/leistung/gewerbe", "/?sprache=en"):
            page.goto(f"{path}?sprache=de" if "?" not in path else path)
            accessible(page)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (path, width)
