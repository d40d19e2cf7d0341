# SPDX-License-Identifier: EUPL-1.2
"""Letters and mails that any model can have written: it names the template and says what stands in it.

Templates lie in the folder of the service that the case belongs to. Those that begin with `gemeinsam/` are for all.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from connectors.girocode import Transfer, girocode, svg_data_uri
from connectors.links import Links
from connectors.mail import Attachment, Mail, Mailer
from connectors.pdf import PDF_VARIANT, Letterhead, Letters
from engine.clock import Clock
from engine.documents import NewDocument, StoredDocument
from engine.operations import CaseContext, InputRefused, operation

_VORLAGE = re.compile(r"(?:([a-z][a-z0-9_]*)/)?([a-z][a-z0-9_]*)")


@operation("gemeinsam.schreiben_erstellen")
def schreiben_erstellen(
    letters: Letters,
    links: Links,
    clock: Clock,
    ctx: CaseContext,
    vorlage: str,
    titel: str,
    person: dict[str, Any],
    angaben: dict[str, Any] | None = None,
    forderung: dict[str, Any] | None = None,
    stelle: str | None = None,
) -> NewDocument:
    """Schreiben oder Bescheid als PDF erstellen.

    The model gives the template, the title, to whom, and what stands in it; of a claim it says how it is paid.
    """
    known = ctx.as_people_know_it()
    inhalt = brief(letters, links, clock, ctx, vorlage, person, angaben or {}, forderung, stelle)
    return NewDocument(f"{titel}_{known.reference}.pdf", "application/pdf", inhalt, title=titel, for_applicant=True)


def brief(
    letters: Letters,
    links: Links,
    clock: Clock,
    ctx: CaseContext,
    vorlage: str,
    person: Mapping[str, Any],
    angaben: Mapping[str, Any],
    forderung: Mapping[str, Any] | None,
    stelle: str | None,
    variant: str = PDF_VARIANT,
) -> bytes:
    """The pages of a letter, for operations that do more with them than to file them."""
    context = {
        **angaben,
        **zahlungsangaben(letters.letterhead, links, forderung),
        "person": person,
        "stelle": stelle or letters.letterhead.department,
        "ctx": ctx.as_people_know_it(),
        "heute": clock.today(),
    }
    return letters.render(_ort(ctx, "letters", vorlage, "html"), context, variant)


@operation("gemeinsam.mail_senden")
def mail_senden(
    mailer: Mailer,
    letters: Letters,
    links: Links,
    ctx: CaseContext,
    vorlage: str,
    betreff: str,
    email: str,
    name: str,
    angaben: dict[str, Any] | None = None,
    forderung: dict[str, Any] | None = None,
    anlage: StoredDocument | None = None,
    stelle: str | None = None,
) -> None:
    """E-Mail senden, auf Wunsch mit einem Dokument.

    The model gives the template, the subject, to whom, and what stands in it; reference and status page are added.
    """
    known = ctx.as_people_know_it()
    text = letters.text(
        _ort(ctx, "mails", vorlage, "txt"),
        {
            **(angaben or {}),
            **({"forderung": forderung, "zahlungslink": links.zahlung(forderung["referenz"])} if forderung else {}),
            "name": name,
            "stelle": stelle or letters.letterhead.department,
            "ctx": known,
            "statuslink": links.status(known.case_id),
        },
    )
    anlagen = () if anlage is None else (Attachment(anlage.name, anlage.media_type, anlage.content or b""),)
    mailer.send(Mail(email, f"{betreff} ({known.reference})", text, anlagen, ctx.idempotency_key))


def _ort(ctx: CaseContext, folder: str, vorlage: str, ending: str) -> str:
    """Where the template lies; a model reaches its own service's folder and what is for all."""
    found = _VORLAGE.fullmatch(vorlage)
    if found is None:
        raise InputRefused(f"“{vorlage}” is no name of a template.")
    owner = found[1] or ctx.definition_key
    # A service may have several processes: hundesteuer, hundesteuer_jahr, …
    if owner != "gemeinsam" and ctx.definition_key != owner and not ctx.definition_key.startswith(f"{owner}_"):
        raise InputRefused(f"The template “{vorlage}” belongs to another service.")
    return f"{owner}/{folder}/{found[2]}.{ending}"


def zahlungsangaben(stadt: Letterhead, links: Links, forderung: Mapping[str, Any] | None) -> dict[str, Any]:
    """How to pay: the claim, the address of its payment page, and the code for banking apps."""
    if forderung is None:
        return {}
    ueberweisung = Transfer(
        creditor=stadt.creditor,
        iban=stadt.iban,
        bic=stadt.bic,
        amount=Decimal(forderung["betrag"]),
        reference=forderung["referenz"],
    )
    return {
        "forderung": forderung,
        "zahlungslink": links.zahlung(forderung["referenz"]),
        "girocode": svg_data_uri(girocode(ueberweisung)),
    }
