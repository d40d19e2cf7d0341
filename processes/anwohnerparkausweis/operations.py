# SPDX-License-Identifier: EUPL-1.2
"""What the service tasks of the resident's parking permit do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from connectors.girocode import Transfer, girocode, plain_code, svg_data_uri
from connectors.links import Links
from connectors.mail import Attachment, Mail, Mailer
from connectors.pdf import Letters
from engine.clock import Clock
from engine.counters import next_reference
from engine.documents import NewDocument, StoredDocument
from engine.operations import CaseContext, operation
from processes.anwohnerparkausweis.laufzeit import letzter_tag
from processes.anwohnerparkausweis.models import Parkausweis, neuer_pruefcode

_SLICE = "anwohnerparkausweis"
_NUMMER = "P-{year}-{number:05}"


@dataclass(frozen=True)
class Ausweis:
    """What the model knows of a permit that has been issued."""

    nummer: str
    pruefcode: str
    kennzeichen: str
    zone: str
    gueltig_ab: date
    gueltig_bis: date


@operation("anwohnerparkausweis.eingang_bestaetigen")
def eingang_bestaetigen(
    mailer: Mailer, letters: Letters, links: Links, ctx: CaseContext, email: str, name: str
) -> None:
    """Eingang bestätigen: Aktenzeichen und Adresse der Statusseite per E-Mail senden."""
    _senden(mailer, letters, links, ctx, email, "eingang", "Ihr Antrag ist eingegangen", {"name": name})


@operation("anwohnerparkausweis.rueckfrage_senden")
def rueckfrage_senden(
    mailer: Mailer,
    letters: Letters,
    links: Links,
    ctx: CaseContext,
    email: str,
    name: str,
    frage: str,
    antwort_bis: date,
) -> None:
    """Rückfrage senden: die Frage und die Adresse der Seite, auf der geantwortet wird."""
    angaben = {"name": name, "frage": frage.strip(), "antwort_bis": antwort_bis}
    _senden(mailer, letters, links, ctx, email, "rueckfrage", "Wir haben eine Frage zu Ihrem Antrag", angaben)


@operation("anwohnerparkausweis.ablehnungsbescheid_erstellen")
def ablehnungsbescheid_erstellen(
    letters: Letters,
    clock: Clock,
    ctx: CaseContext,
    person: dict[str, Any],
    fahrzeug: dict[str, Any],
    parken: dict[str, Any],
    antragsdatum: date,
    begruendung: str,
) -> NewDocument:
    """Ablehnungsbescheid als PDF erstellen."""
    angaben = {
        "person": person,
        "fahrzeug": fahrzeug,
        "parken": parken,
        "antragsdatum": antragsdatum,
        "begruendung": begruendung.strip(),
    }
    return _bescheid(letters, clock, ctx, "ablehnungsbescheid", "Ablehnungsbescheid", angaben)


@operation("anwohnerparkausweis.ablehnungsbescheid_senden")
def ablehnungsbescheid_senden(
    mailer: Mailer, letters: Letters, links: Links, ctx: CaseContext, email: str, name: str, bescheid: StoredDocument
) -> None:
    """Ablehnungsbescheid per E-Mail senden."""
    _senden(mailer, letters, links, ctx, email, "ablehnung", "Entscheidung über Ihren Antrag", {"name": name}, bescheid)


@operation("anwohnerparkausweis.gebuehrenbescheid_erstellen")
def gebuehrenbescheid_erstellen(
    letters: Letters,
    links: Links,
    clock: Clock,
    ctx: CaseContext,
    person: dict[str, Any],
    fahrzeug: dict[str, Any],
    parken: dict[str, Any],
    antragsdatum: date,
    gebuehr: dict[str, Any],
    forderung: dict[str, Any],
) -> NewDocument:
    """Genehmigung und Gebührenbescheid mit GiroCode als PDF erstellen."""
    stadt = letters.letterhead
    ueberweisung = Transfer(
        creditor=stadt.creditor,
        iban=stadt.iban,
        bic=stadt.bic,
        amount=Decimal(forderung["betrag"]),
        reference=forderung["referenz"],
    )
    angaben = {
        "person": person,
        "fahrzeug": fahrzeug,
        "parken": parken,
        "antragsdatum": antragsdatum,
        "gebuehr": gebuehr,
        "forderung": forderung,
        "zahlungslink": links.zahlung(forderung["referenz"]),
        "girocode": svg_data_uri(girocode(ueberweisung)),
    }
    return _bescheid(letters, clock, ctx, "gebuehrenbescheid", "Gebührenbescheid", angaben)


@operation("anwohnerparkausweis.gebuehrenbescheid_senden")
def gebuehrenbescheid_senden(
    mailer: Mailer,
    letters: Letters,
    links: Links,
    ctx: CaseContext,
    email: str,
    name: str,
    bescheid: StoredDocument,
    forderung: dict[str, Any],
) -> None:
    """Gebührenbescheid mit der Adresse zum Bezahlen per E-Mail senden."""
    angaben = {"name": name, "forderung": forderung, "zahlungslink": links.zahlung(forderung["referenz"])}
    betreff = "Ihr Antrag ist genehmigt: Bitte zahlen Sie die Gebühr"
    _senden(mailer, letters, links, ctx, email, "gebuehrenbescheid", betreff, angaben, bescheid)


@operation("anwohnerparkausweis.an_zahlung_erinnern")
def an_zahlung_erinnern(
    mailer: Mailer,
    letters: Letters,
    links: Links,
    ctx: CaseContext,
    email: str,
    name: str,
    forderung: dict[str, Any],
    zahlbar_bis: date,
) -> None:
    """An die Zahlung erinnern, ohne Mahngebühr."""
    angaben = {
        "name": name,
        "forderung": forderung,
        "zahlbar_bis": zahlbar_bis,
        "zahlungslink": links.zahlung(forderung["referenz"]),
    }
    _senden(mailer, letters, links, ctx, email, "erinnerung", "Erinnerung: Ihre Zahlung fehlt noch", angaben)


@operation("anwohnerparkausweis.einstellungsbescheid_erstellen")
def einstellungsbescheid_erstellen(
    letters: Letters,
    clock: Clock,
    ctx: CaseContext,
    person: dict[str, Any],
    fahrzeug: dict[str, Any],
    antragsdatum: date,
    forderung: dict[str, Any],
) -> NewDocument:
    """Bescheid über die Einstellung des Verfahrens als PDF erstellen."""
    angaben = {"person": person, "fahrzeug": fahrzeug, "antragsdatum": antragsdatum, "forderung": forderung}
    return _bescheid(letters, clock, ctx, "einstellungsbescheid", "Einstellungsbescheid", angaben)


@operation("anwohnerparkausweis.einstellung_mitteilen")
def einstellung_mitteilen(
    mailer: Mailer, letters: Letters, links: Links, ctx: CaseContext, email: str, name: str, bescheid: StoredDocument
) -> None:
    """Einstellung des Verfahrens per E-Mail mitteilen."""
    _senden(mailer, letters, links, ctx, email, "einstellung", "Ihr Antrag ist beendet", {"name": name}, bescheid)


@operation("anwohnerparkausweis.ausweis_ausstellen")
def ausweis_ausstellen(
    session: Session, clock: Clock, ctx: CaseContext, kennzeichen: str, zone: str, beginn: date, laufzeit_monate: int
) -> Ausweis:
    """Ausweis ausstellen: Nummer vergeben und Gültigkeit eintragen.

    Bought months count from the day of issue when the wished first day has passed by then.
    """
    gueltig_ab = max(beginn, clock.today())
    eintrag = Parkausweis(
        nummer=next_reference(session, "parkausweis", _NUMMER, clock.today()),
        pruefcode=neuer_pruefcode(),
        case_id=ctx.case_id,
        kennzeichen=kennzeichen,
        zone=zone,
        gueltig_ab=gueltig_ab,
        gueltig_bis=letzter_tag(gueltig_ab, laufzeit_monate),
        ausgestellt_am=clock.now(),
    )
    session.add(eintrag)
    session.flush()
    return Ausweis(
        eintrag.nummer, eintrag.pruefcode, eintrag.kennzeichen, eintrag.zone, eintrag.gueltig_ab, eintrag.gueltig_bis
    )


@operation("anwohnerparkausweis.ausweis_erstellen")
def ausweis_erstellen(letters: Letters, links: Links, ctx: CaseContext, ausweis: dict[str, Any]) -> NewDocument:
    """Parkausweis mit Code für die Kontrolle als PDF erstellen."""
    pruefadresse = links.ausweis(ausweis["pruefcode"])
    angaben = {
        "ctx": ctx,
        "ausweis": ausweis,
        "pruefadresse": pruefadresse,
        "code": svg_data_uri(plain_code(pruefadresse)),
    }
    inhalt = letters.render(f"{_SLICE}/letters/ausweis.html", angaben)
    name = f"Parkausweis_{ausweis['nummer']}.pdf"
    return NewDocument(name, "application/pdf", inhalt, title="Bewohnerparkausweis", for_applicant=True)


@operation("anwohnerparkausweis.ausweis_senden")
def ausweis_senden(
    mailer: Mailer,
    letters: Letters,
    links: Links,
    ctx: CaseContext,
    email: str,
    name: str,
    ausweis: dict[str, Any],
    ausweisdatei: StoredDocument,
) -> None:
    """Parkausweis per E-Mail senden."""
    angaben = {"name": name, "ausweis": ausweis}
    _senden(mailer, letters, links, ctx, email, "ausweis", "Ihr Bewohnerparkausweis", angaben, ausweisdatei)


def _bescheid(
    letters: Letters, clock: Clock, ctx: CaseContext, vorlage: str, titel: str, angaben: Mapping[str, Any]
) -> NewDocument:
    inhalt = letters.render(f"{_SLICE}/letters/{vorlage}.html", {**angaben, "ctx": ctx, "heute": clock.today()})
    name = f"{titel}_{ctx.reference}.pdf"
    return NewDocument(name, "application/pdf", inhalt, title=titel, for_applicant=True)


def _senden(
    mailer: Mailer,
    letters: Letters,
    links: Links,
    ctx: CaseContext,
    email: str,
    vorlage: str,
    betreff: str,
    angaben: Mapping[str, Any],
    anlage: StoredDocument | None = None,
) -> None:
    text = letters.text(
        f"{_SLICE}/mails/{vorlage}.txt", {**angaben, "ctx": ctx, "statuslink": links.status(ctx.case_id)}
    )
    anlagen = () if anlage is None else (Attachment(anlage.name, anlage.media_type, anlage.content or b""),)
    mailer.send(Mail(email, f"{betreff} ({ctx.reference})", text, anlagen, ctx.idempotency_key))
