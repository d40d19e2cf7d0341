# SPDX-License-Identifier: EUPL-1.2
"""Bank statements: read in at once, assigned to claims by a job in portions, whose progress can be watched."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from connectors.bank import Statement, StatementRefused, read_statements
from engine.errors import NobodyWaits, SeveralWait, StepFailed
from engine.jobs import enqueue
from engine.messages import correlate
from engine.services import Services
from processes.rechnung.buchen import Eingang, eingehen, spaeter_zustellen, wieder_oeffnen
from processes.rechnung.journal import ARTEN, buchen
from processes.rechnung.models import Buchung, Buchungssatz, Forderung, Kontoauszug, Kontoumsatz
from processes.rechnung.zuordnen import SICHER, Vorschlag, zuordnen

PORTION = 1000
"""So many lines are assigned in one transaction."""


@dataclass(frozen=True)
class Fortschritt:
    """How far the lines of a statement are, by what has become of them."""

    gesamt: int
    neu: int
    gebucht: int
    klaeren: int
    erledigt: int
    ohne: int

    @property
    def getan(self) -> int:
        """Lines that have been looked at."""
        return self.gesamt - self.neu


def einlesen(
    session: Session, services: Services, content: bytes, file_name: str, konto: str, by: str
) -> list[Kontoauszug]:
    """Read a file and have its lines assigned. The same lines in another file are known and left out.

    Raises StatementRefused, also for a statement of another account than `konto`.
    """
    found = []
    for statement in read_statements(content):
        if statement.iban.replace(" ", "") != konto.replace(" ", ""):
            raise StatementRefused(
                f"Der Auszug gehört zum Konto {statement.iban}, nicht zum Konto der Stadt. Bitte prüfen Sie die Datei."
            )
        found.append(_keep(session, services, statement, file_name, by))
    return found


def _keep(session: Session, services: Services, statement: Statement, file_name: str, by: str) -> Kontoauszug:
    known = set(_known(session, [line.key for line in statement.lines]))
    fresh = [line for line in statement.lines if line.key not in known]
    auszug = Kontoauszug(
        iban=statement.iban,
        number=statement.number[:70],
        file_name=file_name[:200],
        format=statement.format,
        opening=statement.opening,
        closing=statement.closing,
        currency=statement.currency[:3],
        line_count=len(statement.lines),
        known_count=len(statement.lines) - len(fresh),
        read_at=services.clock.now(),
        read_by=by,
    )
    session.add(auszug)
    session.flush()
    rows = [
        {
            "kontoauszug_id": auszug.id,
            "key": line.key,
            "amount": line.amount,
            "currency": line.currency,
            "booked_on": line.booked_on,
            "value_on": line.value_on,
            "name": line.name,
            "iban": line.iban,
            "text": line.text,
            "reference": line.reference,
            "end_to_end": line.end_to_end,
            "return_reason": line.return_reason,
            "state": "ohne" if line.is_batch else "neu",
            "rule": "",
            "confidence": 0,
            "reason": "Sammelbuchung; die einzelnen Zahlungen stehen in camt.054" if line.is_batch else "",
            "forderung_id": None,
        }
        for line in fresh
    ]
    for start in range(0, len(rows), PORTION):
        session.execute(insert(Kontoumsatz), rows[start : start + PORTION])
    if rows:
        weiter(session, services, auszug.id)
    return auszug


def _known(session: Session, keys: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(keys), 500):
        yield from session.scalars(select(Kontoumsatz.key).where(Kontoumsatz.key.in_(keys[start : start + 500])))


def weiter(session: Session, services: Services, auszug_id: int) -> None:
    """Have the next portion of a statement assigned."""
    enqueue(
        session,
        services,
        "rechnung.umsaetze_vorbereiten",
        {"auszug_id": auszug_id},
        then="rechnung.umsaetze_zuordnen",
    )


def portion_zuordnen(session: Session, services: Services, auszug_id: int) -> int:
    """Assign the next lines of a statement and book what is sure; how many lines that were."""
    statement = (
        select(Kontoumsatz)
        .where(Kontoumsatz.kontoauszug_id == auszug_id, Kontoumsatz.state == "neu")
        .order_by(Kontoumsatz.id)
        .limit(PORTION)
        .with_for_update(skip_locked=True)
    )
    lines = list(session.scalars(statement))
    found = zuordnen(session, lines)
    _lock(session, found)
    simple: list[tuple[Kontoumsatz, Vorschlag]] = []
    taken: set[int] = set()
    for line in lines:
        best = found[line.id][0] if found[line.id] else None
        if best is not None and _is_simple(line, best) and best.forderung.id not in taken:
            taken.add(best.forderung.id)
            simple.append((line, best))
        else:
            taken |= {best.forderung.id} if best else set()
            _assign(session, services, line, best)
    _book_many(session, services, simple)
    return len(lines)


def _lock(session: Session, found: Mapping[int, Sequence[Vorschlag]]) -> None:
    """Lock the claims that money may be booked on, in the order of their numbers, and look at them once more."""
    ids = sorted({each[0].forderung.id for each in found.values() if each and each[0].sicherheit >= SICHER})
    for start in range(0, len(ids), 500):
        statement = (
            select(Forderung)
            .where(Forderung.id.in_(ids[start : start + 500]))
            .order_by(Forderung.id)
            .with_for_update(key_share=True)
        )
        session.scalars(statement, execution_options={"populate_existing": True}).all()


def _is_simple(line: Kontoumsatz, best: Vorschlag) -> bool:
    """The usual case: just what is open, in euros."""
    claim = best.forderung
    fits = claim.state == "offen" and line.amount == claim.open_amount and line.currency == claim.currency
    return fits and best.sicherheit >= SICHER


def _assign(session: Session, services: Services, line: Kontoumsatz, best: Vorschlag | None) -> None:
    if line.amount <= 0:
        _money_out(session, services, line, best)
        return
    if best is None:
        _mark(line, "klaeren", None, "Wir haben keine Forderung dazu gefunden")
        return
    if line.currency != best.forderung.currency:
        _mark(line, "klaeren", best, f"Fremde Währung ({line.currency})")
    elif best.sicherheit >= SICHER:
        umsatz_buchen(session, services, line, best.forderung, later=True)
        _mark(line, "gebucht", best, best.grund)
    else:
        _mark(line, "klaeren", best, best.grund)


def _money_out(session: Session, services: Services, line: Kontoumsatz, best: Vorschlag | None) -> None:
    """A direct debit that came back opens its claim again; of a transfer of the town its case is told."""
    if not line.return_reason:
        case = _transferred(session, services, line)
        _mark(line, "ohne", None, f"Überweisung zu {case}" if case else "Ausgabe der Stadt")
    elif best is None or best.sicherheit < SICHER or line.currency != best.forderung.currency:
        _mark(line, "klaeren", best, f"Rücklastschrift ({line.return_reason}), die Forderung ist unklar")
    else:
        _reopen(session, services, best.forderung, line)
        _mark(line, "gebucht", best, f"Rücklastschrift ({line.return_reason}): wieder offen")


def _transferred(session: Session, services: Services, line: Kontoumsatz) -> str:
    """Tell the case that waits for a transfer with this end-to-end reference; its own reference, if there is one."""
    if not line.end_to_end:
        return ""
    payload = {"betrag": -line.amount, "waehrung": line.currency, "ausgefuehrt_am": line.value_on}
    try:
        with session.begin_nested():
            case = correlate(session, services, "ueberweisung_ausgefuehrt", line.end_to_end, payload)
    except (NobodyWaits, SeveralWait, StepFailed):
        return ""
    return case.reference if case else ""


def _reopen(session: Session, services: Services, forderung: Forderung, line: Kontoumsatz) -> None:
    about: dict[str, Any] = {"value_date": line.value_on, "text": f"Rücklastschrift {line.return_reason}"}
    buchen(
        session,
        services.clock,
        "ruecklastschrift",
        -line.amount,
        f"bank/{line.key}",
        forderung=forderung,
        **about,
    )
    wieder_oeffnen(session, services, forderung, f"Die Lastschrift kam zurück ({line.return_reason or 'ohne Grund'}).")


def umsatz_buchen(
    session: Session, services: Services, line: Kontoumsatz, forderung: Forderung, by: str = "", *, later: bool = False
) -> Buchung | None:
    """Book a line on a claim; None when it has been before."""
    money = Eingang(
        provider="bank",
        transaction_id=line.key,
        amount=line.amount,
        currency=line.currency,
        method="ueberweisung",
        paid_at=_moment(services, line),
        by=by,
        text=line.name,
    )
    return eingehen(session, services, forderung, money, later=later)


def von_hand_buchen(session: Session, services: Services, line: Kontoumsatz, forderung: Forderung, by: str) -> None:
    """Book a line on the claim that somebody has named; money that went out opens the claim again."""
    if line.amount > 0:
        umsatz_buchen(session, services, line, forderung, by=by)
    else:
        _reopen(session, services, forderung, line)
    line.state, line.rule, line.forderung_id = "erledigt", "von_hand", forderung.id
    line.reason = f"Zugeordnet von {by}"[:250]


def verwahren(session: Session, services: Services, line: Kontoumsatz, by: str) -> None:
    """Put a line's money aside that belongs to no claim. Of money that went out nothing is kept."""
    if line.amount <= 0:
        line.state, line.rule, line.reason = "ohne", "von_hand", f"Geprüft von {by}"[:250]
        return
    about: dict[str, Any] = {"value_date": line.value_on, "by": by, "text": f"{line.name} {line.text}".strip()}
    receipt = f"bank/{line.key}/verwahrt"
    buchen(session, services.clock, "verwahrung_bank", line.amount, receipt, currency=line.currency, **about)
    line.state, line.rule, line.reason = "erledigt", "von_hand", f"Verwahrt von {by}"[:250]


def _moment(services: Services, line: Kontoumsatz) -> datetime:
    return datetime.combine(line.value_on, time(12), tzinfo=services.clock.zone)


def _mark(line: Kontoumsatz, state: str, best: Vorschlag | None, reason: str) -> None:
    line.state, line.reason = state, reason[:250]
    if best is not None:
        line.rule, line.confidence = best.regel, best.sicherheit
        line.forderung_id = best.forderung.id if state == "gebucht" else None


def _book_many(session: Session, services: Services, lines: Sequence[tuple[Kontoumsatz, Vorschlag]]) -> None:
    """What `umsatz_buchen` does for a line that pays just what is open, for many of them in a few statements."""
    if not lines:
        return
    now = services.clock.now()
    kind = ARTEN["zahlung_bank"]
    session.flush()
    session.execute(
        insert(Buchung),
        [
            {
                "forderung_id": best.forderung.id,
                "provider": "bank",
                "transaction_id": line.key,
                "amount": line.amount,
                "currency": line.currency,
                "method": "ueberweisung",
                "art": "zahlung",
                "paid_at": _moment(services, line),
                "booked_at": now,
            }
            for line, best in lines
        ],
    )
    session.execute(
        insert(Buchungssatz),
        [
            {
                "forderung_id": best.forderung.id,
                "kind": "zahlung_bank",
                "debit": kind.debit,
                "credit": kind.credit,
                "amount": line.amount,
                "currency": line.currency,
                "value_date": line.value_on,
                "booked_at": now,
                "by": "",
                "receipt": f"bank/{line.key}",
                "text": line.name[:250],
            }
            for line, best in lines
        ],
    )
    for line, best in lines:
        claim = best.forderung
        claim.open_amount, claim.state, claim.paid_at = Decimal(0), "bezahlt", _moment(services, line)
        _mark(line, "gebucht", best, best.grund)
    session.flush()
    waiting = [best.forderung for _, best in lines if best.forderung.case_id]
    if waiting:
        spaeter_zustellen(session, services, waiting)


def umsatz(session: Session, umsatz_id: int, *, sperren: bool = False) -> Kontoumsatz | None:
    """A line of a statement, locked if it is to be changed."""
    statement = select(Kontoumsatz).where(Kontoumsatz.id == umsatz_id)
    return session.scalars(statement.with_for_update() if sperren else statement).one_or_none()


def fortschritt(session: Session, auszug_id: int) -> Fortschritt:
    """How far the lines of a statement are."""
    counted = (
        select(Kontoumsatz.state, func.count())
        .where(Kontoumsatz.kontoauszug_id == auszug_id)
        .group_by(Kontoumsatz.state)
    )
    counts = {state: int(number) for state, number in session.execute(counted)}
    return Fortschritt(
        gesamt=sum(counts.values()),
        **{state: counts.get(state, 0) for state in ("neu", "gebucht", "klaeren", "erledigt", "ohne")},
    )
