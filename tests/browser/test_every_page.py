# SPDX-License-Identifier: EUPL-1.2
"""Pages that the main job does not pass: accessible all the same, on a phone and at a desk."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESK, PASSWORD, PHONE, ServedTown, accessible, heading

pytestmark = pytest.mark.browser

PUBLIC = {
    "/?suche=gibtesnicht": "erledigen",
    "/datenschutz": "Datenschutz",
    "/impressum": "Impressum",
    "/barrierefreiheit": "Barrierefreiheit",
    "/ausweis/gibtesnicht": "Bewohnerparkausweis",
    "/antrag/gibtesnicht/": "Antrag",
    "/status/gefaelscht": "Seite nicht gefunden",
}
INBOX = ("meine", "gruppen", "alle", "ueberfaellig")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_public_pages(size: dict[str, int], person_at: Callable[..., Page], served_town: ServedTown) -> None:
    page = person_at(size)
    for path, text in PUBLIC.items():
        page.goto(path)
        heading(page, text)
        accessible(page)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_pages_of_clerks(size: dict[str, int], person_at: Callable[..., Page], served_town: ServedTown) -> None:
    page = person_at(size)
    page.goto("/anmelden")
    page.get_by_label("Benutzername").fill("anna.berger")
    page.get_by_label("Passwort").fill("falsch")
    page.get_by_role("button", name="Anmelden").click()
    heading(page, "Anmelden")
    accessible(page)
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()
    for queue in INBOX:
        page.goto(f"/inbox/?liste={queue}")
        accessible(page)
    for path in (
        "/inbox/suche?aktenzeichen=APA-1",
        "/inbox/kasse/",
        "/inbox/kasse/offen",
        "/inbox/kasse/neu",
        "/inbox/kasse/auszuege",
        "/inbox/kasse/eingang",
        "/inbox/kasse/anbieter",
        "/inbox/kasse/klaerung",
    ):
        page.goto(path)
        accessible(page)
