# SPDX-License-Identifier: EUPL-1.2
"""Taking an invoice in, however it comes: uploaded, or out of a mail. The same file is taken once."""

import hashlib
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from connectors.einvoice import MOST_BYTES, Finding, Invoice, InvoiceRefused, NoInvoiceData, findings, read_invoice
from connectors.pdf.formats import euro
from engine.cases import start_case
from engine.documents import NewDocument, add_document
from engine.identity import Actor
from engine.services import Services
from forms.uploads import UploadRefused, check_upload, tidy_filename
from processes.rechnungseingang.models import Eingangsrechnung

#: What invoices come as: ending → media type.
ARTEN = {
    "xml": "application/xml",
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
}
_KEINE_DATEI = "Hier steckt keine Rechnung. Möglich sind XRechnung (XML), ZUGFeRD und andere PDF sowie Bilder."


@dataclass(frozen=True)
class Angenommen:
    """What has become of a file; `neu` is false when it had come before."""

    case_id: str
    kennung: str
    neu: bool


def annehmen(session: Session, services: Services, file_name: str, content: bytes, by: Actor) -> Angenommen:
    """Begin the case of an invoice and keep the file with it. Raises InvoiceRefused."""
    file_name = tidy_filename(file_name)
    ending = file_name.rpartition(".")[2].lower()
    if ending not in ARTEN:
        raise InvoiceRefused(_KEINE_DATEI)
    invoice = _gelesen(file_name, ending, content)
    row = _vermerkt(session, services, hashlib.sha256(content).hexdigest(), file_name)
    if row.case_id:
        return Angenommen(row.case_id, row.kennung, neu=False)
    found = findings(invoice) if invoice else []
    variables = {"rechnung": _angaben(row.id, invoice), "befunde": [befund(each) for each in found]}
    case = start_case(session, services, "rechnungseingang", variables, by=by)
    row.case_id, row.kennung = case.id, case.reference
    document = NewDocument(file_name, ARTEN[ending], content, title="Rechnung, wie sie kam")
    add_document(session, services.clock, case.id, document, by.display_name)
    session.flush()
    return Angenommen(case.id, case.reference, neu=True)


def aus_mail(content: bytes) -> list[tuple[str, bytes]]:
    """The files in a mail that can be invoices, by their names."""
    found = []
    for part in message_from_bytes(content, _class=EmailMessage, policy=policy.default).walk():
        name = (part.get_filename() or "").rpartition("/")[2]
        attached = part.get_payload(decode=True)
        if name.rpartition(".")[2].lower() in ARTEN and isinstance(attached, bytes):
            found.append((name[-200:], attached))
    return found


def befund(finding: Finding) -> dict[str, Any]:
    """What the case keeps of a finding."""
    return {"regel": finding.rule, "text": finding.text, "schwer": finding.grave}


def _gelesen(file_name: str, ending: str, content: bytes) -> Invoice | None:
    """The data of an invoice; None when people have to type them from a picture."""
    if ending != "xml":
        try:
            check_upload(file_name, content, ("pdf", "jpeg", "png"), MOST_BYTES)
        except UploadRefused as refused:
            raise InvoiceRefused(str(refused)) from refused
    try:
        return read_invoice(content) if ending in ("xml", "pdf") else None
    except NoInvoiceData:
        return None


def _vermerkt(session: Session, services: Services, digest: str, file_name: str) -> Eingangsrechnung:
    """The row of this file, a new one unless somebody was first."""
    row = Eingangsrechnung(
        case_id="",
        kennung="",
        digest=digest,
        file_name=file_name[-200:],
        supplier="",
        number="",
        iban="",
        purpose="",
        state="in_pruefung",
        received_at=services.clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        return session.scalars(select(Eingangsrechnung).where(Eingangsrechnung.digest == digest)).one()
    return row


def _angaben(row_id: int, invoice: Invoice | None) -> dict[str, Any]:
    """What the model knows of the invoice."""
    angaben: dict[str, Any] = {"id": row_id, "leitweg_id": "", "positionen": [], "betrag": None, "art": "Bild oder PDF"}
    angaben |= {"lieferant": "ohne Angaben", "rechnungsnummer": "", "email": "", "verwendungszweck": "", "iban": ""}
    if invoice is None:
        return angaben
    return angaben | {
        "art": invoice.format,
        "lieferant": invoice.seller.name[:200],
        "email": invoice.seller.email,
        "rechnungsnummer": invoice.number[:100],
        "rechnungsdatum": invoice.issued_on,
        "faellig_am": invoice.due_on,
        "leistungstag": invoice.delivered_on,
        "leitweg_id": invoice.buyer_reference,
        "bestellnummer": invoice.order_number,
        "netto": invoice.totals.net,
        "steuer": invoice.totals.tax,
        "betrag": invoice.totals.due,
        "waehrung": invoice.currency,
        "iban": invoice.pay_to.iban,
        "verwendungszweck": invoice.pay_to.reference[:140],
        "zahlungsbedingungen": invoice.pay_to.terms,
        "positionen": [
            {"text": each.text, "menge": each.quantity, "netto": euro(each.amount), "steuersatz": each.tax_rate}
            for each in invoice.items
        ],
    }
