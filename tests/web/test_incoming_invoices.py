# SPDX-License-Identifier: EUPL-1.2
"""The cashier and the town's invoices: taken in by upload, paid in a run whose file can be fetched again."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from lxml import etree

from connectors.einvoice import write_xrechnung
from engine.db import unit_of_work
from engine.definitions import Bundle, deploy
from engine.identity import SYSTEM
from forms import check_form
from processes import FOLDER
from processes.rechnungseingang.annehmen import annehmen
from processes.rechnungseingang.models import Eingangsrechnung
from processes.rechnungseingang.queries import eingangsrechnungen
from tests.invoices import invoice
from tests.web.browser import Browser
from web.bootstrap import Platform

PAGE = "/inbox/kasse/eingang"


@pytest.fixture(autouse=True)
def paying(town: Platform) -> None:
    """The process of incoming invoices is there."""
    with unit_of_work(town.db) as session:
        folder = FOLDER / "rechnungseingang"
        deploy(session, town.services, Bundle.from_folder(folder), form_check=check_form)


def uploads(petra: Browser, content: bytes, name: str = "rechnung.xml"):
    petra.get(PAGE)
    return petra.send(PAGE, {"datei": (BytesIO(content), name)})


def released(town: Platform) -> None:
    """As if everybody had checked and released all."""
    with unit_of_work(town.db) as session:
        for row in eingangsrechnungen(session):
            session.get_one(Eingangsrechnung, row.id).state = "freigegeben"


def test_upload_leads_to_the_case(petra: Browser):
    answer = uploads(petra, write_xrechnung(invoice()))
    assert answer.status_code == 302
    page = petra.get(answer.headers["Location"])
    assert "Rechnung R-1 – Bau Beispiel GmbH" in page.text
    assert "Sachlich prüfen" in page.text


def test_second_upload_leads_to_the_same_case(petra: Browser):
    content = write_xrechnung(invoice())
    first, second = uploads(petra, content), uploads(petra, content)
    assert second.headers["Location"] == first.headers["Location"]
    assert "kein zweites Mal" in petra.get(second.headers["Location"]).text


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"<a/>", "rechnung.xml", "keine elektronische Rechnung"),
        (b"MZ", "rechnung.exe", "Hier steckt keine Rechnung"),
        (b"", "", "wählen Sie die Datei"),
    ],
)
def test_other_files_are_refused_on_the_page(petra: Browser, content: bytes, name: str, reason: str):
    answer = uploads(petra, content, name)
    assert answer.status_code == 422
    assert reason in answer.text


def test_a_run_pays_once_and_its_file_can_be_fetched_again(petra: Browser, town: Platform):
    uploads(petra, write_xrechnung(invoice()))
    released(town)
    petra.get(PAGE)
    answer = petra.send(f"{PAGE}/zahllauf", {"bis": "2030-01-01"})
    assert answer.status_code == 302
    assert "angewiesen" in petra.get(PAGE).text
    for _ in range(2):
        file = petra.get(f"{PAGE}/zahllauf/1.xml")
        assert etree.fromstring(file.data).findtext(".//{*}InstdAmt") == "595.00"
    again = petra.send(f"{PAGE}/zahllauf", {"bis": "2030-01-01"})
    assert again.status_code == 409
    assert "keine freigegebene Rechnung fällig" in again.text


def test_a_run_needs_a_day(petra: Browser):
    petra.get(PAGE)
    answer = petra.send(f"{PAGE}/zahllauf", {"bis": "morgen"})
    assert answer.status_code == 422
    assert 'value="morgen"' in answer.text


def test_list_shows_one_state(petra: Browser):
    uploads(petra, write_xrechnung(invoice()))
    assert "R-1" in petra.get(f"{PAGE}?stand=in_pruefung").text
    assert "R-1" not in petra.get(f"{PAGE}?stand=bezahlt").text
    assert "R-1" in petra.get(f"{PAGE}?stand=unsinn&seite=-3").text


def test_wrong_sum_is_shown_to_the_cashier(petra: Browser):
    right = invoice()
    wrong = replace(right, totals=replace(right.totals, gross=right.totals.gross + 1))
    page = petra.get(uploads(petra, write_xrechnung(wrong)).headers["Location"])
    assert "Mängel klären" in page.text


def test_the_cashier_sees_invoices_that_came_by_mail_and_lie_with_another_office(
    petra: Browser, anna: Browser, town: Platform
):
    with unit_of_work(town.db) as session:
        taken = annehmen(session, town.services, "rechnung.xml", write_xrechnung(invoice()), SYSTEM)
    assert f"/inbox/vorgang/{taken.case_id}" in petra.get(PAGE).text
    assert petra.get(f"/inbox/vorgang/{taken.case_id}").status_code == 200
    assert anna.get(f"/inbox/vorgang/{taken.case_id}").status_code in (403, 404)
