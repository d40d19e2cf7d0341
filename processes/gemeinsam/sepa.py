# SPDX-License-Identifier: EUPL-1.2
"""Files for the bank: transfers out of the town's account (pain.001), written by the library sepaxml."""

from collections.abc import Sequence
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


@dataclass(frozen=True)
class Auftrag:
    """One transfer: to whom, how much, what stands on the statement, and the number by which it is known again."""

    an: Konto
    betrag: Decimal
    text: str
    referenz: str


def ueberweisungen(von: Konto, auftraege: Sequence[Auftrag], tag: date) -> bytes:
    """A file with transfers of one day, checked against the schema of the standard. Raises AuftragAbgelehnt."""
    datei = SepaTransfer(
        {"name": plain(von.name), "IBAN": "".join(von.iban.split()), "batch": len(auftraege) > 1, "currency": "EUR"},
        schema=_SCHEMA,
        clean=True,
    )
    for auftrag in auftraege:
        datei.add_payment(_payment(auftrag, tag))
    try:
        return bytes(datei.export(validate=True))
    except ValidationError as reason:
        raise AuftragAbgelehnt("Die Bank würde diese Überweisung nicht annehmen.") from reason


def _payment(auftrag: Auftrag, tag: date) -> dict[str, object]:
    iban = gueltige_iban(auftrag.an.iban)
    if iban is None:
        raise AuftragAbgelehnt("Diese IBAN stimmt nicht.")
    return {
        "name": plain(auftrag.an.name),
        "IBAN": iban,
        "amount": int(auftrag.betrag * 100),
        "execution_date": tag,
        "description": plain(auftrag.text, 140),
        "endtoend_id": plain(auftrag.referenz, 35),
    }


def plain(text: str, most: int = 70) -> str:
    """Text in the letters that every bank takes, in one line."""
    signs = "".join(sign if sign.isprintable() else " " for sign in text.translate(_LETTERS))
    return signs[:most].strip()
