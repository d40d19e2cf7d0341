# SPDX-License-Identifier: EUPL-1.2
"""Registering, proving a mail address, logging in and out. No answer tells a stranger who has an account."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from zxcvbn import zxcvbn  # type: ignore[import-untyped]  # zxcvbn ships no types

from engine.clock import Clock
from engine.errors import AmtsflussError
from processes.konto.models import Konto, KontoCode, KontoSitzung

BESTAETIGEN = "bestaetigen"
PASSWORT = "passwort"
#: So long a mailed link works.
LINK_GILT = {BESTAETIGEN: timedelta(hours=48), PASSWORT: timedelta(hours=1)}
#: So long somebody stays logged in who does not come back.
SITZUNG_GILT = timedelta(hours=24)
#: `seen_at` is not written with every page.
MERKEN = timedelta(minutes=5)
SHORTEST = 10
#: Longer ones only keep the server busy.
LONGEST = 200
#: zxcvbn's scale ends at 4; 3 stands for more than 10^8 guesses.
_STRONG = 3
_READ_BY_ZXCVBN = 72

_hasher = PasswordHasher()
_NOBODY = _hasher.hash("nobody")


class PasswortZuLeicht(AmtsflussError):
    """The password is too short, or would be among the first that an attacker tries. The message says what to do."""


class LinkGiltNicht(AmtsflussError):
    """A mailed link is unknown, used up or too old."""


@dataclass(frozen=True)
class Buerger:
    """The citizen who is logged in."""

    konto_id: str
    email: str
    #: SHA-256 of this login's secret.
    sitzung: str = field(repr=False)
    seen_at: datetime


def check_password(password: str, *known: str) -> None:
    """Raise `PasswortZuLeicht` when the password is easily guessed; `known` is what anybody knows of person and town.

    The common passwords and words that leaked lists hold are known without asking anybody (zxcvbn).
    """
    if len(password) < SHORTEST:
        raise PasswortZuLeicht(f"Das Passwort braucht mindestens {SHORTEST} Zeichen. Gut sind mehrere Wörter.")
    if len(password) > LONGEST:
        raise PasswortZuLeicht(f"Das Passwort darf höchstens {LONGEST} Zeichen haben.")
    words = [word for text in known for word in (text, *_words(text))]
    if zxcvbn(password[:_READ_BY_ZXCVBN], user_inputs=words)["score"] < _STRONG:
        raise PasswortZuLeicht(
            "Dieses Passwort ist leicht zu erraten. Nehmen Sie mehrere Wörter, die nicht zusammengehören."
        )


def hash_password(password: str) -> str:
    """What is kept instead of a password. Takes long on purpose: call it outside a transaction."""
    return _hasher.hash(password)


def find_konto(session: Session, email: str) -> Konto | None:
    """The account of a mail address, confirmed or not."""
    return session.scalars(select(Konto).where(Konto.email_key == email.casefold())).one_or_none()


def new_konto(session: Session, clock: Clock, email: str, password_hash: str | None) -> Konto:
    """An account that nobody can enter yet. The caller has looked that the address has none."""
    konto = Konto(
        id=str(uuid4()),
        email=email,
        email_key=email.casefold(),
        password_hash=password_hash,
        created_at=clock.now(),
        confirmed_at=None,
    )
    session.add(konto)
    session.flush()
    return konto


def new_code(session: Session, clock: Clock, konto_id: str, purpose: str) -> str:
    """The secret of a link for this account; earlier ones for the same purpose are over."""
    session.execute(delete(KontoCode).where(KontoCode.konto_id == konto_id, KontoCode.purpose == purpose))
    code = secrets.token_urlsafe(24)
    until = clock.now() + LINK_GILT[purpose]
    session.add(KontoCode(code_hash=hashed(code), konto_id=konto_id, purpose=purpose, expires_at=until))
    session.flush()
    return code


def konto_of_code(session: Session, clock: Clock, code: str, purpose: str) -> Konto:
    """The account that a mailed link belongs to, or `LinkGiltNicht`. Looking uses nothing up."""
    found = session.scalars(
        select(Konto)
        .join(KontoCode, KontoCode.konto_id == Konto.id)
        .where(KontoCode.code_hash == hashed(code), KontoCode.purpose == purpose, KontoCode.expires_at > clock.now())
    ).one_or_none()
    if found is None:
        raise LinkGiltNicht
    return found


def use_code(session: Session, clock: Clock, code: str, purpose: str) -> Konto:
    """The same, once: the address is proved to be the person's, and the link is over."""
    konto = konto_of_code(session, clock, code, purpose)
    session.execute(delete(KontoCode).where(KontoCode.konto_id == konto.id, KontoCode.purpose == purpose))
    if konto.confirmed_at is None:
        konto.confirmed_at = clock.now()
    session.flush()
    return konto


def check_login(session: Session, email: str, password: str) -> str | None:
    """The account of whoever knows the password, or None. Unknown addresses take as long as wrong passwords."""
    konto = find_konto(session, email)
    known = konto.password_hash if konto is not None and konto.confirmed_at is not None else None
    try:
        _hasher.verify(known or _NOBODY, password[:LONGEST])
    except VerificationError:
        return None
    return konto.id if konto is not None and known is not None else None


def knows_password(konto: Konto, password: str) -> bool:
    """Whether this is the account's password."""
    try:
        _hasher.verify(konto.password_hash or _NOBODY, password[:LONGEST])
    except VerificationError:
        return False
    return konto.password_hash is not None


def set_password(session: Session, konto_id: str, password_hash: str, *, stays: str | None = None) -> None:
    """A new password; whoever is logged in elsewhere is so no more."""
    session.execute(update(Konto).where(Konto.id == konto_id).values(password_hash=password_hash))
    end_sitzungen(session, konto_id, but=stays)


def begin_sitzung(session: Session, clock: Clock, konto_id: str, device: str) -> str:
    """Log in on one device: the secret for its cookie."""
    secret = secrets.token_urlsafe(32)
    now = clock.now()
    session.add(
        KontoSitzung(
            id_hash=hashed(secret),
            konto_id=konto_id,
            created_at=now,
            seen_at=now,
            expires_at=now + SITZUNG_GILT,
            device=device[:80],
        )
    )
    session.flush()
    return secret


def resume_sitzung(session: Session, clock: Clock, secret: str) -> Buerger | None:
    """Who is logged in with this secret; None when the login is over."""
    row = session.execute(
        select(Konto.id, Konto.email, KontoSitzung.id_hash, KontoSitzung.seen_at)
        .join(KontoSitzung, KontoSitzung.konto_id == Konto.id)
        .where(KontoSitzung.id_hash == hashed(secret), KontoSitzung.expires_at > clock.now())
    ).one_or_none()
    return Buerger(*row) if row else None


def mark_seen(session: Session, clock: Clock, sitzung: str) -> None:
    """Remember that somebody is still there; their login lasts from now on."""
    now = clock.now()
    times = {"seen_at": now, "expires_at": now + SITZUNG_GILT}
    session.execute(update(KontoSitzung).where(KontoSitzung.id_hash == sitzung).values(times))


def sitzungen(session: Session, konto_id: str) -> list[KontoSitzung]:
    """Where the person is logged in, the latest first."""
    return list(
        session.scalars(
            select(KontoSitzung).where(KontoSitzung.konto_id == konto_id).order_by(KontoSitzung.seen_at.desc())
        )
    )


def end_sitzungen(session: Session, konto_id: str, *, only: str | None = None, but: str | None = None) -> None:
    """Log the person out: everywhere, on `only` one device, or everywhere `but` here."""
    statement = delete(KontoSitzung).where(KontoSitzung.konto_id == konto_id)
    if only is not None:
        statement = statement.where(KontoSitzung.id_hash == only)
    if but is not None:
        statement = statement.where(KontoSitzung.id_hash != but)
    session.execute(statement)


def delete_konto(session: Session, konto_id: str) -> None:
    """Forget the account with all that belongs to it. What was applied for stays with the offices as the law wants."""
    session.execute(delete(Konto).where(Konto.id == konto_id))


def hashed(secret: str) -> str:
    """What is kept of a secret: it is random enough to need no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _words(text: str) -> list[str]:
    return [word for word in text.replace("@", " ").replace(".", " ").split() if len(word) > 2]
