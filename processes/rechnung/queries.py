# SPDX-License-Identifier: EUPL-1.2
"""What pages and letters may know of the books."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.cases import with_called
from processes.rechnung.errors import ForderungUnbekannt
from processes.rechnung.models import Buchung, Forderung, Zahlung

_REASONS = {
    "ueberzahlung": "doppelt gezahlt",
    "nach_verfahrensende": "nach Ende des Verfahrens",
    "abweichung": "Betrag weicht ab",
}


@dataclass(frozen=True)
class ForderungInfo:
    """A claim as people see it."""

    reference: str
    case_id: str
    aktenzeichen: str
    #: What is to be paid; of a claim that is settled what it was raised with.
    amount: Decimal
    currency: str
    purpose: str
    due_date: date
    #: offen | bezahlt | storniert
    state: str
    paid_at: datetime | None

    @property
    def reference_in_blocks(self) -> str:
        """`RF18 5390 0754 7034`, as it is printed and typed."""
        return " ".join(self.reference[start : start + 4] for start in range(0, len(self.reference), 4))


@dataclass(frozen=True)
class ZahlungInfo:
    """One attempt to pay online."""

    provider: str
    transaction_id: str | None
    amount: Decimal
    status: str
    created_at: datetime


@dataclass(frozen=True)
class Klaerungsfall:
    """Money that arrived and that the cashier has to decide about."""

    at: datetime
    #: The case's file reference.
    reference: str
    #: The claim's payment reference.
    rf: str
    reason: str
    amount: Decimal
    currency: str
    provider: str
    transaction_id: str


def forderung_by_reference(session: Session, reference: str) -> ForderungInfo:
    """The claim with that reference, or `ForderungUnbekannt`."""
    row = session.scalars(select(Forderung).where(Forderung.reference == reference)).one_or_none()
    if row is None:
        raise ForderungUnbekannt
    return _describe(row)


def claim_of_payer(session: Session, reference: str, amount: Decimal | None) -> str | None:
    """The reference, if there is an open claim of just that amount; a payer proves so that the letter is theirs."""
    if amount is None:
        return None
    statement = select(Forderung.reference).where(
        Forderung.reference == reference[:25], Forderung.open_amount == amount, Forderung.state == "offen"
    )
    return session.scalar(statement)


def forderungen(session: Session, case_id: str) -> list[ForderungInfo]:
    """All claims of a case and of the cases called in it, the oldest first."""
    own = Forderung.case_id.in_(with_called(case_id))
    return [_describe(row) for row in session.scalars(select(Forderung).where(own).order_by(Forderung.id))]


def zahlungen(session: Session, reference: str) -> list[ZahlungInfo]:
    """All attempts to pay a claim online, the oldest first."""
    rows = session.scalars(
        select(Zahlung).join(Zahlung.forderung).where(Forderung.reference == reference).order_by(Zahlung.id)
    )
    return [ZahlungInfo(row.provider, row.transaction_id, row.amount, row.status, row.created_at) for row in rows]


def klaerungsliste(session: Session) -> list[Klaerungsfall]:
    """What arrived twice, too late or with another amount, the newest first."""
    rows = session.execute(
        select(Buchung, Forderung).join(Buchung.forderung).where(Buchung.art.in_(_REASONS)).order_by(Buchung.id.desc())
    )
    return [
        Klaerungsfall(
            at=buchung.paid_at,
            reference=forderung.aktenzeichen,
            rf=forderung.reference,
            reason=_REASONS[buchung.art],
            amount=buchung.amount,
            currency=buchung.currency,
            provider=buchung.provider,
            transaction_id=buchung.transaction_id,
        )
        for buchung, forderung in rows
    ]


def _describe(row: Forderung) -> ForderungInfo:
    return ForderungInfo(
        reference=row.reference,
        case_id=row.case_id,
        aktenzeichen=row.aktenzeichen,
        amount=row.open_amount if row.state == "offen" else row.amount,
        currency=row.currency,
        purpose=row.purpose,
        due_date=row.due_date,
        # To whoever owes nothing any more it is the same why.
        state=row.state if row.state in ("offen", "bezahlt") else "storniert",
        paid_at=row.paid_at,
    )
