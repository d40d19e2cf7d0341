# SPDX-License-Identifier: EUPL-1.2
"""The journal in the layout of DATEV's posting batch (EXTF, category 21): a header, captions, a line for each entry.

Source: developer.datev.de, "DATEV-Format", header version 700, format version 13. Fields behind the posting text are
left out, as the format allows. Days carry no year there, so a batch lies within one.
"""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy.orm import Session

from processes.rechnung.journal import (
    ANBIETER,
    ARTEN,
    BANK,
    ERTRAG,
    FORDERUNGEN,
    KASSE,
    NACHLASS,
    NEBENFORDERUNGEN,
    VERWAHRUNG,
    zeitraum,
)
from processes.rechnung.models import Buchungssatz

#: Account numbers are example data, 27.11.2026, shaped after the municipal chart of accounts of Baden-Württemberg.
NUMMERN = {
    FORDERUNGEN: "1511",
    BANK: "1711",
    KASSE: "1731",
    ANBIETER: "1719",
    VERWAHRUNG: "2791",
    ERTRAG: "3311",
    NEBENFORDERUNGEN: "3562",
    NACHLASS: "4722",
}
_KOPF = (
    "Umsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen;WKZ Umsatz;Kurs;Basis-Umsatz;WKZ Basis-Umsatz;Konto;"
    "Gegenkonto (ohne BU-Schlüssel);BU-Schlüssel;Belegdatum;Belegfeld 1;Belegfeld 2;Skonto;Buchungstext"
)
_LONGEST_TEXT = 60


class ZweiJahre(ValueError):
    """A batch over the turn of the year; the message says in German what to do."""


def journal_datev(session: Session, von: date, bis: date, now: datetime) -> Iterator[str]:
    """The entries of some days of one year; to be written in Windows-1252. Raises ZweiJahre."""
    if von.year != bis.year:
        raise ZweiJahre("Ein Buchungsstapel liegt in einem Jahr. Bitte laden Sie jedes Jahr für sich.")
    yield _head(von, bis, now)
    yield _KOPF + "\r\n"
    for satz, reference, aktenzeichen in zeitraum(session, von, bis):
        yield _line(satz, reference or "", aktenzeichen or "")


def _head(von: date, bis: date, now: datetime) -> str:
    """Consultant and client are the finance system's own; it fills them in when the batch is read."""
    made = f"{now:%Y%m%d%H%M%S}{now.microsecond // 1000:03}"
    period = f"{von.year}0101;4;{von:%Y%m%d};{bis:%Y%m%d}"
    return f'"EXTF";700;21;"Buchungsstapel";13;{made};;"RE";"";"";;;{period};"Kassenjournal";"";1;0;0;"EUR"\r\n'


def _line(satz: Buchungssatz, reference: str, aktenzeichen: str) -> str:
    """Quoted is what is text, and nothing else; control characters are not allowed in it."""
    text = " ".join(f"{ARTEN[satz.kind].name} {satz.text}".split())[:_LONGEST_TEXT]
    debit, credit = NUMMERN[satz.debit], NUMMERN[satz.credit]
    amount = f"{satz.amount:.2f}".replace(".", ",")
    transfer = f"{amount};{_quoted('S')};{_quoted(satz.currency)};;;;{debit};{credit};;{satz.value_date:%d%m}"
    return f"{transfer};{_quoted(reference)};{_quoted(aktenzeichen[:36])};;{_quoted(text)}\r\n"


def _quoted(text: str) -> str:
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return '"' + plain.replace('"', '""') + '"'
