# SPDX-License-Identifier: EUPL-1.2
"""Files for the bank: transfers out of the town's account (pain.001), written by the library sepaxml."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from sepaxml import SepaTransfer
from sepaxml.validation import ValidationError

_SCHEMA = "pain.001.001.09"
#: What every bank takes in names and texts (EPC217-08).
_LETTERS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ẞ": "SS", "&": "+"}
)


class AuftragAbgelehnt(ValueError):
    """The bank would not take this transfer; the message says in German why."""


@dataclass(frozen=True)
class Konto:
    """An account with its owner."""

    name: str
    iban: str


def gueltige_iban(text: str) -> str | None:
    """The IBAN in one spelling, None when it is not one."""
    try:
        return str(IBAN("".join(text.split()).upper()).compact)
    except SchwiftyException:
        return None


def ueberweisung(von: Konto, an: Konto, betrag: Decimal, referenz: str, tag: date) -> bytes:
    """A file with one transfer, checked against the schema of the standard. Raises AuftragAbgelehnt."""
    iban = gueltige_iban(an.iban)
    if iban is None:
        raise AuftragAbgelehnt("Diese IBAN stimmt nicht.")
    auftrag = SepaTransfer(
        {"name": plain(von.name), "IBAN": "".join(von.iban.split()), "batch": False, "currency": "EUR"},
        schema=_SCHEMA,
        clean=True,
    )
    auftrag.add_payment(
        {
            "name": plain(an.name),
            "IBAN": iban,
            "amount": int(betrag * 100),
            "execution_date": tag,
            "description": f"Erstattung {referenz}",
            "endtoend_id": referenz,
        }
    )
    try:
        return bytes(auftrag.export(validate=True))
    except ValidationError as reason:
        raise AuftragAbgelehnt("Die Bank würde diese Überweisung nicht annehmen.") from reason


def plain(text: str, most: int = 70) -> str:
    """Text in the letters that every bank takes, in one line."""
    signs = "".join(sign if sign.isprintable() else " " for sign in text.translate(_LETTERS))
    return signs[:most].strip()
