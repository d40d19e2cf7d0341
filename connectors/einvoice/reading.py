# SPDX-License-Identifier: EUPL-1.2
"""Reading an invoice: XRechnung in both syntaxes (UBL, CII) and ZUGFeRD from version 2, by the library factur-x.

Entities, document types and addresses in the file are never followed.
"""

import logging
import zlib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from io import BytesIO
from typing import Any

import pikepdf
from facturx import get_flavor, parse_ubl_cii_xml
from lxml import etree

from connectors.einvoice.invoice import (
    ZERO,
    Adjustment,
    Invoice,
    InvoiceRefused,
    Item,
    NoInvoiceData,
    Party,
    PayTo,
    Tax,
    Totals,
    total,
)

MOST_BYTES = 20_000_000
#: As ZUGFeRD, Factur-X and XRechnung call the data inside a PDF.
_EMBEDDED = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")
_FORMATS = {"ubl-2.1-invoice": "UBL", "ubl-2.1-creditnote": "UBL", "factur-x": "CII"}
_NO_INVOICE = "Die Datei ist keine elektronische Rechnung. Möglich sind XRechnung (XML) und ZUGFeRD ab Version 2 (PDF)."
_INCOMPLETE = (
    "Die Rechnung entspricht nicht dem Standard EN 16931 und lässt sich deshalb nicht lesen."
    " Bitte lassen Sie sich vom Absender eine gültige Rechnung schicken."
)
# The library would write parts of a refused invoice into the log.
logging.getLogger("factur-x").disabled = True


def read_invoice(content: bytes) -> Invoice:
    """The invoice in a file. Raises InvoiceRefused; NoInvoiceData for a PDF that only people can read."""
    if len(content) > MOST_BYTES:
        raise InvoiceRefused(f"Die Datei ist größer als {MOST_BYTES // 1_000_000} MB.")
    inside_pdf = content.lstrip()[:5] == b"%PDF-"
    root = _parsed(_from_pdf(content) if inside_pdf else content)
    try:
        flavor = get_flavor(root)
    except Exception as reason:  # the library raises nothing more precise
        raise InvoiceRefused(_NO_INVOICE) from reason
    if flavor == "zugferd":
        raise InvoiceRefused(
            "ZUGFeRD 1 entspricht nicht dem Standard EN 16931. Bitte verlangen Sie Version 2 oder neuer."
        )
    if flavor not in _FORMATS:
        raise InvoiceRefused(_NO_INVOICE)
    try:
        fields = parse_ubl_cii_xml(root)
        return _invoice(fields, "ZUGFeRD" if inside_pdf else f"XRechnung ({_FORMATS[flavor]})")
    except Exception as reason:  # the library raises nothing more precise
        raise InvoiceRefused(_INCOMPLETE) from reason


def _parsed(xml: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as reason:
        raise InvoiceRefused(_NO_INVOICE) from reason
    if root.getroottree().docinfo.doctype:
        raise InvoiceRefused("Die Datei enthält eine Dokumenttyp-Angabe; so etwas nehmen wir nicht an.")
    return root


def _from_pdf(content: bytes) -> bytes:
    try:
        with pikepdf.open(BytesIO(content)) as pdf:
            names = {name.casefold(): name for name in pdf.attachments}
            found = next((names[each] for each in _EMBEDDED if each in names), None)
            if found is None:
                raise NoInvoiceData("Das PDF enthält keine Rechnungsdaten (ZUGFeRD).")
            return _unpacked(pdf.attachments[found].get_file().obj)
    except (pikepdf.PdfError, ValueError, RuntimeError, RecursionError) as reason:
        if isinstance(reason, InvoiceRefused):
            raise
        raise InvoiceRefused("Das PDF lässt sich nicht öffnen. Bitte speichern Sie es neu.") from reason


def _unpacked(stream: pikepdf.Object) -> bytes:
    """What is in an attachment, as far as an invoice can be long: a few kilobytes may unpack to gigabytes."""
    raw = stream.read_raw_bytes()
    if "/Filter" not in stream:
        return raw
    try:
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(raw, MOST_BYTES)
    except zlib.error as reason:
        raise InvoiceRefused(_NO_INVOICE) from reason
    if unpacker.unconsumed_tail:
        raise InvoiceRefused(f"Die Rechnungsdaten im PDF sind größer als {MOST_BYTES // 1_000_000} MB.")
    return content


def _invoice(fields: Mapping[str, Any], format: str) -> Invoice:
    return Invoice(
        number=fields["BT-1"],
        issued_on=fields["BT-2"],
        kind=fields["BT-3"],
        currency=fields["BT-5"],
        due_on=fields.get("BT-9"),
        buyer_reference=fields.get("BT-10", ""),
        order_number=fields.get("BT-13", ""),
        profile=fields.get("BT-24", ""),
        delivered_on=_delivery(fields),
        seller=_party(fields.get("BG-4", {})),
        buyer=_party(fields.get("BG-7", {})),
        items=tuple(_item(each) for each in fields.get("BG-25", ())),
        adjustments=tuple(_adjustments(fields)),
        taxes=tuple(_tax(each) for each in fields.get("BG-23", ())),
        totals=_totals(fields),
        pay_to=PayTo(
            iban="".join(fields.get("BT-84", "").split()),
            name=fields.get("BT-85", ""),
            reference=fields.get("BT-83", ""),
            terms=fields.get("BT-20", ""),
        ),
        format=format,
    )


def _delivery(fields: Mapping[str, Any]) -> date | None:
    found: date | None = fields.get("BT-72") or fields.get("BT-74") or fields.get("BT-73")
    return found


def _party(fields: Mapping[str, Any]) -> Party:
    contact: dict[str, str] = next(iter(fields.get("contacts", ())), {})
    mailbox = fields.get("einvoicing_addr", "") if fields.get("einvoicing_addr_schemeid") == "EM" else ""
    return Party(
        name=fields.get("name", ""),
        street=fields.get("addr_l1", ""),
        postcode=fields.get("postcode", ""),
        city=fields.get("city", ""),
        country=fields.get("country_code", ""),
        vat_id=fields.get("vat_identifier", ""),
        tax_number=fields.get("tax_identifier", ""),
        contact=contact.get("name", ""),
        phone=contact.get("phone", ""),
        email=contact.get("email", "") or mailbox,
    )


def _item(fields: Mapping[str, Any]) -> Item:
    charges = total(_amount(each.get("amount")) for each in fields.get("BG-28", ()))
    allowances = total(_amount(each.get("amount")) for each in fields.get("BG-27", ()))
    return Item(
        text=fields.get("BT-153", ""),
        amount=_amount(fields.get("BT-131")),
        tax_rate=_amount(fields.get("BT-152")),
        tax_category=fields.get("BT-151", ""),
        quantity=_amount(fields.get("BT-129")),
        unit=fields.get("BT-130", ""),
        price=_amount(fields["BT-146"]) if "BT-146" in fields else None,
        price_base=_amount(fields.get("BT-149")) or Decimal(1),
        adjustment=charges - allowances,
    )


def _adjustments(fields: Mapping[str, Any]) -> list[Adjustment]:
    found = []
    for group, sign in (("BG-20", -1), ("BG-21", 1)):
        for each in fields.get(group, ()):
            reason = each.get("reason", "") or each.get("reason_code", "")
            rate, category = _amount(each.get("vat_rate")), each.get("vat_category_code", "")
            found.append(Adjustment(sign * _amount(each.get("amount")), reason, rate, category))
    return found


def _tax(fields: Mapping[str, Any]) -> Tax:
    return Tax(
        category=fields.get("BT-118", ""),
        rate=_amount(fields.get("BT-119")),
        base=_amount(fields.get("BT-116")),
        amount=_amount(fields.get("BT-117")),
        reason=fields.get("BT-120", ""),
    )


def _totals(fields: Mapping[str, Any]) -> Totals:
    def stated(term: str) -> Decimal:
        return _amount(fields.get(term))

    return Totals(
        lines=stated("BT-106"),
        allowances=stated("BT-107"),
        charges=stated("BT-108"),
        net=stated("BT-109"),
        tax=stated("BT-110"),
        gross=stated("BT-112"),
        paid=stated("BT-113"),
        rounding=stated("BT-114"),
        due=stated("BT-115"),
    )


def _amount(written: str | None) -> Decimal:
    if not written:
        return ZERO
    try:
        amount = Decimal(written)
    except InvalidOperation as reason:
        raise InvoiceRefused(_INCOMPLETE) from reason
    if not amount.is_finite() or abs(amount) >= Decimal("1e9"):
        raise InvoiceRefused("Die Rechnung enthält einen Betrag, der nicht stimmen kann.")
    return amount
