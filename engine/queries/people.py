# SPDX-License-Identifier: EUPL-1.2
"""People, groups and what programs may do, as other programs ask for them. A town has few enough to look at all."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.grants import Grant
from engine.identity import UserLine, list_users
from engine.models import GroupRow, MachineGrantRow


@dataclass(frozen=True)
class Person:
    """Somebody who may log in."""

    name: str
    first_name: str
    last_name: str
    groups: tuple[str, ...]


def people(session: Session) -> list[Person]:
    """All who may log in, by name."""
    return [_person(line) for line in list_users(session) if line.active]


def groups(session: Session) -> list[str]:
    """The keys of all groups, sorted."""
    return list(session.scalars(select(GroupRow.key).order_by(GroupRow.key)))


def grants_by_account(session: Session, account: str | None = None) -> Mapping[str, list[Grant]]:
    """What programs may do, sorted; of one account or of all."""
    statement = select(MachineGrantRow).order_by(
        MachineGrantRow.account, MachineGrantRow.resource, MachineGrantRow.key, MachineGrantRow.permission
    )
    found: dict[str, list[Grant]] = {}
    for row in session.scalars(statement if account is None else statement.where(MachineGrantRow.account == account)):
        found.setdefault(row.account, []).append(Grant(row.resource, row.permission, row.key))
    return found


def _person(line: UserLine) -> Person:
    first, _, last = line.display_name.rpartition(" ")
    return Person(line.username, first, last, line.groups)
