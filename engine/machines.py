# SPDX-License-Identifier: EUPL-1.2
"""Accounts of programs: giving them tokens and grants, taking these away, and recognising who calls.

A token is random, shown once, and kept as a hash only; whoever reads the database cannot use it. A revoked token is
refused from the next request on.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import Row, String, bindparam, delete, exists, select, update
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement

from engine.cache import Cache
from engine.clock import Clock
from engine.errors import AmtsflussError, NotFound
from engine.grants import Grant, Grants
from engine.identity import Actor
from engine.models import MachineGrantRow, MachineRow, MachineTokenRow, UserRow

#: Every token begins like this, so that one that leaked into a file is found and told from a password.
TOKEN_PREFIX = "amt_"
#: How exactly the last use is kept; the database need not be written at every request.
_USE_NOTED_EVERY = timedelta(hours=1)
#: How long a password that was right is believed without hashing it again, which takes long on purpose.
_BELIEVED_FOR = timedelta(minutes=5)

#: Grants by the text in which they come. Some accounts have hundreds, and with every request they are the same.
_read: Cache[str, Grants] = Cache(200)

_hasher = PasswordHasher()
_NOBODY = _hasher.hash("nobody")


class MachineNotFound(NotFound):
    """There is no machine account of that name, or no token of that number."""


class NameTaken(AmtsflussError):
    """A person has this name; history could not tell the two apart."""


@dataclass(frozen=True)
class NewToken:
    """A token as it is handed over, once."""

    account: str
    text: str
    number: int


@dataclass(frozen=True)
class MachineLine:
    """One machine account in a list."""

    name: str
    grants: tuple[Grant, ...]
    has_password: bool
    #: Number, creation and last use of each token.
    tokens: tuple[tuple[int, datetime, datetime | None], ...]


@dataclass(frozen=True)
class Proved:
    """A program that has proved which account it has."""

    actor: Actor
    #: The token whose use is to be noted, if that is due.
    unnoted_token: int | None = None


def ensure_machine(
    session: Session, clock: Clock, name: str, grants: Iterable[Grant], *, password: str | None = None
) -> None:
    """Let there be an account with at least these grants."""
    row = session.get(MachineRow, name)
    if row is None:
        if session.scalar(select(exists().where(UserRow.name_key == name.casefold()))):
            raise NameTaken
        row = MachineRow(name=name, created_at=clock.now())
        session.add(row)
    if password is not None:
        row.password_hash = _hasher.hash(password)
    session.flush()
    known = set(_grants_of(session, name))
    session.add_all(
        MachineGrantRow(account=name, resource=new.resource, permission=new.permission, key=new.key)
        for new in set(grants) - known
    )
    session.flush()


def create_token(session: Session, clock: Clock, name: str, grants: Iterable[Grant]) -> NewToken:
    """Give a program a token, and an account with these grants if it has none. The text is never to be had again."""
    ensure_machine(session, clock, name, grants)
    text = TOKEN_PREFIX + secrets.token_urlsafe(32)
    row = MachineTokenRow(account=name, token_hash=_hashed(text), created_at=clock.now())
    session.add(row)
    session.flush()
    return NewToken(name, text, row.id)


def revoke_token(session: Session, number: int) -> str:
    """Refuse a token from now on; says whose it was. The account goes with its last token, if it has no password."""
    row = session.get(MachineTokenRow, number)
    if row is None:
        raise MachineNotFound(f"There is no token number {number}.")
    account = row.account
    session.delete(row)
    session.flush()
    left = select(exists().where(MachineTokenRow.account == account))
    if not session.scalar(left) and session.get_one(MachineRow, account).password_hash is None:
        revoke_machine(session, account)
    return account


def revoke_machine(session: Session, name: str) -> None:
    """Refuse everything with which this program proves who it is, and forget what it may. What it did stays."""
    if session.get(MachineRow, name) is None:
        raise MachineNotFound(f"There is no machine account {name}.")
    for row in (MachineTokenRow, MachineGrantRow):
        session.execute(delete(row).where(row.account == name))
    session.execute(delete(MachineRow).where(MachineRow.name == name))
    session.flush()


def list_machines(session: Session) -> list[MachineLine]:
    """All machine accounts by name."""
    tokens: dict[str, list[tuple[int, datetime, datetime | None]]] = {}
    for row in session.scalars(select(MachineTokenRow).order_by(MachineTokenRow.id)):
        tokens.setdefault(row.account, []).append((row.id, row.created_at, row.last_used_at))
    return [
        MachineLine(
            account.name,
            tuple(sorted(_grants_of(session, account.name))),
            account.password_hash is not None,
            tuple(tokens.get(account.name, ())),
        )
        for account in session.scalars(select(MachineRow).order_by(MachineRow.name))
    ]


def prove_token(session: Session, clock: Clock, text: str, *, name: str | None = None) -> Proved | None:
    """Whose token this is, in one statement; with a name: only if it is that account's."""
    found = session.execute(_BY_TOKEN, {"token_hash": _hashed(text)}).one_or_none()
    if found is None or (name is not None and found.name != name):
        return None
    used = found.last_used_at
    noted = used is not None and used > clock.now() - _USE_NOTED_EVERY
    return Proved(_actor(found), None if noted else found.id)


def note_use(session: Session, clock: Clock, number: int) -> None:
    """Remember that a token is used still."""
    session.execute(update(MachineTokenRow).where(MachineTokenRow.id == number).values(last_used_at=clock.now()))


class PasswordCheck:
    """Recognises accounts by their password. One that was right is believed for a while, as long as it is unchanged."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._believed: Cache[bytes, datetime] = Cache(1000)

    def prove(self, session: Session, clock: Clock, name: str, password: str) -> Proved | None:
        """Whose password this is. Unknown names take as long as wrong passwords."""
        found = session.execute(_BY_NAME, {"name": name}).one_or_none()
        stored = found.password_hash if found is not None else None
        seal = hmac.digest(self._key, f"{stored}\0{name}\0{password}".encode("utf-8", "replace"), "sha256")
        until = self._believed.get(seal)
        if until is None or until <= clock.now():
            try:
                _hasher.verify(stored or _NOBODY, password)
            except VerificationError:
                return None
            if found is None or stored is None:
                return None
            self._believed.put(seal, clock.now() + _BELIEVED_FOR)
        assert found is not None, "What is believed has an account: its hash is part of the seal."
        return Proved(_actor(found))


def _actor(found: Row[Any]) -> Actor:
    text = found.grants or "[]"
    grants = _read.get(text)
    if grants is None:
        grants = Grants(Grant(*each) for each in json.loads(text))
        _read.put(text, grants)
    return Actor(found.name, found.name, grants=grants)


def _grants_of(session: Session, name: str) -> list[Grant]:
    rows = session.scalars(select(MachineGrantRow).where(MachineGrantRow.account == name))
    return [Grant(row.resource, row.permission, row.key) for row in rows]


class _listed_grants(FunctionElement[str]):
    """All grants of an account as one JSON text."""

    type = String()
    inherit_cache = True
    name = "listed_grants"


@compiles(_listed_grants)
def _as_json(element: _listed_grants, compiler: Any, **options: Any) -> str:
    return f"CAST(json_agg(json_build_array({compiler.process(element.clauses, **options)})) AS text)"


@compiles(_listed_grants, "sqlite")
def _as_json_sqlite(element: _listed_grants, compiler: Any, **options: Any) -> str:
    return f"json_group_array(json_array({compiler.process(element.clauses, **options)}))"


#: Made once: to write these statements costs more than to answer them.
_GRANTS = (
    select(_listed_grants(MachineGrantRow.resource, MachineGrantRow.permission, MachineGrantRow.key))
    .where(MachineGrantRow.account == MachineRow.name)
    .correlate(MachineRow)
    .scalar_subquery()
    .label("grants")
)
_BY_TOKEN = (
    select(MachineRow.name, MachineTokenRow.id, MachineTokenRow.last_used_at, _GRANTS)
    .join(MachineTokenRow, MachineTokenRow.account == MachineRow.name)
    .where(MachineTokenRow.token_hash == bindparam("token_hash"))
)
_BY_NAME = select(MachineRow.name, MachineRow.password_hash, _GRANTS).where(MachineRow.name == bindparam("name"))


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
