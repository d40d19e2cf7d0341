# SPDX-License-Identifier: EUPL-1.2
"""A street festival in a browser: fields of the model, tasks without a form, a called case, one status page."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from connectors.links import Links
from engine.db import unit_of_work
from engine.definitions import Bundle, deploy
from engine.identity import SYSTEM, add_user
from engine.suspension import suspend_case
from forms import check_form
from tests.browser.conftest import DESK, PASSWORD, PHONE, ServedTown, accessible, heading
from tests.web.fest import CHECK, FAMILY, Fest

pytestmark = pytest.mark.browser


@pytest.fixture
def fest(served_town: ServedTown) -> Fest:
    """Such a case, and the people who work on it."""
    town = served_town.platform
    with unit_of_work(town.db) as session:
        deploy(session, town.services, Bundle.from_folder(FAMILY), form_check=check_form)
        for name, group in {"jonas": "buergerbuero", "petra": "kasse"}.items():
            add_user(session, town.clock, name, name.title(), PASSWORD, [group])
    return Fest(town).begins()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_case_travels_through_a_subprocess_and_a_called_case(
    size: dict[str, int], person_at: Callable[..., Page], served_town: ServedTown, fest: Fest
) -> None:
    anna, jonas, petra, citizen = (person_at(size) for _ in range(4))
    log_in(anna, "anna.berger")
    take(anna, CHECK)
    expect(anna.get_by_label("Wo?")).to_have_value("Alleenstraße")
    finish(anna, "Aufgabe abschließen")
    log_in(jonas, "jonas")
    for office in ("Polizei", "Feuerwehr"):
        take(jonas, f"{office} anrufen")
        expect(jonas.get_by_text(f"Fragen Sie, ob {office} Einwände hat.")).to_be_visible()
        finish(jonas, "Erledigt")
    log_in(petra, "petra")
    take(petra, "Gebühr festsetzen")
    finish(petra, "Erledigt")
    links: Links = served_town.platform.services.provide(Links)
    citizen.goto(links.status(fest.id))
    expect(citizen.get_by_text("Gebühr festgesetzt")).to_be_visible()
    citizen.get_by_label("Ihr Plan").fill("Rund um den Brunnen")
    accessible(citizen)
    citizen.get_by_role("button", name="Antwort senden").click()
    expect(citizen.get_by_text("Ihre Antwort ist bei uns angekommen")).to_be_visible()
    accessible(citizen)
    look_at_the_case(anna, fest)


def look_at_the_case(page: Page, fest: Fest) -> None:
    """From the case to the called one and back, and to the task whose form is missing."""
    page.goto("/inbox/suche?aktenzeichen=KULTUR-7")
    heading(page, "Vorgänge mit der Kennung")
    accessible(page)
    page.get_by_role("link", name="Musikverein").click()
    accessible(page)
    page.get_by_role("link", name="Gebühr für ein Fest", exact=True).click()
    heading(page, "Gebühr für ein Fest")
    accessible(page)
    page.get_by_role("link", name=re.compile("Musikverein")).click()
    page.get_by_role("link", name="Fläche abnehmen").click()
    expect(page.get_by_text("Das Formular zu dieser Aufgabe fehlt")).to_be_visible()
    accessible(page)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_held_case_keeps_what_is_typed(
    size: dict[str, int], person_at: Callable[..., Page], served_town: ServedTown, fest: Fest
) -> None:
    anna, citizen = person_at(size), person_at(size)
    log_in(anna, "anna.berger")
    take(anna, CHECK)
    with unit_of_work(served_town.platform.db) as session:
        suspend_case(session, served_town.platform.services, fest.id, by=SYSTEM)
    anna.get_by_label("Wo?").fill("Am Bahnhof")
    anna.get_by_role("button", name="Aufgabe abschließen").click()
    expect(anna.get_by_text("Die Bearbeitung ist zurzeit angehalten")).to_be_visible()
    expect(anna.get_by_label("Wo?")).to_have_value("Am Bahnhof")
    accessible(anna)
    links: Links = served_town.platform.services.provide(Links)
    citizen.goto(links.status(fest.id))
    expect(citizen.get_by_text("Ihr Antrag ruht.")).to_be_visible()
    accessible(citizen)


def log_in(page: Page, name: str) -> None:
    page.goto("/anmelden")
    page.get_by_label("Benutzername").fill(name)
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    # Whoever goes on before the answer is there looks at a page that is being left.
    expect(page.get_by_role("link", name="Abmelden").or_(page.get_by_role("button", name="Abmelden"))).to_be_visible()


def take(page: Page, task: str) -> None:
    """Claim the task of that name from the group's list."""
    page.goto("/inbox/?liste=gruppen")
    accessible(page)
    page.get_by_role("link", name=task).click()
    accessible(page)
    page.get_by_role("button", name="Aufgabe übernehmen").click()
    accessible(page)


def finish(page: Page, button: str) -> None:
    page.get_by_role("button", name=button).click()
    expect(page.get_by_text(re.compile("^Erledigt: "))).to_be_visible()
    accessible(page)
