# SPDX-License-Identifier: EUPL-1.2
"""What a machine account may do: kinds of things, what may be done to them, and to which of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from engine.errors import AmtsflussError, NotAllowed

#: The kinds of things that a grant can name.
RESOURCES = (
    "batch",
    "decision",
    "deployment",
    "external-task",
    "history",
    "identity",
    "incident",
    "job",
    "message",
    "migration",
    "process-definition",
    "process-instance",
    "signal",
    "task",
)
PERMISSIONS = ("create", "delete", "read", "update")
#: Stands for every kind, every permission or every key.
ALL = "*"


class GrantRefused(AmtsflussError):
    """A grant is written RESOURCE:PERMISSION or RESOURCE:PERMISSION:KEY."""


class GrantMissing(NotAllowed):
    """The machine account has no grant for that."""

    def __init__(self, account: str, resource: str, permission: str, key: str) -> None:
        super().__init__(f"The account {account} has no grant {resource}:{permission}:{key}.")
        self.account = account
        self.resource = resource
        self.permission = permission
        self.key = key


@dataclass(frozen=True, order=True)
class Grant:
    """One permission on one kind of thing; the key is that of a process, a decision or a topic."""

    resource: str
    permission: str
    key: str = ALL

    @classmethod
    def from_text(cls, text: str) -> "Grant":
        """Read `task:update:antrag`. Raises `GrantRefused` with the words that are known."""
        resource, _, rest = text.partition(":")
        permission, _, key = rest.partition(":")
        if resource not in (*RESOURCES, ALL):
            raise GrantRefused(f"“{resource}” is no resource. There are: {', '.join(RESOURCES)} and * for all.")
        if permission not in (*PERMISSIONS, ALL):
            raise GrantRefused(f"“{permission}” is no permission. There are: {', '.join(PERMISSIONS)} and * for all.")
        return cls(resource, permission, key or ALL)

    def __str__(self) -> str:
        return f"{self.resource}:{self.permission}:{self.key}"


class Grants:
    """All that one account may do. What is not granted is refused."""

    def __init__(self, grants: Iterable[Grant] = ()) -> None:
        self.all = frozenset(grants)

    def allow(self, resource: str, permission: str, key: str | None = None) -> bool:
        """Whether this may be done to the thing of that key; without a key: to any at all."""
        keys = self.keys(resource, permission)
        if keys is None:
            return True
        return key in keys if key is not None else bool(keys)

    def keys(self, resource: str, permission: str) -> frozenset[str] | None:
        """The keys for which this is granted; None when it is for all of them."""
        found = self._keys.get((resource, permission), frozenset())
        return None if ALL in found else found

    @cached_property
    def _keys(self) -> dict[tuple[str, str], frozenset[str]]:
        keys: dict[tuple[str, str], set[str]] = {}
        for grant in self.all:
            for resource in RESOURCES if grant.resource == ALL else (grant.resource,):
                for permission in PERMISSIONS if grant.permission == ALL else (grant.permission,):
                    keys.setdefault((resource, permission), set()).add(grant.key)
        return {about: frozenset(found) for about, found in keys.items()}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Grants) and self.all == other.all

    def __hash__(self) -> int:
        return hash(self.all)

    def __repr__(self) -> str:
        return f"Grants({', '.join(map(str, sorted(self.all)))})"
