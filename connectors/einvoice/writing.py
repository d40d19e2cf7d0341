# SPDX-License-Identifier: EUPL-1.2
"""Writing invoices of the town: XRechnung 3.0 (UBL) for authorities, ZUGFeRD (PDF with data) for everybody else."""

import logging
from decimal import Decimal
from typing import Any

from facturx import generate_from_binary, generate_xml
from lxml import etree

from connectors.einvoice.invoice import Invoice, InvoiceRefused, Item, Party, Tax

_XRECHNUNG = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
_PROCESS = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
_SPECIFICATION = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}CustomizationID"
#: SEPA credit transfer (UNTDID 4461).
_TRANSFER = "58"
logging.getLogger("factur-x").disabled = True


def write_xrechnung(invoice: Invoice) -> bytes:
    """The invoice as XRechnung 3.0. Raises InvoiceRefused where the standard asks for something that is missing."""
    needed = {
        "die Leitweg-ID oder Referenz des Empfängers": invoice.buyer_reference,
        "die E-Mail-Adresse des Empfängers": invoice.buyer.email,
        "die Anschrift des Empfängers": invoice.buyer.postcode and invoice.buyer.city,
    }
    missing = [what for what, value in needed.items() if not value]
    if missing:
        raise InvoiceRefused(f"Für eine XRechnung fehlt: {', '.join(missing)}.")
    root = etree.fromstring(_written(invoice, "ubl-2.1"))
    for element in root.iter(_SPECIFICATION):
        element.text = _XRECHNUNG
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def write_zugferd(pdf: bytes, invoice: Invoice) -> bytes:
    """The PDF (PDF/A-3) with the invoice's data inside, profile EN 16931."""
    about = {
        "author": invoice.seller.name,
        "title": f"Rechnung {invoice.number}",
        "subject": f"Rechnung {invoice.number}",
    }
    written = generate_from_binary(
        pdf,
        _written(invoice, "factur-x"),
        flavor="factur-x",
        level="en16931",
        check_xsd=False,  # `_written` has checked it
        pdf_metadata=about | {"keywords": "ZUGFeRD, Rechnung"},
        lang="de-DE",
        afrelationship="alternative",
    )
    return bytes(written)


def _written(invoice: Invoice, flavor: str) -> bytes:
    try:
        xml = generate_xml(_fields(invoice), flavor=flavor, level="en16931", check_xsd=True, check_schematron=False)
    except Exception as reason:  # the library raises nothing more precise
        raise InvoiceRefused("Aus diesen Angaben lässt sich keine elektronische Rechnung schreiben.") from reason
    return xml if isinstance(xml, bytes) else etree.tostring(xml)


def _fields(invoice: Invoice) -> dict[str, Any]:
    """The invoice by the numbers of the standard's terms, without what is empty."""
    sums = invoice.totals
    fields: dict[str, Any] = {
        "BT-1": invoice.number,
        "BT-2": invoice.issued_on,
        "BT-3": invoice.kind,
        "BT-5": invoice.currency,
        "BT-9": invoice.due_on,
        "BT-10": invoice.buyer_reference,
        "BT-13": invoice.order_number,
        "BT-20": invoice.pay_to.terms,
        "BT-23": _PROCESS,
        "BT-72": invoice.delivered_on,
        "BT-81": _TRANSFER,
        "BT-83": invoice.pay_to.reference,
        "BT-84": invoice.pay_to.iban,
        "BT-85": invoice.pay_to.name,
        "BT-106": _money(sums.lines),
        "BT-109": _money(sums.net),
        "BT-110": _money(sums.tax),
        "BT-112": _money(sums.gross),
        "BT-115": _money(sums.due),
        "BG-4": _party(invoice.seller),
        "BG-7": _party(invoice.buyer),
        "BG-23": [_tax(each) for each in invoice.taxes],
        "BG-25": [_item(number, each) for number, each in enumerate(invoice.items, start=1)],
    }
    return _filled(fields)


def _party(party: Party) -> dict[str, Any]:
    contact = _filled({"name": party.contact, "phone": party.phone, "email": party.email})
    fields = {
        "name": party.name,
        "addr_l1": party.street,
        "postcode": party.postcode,
        "city": party.city,
        "country_code": party.country,
        "vat_identifier": party.vat_id,
        "tax_identifier": party.tax_number,
        "einvoicing_addr": party.email,
        "einvoicing_addr_schemeid": "EM" if party.email else "",
        "contacts": [contact] if party.contact else [],
    }
    return _filled(fields)


def _tax(tax: Tax) -> dict[str, Any]:
    fields = {"BT-116": _money(tax.base), "BT-117": _money(tax.amount), "BT-118": tax.category}
    return _filled(fields | {"BT-119": _number(tax.rate), "BT-120": tax.reason})


def _item(number: int, item: Item) -> dict[str, Any]:
    price = item.price if item.price is not None else item.amount
    return {
        "BT-126": str(number),
        "BT-129": _number(item.quantity),
        "BT-130": item.unit,
        "BT-131": _money(item.amount),
        "BT-146": _number(price),
        "BT-151": item.tax_category,
        "BT-152": _number(item.tax_rate),
        "BT-153": item.text,
    }


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}


def _money(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _number(number: Decimal) -> str:
    return f"{number.normalize():f}"
