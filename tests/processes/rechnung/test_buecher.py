# SPDX-License-Identifier: EUPL-1.2
"""The books are whole, and forget when the law lets them."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, update

from engine.chores import chores, do_chore
from engine.db import unit_of_work
from engine.verify import verify_town
from processes.rechnung.models import Buchung, Forderung, Zahlung

YEAR = timedelta(days=366)


@pytest.fixture
def bezahlt(wartend, kasse) -> Any:
    """A case whose claim has been paid."""
    rf = kasse.forderung(wartend.id).reference
    kasse.entscheidet(kasse.beginnt(rf))
    kasse.kehrt_zurueck(rf)
    return wartend.jobs_laufen()


def befunde(kasse) -> list[str]:
    return [finding.problem for finding in verify_town(kasse.db, kasse.services)]


def vergessen(kasse) -> int:
    chore = next(each for each in chores() if each.name == "forderungen")
    return do_chore(kasse.db, kasse.services, chore)[0]


def doppelt(session) -> None:
    """The same money under another transaction."""
    buchung = session.scalars(select(Buchung)).one()
    werte = {spalte.name: getattr(buchung, spalte.name) for spalte in Buchung.__table__.columns}
    session.execute(insert(Buchung).values({**werte, "id": 99, "transaction_id": "another"}))


@pytest.mark.parametrize(
    ("problem", "bricht"),
    [
        ("rechnung.ohne_buchung", lambda session: session.execute(delete(Buchung))),
        ("rechnung.ungebucht", lambda session: session.execute(delete(Buchung))),
        ("rechnung.doppelt_gebucht", doppelt),
        ("rechnung.ohne_zahlung", lambda session: session.execute(update(Zahlung).values(status="abgebrochen"))),
    ],
)
def test_books_that_do_not_fit_are_found(bezahlt, kasse, problem, bricht):
    assert befunde(kasse) == []
    with unit_of_work(kasse.db) as session:
        bricht(session)
    assert problem in befunde(kasse)


def test_a_claim_is_forgotten_with_its_payments_ten_years_after_the_year_in_which_it_was_settled(bezahlt, kasse, clock):
    clock.advance(10 * YEAR)
    assert vergessen(kasse) == 0
    clock.advance(YEAR)
    assert vergessen(kasse) == 1
    with kasse.db.reading() as session:
        left = [session.scalar(select(func.count()).select_from(table)) for table in (Forderung, Zahlung, Buchung)]
    assert left == [0, 0, 0]


def test_an_open_claim_is_never_forgotten(wartend, kasse, clock):
    clock.advance(20 * YEAR)
    assert vergessen(kasse) == 0
