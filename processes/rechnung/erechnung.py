# SPDX-License-Identifier: EUPL-1.2
"""The town's own electronic invoices (EN 16931), for supplies that VAT is due on. Fee notices are no invoices."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from connectors.einvoice import (
    Invoice,
    InvoiceRefused,
    Item,
    Party,
    PayTo,
    Totals,
    from_gross,
    write_xrechnung,
    write_zugferd,
)
from connectors.links import Links
from connectors.pdf import PDF_ARCHIVE, Letterhead, Letters
from engine.clock import Clock
from engine.documents import NewDocument
from engine.operations import CaseContext, InputRefused
from processes.gemeinsam.kalender import als_tag
from processes.gemeinsam.operations import brief

_STELLE = "Stadtkasse"


def erstellen(
    letters: Letters,
    links: Links,
    clock: Clock,
    ctx: CaseContext,
    person: Mapping[str, Any],
    auftrag: Mapping[str, Any],
    forderung: Mapping[str, Any],
) -> NewDocument:
    """XRechnung (XML) for authorities, which have a Leitweg-ID; for everybody else a PDF with the data inside."""
    rechnung = angaben(letters.letterhead, clock.today(), person, auftrag, forderung)
    name = f"Rechnung_{rechnung.number}"
    try:
        if rechnung.buyer_reference:
            content = write_xrechnung(rechnung)
            return NewDocument(f"{name}.xml", "application/xml", content, title="Rechnung", for_applicant=True)
        about = {"auftrag": auftrag, "titel": "Rechnung", "umsatzsteuer": rechnung}
        page = brief(letters, links, clock, ctx, "rechnung/rechnung", person, about, forderung, _STELLE, PDF_ARCHIVE)
        content = write_zugferd(page, rechnung)
    except InvoiceRefused as refused:
        raise InputRefused(str(refused)) from refused
    return NewDocument(f"{name}.pdf", "application/pdf", content, title="Rechnung", for_applicant=True)


def angaben(
    stadt: Letterhead,
    heute: date,
    person: Mapping[str, Any],
    auftrag: Mapping[str, Any],
    forderung: Mapping[str, Any],
) -> Invoice:
    """The invoice of a claim: its number is the claim's reference, the amounts of its items have their VAT inside."""
    if not stadt.vat_id:
        raise InputRefused("Die USt-IdNr. der Stadt fehlt (AMT_TOWN_VAT_ID); ohne sie gibt es keine Rechnung.")
    posten = auftrag["posten"] or [
        {"text": auftrag["zweck"], "betrag": forderung["betrag"], "steuersatz": auftrag["steuersatz"]}
    ]
    referenz = str(forderung["referenz"])
    return from_gross(
        Invoice(
            number=referenz,
            issued_on=heute,
            due_on=als_tag(forderung["faellig_am"]),
            delivered_on=als_tag(auftrag.get("leistungstag")) or heute,
            seller=_stadt(stadt),
            buyer=_empfaenger(person),
            items=tuple(
                Item(str(each["text"]), Decimal(each["betrag"]), Decimal(each["steuersatz"])) for each in posten
            ),
            taxes=(),
            totals=Totals(*[Decimal(0)] * 5),
            buyer_reference=str(auftrag.get("leitweg_id") or ""),
            pay_to=PayTo("".join(stadt.iban.split()), stadt.creditor, referenz),
        )
    )


def _stadt(stadt: Letterhead) -> Party:
    return Party(
        name=stadt.authority,
        street=stadt.street,
        postcode=stadt.postcode,
        city=stadt.name,
        vat_id=stadt.vat_id,
        contact=_STELLE,
        phone=stadt.phone,
        email=stadt.email,
    )


def _empfaenger(person: Mapping[str, Any]) -> Party:
    return Party(
        name=f"{person.get('vorname') or ''} {person['nachname']}".strip(),
        street=str(person["strasse"]),
        postcode=str(person["plz"]),
        city=str(person["ort"]),
        email=str(person.get("email") or ""),
    )
