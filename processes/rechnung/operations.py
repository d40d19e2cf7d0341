# SPDX-License-Identifier: EUPL-1.2
"""What models and jobs may ask of the books. Amounts and deadlines always come from the model."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.links import Links
from connectors.payment import PaymentProvider
from connectors.pdf import Letters
from engine.clock import Clock
from engine.documents import NewDocument
from engine.operations import CaseContext, InputRefused, NotYet, operation
from engine.services import Services
from processes.gemeinsam.kalender import werktag
from processes.gemeinsam.sepa import Auftrag, AuftragAbgelehnt, Konto, ueberweisungen
from processes.rechnung import erechnung
from processes.rechnung.auszug import PORTION, portion_zuordnen, weiter
from processes.rechnung.buchen import verbuchen, zustellen
from processes.rechnung.fordern import (
    NeueForderung,
    NeuerPosten,
    Stundungszins,
    anlegen,
    erstattung_buchen,
    finden,
    naechste_rate,
    raten_anlegen,
    stornieren,
    verzichten,
    verzugszinsen_buchen,
    zuschlag_buchen,
)
from processes.rechnung.journal import buchen
from processes.rechnung.lastschrift import finde_mandat
from processes.rechnung.lauf import portion_anlegen
from processes.rechnung.models import Buchung
from processes.rechnung.saeumnis import angefangene_monate
from processes.rechnung.stand import Zahlungsstand

#: How often a provider is asked: soon at first, then ever more rarely, and not for ever.
SHORTEST_PAUSE = timedelta(seconds=20)
LONGEST_PAUSE = timedelta(minutes=30)
GIVE_UP_AFTER = timedelta(hours=24)
#: How often a payment knocks at a case that is not ready for it yet.
LONGEST_KNOCKING = timedelta(days=1)


@dataclass(frozen=True)
class AngelegteForderung:
    """What the model learns about a new claim."""

    referenz: str
    betrag: Decimal
    faellig_am: date


@dataclass(frozen=True)
class Stornierung:
    """Whether the claim was withdrawn; not, when it had been paid already."""

    storniert: bool


@operation("rechnung.forderung_anlegen")
def forderung_anlegen(
    session: Session,
    ctx: CaseContext,
    clock: Clock,
    betrag: Decimal,
    zweck: str,
    zahlungsfrist_tage: int,
    oeffentlich_rechtlich: bool = True,
    schuldner: str = "",
    posten: list[dict[str, Any]] | None = None,
    mandat: str = "",
) -> AngelegteForderung:
    """Forderung anlegen: Betrag in Euro, Zweck, Zahlungsfrist in Tagen ab heute, Schuldner, Posten.

    The reference is new, the due date is a calendar day in the town.
    """
    if zahlungsfrist_tage < 0:
        raise ValueError("A claim needs a purpose, and a due date that is not in the past.")
    neu = NeueForderung(
        betrag,
        zweck,
        clock.today() + timedelta(days=zahlungsfrist_tage),
        schuldner=schuldner,
        oeffentlich_rechtlich=oeffentlich_rechtlich,
        posten=[_posten(each) for each in posten or ()],
        case_id=ctx.case_id,
        aktenzeichen=ctx.reference,
        mandat_id=finde_mandat(session, mandat, clock.today()).id if mandat else None,
    )
    forderung = anlegen(session, clock, neu)
    return AngelegteForderung(forderung.reference, forderung.amount, forderung.due_date)


def _posten(each: dict[str, Any]) -> NeuerPosten:
    rate = each.get("steuersatz")
    return NeuerPosten(str(each["text"]), Decimal(each["betrag"]), Decimal(rate) if rate else None)


@operation("rechnung.e_rechnung_erstellen")
def e_rechnung_erstellen(
    letters: Letters,
    links: Links,
    clock: Clock,
    ctx: CaseContext,
    person: dict[str, Any],
    auftrag: dict[str, Any],
    forderung: dict[str, Any],
) -> NewDocument:
    """Elektronische Rechnung erstellen: XRechnung, wenn eine Leitweg-ID bekannt ist, sonst ZUGFeRD (PDF mit Daten)."""
    return erechnung.erstellen(letters, links, clock, ctx, person, auftrag, forderung)


@operation("rechnung.forderung_stornieren")
def forderung_stornieren(session: Session, clock: Clock, referenz: str) -> Stornierung:
    """Forderung stornieren: Es ist nichts mehr zu zahlen.

    Of a claim that has been paid, the money goes to the cashier's list, because the case goes on without it.
    """
    forderung = finden(session, referenz, sperren=True)
    if forderung.state == "offen":
        stornieren(session, clock, forderung)
    for buchung in session.scalars(select(Buchung).where(Buchung.forderung_id == forderung.id)):
        if buchung.art in ("zahlung", "teilzahlung"):
            buchung.art = "nach_verfahrensende"
    session.flush()
    return Stornierung(forderung.state == "storniert")


@dataclass(frozen=True)
class Mahnstand:
    """What the table of dunning has to know of a claim."""

    stichtag: date
    offen: Decimal
    stufe: int
    tage_ueberfaellig: int
    gesperrt: bool
    erledigt: bool
    oeffentlich_rechtlich: bool
    faellig_am: date


@dataclass(frozen=True)
class Mahnung:
    """What a letter of dunning says: the whole that is open now, until when, and what of it is new."""

    referenz: str
    betrag: Decimal
    faellig_am: date
    gebuehr: Decimal
    saeumniszuschlag: Decimal
    verzugszinsen: Decimal
    zinssatz: Decimal
    monate: int
    ursprung: Decimal
    urspruenglich_faellig_am: date


@operation("rechnung.stand")
def stand(session: Session, clock: Clock, referenz: str) -> Mahnstand:
    """Stand einer Forderung: was offen ist, wie lange überfällig, welche Mahnstufe, ob gesperrt."""
    forderung, today = finden(session, referenz), clock.today()
    until = forderung.dunning_stop_until
    missing, _ = naechste_rate(session, forderung, today)
    return Mahnstand(
        stichtag=today,
        offen=forderung.open_amount,
        stufe=forderung.dunning_level,
        tage_ueberfaellig=max(0, (today - forderung.due_date).days),
        gesperrt=until is not None and until >= today and not missing,
        erledigt=forderung.state != "offen",
        oeffentlich_rechtlich=forderung.public_law,
        faellig_am=forderung.due_date,
    )


@operation("rechnung.mahnen")
def mahnen(
    session: Session,
    clock: Clock,
    referenz: str,
    stufe: int,
    gebuehr: Decimal,
    zuschlag: bool,
    frist_tage: int,
    zinssatz: Decimal = Decimal(0),
    quelle: str = "",
) -> Mahnung:
    """Mahnstufe vermerken, Mahngebühr, Säumniszuschlag (§ 240 AO) oder Verzugszinsen (§ 288 BGB) buchen.

    Sagt, was jetzt insgesamt offen ist. `zinssatz`: Prozent im Jahr; `quelle`: warum die Gebühr so hoch ist.
    """
    forderung, today = finden(session, referenz, sperren=True), clock.today()
    surcharge = zuschlag_buchen(session, clock, forderung) if zuschlag else Decimal(0)
    interest = verzugszinsen_buchen(session, clock, forderung, zinssatz)
    if gebuehr > 0:
        receipt = f"mahngebuehr/{referenz}/{stufe}"
        buchen(session, clock, "mahngebuehr", gebuehr, receipt, forderung=forderung, text=quelle)
    forderung.dunning_level = max(forderung.dunning_level, stufe)
    session.flush()
    return Mahnung(
        referenz=referenz,
        betrag=forderung.open_amount,
        faellig_am=werktag(today + timedelta(days=frist_tage)),
        gebuehr=gebuehr,
        saeumniszuschlag=surcharge,
        verzugszinsen=interest,
        zinssatz=zinssatz,
        monate=angefangene_monate(forderung.due_date, today),
        ursprung=forderung.amount,
        urspruenglich_faellig_am=forderung.due_date,
    )


@operation("rechnung.niederschlagen")
def niederschlagen(session: Session, clock: Clock, referenz: str, grund: str) -> None:
    """Forderung niederschlagen: nicht weiter verfolgen."""
    forderung = finden(session, referenz, sperren=True)
    if forderung.state == "offen":
        verzichten(session, clock, forderung, "niederschlagung", "", grund)


@operation("rechnung.termin")
def termin(session: Session, clock: Clock, referenz: str, tage: int) -> date:
    """Tag, an dem wieder nach der Forderung gesehen wird: ein Werktag nach der nächsten Rate oder der Mahnsperre."""
    forderung, day = finden(session, referenz), clock.today() + timedelta(days=max(1, tage))
    missing, instalment = naechste_rate(session, forderung, clock.today())
    if instalment and not missing:
        return werktag(instalment + timedelta(days=1))
    until = None if missing else forderung.dunning_stop_until
    return werktag(max(day, until + timedelta(days=1)) if until else day)


@dataclass(frozen=True)
class Ratenplan:
    """Instalments that were agreed on, the first to be paid first; the interest is in the last."""

    raten: list[dict[str, Any]]
    zinsen: Decimal


@operation("rechnung.raten_vereinbaren")
def raten_vereinbaren(
    session: Session,
    clock: Clock,
    referenz: str,
    raten: int,
    zinssatz: Decimal = Decimal(0),
    zinsen_mindestens: Decimal = Decimal(0),
) -> Ratenplan:
    """Monatsraten vereinbaren: teilt, was offen ist, rechnet Stundungszinsen (§ 238 AO), mahnt solange nicht."""
    forderung = finden(session, referenz, sperren=True)
    before = forderung.open_amount
    plan = raten_anlegen(session, clock, forderung, raten, Stundungszins(zinssatz, zinsen_mindestens))
    parts = [{"faellig_am": rate.due_date, "betrag": rate.amount} for rate in plan]
    return Ratenplan(parts, forderung.open_amount - before)


@operation("rechnung.erstattung_datei")
def erstattung_datei(
    letters: Letters, clock: Clock, ctx: CaseContext, referenz: str, betrag: Decimal, empfaenger: str, iban: str
) -> NewDocument:
    """Überweisung einer Erstattung als Datei für die Bank (pain.001)."""
    town = Konto(letters.letterhead.creditor, letters.letterhead.iban)
    try:
        auftrag = Auftrag(Konto(empfaenger, iban), betrag, f"Erstattung {referenz}", referenz)
        content = ueberweisungen(town, [auftrag], werktag(clock.today()))
    except AuftragAbgelehnt as refused:
        raise InputRefused(str(refused)) from refused
    name = f"Ueberweisung_{ctx.reference}.xml"
    return NewDocument(name, "application/xml", content, title="Überweisungsdatei für die Bank")


@operation("rechnung.erstatten")
def erstatten(
    session: Session,
    clock: Clock,
    ctx: CaseContext,
    referenz: str,
    betrag: Decimal,
    grund: str,
    von: str,
    transaktion: str = "",
) -> None:
    """Erstattung buchen: aus dem Verwahrkonto an die Person, höchstens, was zu dieser Forderung verwahrt ist."""
    forderung = finden(session, referenz, sperren=True)
    erstattung_buchen(session, clock, forderung, betrag, ctx.case_id, von, grund, transaktion)


@operation("rechnung.erstattung_beim_anbieter")
def erstattung_beim_anbieter(
    provider: PaymentProvider, ctx: CaseContext, anbieter: str, transaktion: str, betrag: Decimal
) -> None:
    """Geld auf dem Weg zurückgeben, auf dem es kam. Gebucht wird vorher, damit die Meldung nichts doppelt bucht."""
    if provider.name != anbieter:
        raise InputRefused(f"Mit {anbieter} sind wir nicht mehr verbunden. Bitte überweisen Sie den Betrag.")
    provider.refund(transaktion, betrag, ctx.idempotency_key)


@operation("rechnung.zahlung_abfragen")
def zahlung_abfragen(provider: PaymentProvider, clock: Clock, transaktion: str, begonnen_am: datetime) -> Zahlungsstand:
    """Zahlung beim Anbieter abfragen, bis sie entschieden ist, höchstens einen Tag lang."""
    stand = Zahlungsstand.from_provider(provider.state(transaktion))
    if stand.status != "offen":
        return stand
    age = clock.now() - begonnen_am
    if age >= GIVE_UP_AFTER:
        return Zahlungsstand("unbekannt", stand.betrag, stand.waehrung)
    raise NotYet(after=min(max(age / 3, SHORTEST_PAUSE), LONGEST_PAUSE))


@operation("rechnung.zahlung_verbuchen")
def zahlung_verbuchen(
    session: Session, services: Services, anbieter: str, transaktion: str, result: dict[str, Any]
) -> None:
    """Zahlung verbuchen und dem wartenden Vorgang mitteilen; ein zweites Mal bewirkt nichts."""
    verbuchen(session, services, anbieter, transaktion, Zahlungsstand(**result))


@operation("rechnung.umsaetze_vorbereiten")
def umsaetze_vorbereiten(auszug_id: int) -> int:
    """Zuordnung der Umsätze eines Kontoauszugs vorbereiten; sie geschieht, wo das Ergebnis festgehalten wird."""
    return auszug_id


@operation("rechnung.umsaetze_zuordnen")
def umsaetze_zuordnen(session: Session, services: Services, auszug_id: int) -> None:
    """Die nächsten Umsätze eines Kontoauszugs den Forderungen zuordnen und buchen, was sicher ist."""
    if portion_zuordnen(session, services, auszug_id) == PORTION:
        weiter(session, services, auszug_id)


@operation("rechnung.lauf_vorbereiten")
def lauf_vorbereiten(lauf_id: int, von: int, bis: int) -> int:
    """Zeilen eines Forderungslaufs vorbereiten; angelegt wird, wo das Ergebnis festgehalten wird."""
    return bis - von


@operation("rechnung.lauf_anlegen")
def lauf_anlegen(session: Session, services: Services, lauf_id: int, von: int, bis: int) -> None:
    """Forderungen einiger Zeilen eines Laufs anlegen."""
    portion_anlegen(session, services, lauf_id, von, bis)


@operation("rechnung.zustellung_vorbereiten")
def zustellung_vorbereiten(buchung_id: int) -> int:
    """Zustellung einer gebuchten Zahlung vorbereiten.

    The delivery itself happens where the result is recorded, inside the transaction.
    """
    return buchung_id


@operation("rechnung.zahlung_zustellen")
def zahlung_zustellen(session: Session, services: Services, buchung_id: int) -> None:
    """Gebuchte Zahlung dem Vorgang mitteilen, sobald er darauf wartet."""
    buchung = session.get_one(Buchung, buchung_id)
    if buchung.art != "zahlung":
        return
    delivery = zustellen(session, services, buchung.forderung, buchung)
    if delivery == "niemand":
        buchung.art = "nach_verfahrensende"
        session.flush()
    elif delivery == "noch_nicht":
        age = services.clock.now() - buchung.booked_at
        raise NotYet(after=min(max(age / 3, SHORTEST_PAUSE), LONGEST_KNOCKING))
