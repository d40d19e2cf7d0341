# SPDX-License-Identifier: EUPL-1.2
"""Raising claims, taking them back, and remitting them. Every step is an entry of the journal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from connectors.pdf.formats import datum, euro, prozent
from engine.clock import Clock
from engine.counters import next_number
from processes.gemeinsam.kalender import werktag
from processes.rechnung.errors import ForderungIstErledigt, ForderungUnbekannt
from processes.rechnung.journal import ARTEN, NEBENFORDERUNGEN, buchen, saetze, verwahrt
from processes.rechnung.models import Buchung, Buchungssatz, Forderung, Posten, Rate, Zahlung
from processes.rechnung.referenz import referenz as rf
from processes.rechnung.saeumnis import (
    angefangene_monate,
    months_later,
    saeumniszuschlag,
    stundungszinsen,
    verzugszinsen,
)

#: In the place of the case of a claim that belongs to none.
OHNE_VORGANG = ""


@dataclass(frozen=True)
class NeuerPosten:
    """A line of a claim: what it is for, and how much."""

    text: str
    betrag: Decimal
    #: Rate of the VAT that is in the amount; None where there is none.
    steuersatz: Decimal | None = None


@dataclass(frozen=True)
class NeueForderung:
    """What a claim is raised with. `posten` add up to `betrag`; none: the purpose is the only one."""

    betrag: Decimal
    zweck: str
    faellig_am: date
    schuldner: str = ""
    oeffentlich_rechtlich: bool = True
    posten: Sequence[NeuerPosten] = ()
    case_id: str = OHNE_VORGANG
    aktenzeichen: str = ""
    mandat_id: int | None = None


def anlegen(session: Session, clock: Clock, neu: NeueForderung, by: str = "") -> Forderung:
    """Raise a claim with a reference of its own. Raises ValueError for what cannot be owed."""
    if not neu.betrag.is_finite() or neu.betrag <= 0 or neu.betrag != round(neu.betrag, 2):
        raise ValueError("A claim needs a positive amount in euros and cents.")
    if neu.faellig_am < clock.today() or not neu.zweck.strip():
        raise ValueError("A claim needs a purpose, and a due date that is not in the past.")
    if neu.posten and sum(each.betrag for each in neu.posten) != neu.betrag:
        raise ValueError("The items of a claim add up to its amount.")
    year = clock.today().year
    number = next_number(session, f"rechnung/{year}")
    forderung = Forderung(
        case_id=neu.case_id,
        aktenzeichen=neu.aktenzeichen,
        reference=rf(f"{year}{number:08}"),
        amount=round(neu.betrag, 2),
        currency="EUR",
        purpose=neu.zweck.strip()[:250],
        due_date=neu.faellig_am,
        public_law=neu.oeffentlich_rechtlich,
        state="offen",
        open_amount=Decimal(0),
        debtor=neu.schuldner.strip()[:200],
        dunning_level=0,
        dunning_stop_reason="",
        mandat_id=neu.mandat_id,
        created_at=clock.now(),
    )
    session.add(forderung)
    session.flush()
    session.add_all(
        Posten(forderung_id=forderung.id, text=each.text[:250], amount=each.betrag, tax_rate=each.steuersatz)
        for each in neu.posten
    )
    receipt = f"forderung/{forderung.reference}"
    buchen(session, clock, "sollstellung", forderung.amount, receipt, forderung=forderung, by=by, text=neu.zweck)
    return forderung


def finden(session: Session, referenz: str, *, sperren: bool = False) -> Forderung:
    """The claim with that reference, locked if it is to be changed. Raises ForderungUnbekannt."""
    statement = select(Forderung).where(Forderung.reference == referenz)
    if sperren:
        statement = statement.with_for_update(key_share=True)
    found = session.scalars(statement, execution_options={"populate_existing": sperren}).one_or_none()
    if found is None:
        raise ForderungUnbekannt
    return found


def stornieren(session: Session, clock: Clock, forderung: Forderung, by: str = "", grund: str = "") -> None:
    """Take an open claim back with its fees; what was paid on it goes to the account of unclear money.

    Raises ForderungIstErledigt.
    """
    if forderung.state != "offen":
        raise ForderungIstErledigt
    key = forderung.reference
    fees = nebenforderungen(session, forderung)
    buchen(session, clock, "storno", forderung.amount, f"storno/{key}", forderung=forderung, by=by, text=grund)
    if fees:
        buchen(session, clock, "nebenstorno", fees, f"nebenstorno/{key}", forderung=forderung, by=by, text=grund)
    if forderung.open_amount < 0:
        paid = -forderung.open_amount
        buchen(session, clock, "auskehrung", paid, f"auskehrung/{key}", forderung=forderung, by=by, text=grund)
    forderung.state = "storniert"
    session.flush()


def verzichten(session: Session, clock: Clock, forderung: Forderung, art: str, by: str, grund: str) -> None:
    """Remit what is open (`erlass`), or stop asking for it (`niederschlagung`). Raises ForderungIstErledigt."""
    if forderung.state != "offen":
        raise ForderungIstErledigt
    if art not in ("erlass", "niederschlagung") or not grund.strip():
        raise ValueError("Whoever waives a claim says which way and why.")
    receipt = f"{art}/{forderung.reference}"
    buchen(session, clock, art, forderung.open_amount, receipt, forderung=forderung, by=by, text=grund)
    forderung.state = "erlassen" if art == "erlass" else "niedergeschlagen"
    session.flush()


def mahnsperre(session: Session, forderung: Forderung, bis: date | None, grund: str) -> None:
    """Nobody duns until that day; None lifts the stop."""
    forderung.dunning_stop_until, forderung.dunning_stop_reason = bis, grund.strip()[:200] if bis else ""
    session.flush()


def nebenforderungen(session: Session, forderung: Forderung) -> Decimal:
    """Fees and surcharges that dunning has added to a claim."""
    total = Decimal(0)
    for satz in saetze(session, forderung.id):
        kind = ARTEN[satz.kind]
        total += satz.amount * ((kind.credit == NEBENFORDERUNGEN) - (kind.debit == NEBENFORDERUNGEN))
    return total


def zuschlag_buchen(session: Session, clock: Clock, forderung: Forderung) -> Decimal:
    """Book the surcharge for late payment that has arisen since the last time; how much that is.

    It arises by law, for public-law claims only, and on the claim itself, not on fees (§ 240 Abs. 1 und 2 AO).
    """
    if not forderung.public_law or forderung.state != "offen":
        return Decimal(0)
    owed = min(forderung.amount, forderung.open_amount)
    today = clock.today()
    months = angefangene_monate(forderung.due_date, today)
    why = f"§ 240 AO: 1 % von {euro(owed // 50 * 50)} für {months} angefangene Monate seit {datum(forderung.due_date)}"
    arisen = saeumniszuschlag(owed, forderung.due_date, today)
    return _entstanden(
        session, clock, forderung, "saeumniszuschlag", arisen, f"saeumnis/{forderung.reference}/{months}", why
    )


def verzugszinsen_buchen(session: Session, clock: Clock, forderung: Forderung, satz: Decimal) -> Decimal:
    """Book the interest for late payment that has arisen since the last time (§ 288 BGB); private-law claims only."""
    if forderung.public_law or forderung.state != "offen" or satz <= 0:
        return Decimal(0)
    owed, today = min(forderung.amount, forderung.open_amount), clock.today()
    days = (today - forderung.due_date).days
    why = f"§ 288 BGB: {prozent(satz)} im Jahr von {euro(owed)} für {days} Tage seit {datum(forderung.due_date)}"
    arisen = verzugszinsen(owed, forderung.due_date, today, satz)
    return _entstanden(session, clock, forderung, "verzugszinsen", arisen, f"verzug/{forderung.reference}/{today}", why)


def _entstanden(
    session: Session, clock: Clock, forderung: Forderung, art: str, arisen: Decimal, receipt: str, why: str
) -> Decimal:
    """Book of what has arisen altogether what is not booked yet; how much that is."""
    booked = sum((satz.amount for satz in saetze(session, forderung.id) if satz.kind == art), Decimal(0))
    if arisen <= booked:
        return Decimal(0)
    buchen(session, clock, art, arisen - booked, receipt, forderung=forderung, text=why)
    return arisen - booked


def naechste_rate(session: Session, forderung: Forderung, today: date) -> tuple[bool, date | None]:
    """Whether an instalment that was due is missing, and when the next one that is not paid is due."""
    plan = list(session.scalars(select(Rate).where(Rate.forderung_id == forderung.id).order_by(Rate.due_date)))
    left = sum((rate.amount for rate in plan), Decimal(0)) - forderung.open_amount
    for rate in plan:
        left -= rate.amount
        if left < 0:
            return rate.due_date < today, rate.due_date
    return False, None


@dataclass(frozen=True)
class Stundungszins:
    """What a deferral costs: per cent for each full month, and the sum from which on it is asked for."""

    satz: Decimal = Decimal(0)
    mindestens: Decimal = Decimal(0)


def raten_anlegen(
    session: Session, clock: Clock, forderung: Forderung, anzahl: int, zins: Stundungszins = Stundungszins()
) -> list[Rate]:
    """Split what is open into so many months; cents that are over go to the first, interest to the last.

    Nobody duns until the last. Raises ForderungIstErledigt, ValueError.
    """
    if forderung.state != "offen":
        raise ForderungIstErledigt
    share = (forderung.open_amount / anzahl).quantize(Decimal("0.01"), ROUND_DOWN) if anzahl > 1 else Decimal(0)
    if share <= 0:
        raise ValueError("Instalments are two or more, of a cent at least.")
    session.execute(delete(Rate).where(Rate.forderung_id == forderung.id))
    first = forderung.open_amount - share * (anzahl - 1)
    plan = [
        Rate(
            forderung_id=forderung.id,
            due_date=werktag(months_later(clock.today(), number)),
            amount=share if number > 1 else first,
        )
        for number in range(1, anzahl + 1)
    ]
    plan[-1].amount += _stundungszinsen_buchen(session, clock, forderung, plan, zins)
    session.add_all(plan)
    mahnsperre(session, forderung, plan[-1].due_date, f"Ratenzahlung, {anzahl} Raten")
    return plan


def _stundungszinsen_buchen(
    session: Session, clock: Clock, forderung: Forderung, plan: Sequence[Rate], zins: Stundungszins
) -> Decimal:
    """Interest on each instalment until its day; nothing below the sum from which on it is asked for (§ 239 AO)."""
    if not forderung.public_law:
        return Decimal(0)
    today = clock.today()
    interest = sum((stundungszinsen(rate.amount, today, rate.due_date, zins.satz) for rate in plan), Decimal(0))
    if interest <= 0 or interest < zins.mindestens:
        return Decimal(0)
    why = f"§ 238 AO: {prozent(zins.satz)} für jeden vollen Monat bis zur Rate, auf volle 50 € abgerundet"
    receipt = f"stundung/{forderung.reference}/{today}"
    entry = buchen(session, clock, "stundungszinsen", interest, receipt, forderung=forderung, text=why)
    return interest if entry is not None else Decimal(0)


def rueckzahlbare(session: Session, forderung: Forderung, transaktion: str) -> Zahlung:
    """The payment of that claim by its transaction. Raises ValueError."""
    wanted = select(Zahlung).where(Zahlung.forderung_id == forderung.id, Zahlung.transaction_id == transaktion)
    zahlung = session.scalars(wanted.where(Zahlung.status == "bezahlt").with_for_update()).one_or_none()
    if zahlung is None:
        raise ValueError("No payment of this claim has that transaction.")
    return zahlung


def erstattung_buchen(
    session: Session,
    clock: Clock,
    forderung: Forderung,
    betrag: Decimal,
    case_id: str,
    von: str,
    grund: str,
    transaktion: str = "",
) -> None:
    """Give money back that is put aside for this claim; once a case. With `transaktion` at the provider it came by.

    Raises ValueError for more than there is.
    """
    receipt = f"erstattung/{case_id}"
    if betrag > verwahrt(session, forderung) and not session.scalar(
        select(Buchungssatz.id).where(Buchungssatz.receipt == receipt)
    ):
        raise ValueError("No more is given back than is put aside for the claim.")
    kind = "erstattung_anbieter" if transaktion else "erstattung"
    entry = buchen(session, clock, kind, betrag, receipt, forderung=forderung, by=von, text=grund)
    if transaktion and entry is not None:
        zahlung = rueckzahlbare(session, forderung, transaktion)
        if betrag > zahlung.amount - zahlung.refunded:
            raise ValueError("No more is given back of a payment than it was.")
        zahlung.refunded += betrag
        zahlung.status = "erstattet" if zahlung.refunded >= zahlung.amount else zahlung.status
    for buchung in session.scalars(select(Buchung).where(Buchung.forderung_id == forderung.id)):
        if buchung.art in ("ueberzahlung", "nach_verfahrensende", "abweichung") and not verwahrt(session, forderung):
            buchung.art = "erstattet"
    session.flush()
