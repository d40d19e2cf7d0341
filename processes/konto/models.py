# SPDX-License-Identifier: EUPL-1.2
"""Accounts of citizens. Everything that belongs to an account goes when the account goes; the cases stay."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base, UtcDateTime


def _konto() -> Mapped[str]:
    return mapped_column(ForeignKey("konten.id", ondelete="CASCADE"), index=True)


class Konto(Base):
    """One person's account. Without a password it is entered by passkey or identity provider only."""

    __tablename__ = "konten"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    #: The address without differences of case: two accounts never share one.
    email_key: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: When the person has shown that the mail address is theirs. Before that nobody can log in.
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class KontoSitzung(Base):
    """One device on which somebody is logged in."""

    __tablename__ = "konto_sitzungen"

    #: SHA-256 of what the cookie holds.
    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    konto_id: Mapped[str] = _konto()
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    #: Browser and system in words, such as “Firefox, Android”; no address.
    device: Mapped[str] = mapped_column(String(80))


class KontoCode(Base):
    """The secret of a link that was mailed: it proves that the mail arrived, once."""

    __tablename__ = "konto_codes"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    konto_id: Mapped[str] = _konto()
    #: bestaetigen | passwort
    purpose: Mapped[str] = mapped_column(String(20))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class KontoAngabe(Base):
    """One thing that is known of the person and put into forms; with where it comes from."""

    __tablename__ = "konto_angaben"

    konto_id: Mapped[str] = mapped_column(ForeignKey("konten.id", ondelete="CASCADE"), primary_key=True)
    #: One of `angaben.FELDER`.
    key: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[str] = mapped_column(String(254))
    #: selbst | antrag | anmeldedienst
    source: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class KontoAntrag(Base):
    """An application that belongs to an account: a draft first, then a case."""

    __tablename__ = "konto_antraege"
    __table_args__ = (UniqueConstraint("konto_id", "case_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    konto_id: Mapped[str] = _konto()
    process_key: Mapped[str] = mapped_column(String(255))
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: SHA-256 of the draft's secret id, by which a sent draft is found.
    draft_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    #: The draft's id, readable by the running town only: a copy of the database opens no draft.
    draft_sealed: Mapped[str | None] = mapped_column(Text)
    case_id: Mapped[str | None] = mapped_column(String(36), index=True)


class KontoEinwilligung(Base):
    """A consent with the version of its words; a withdrawal is written beside it."""

    __tablename__ = "konto_einwilligungen"

    id: Mapped[int] = mapped_column(primary_key=True)
    konto_id: Mapped[str] = _konto()
    #: One of `einwilligungen.TEXTE`.
    art: Mapped[str] = mapped_column(String(20))
    version: Mapped[str] = mapped_column(String(20))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class KontoAbruf(Base):
    """The first time that a person who was logged in looked at a document of theirs (§ 41 Abs. 2a LVwVfG)."""

    __tablename__ = "konto_abrufe"

    konto_id: Mapped[str] = mapped_column(ForeignKey("konten.id", ondelete="CASCADE"), primary_key=True)
    document_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class KontoPasskey(Base):
    """A key that a device or a password manager holds for the person."""

    __tablename__ = "konto_passkeys"

    #: As the browser names it, base64url.
    credential_id: Mapped[str] = mapped_column(String(400), primary_key=True)
    konto_id: Mapped[str] = _konto()
    public_key: Mapped[bytes]
    sign_count: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class KontoAnmeldedienst(Base):
    """Who the person is at an identity provider."""

    __tablename__ = "konto_anmeldedienste"

    issuer: Mapped[str] = mapped_column(String(200), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    konto_id: Mapped[str] = _konto()
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)
