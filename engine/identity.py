# SPDX-License-Identifier: EUPL-1.2
"""Who acts: people with a login and their groups, applicants with a link, the system itself."""

from collections.abc import Iterable
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.errors import AmtsflussError
from engine.models import GroupRow, MembershipRow, UserRow

APPLICANT_GROUP = "antragsteller"

_hasher = PasswordHasher()
#: Verified against when the user name is unknown, so that the answer takes as long as for a known one.
_NOBODY = _hasher.hash("nobody")


@dataclass(frozen=True)
class Actor:
    """Somebody who does something, with what they may do it as."""

    name: str
    display_name: str
    groups: frozenset[str] = frozenset()
    #: Set for applicants: the only case that they may touch.
    case_id: str | None = None


@dataclass(frozen=True)
class UserLine:
    """A user in a list."""

    username: str
    display_name: str
    groups: tuple[str, ...]
    active: bool


class UserExists(AmtsflussError):
    """There is a user of that name already."""


SYSTEM = Actor("system", "Amtsfluss")


def applicant(case_id: str) -> Actor:
    """Whoever holds the status link of a case."""
    return Actor(APPLICANT_GROUP, "Antragstellerin oder Antragsteller", frozenset({APPLICANT_GROUP}), case_id)


def add_user(
    session: Session, clock: Clock, username: str, display_name: str, password: str, groups: Iterable[str]
) -> Actor:
    """Give a person a login. The password is kept as an Argon2id hash only."""
    if session.get(UserRow, username) is not None:
        raise UserExists
    keys = frozenset(groups)
    if APPLICANT_GROUP in keys:
        raise AmtsflussError(f"The group {APPLICANT_GROUP} belongs to applicants.")
    known = set(session.scalars(select(GroupRow.key).where(GroupRow.key.in_(keys))))
    session.add_all(GroupRow(key=key) for key in keys - known)
    session.add(
        UserRow(
            username=username,
            display_name=display_name,
            password_hash=_hasher.hash(password),
            created_at=clock.now(),
            active=True,
        )
    )
    session.flush()
    session.add_all(MembershipRow(username=username, group_key=key) for key in keys)
    session.flush()
    return Actor(username, display_name, keys)


def authenticate(session: Session, username: str, password: str) -> Actor | None:
    """The actor behind a user name and password, or None. Unknown names take as long as wrong passwords."""
    row = session.get(UserRow, username)
    try:
        _hasher.verify(row.password_hash if row else _NOBODY, password)
    except VerificationError:
        return None
    return load_actor(session, username) if row else None


def load_actor(session: Session, username: str) -> Actor | None:
    """The actor of a user name with the groups as they are now; None when unknown or deactivated."""
    rows = session.execute(
        select(UserRow.display_name, MembershipRow.group_key)
        .outerjoin(MembershipRow, MembershipRow.username == UserRow.username)
        .where(UserRow.username == username, UserRow.active)
    ).all()
    if not rows:
        return None
    return Actor(username, rows[0].display_name, frozenset(row.group_key for row in rows if row.group_key))


def list_users(session: Session) -> list[UserLine]:
    """All users by name."""
    groups: dict[str, list[str]] = {}
    for membership in session.scalars(select(MembershipRow).order_by(MembershipRow.group_key)):
        groups.setdefault(membership.username, []).append(membership.group_key)
    return [
        UserLine(user.username, user.display_name, tuple(groups.get(user.username, ())), user.active)
        for user in session.scalars(select(UserRow).order_by(UserRow.username))
    ]
