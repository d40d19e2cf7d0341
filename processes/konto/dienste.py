# SPDX-License-Identifier: EUPL-1.2
"""Accounts and the identity providers that vouch for their owners."""

from enum import Enum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.clock import Clock
from processes.konto.anmeldung import find_konto, new_konto
from processes.konto.models import KontoAnmeldedienst


class Ausgang(Enum):
    """How a login through a provider ended."""

    DA = "da"
    NEU = "neu"
    #: Another account has the mail address; whoever owns it connects it themselves.
    VERGEBEN = "vergeben"
    #: The provider vouches for no mail address, and without one there is no account.
    OHNE_ADRESSE = "ohne_adresse"


def enter(session: Session, clock: Clock, issuer: str, subject: str, email: str) -> tuple[Ausgang, str | None]:
    """The account of whoever the provider names; a new one for a mail address that has none.

    `email` is one that the provider has checked, or empty.
    """
    known = session.get(KontoAnmeldedienst, (issuer, subject))
    if known is not None:
        return Ausgang.DA, known.konto_id
    if not email:
        return Ausgang.OHNE_ADRESSE, None
    konto = find_konto(session, email)
    if konto is not None and konto.confirmed_at is not None:
        return Ausgang.VERGEBEN, None
    konto = konto or new_konto(session, clock, email, None)
    # A password that a stranger has chosen for this address and never confirmed opens nothing.
    konto.password_hash, konto.confirmed_at = None, clock.now()
    save_link(session, clock, konto.id, issuer, subject)
    return Ausgang.NEU, konto.id


def save_link(session: Session, clock: Clock, konto_id: str, issuer: str, subject: str) -> bool:
    """Let a provider's login open this account; False when it opens another one."""
    known = session.get(KontoAnmeldedienst, (issuer, subject))
    if known is None:
        session.add(KontoAnmeldedienst(issuer=issuer, subject=subject, konto_id=konto_id, linked_at=clock.now()))
        session.flush()
    return known is None or known.konto_id == konto_id


def links(session: Session, konto_id: str) -> list[KontoAnmeldedienst]:
    """The providers that open this account."""
    return list(session.scalars(select(KontoAnmeldedienst).where(KontoAnmeldedienst.konto_id == konto_id)))


def remove_links(session: Session, konto_id: str) -> None:
    """Let no provider open this account any more."""
    session.execute(delete(KontoAnmeldedienst).where(KontoAnmeldedienst.konto_id == konto_id))
