# SPDX-License-Identifier: EUPL-1.2
"""How long a bank statement of many lines takes: reading it, and assigning its lines to as many open claims.

The baseline is the reading alone, in the same run. Nine lines in ten name their claim, the others are for the cashier.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import func, insert, select

sys.path.insert(0, str(Path(__file__).parent.parent))

import engine.models  # noqa: F401 - the tables
import processes
from connectors.bank import read_statements
from engine.clock import SystemClock
from engine.db import Base, Database, unit_of_work
from engine.services import Services
from engine.worker import Worker
from processes.rechnung.auszug import einlesen, fortschritt
from processes.rechnung.journal import ARTEN
from processes.rechnung.models import Buchungssatz, Forderung
from processes.rechnung.referenz import referenz
from tests.statements import IBAN, Movement, camt

LINES = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000


def main() -> None:
    """Print the table."""
    processes.load()
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite:///{folder}/bench.sqlite3")
        Base.metadata.create_all(db.engine)
        services = Services(clock=SystemClock())
        references = [referenz(f"2026{number:08}") for number in range(LINES)]
        _claims(db, services, references)
        content = camt([_movement(number, rf) for number, rf in enumerate(references)])
        begun = time.perf_counter()
        [statement] = read_statements(content)
        reading = time.perf_counter() - begun
        begun = time.perf_counter()
        with unit_of_work(db) as session:
            [auszug] = einlesen(session, services, content, "auszug.xml", IBAN, "bench")
            number = auszug.id
        kept = time.perf_counter() - begun
        begun = time.perf_counter()
        Worker(db, services).run_until_idle()
        assigned = time.perf_counter() - begun
        with db.reading() as session:
            done = fortschritt(session, number)
            paid = session.scalar(select(func.count()).where(Forderung.state == "bezahlt"))
        db.close()
    print(
        f"{len(statement.lines):,} lines, {len(content) / 1e6:.0f} MB; "
        f"booked {done.gebucht:,}, to be cleared {done.klaeren:,}"
    )
    assert paid == done.gebucht, "every booked line has paid its claim"
    print(f"{'step':<28}{'s':>8}{'lines/s':>12}{'ratio':>8}")
    steps = (("read (baseline)", reading), ("read and keep", kept), ("assign and book", assigned))
    for name, seconds in (*steps, ("from file to books", kept + assigned)):
        print(f"{name:<28}{seconds:>8.1f}{LINES / seconds:>12,.0f}{seconds / reading:>8.2f}")
    print("Aimed at: 100,000 lines from file to books in under 60 s.")


def _movement(number: int, rf: str) -> Movement:
    if number % 10 == 0:
        return Movement(
            f"{number % 97 + 5}.11", text="ohne Angabe", name=f"Person {number}", bank_reference=f"B{number}"
        )
    return Movement("30.00", text=f"Gebühr {rf} danke", name=f"Person {number}", bank_reference=f"B{number}")


def _claims(db: Database, services: Services, references: list[str]) -> None:
    now, today = services.clock.now(), services.clock.today()
    kind = ARTEN["sollstellung"]
    with unit_of_work(db) as session:
        for start in range(0, len(references), 1000):
            part = list(enumerate(references[start : start + 1000], start=start + 1))
            rows = [
                {
                    "id": number,
                    "case_id": "",
                    "aktenzeichen": "",
                    "reference": rf,
                    "amount": Decimal("30.00"),
                    "currency": "EUR",
                    "purpose": "Gebühr",
                    "due_date": today + timedelta(days=14),
                    "public_law": True,
                    "state": "offen",
                    "open_amount": Decimal("30.00"),
                    "debtor": f"Person {number}",
                    "dunning_level": 0,
                    "dunning_stop_reason": "",
                    "created_at": now,
                }
                for number, rf in part
            ]
            session.execute(insert(Forderung), rows)
            entries = [
                {
                    "forderung_id": number,
                    "kind": "sollstellung",
                    "debit": kind.debit,
                    "credit": kind.credit,
                    "amount": Decimal("30.00"),
                    "currency": "EUR",
                    "value_date": today,
                    "booked_at": now,
                    "by": "",
                    "receipt": f"forderung/{rf}",
                    "text": "Gebühr",
                }
                for number, rf in part
            ]
            session.execute(insert(Buchungssatz), entries)


if __name__ == "__main__":
    main()
