# SPDX-License-Identifier: EUPL-1.2
"""A neighbour that obeys the test, and the operations that the conformance models call."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from engine.counters import next_number
from engine.documents import NewDocument, StoredDocument
from engine.errors import BpmnError
from engine.operations import CaseContext, Connector, operation


@dataclass
class Bell(Connector):
    """Remembers who rang with which idempotency key, and does once what it was told to do next."""

    rings: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    next: deque[Callable[[], None]] = field(default_factory=deque)

    def check(self) -> None:
        """Always there."""

    def ring(self, text: str, key: str) -> None:
        """Ring, and then do what comes next: raise, look around, move the case meanwhile."""
        self.rings.append(text)
        self.keys.append(key)
        if self.next:
            self.next.popleft()()

    def fails(self, *causes: Exception) -> None:
        """The next rings end like this, one each."""
        for cause in causes:
            self.next.append(lambda cause=cause: _raise(cause))  # type: ignore[misc]  # bound early, called bare


@dataclass(frozen=True)
class Receipt:
    """What a bell gives back."""

    text: str
    times: int


@operation("probe.add")
def add(session: Session, a: Decimal, b: Decimal) -> Decimal:
    """Add two numbers inside the transaction."""
    return a + b


@operation("probe.number")
def number(session: Session, circle: str) -> int:
    """Take the next number of a circle inside the transaction."""
    return next_number(session, circle)


@operation("probe.fail")
def fail(session: Session, secret: str) -> None:
    """Fail inside the transaction, with an error text that names a person."""
    raise ValueError(f"{secret} is not welcome")


@operation("probe.error")
def error(session: Session, code: str, message: str = "") -> None:
    """Raise an error of the process inside the transaction."""
    raise BpmnError(code, message)


@operation("probe.error_later")
def error_later(bell: Bell, context: CaseContext, code: str) -> None:
    """Raise an error of the process after the commit."""
    bell.ring(f"error {code}", context.idempotency_key)
    raise BpmnError(code, f"{code} from outside")


@operation("probe.ring")
def ring(bell: Bell, context: CaseContext, text: str) -> Receipt:
    """Ring the bell after the commit."""
    bell.ring(text, context.idempotency_key)
    return Receipt(text, len(bell.rings))


@operation("probe.write")
def write(bell: Bell, context: CaseContext, text: str) -> NewDocument:
    """Make a document after the commit."""
    bell.ring("write", context.idempotency_key)
    return NewDocument("letter.txt", "text/plain", text.encode(), title="A letter", for_applicant=True)


@operation("probe.read")
def read(bell: Bell, context: CaseContext, letter: StoredDocument) -> str:
    """Read a document after the commit."""
    bell.ring("read", context.idempotency_key)
    return (letter.content or b"").decode()


@operation("probe.remember")
def remember(session: Session, result: dict[str, Any], text: str) -> None:
    """Record what a job on its own has done: count it under its text."""
    next_number(session, f"remembered/{text}/{result['text']}")


def _raise(cause: Exception) -> None:
    raise cause
