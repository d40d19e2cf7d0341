# SPDX-License-Identifier: EUPL-1.2
"""What the cashier looks at: what is open and how old it is, what has to be cleared, what a day has brought."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from processes.rechnung.journal import ARTEN, KONTEN, VERWAHRUNG, saetze, zeitraum
from processes.rechnung.models import Buchung, Buchungssatz, Forderung, Kontoauszug, Kontoumsatz, Posten, Rate, Zahlung

PAGE = 50
#: Days past due up to which a claim counts into a group, and what the group is called.
ALTER: tuple[tuple[int | None, str], ...] = (
    (0, "noch nicht fällig"),
    (30, "1 bis 30 Tage überfällig"),
    (90, "31 bis 90 Tage überfällig"),
    (365, "91 bis 365 Tage überfällig"),
    (None, "länger überfällig"),
)
_BAD_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Altersgruppe:
    """Open claims of an age."""

    name: str
    anzahl: int
    betrag: Decimal


@dataclass(frozen=True)
class Uebersicht:
    """How the books stand."""

    gruppen: tuple[Altersgruppe, ...]
    #: Lines of bank statements that wait for the cashier, and payments online that do.
    umsaetze_zu_klaeren: int
    zahlungen_zu_klaeren: int
    #: Money that belongs to nobody yet.
    verwahrt: Decimal

    @property
    def anzahl(self) -> int:
        """Open claims."""
        return sum(gruppe.anzahl for gruppe in self.gruppen)

    @property
    def betrag(self) -> Decimal:
        """What is open altogether."""
        return sum((gruppe.betrag for gruppe in self.gruppen), Decimal(0))

    @property
    def ueberfaellig(self) -> Decimal:
        """What is open and past due."""
        return sum((gruppe.betrag for gruppe in self.gruppen[1:]), Decimal(0))


@dataclass(frozen=True)
class Tageszeile:
    """What a kind of entry has moved on a day."""

    art: str
    anzahl: int
    betrag: Decimal
    soll: str
    haben: str


@dataclass(frozen=True)
class Forderungsakte:
    """A claim with all that has happened to it."""

    forderung: Forderung
    posten: Sequence[Posten]
    saetze: Sequence[Buchungssatz]
    versuche: Sequence[Zahlung]
    raten: Sequence[Rate]

    @property
    def postenliste(self) -> list[tuple[str, str]]:
        """What the claim is made up of, with amounts as they are written in German."""
        return [(each.text, f"{each.amount:.2f} €".replace(".", ",")) for each in self.posten]

    @property
    def verlauf(self) -> list[tuple[date, str, Decimal, str, str]]:
        """Day, what happened, amount, by whom, note; the oldest first."""
        return [
            (satz.value_date, ARTEN[satz.kind].name, satz.amount, satz.by or "Plattform", satz.text)
            for satz in self.saetze
        ]


def uebersicht(session: Session, today: date) -> Uebersicht:
    """How the books stand today."""
    gruppen, before = [], today + timedelta(days=36500)
    for days, name in ALTER:
        after = today - timedelta(days=days) if days is not None else date(1900, 1, 1)
        anzahl, betrag = session.execute(
            select(func.count(), func.coalesce(func.sum(Forderung.open_amount), 0)).where(
                Forderung.state == "offen", Forderung.due_date >= after, Forderung.due_date < before
            )
        ).one()
        gruppen.append(Altersgruppe(name, anzahl, Decimal(betrag)))
        before = after
    held = {
        side: session.scalar(select(func.coalesce(func.sum(Buchungssatz.amount), 0)).where(column == VERWAHRUNG)) or 0
        for side, column in (("credit", Buchungssatz.credit), ("debit", Buchungssatz.debit))
    }
    return Uebersicht(
        gruppen=tuple(gruppen),
        umsaetze_zu_klaeren=_count(session, select(func.count()).where(Kontoumsatz.state == "klaeren")),
        zahlungen_zu_klaeren=_count(session, select(func.count()).where(Buchung.art.in_(_UNKLAR))),
        verwahrt=Decimal(held["credit"]) - Decimal(held["debit"]),
    )


_UNKLAR = ("ueberzahlung", "nach_verfahrensende", "abweichung")


def offene(
    session: Session, today: date, *, worte: str = "", ueberfaellig: bool = False, seite: int = 1
) -> list[Forderung]:
    """A page of open claims, the longest due first, and one more if there are more pages."""
    statement = select(Forderung).where(Forderung.state == "offen")
    if ueberfaellig:
        statement = statement.where(Forderung.due_date < today)
    if worte:
        plain = "".join(worte.upper().split())
        statement = statement.where(
            or_(
                Forderung.reference == plain,
                Forderung.aktenzeichen == worte.strip().upper(),
                Forderung.debtor.icontains(worte.strip(), autoescape=True),
            )
        )
    order = statement.order_by(Forderung.due_date, Forderung.id)
    return list(session.scalars(order.limit(PAGE + 1).offset((seite - 1) * PAGE)))


def akte(session: Session, forderung: Forderung) -> Forderungsakte:
    """A claim with all that has happened to it."""
    key = forderung.id
    return Forderungsakte(
        forderung,
        posten=list(session.scalars(select(Posten).where(Posten.forderung_id == key).order_by(Posten.id))),
        saetze=saetze(session, key),
        versuche=list(session.scalars(select(Zahlung).where(Zahlung.forderung_id == key).order_by(Zahlung.id))),
        raten=list(session.scalars(select(Rate).where(Rate.forderung_id == key).order_by(Rate.due_date))),
    )


@dataclass(frozen=True)
class Zahlungsausgang:
    """How payments online have ended."""

    name: str
    anzahl: int
    summe: Decimal
    zuletzt: datetime


_AUSGAENGE = {
    "bezahlt": "bezahlt",
    "weitergeleitet": "noch offen",
    "angelegt": "nicht begonnen",
    "abgebrochen": "abgebrochen",
    "fehlgeschlagen": "fehlgeschlagen",
    "abgelaufen": "abgelaufen",
    "unbekannt": "ohne Ergebnis",
    "zurueckgebucht": "zurückgebucht",
    "erstattet": "erstattet",
}
#: So long a payer may take at the provider before somebody wonders.
_GEDULD = timedelta(hours=1)


def zahlungsverlauf(session: Session, anbieter: str, seit: datetime) -> list[Zahlungsausgang]:
    """How payments at a provider have ended since, the most frequent end first."""
    statement = (
        select(Zahlung.status, func.count(), func.sum(Zahlung.amount), func.max(Zahlung.updated_at))
        .where(Zahlung.provider == anbieter, Zahlung.created_at >= seit)
        .group_by(Zahlung.status)
        .order_by(func.count().desc(), Zahlung.status)
    )
    return [
        Zahlungsausgang(_AUSGAENGE[status], number, Decimal(amount or 0), last)
        for status, number, amount, last in session.execute(statement)
    ]


def haengende(session: Session, now: datetime) -> list[Zahlung]:
    """Payments of which nobody knows how they ended, the newest first."""
    waiting = and_(Zahlung.status == "weitergeleitet", Zahlung.created_at < now - _GEDULD)
    statement = select(Zahlung).where(or_(Zahlung.status == "unbekannt", waiting))
    return list(session.scalars(statement.order_by(Zahlung.id.desc()).limit(PAGE)))


def auszuege(session: Session) -> list[Kontoauszug]:
    """The bank statements that were read last, the newest first."""
    return list(session.scalars(select(Kontoauszug).order_by(Kontoauszug.id.desc()).limit(PAGE)))


def zu_klaeren(session: Session, seite: int = 1) -> list[Kontoumsatz]:
    """A page of lines that wait for the cashier, the oldest first, and one more if there are more pages."""
    statement = select(Kontoumsatz).where(Kontoumsatz.state == "klaeren").order_by(Kontoumsatz.id)
    return list(session.scalars(statement.limit(PAGE + 1).offset((seite - 1) * PAGE)))


def tagesabschluss(session: Session, tag: date) -> list[Tageszeile]:
    """What has been booked with the value of a day, by kind."""
    statement = (
        select(Buchungssatz.kind, func.count(), func.sum(Buchungssatz.amount))
        .where(Buchungssatz.value_date == tag)
        .group_by(Buchungssatz.kind)
    )
    zeilen = [
        Tageszeile(ARTEN[kind].name, anzahl, Decimal(betrag), KONTEN[ARTEN[kind].debit], KONTEN[ARTEN[kind].credit])
        for kind, anzahl, betrag in session.execute(statement)
    ]
    return sorted(zeilen, key=lambda zeile: zeile.art)


def journal_csv(session: Session, von: date, bis: date) -> Iterator[str]:
    """The entries of some days for the finance system, a line each: semicolons, decimal comma, UTF-8 with BOM."""
    yield "\ufeff"
    yield _row(
        ("Belegdatum", "Betrag", "Währung", "Sollkonto", "Habenkonto", "Vorgang", "Belegfeld 1", "Belegfeld 2")
        + ("Buchungstext", "Gebucht am", "Von")
    )
    for satz, reference, aktenzeichen in zeitraum(session, von, bis):
        yield _row(
            (
                f"{satz.value_date:%d.%m.%Y}",
                f"{satz.amount:.2f}".replace(".", ","),
                satz.currency,
                satz.debit,
                satz.credit,
                ARTEN[satz.kind].name,
                reference or "",
                aktenzeichen or "",
                satz.text,
                satz.booked_at.isoformat(timespec="seconds"),
                satz.by,
            )
        )


def _row(cells: Sequence[str]) -> str:
    """Cells that a spreadsheet would take for a formula are marked as text."""
    target = StringIO()
    safe = [f"'{cell}" if cell.startswith(_BAD_STARTS) else cell for cell in cells]
    csv.writer(target, delimiter=";", lineterminator="\r\n").writerow(safe)
    return target.getvalue()


def _count(session: Session, statement: Select[int]) -> int:
    return session.scalar(statement) or 0
