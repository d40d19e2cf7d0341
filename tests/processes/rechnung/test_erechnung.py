# SPDX-License-Identifier: EUPL-1.2
"""Invoices of the town for what VAT is due on: ZUGFeRD for everybody, XRechnung for authorities."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import processes
from conftest import Vorgang
from connectors.einvoice import findings, from_gross, read_invoice
from connectors.einvoice.invoice import Item
from connectors.mail import Mail
from connectors.pdf import Letters, PdfLetters
from connectors.pdf.letters import EXAMPLE_LETTERHEAD
from engine.clock import FrozenClock
from engine.operations import InputRefused
from engine.queries.cases import documents
from processes.rechnung.erechnung import angaben
from processes.rechnung.fordern import finden
from tests.connectors.test_einvoice import CII, UBL, broken_rules, embedded
from tests.invoices import invoice

TOWN = replace(EXAMPLE_LETTERHEAD, vat_id="DE123456788")
CLUB = {"vorname": "", "nachname": "Musikverein Beispiel e. V.", "strasse": "Hauptstr. 2", "plz": "73230"}
CLUB |= {"ort": "Kirchheim unter Teck", "email": "kasse@verein.example"}
LEITWEG = "08116033-A0123-50"


@pytest.fixture
def neighbours(neighbours: dict[type, Any]) -> dict[type, Any]:
    """Real pages: data are put into real PDF only."""
    return neighbours | {Letters: PdfLetters(TOWN, [processes.FOLDER])}


def berechnet(vorgang: Vorgang, **mehr: Any) -> Vorgang:
    auftrag: dict[str, Any] = {"zweck": "Miete der Stadthalle", "betrag": Decimal("119.99"), "frist_tage": Decimal(30)}
    auftrag |= {"oeffentlich_rechtlich": False, "posten": [], "rechtsgrundlage": "", "mandat": ""}
    auftrag |= {"steuersatz": Decimal(19), "leistungstag": "2026-11-20", "leitweg_id": "", **mehr}
    return vorgang.beginnt("rechnung_einzug", person=CLUB, auftrag=auftrag).jobs_laufen()


def test_wer_keine_behoerde_ist_bekommt_ein_pdf_mit_daten(vorgang: Vorgang, postausgang: list[Mail]):
    fall = berechnet(vorgang)
    [mail] = postausgang
    [anlage] = mail.attachments
    rechnung = read_invoice(anlage.content)
    forderung = fall.variable("forderung")
    assert rechnung.number == forderung["referenz"] == rechnung.pay_to.reference
    assert (rechnung.totals.net, rechnung.totals.tax, rechnung.totals.due) == tuple(
        Decimal(each) for each in ("100.83", "19.16", "119.99")
    )
    assert [each.rule for each in findings(rechnung)] == ["BR-DE-15"]
    assert broken_rules(embedded(anlage.content), CII) == []


def test_eine_behoerde_bekommt_eine_xrechnung(vorgang: Vorgang, postausgang: list[Mail]):
    fall = berechnet(vorgang, leitweg_id=LEITWEG)
    [anlage] = postausgang[0].attachments
    assert anlage.name.endswith(".xml")
    assert broken_rules(anlage.content, UBL) == []
    assert read_invoice(anlage.content).buyer_reference == LEITWEG
    with fall.db.reading() as session:
        assert [each.title for each in documents(session, fall.id)] == ["Rechnung"]


def test_posten_stehen_mit_ihrer_steuer_in_der_rechnung(vorgang: Vorgang, postausgang: list[Mail]):
    posten = [
        {"text": "Saal", "betrag": Decimal("100.00"), "steuersatz": Decimal(19)},
        {"text": "Bücher", "betrag": Decimal("19.99"), "steuersatz": Decimal(7)},
    ]
    fall = berechnet(vorgang, posten=posten, leitweg_id=LEITWEG)
    rechnung = read_invoice(postausgang[0].attachments[0].content)
    assert [(each.rate, each.base + each.amount) for each in rechnung.taxes] == [
        (Decimal(19), Decimal("100.00")),
        (Decimal(7), Decimal("19.99")),
    ]
    with fall.db.reading() as session:
        assert finden(session, rechnung.number).amount == Decimal("119.99")


def test_ohne_umsatzsteuer_bleibt_es_beim_brief(vorgang: Vorgang, postausgang: list[Mail]):
    berechnet(vorgang, steuersatz=None)
    assert postausgang[0].attachments[0].name.startswith("Rechnung_RE-")


def test_ohne_ust_id_der_stadt_gibt_es_keine_rechnung(clock: FrozenClock):
    auftrag = {"zweck": "Miete", "posten": [], "steuersatz": 19}
    claim = {"referenz": "RF741", "betrag": "1.00", "faellig_am": "2026-12-24"}
    with pytest.raises(InputRefused, match="AMT_TOWN_VAT_ID"):
        angaben(EXAMPLE_LETTERHEAD, clock.today(), CLUB, auftrag, claim)


LINES = st.lists(st.tuples(st.decimals("0.01", "9999.99", places=2), st.sampled_from([7, 19])), min_size=1, max_size=6)


@settings(deadline=None)
@given(LINES)
def test_was_zu_zahlen_ist_bleibt_auf_den_cent(lines: list[tuple[Decimal, int]]):
    items = tuple(Item("Posten", gross, Decimal(rate)) for gross, rate in lines)
    rechnung = from_gross(replace(invoice(), items=items))
    assert rechnung.totals.due == sum(gross for gross, _ in lines)
    assert findings(rechnung) == []
