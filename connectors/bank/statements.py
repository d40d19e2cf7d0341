# SPDX-License-Identifier: EUPL-1.2
"""A bank statement, whatever format it came in."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal


class StatementRefused(ValueError):
    """The file is no statement that can be read; the message says in German why and what to do."""


@dataclass(frozen=True)
class Line:
    """One movement on the account. Positive amounts came in."""

    amount: Decimal
    currency: str
    booked_on: date
    value_on: date
    name: str = ""
    iban: str = ""
    #: What the payer wrote, its pieces joined as the bank cut them.
    text: str = ""
    #: Structured creditor reference (ISO 11649) as it was sent.
    reference: str = ""
    end_to_end: str = ""
    #: ISO 20022 code of a direct debit that came back, such as AC04.
    return_reason: str = ""
    #: The bank's own number of the movement; empty where it gives none.
    bank_reference: str = ""
    #: A sum whose single movements the bank tells elsewhere (camt.054).
    is_batch: bool = False
    #: By which the same movement is known again in another file. Set by `Statement.of`.
    key: str = ""


@dataclass(frozen=True)
class Statement:
    """What one file says of one account."""

    iban: str
    number: str
    format: str
    currency: str
    opening: Decimal | None
    closing: Decimal | None
    lines: tuple[Line, ...]

    @classmethod
    def of(
        cls,
        iban: str,
        number: str,
        format: str,
        currency: str,
        opening: Decimal | None,
        closing: Decimal | None,
        lines: Iterable[Line],
    ) -> "Statement":
        """A statement whose lines have their keys: the bank's number, else what they say and how often on that day."""
        seen: Counter[str] = Counter()
        keyed = []
        for line in lines:
            base = f"{iban}/{line.bank_reference}" if line.bank_reference else f"{iban}/{_digest(line)}"
            seen[base] += 1
            keyed.append(replace(line, key=base if seen[base] == 1 else f"{base}/{seen[base]}"))
        return cls(iban, number, format, currency, opening, closing, tuple(keyed))

    @property
    def adds_up(self) -> bool:
        """Whether opening balance and lines come to the closing balance; reports within the day have none."""
        if self.opening is None or self.closing is None or self.format not in ("camt.053", "MT940"):
            return True
        return self.opening + sum((line.amount for line in self.lines), Decimal(0)) == self.closing


def _digest(line: Line) -> str:
    said = (
        *(line.booked_on.isoformat(), str(line.amount), line.currency, line.name, line.iban),
        *("".join(line.text.split()), line.reference, line.end_to_end),
    )
    return hashlib.sha256("\x1f".join(said).encode()).hexdigest()[:40]
