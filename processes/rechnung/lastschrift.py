# SPDX-License-Identifier: EUPL-1.2
"""SEPA core direct debit: mandates, and the file by which the bank collects what is due (pain.008).

Nothing is booked when the file is written: the money is there when the statement says so. A debit that comes back
opens its claim again and is not collected a second time; then the payer has to pay.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sepaxml import SepaDD
from sepaxml.validation import ValidationError
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from stdnum.iso7064 import mod_97_10

from engine.clock import Clock
from engine.errors import NotFound
from processes.gemeinsam.kalender import werktag
from processes.gemeinsam.sepa import AuftragAbgelehnt, Konto, gueltige_iban, plain
from processes.rechnung.models import Forderung, Mandat
from processes.rechnung.saeumnis import months_later

_SCHEMA = "pain.008.001.08"
#: A mandate lapses when it has not been used for so long.
VERFALL_MONATE = 36
#: So many working days before the day the bank wants the file.
VORLAUF_TAGE = 2
#: A single collection; banks return more than they can check anyway.
MOST = 5000


class MandatUnbekannt(NotFound):
    """There is no such mandate."""


class MandatAbgelehnt(ValueError):
    """The mandate cannot be used; the message says in German why."""


@dataclass(frozen=True)
class Einzug:
    """What a file of collections holds."""

    datei: bytes
    tag: date
    anzahl: int
    summe: Decimal


def mandat_anlegen(session: Session, clock: Clock, referenz: str, name: str, iban: str, vom: date) -> Mandat:
    """Keep a mandate that somebody has signed. Raises MandatAbgelehnt."""
    account = gueltige_iban(iban)
    if account is None:
        raise MandatAbgelehnt("Diese IBAN stimmt nicht.")
    if not plain(name) or not referenz or len(referenz) > 35 or not referenz.isascii():
        raise MandatAbgelehnt("Bitte nennen Sie den Namen und eine Mandatsreferenz von höchstens 35 Zeichen.")
    if vom > clock.today():
        raise MandatAbgelehnt("Das Mandat ist noch nicht unterschrieben: Der Tag liegt in der Zukunft.")
    mandat = Mandat(reference=referenz, name=name[:70], iban=account, signed_on=vom, state="aktiv", last_used_on=None)
    try:
        with session.begin_nested():
            session.add(mandat)
            session.flush()
    except IntegrityError as cause:
        raise MandatAbgelehnt("Ein Mandat mit dieser Referenz gibt es schon.") from cause
    return mandat


def finde_mandat(session: Session, referenz: str, today: date) -> Mandat:
    """The mandate of that reference, if it can be used. Raises MandatAbgelehnt."""
    found = session.scalars(select(Mandat).where(Mandat.reference == referenz)).one_or_none()
    if found is None or found.state != "aktiv":
        raise MandatAbgelehnt("Ein gültiges Mandat mit dieser Referenz gibt es nicht.")
    if months_later(found.last_used_on or found.signed_on, VERFALL_MONATE) < today:
        raise MandatAbgelehnt("Das Mandat ist verfallen: Es wurde 36 Monate lang nicht benutzt.")
    return found


def widerrufen(session: Session, mandat_id: int) -> None:
    """The payer has taken the mandate back: what is collected by it from now on has to be paid."""
    found = session.get(Mandat, mandat_id)
    if found is None:
        raise MandatUnbekannt
    found.state = "widerrufen"
    session.flush()


def mandate(session: Session) -> list[Mandat]:
    """All mandates, the newest first."""
    return list(session.scalars(select(Mandat).order_by(Mandat.id.desc()).limit(MOST)))


def einzuziehen(session: Session, tag: date) -> list[tuple[Forderung, Mandat]]:
    """Open claims with a mandate that are due until that day and have not been collected before."""
    statement = (
        select(Forderung, Mandat)
        .join(Mandat, Mandat.id == Forderung.mandat_id)
        .where(Forderung.state == "offen", Forderung.collected_for.is_(None), Forderung.due_date <= tag)
        .where(Mandat.state == "aktiv")
        .order_by(Forderung.id)
        .limit(MOST)
    )
    return [(forderung, mandat) for forderung, mandat in session.execute(statement)]


def einziehen(session: Session, clock: Clock, konto: Konto, creditor_id: str) -> Einzug | None:
    """The file that collects what is due on the next possible day; None when nothing is. Raises AuftragAbgelehnt."""
    if not ist_glaeubiger_id(creditor_id):
        raise AuftragAbgelehnt("Die Gläubiger-ID der Stadt stimmt nicht.")
    tag = werktag(clock.today() + timedelta(days=VORLAUF_TAGE))
    ids = [forderung.id for forderung, _ in einzuziehen(session, tag)]
    locked = select(Forderung.id).where(Forderung.id.in_(ids)).order_by(Forderung.id).with_for_update(key_share=True)
    session.execute(locked).all()
    found = einzuziehen(session, tag)
    if not found:
        return None
    datei = _file(found, konto, creditor_id, tag)
    for forderung, mandat in found:
        forderung.collected_for, mandat.last_used_on = tag, tag
    session.flush()
    return Einzug(datei, tag, len(found), sum((forderung.open_amount for forderung, _ in found), Decimal(0)))


def ist_glaeubiger_id(text: str) -> bool:
    """Whether that is a creditor identifier: country, check digits, business code, number (EPC262-08)."""
    plain_id = "".join(text.split()).upper()
    parts = re.fullmatch(r"([A-Z]{2})([0-9]{2})[A-Z0-9]{3}([A-Z0-9]{1,28})", plain_id)
    return parts is not None and bool(mod_97_10.is_valid(f"{parts[3]}{parts[1]}{parts[2]}"))


def _file(found: Sequence[tuple[Forderung, Mandat]], konto: Konto, creditor_id: str, tag: date) -> bytes:
    auftrag = SepaDD(
        {
            "name": plain(konto.name),
            "IBAN": "".join(konto.iban.split()),
            "batch": True,
            "creditor_id": creditor_id,
            "currency": "EUR",
        },
        schema=_SCHEMA,
        clean=True,
    )
    for forderung, mandat in found:
        auftrag.add_payment(
            {
                "name": plain(mandat.name),
                "IBAN": mandat.iban,
                "amount": int(forderung.open_amount * 100),
                "type": "RCUR",
                "collection_date": tag,
                "mandate_id": mandat.reference,
                "mandate_date": mandat.signed_on,
                "description": plain(f"{forderung.reference} {forderung.purpose}", 140),
                "endtoend_id": forderung.reference,
            }
        )
    try:
        return bytes(auftrag.export(validate=True))
    except ValidationError as reason:
        raise AuftragAbgelehnt("Die Bank würde diese Datei nicht annehmen.") from reason
