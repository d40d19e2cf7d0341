# SPDX-License-Identifier: EUPL-1.2
"""What is found, what services of the town want to be looked at besides, and one moment of the database to look at."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from engine.db import Database
from engine.services import Services


@dataclass(frozen=True)
class Finding:
    """Something that must not be so. Names elements, rows and references, and no people."""

    #: Which promise is broken, for words in other languages.
    problem: str
    #: The reference of a case, or what else it is about.
    about: str = ""
    #: What the words need to know, such as the element.
    details: Mapping[str, str] = field(default_factory=dict)
    #: What is wrong and what helps, in the words of the service that has found it.
    reason: str = ""
    cure: str = ""


#: Looks at tables of its own.
Invariant = Callable[[Session, Services], Iterable[Finding]]

_invariants: list[Invariant] = []


def add_invariant(invariant: Invariant) -> Invariant:
    """Let something of a service be looked at with everything else."""
    _invariants.append(invariant)
    return invariant


def invariants() -> list[Invariant]:
    """What services have added."""
    return list(_invariants)


@contextmanager
def moment(db: Database) -> Iterator[Session]:
    """A session in which everything is as it was at one moment, while others go on writing."""
    with db.reading() as session:
        if not db.is_sqlite:  # SQLite reads like this by itself.
            session.connection(execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True})
        yield session
