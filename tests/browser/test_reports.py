# SPDX-License-Identifier: EUPL-1.2
"""A report in a browser: the place is chosen on the map, by pointer, keyboard or where the phone is."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from engine.db import unit_of_work
from engine.identity import add_user
from tests.browser.conftest import DESK, PASSWORD, PHONE, ServedTown, accessible, heading
from tests.browser.test_main_job import wait_for_mail

pytestmark = pytest.mark.browser

PersonAt = Callable[..., Page]


def describes(page: Page, look: Callable[[Page], None]) -> None:
    page.goto("/leistung/maengelmelder")
    look(page)
    page.get_by_role("button", name="Jetzt melden").click()
    page.get_by_label(re.compile("^Straßenbeleuchtung")).check()
    page.get_by_label("Was haben Sie gesehen?").fill("Die Laterne ist aus.")
    look(page)
    page.get_by_role("button", name="Weiter", exact=True).click()


def finishes(page: Page) -> None:
    page.get_by_role("button", name="Weiter", exact=True).click()
    page.get_by_label("E-Mail-Adresse").fill("erika.muster@example.org")
    page.get_by_role("button", name="Weiter", exact=True).click()
    heading(page, "Bitte prüfen Sie Ihre Angaben")
    page.get_by_role("button", name="Antrag absenden").click()
    heading(page, "Ihr Antrag ist bei uns")


def test_place_is_chosen_on_the_map_and_the_report_is_settled(person_at: PersonAt, served_town: ServedTown) -> None:
    with unit_of_work(served_town.platform.db) as session:
        add_user(session, served_town.platform.clock, "bernd.stark", "Bernd Stark", PASSWORD, ["bauhof"])
    page, clerk = person_at(DESK), person_at(DESK)
    describes(page, accessible)
    page.locator(".leaflet-container").click(position={"x": 300, "y": 150})
    expect(page.get_by_role("textbox", name="Ort auf der Karte")).to_have_value(re.compile(r"^48,64\d+ 9,4\d+$"))
    accessible(page)
    finishes(page)
    page.goto("/maengel")
    expect(page.locator("path.amt-map__known")).to_have_count(1)
    accessible(page)
    clerk.goto("/inbox?liste=gruppen")
    clerk.get_by_label("Benutzername").fill("bernd.stark")
    clerk.get_by_label("Passwort").fill(PASSWORD)
    clerk.get_by_role("button", name="Anmelden").click()
    clerk.goto("/inbox?liste=gruppen")
    clerk.get_by_role("link", name=re.compile("Meldung prüfen")).first.click()
    clerk.get_by_role("button", name="Aufgabe übernehmen").click()
    clerk.get_by_label("Abschließen, ohne etwas zu tun").check()
    clerk.get_by_label(re.compile("^Antwort an alle")).fill("Die Leuchte ist neu.")
    accessible(clerk)
    clerk.get_by_role("button", name="Aufgabe abschließen").click()
    expect(clerk.get_by_text(re.compile("^Erledigt"))).to_be_visible()
    wait_for_mail(served_town, page, "Ergebnis zu Ihrer Meldung")


def test_phone_knows_where_it_is(person_at: PersonAt) -> None:
    page = person_at(PHONE)
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 48.65, "longitude": 9.46})
    describes(page, lambda page: None)
    page.get_by_role("button", name="Meinen Standort nehmen").click()
    expect(page.get_by_role("textbox", name="Ort auf der Karte")).to_have_value("48,650000 9,460000")
    accessible(page)
    finishes(page)


def test_keyboard_moves_the_map_and_takes_its_middle(person_at: PersonAt) -> None:
    page = person_at(DESK)
    describes(page, lambda page: None)
    place = page.get_by_role("textbox", name="Ort auf der Karte")
    page.get_by_role("button", name="Kartenmitte nehmen").press("Enter")
    expect(place).to_have_value("48,648300 9,451100")
    page.locator(".leaflet-container").focus()
    page.keyboard.press("ArrowRight")
    # The map glides: its middle is taken until it has moved east.
    page.wait_for_function(
        """() => {
          document.querySelector("[data-map-center]").click();
          const [lat, lon] = document.querySelector("[name='ort.position']").value.replaceAll(",", ".").split(" ");
          return Math.abs(lat - 48.6483) < 1e-4 && lon > 9.4515;
        }"""
    )


def test_words_are_enough_without_scripts(person_at: PersonAt) -> None:
    page = person_at(PHONE, scripts=False)
    describes(page, lambda page: None)
    expect(page.locator("[data-map]")).to_be_hidden()
    page.get_by_label("Ort mit Worten").fill("Marktplatz, Leuchte 17")
    finishes(page)
