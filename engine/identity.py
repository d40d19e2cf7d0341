# SPDX-License-Identifier: EUPL-1.2
"""Who acts: people with a login and their groups, applicants with a link, the system itself."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from hmac import compare_digest

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.errors import AmtsflussError, NotFound
from engine.grants import Grants
from engine.models import GroupRow, MachineRow, MembershipRow, UserRow

APPLICANT_GROUP = "antragsteller"
#: Each group of a person is a part of the statement behind their lists, and a database takes only so many.
MOST_GROUPS = 128

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
    #: Set for programs: what they may do. None for people, whose groups say that.
    grants: Grants | None = None


@dataclass(frozen=True)
class Login:
    """Somebody who has proved who they are."""

    actor: Actor
    #: What proves it again later. Worthless after logout, a new password or deactivation.
    ticket: str = field(repr=False)


@dataclass(frozen=True)
class UserLine:
    """A user in a list."""

    username: str
    display_name: str
    groups: tuple[str, ...]
    active: bool


class UserExists(AmtsflussError):
    """There is a user or a machine account of that name already."""


class UserNotFound(NotFound):
    """There is no user of that name."""


SYSTEM = Actor("system", "Amtsfluss")


def applicant(case_id: str) -> Actor:
    """Whoever holds the status link of a case."""
    return Actor(APPLICANT_GROUP, "Antragstellerin oder Antragsteller", frozenset({APPLICANT_GROUP}), case_id)


def add_user(
    session: Session, clock: Clock, username: str, display_name: str, password: str, groups: Iterable[str]
) -> Actor:
    """Give a person a login. The password is kept as an Argon2id hash only; names differ in more than case."""
    if _find(session, username) is not None or session.get(MachineRow, username) is not None:
        raise UserExists
    session.add(
        UserRow(
            username=username,
            name_key=username.casefold(),
            display_name=display_name,
            password_hash=_hasher.hash(password),
            session_key=_new_key(),
            created_at=clock.now(),
            active=True,
        )
    )
    session.flush()
    return Actor(username, display_name, _join(session, username, groups))


def authenticate(session: Session, username: str, password: str) -> Login | None:
    """The login of whoever knows the password, or None. Unknown names take as long as wrong passwords."""
    row = _find(session, username)
    try:
        _hasher.verify(row.password_hash if row else _NOBODY, password)
    except VerificationError:
        return None
    actor = load_actor(session, row.username) if row else None
    # The key is the one that was read with the password: if both changed meanwhile, this login is over already.
    return Login(actor, f"{row.username}:{row.session_key}") if row and actor else None


def resume_login(session: Session, ticket: str) -> Actor | None:
    """The actor of a ticket with the groups as they are now; None when the login is over."""
    username, _, key = ticket.rpartition(":")
    found = _active_user(session, username)
    if found is None:
        return None
    actor, session_key = found
    return actor if compare_digest(session_key.encode(), key.encode()) else None


def load_actor(session: Session, username: str) -> Actor | None:
    """The actor of a user name with the groups as they are now; None when unknown or deactivated."""
    found = _active_user(session, username)
    return found[0] if found else None


def end_logins(session: Session, username: str) -> None:
    """Log a person out everywhere: nobody can go on with a ticket of theirs, copied or not."""
    _user(session, username).session_key = _new_key()
    session.flush()


def change_password(session: Session, username: str, password: str) -> None:
    """Give a person a new password; whoever is logged in with the old one is so no more."""
    _user(session, username).password_hash = _hasher.hash(password)
    end_logins(session, username)


def deactivate_user(session: Session, username: str) -> None:
    """Let a person in no more, at once. Their name stays with what they did."""
    _user(session, username).active = False
    end_logins(session, username)


def activate_user(session: Session, username: str) -> None:
    """Let a deactivated person log in again."""
    _user(session, username).active = True
    session.flush()


def set_groups(session: Session, username: str, groups: Iterable[str]) -> None:
    """Let a person belong to these groups and no others, from their next request on."""
    name = _user(session, username).username
    session.execute(delete(MembershipRow).where(MembershipRow.username == name))
    _join(session, name, groups)


def find_user(session: Session, username: str) -> UserLine | None:
    """The user of that name, in whatever case it is written; None when there is none."""
    user = _find(session, username)
    if user is None:
        return None
    groups = session.scalars(select(MembershipRow.group_key).where(MembershipRow.username == user.username))
    return UserLine(user.username, user.display_name, tuple(sorted(groups)), user.active)


def list_users(session: Session) -> list[UserLine]:
    """All users by name."""
    groups: dict[str, list[str]] = {}
    for membership in session.scalars(select(MembershipRow).order_by(MembershipRow.group_key)):
        groups.setdefault(membership.username, []).append(membership.group_key)
    return [
        UserLine(user.username, user.display_name, tuple(groups.get(user.username, ())), user.active)
        for user in session.scalars(select(UserRow).order_by(UserRow.username))
    ]


def _find(session: Session, username: str) -> UserRow | None:
    return session.scalar(select(UserRow).where(UserRow.name_key == username.casefold()))


def _user(session: Session, username: str) -> UserRow:
    row = _find(session, username)
    if row is None:
        raise UserNotFound
    return row


#: Made once: it is asked with every page.
_ACTIVE = (
    select(UserRow.display_name, UserRow.session_key, MembershipRow.group_key)
    .outerjoin(MembershipRow, MembershipRow.username == UserRow.username)
    .where(UserRow.username == bindparam("username"), UserRow.active)
)


def _active_user(session: Session, username: str) -> tuple[Actor, str] | None:
    """The actor of exactly this user name and the key that logins must show, in one statement."""
    rows = session.execute(_ACTIVE, {"username": username}).all()
    if not rows:
        return None
    groups = frozenset(row.group_key for row in rows if row.group_key)
    return Actor(username, rows[0].display_name, groups), rows[0].session_key


def _join(session: Session, username: str, groups: Iterable[str]) -> frozenset[str]:
    """Put a user into groups, new ones too; says which."""
    keys = frozenset(groups)
    if APPLICANT_GROUP in keys:
        raise AmtsflussError(f"The group {APPLICANT_GROUP} belongs to applicants.")
    if len(keys) > MOST_GROUPS:
        raise AmtsflussError(f"A person can belong to at most {MOST_GROUPS} groups.")
    known = set(session.scalars(select(GroupRow.key).where(GroupRow.key.in_(keys))))
    session.add_all(GroupRow(key=key) for key in keys - known)
    session.flush()
    session.add_all(MembershipRow(username=username, group_key=key) for key in keys)
    session.flush()
    return keys


def _new_key() -> str:
    return secrets.token_urlsafe(24)
