# SPDX-License-Identifier: EUPL-1.2
"""The books balance whatever happens, in whatever order, however often."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from engine.db import Database, unit_of_work
from engine.services import Services
from engine.verify import verify_town
from processes.rechnung.buchen import Eingang, eingehen
from processes.rechnung.errors import ForderungIstErledigt
from processes.rechnung.fordern import NeueForderung, NeuerPosten, anlegen, finden, stornieren, verzichten
from processes.rechnung.journal import ARTEN, FORDERUNGEN, KONTEN, buchen
from processes.rechnung.models import Buchungssatz, Forderung

EVENTS = st.one_of(
    st.tuples(
        st.sampled_from(["bank", "kasse", "fake"]),
        st.integers(0, 3),
        st.decimals("0.01", "60", places=2),
    ),
    st.tuples(
        st.sampled_from(["mahngebuehr", "saeumniszuschlag"]), st.integers(0, 2), st.decimals("0.5", "9", places=2)
    ),
    st.tuples(st.sampled_from(["storno", "erlass", "niederschlagung"]), st.just(0), st.just(Decimal(0))),
)


def raised(session, services: Services, amount: str = "30.00") -> Forderung:
    due = services.clock.today() + timedelta(days=14)
    return anlegen(session, services.clock, NeueForderung(Decimal(amount), "Gebühr", due, schuldner="Erika Muster"))


def happens(session, services: Services, claim: Forderung, event: tuple[str, int, Decimal]) -> None:
    what, number, amount = event
    clock = services.clock
    try:
        match what:
            case "storno":
                stornieren(session, clock, claim, by="Petra", grund="Irrtum")
            case "erlass" | "niederschlagung":
                verzichten(session, clock, claim, what, "Petra", "Härte")
            case "mahngebuehr" | "saeumniszuschlag":
                if claim.state == "offen":
                    buchen(session, clock, what, amount, f"{what}/{claim.reference}/{number}", forderung=claim)
            case _:
                money = Eingang(what, f"{claim.reference}-{number}", amount, "EUR", None, clock.now())
                eingehen(session, services, claim, money)
    except ForderungIstErledigt:
        return


@given(events=st.lists(EVENTS, max_size=12))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_books_balance_after_any_events(town: Database, services: Services, events):
    with unit_of_work(town) as session:
        claim = raised(session, services)
        for event in events:
            happens(session, services, claim, event)
        reference = claim.reference
    with town.reading() as session:
        claim = finden(session, reference)
        balance = Decimal(0)
        for entry in session.scalars(select(Buchungssatz).where(Buchungssatz.forderung_id == claim.id)):
            balance += entry.amount * ((entry.debit == FORDERUNGEN) - (entry.credit == FORDERUNGEN))
        assert claim.open_amount == balance
        assert (claim.state == "offen") == (claim.open_amount > 0)
        assert claim.open_amount >= 0
        arrived = {
            (who, number): amount for who, number, amount in reversed(events) if who in ("bank", "kasse", "fake")
        }
        held = session.scalar(
            select(func.coalesce(func.sum(Buchungssatz.amount), 0)).where(
                Buchungssatz.forderung_id == claim.id, Buchungssatz.debit.in_(("bank", "kasse", "zahlungsanbieter"))
            )
        )
        assert held == sum(arrived.values(), Decimal(0))


def test_a_claim_is_the_sum_of_its_items(town: Database, services: Services):
    due = services.clock.today()
    items = [NeuerPosten("Buch 1", Decimal("12.00")), NeuerPosten("Buch 2", Decimal("3.50"))]
    with unit_of_work(town) as session:
        anlegen(session, services.clock, NeueForderung(Decimal("15.50"), "Bücherei", due, posten=items))
        with pytest.raises(ValueError, match="add up"):
            anlegen(session, services.clock, NeueForderung(Decimal("15.49"), "Bücherei", due, posten=items))


def test_a_claim_that_is_taken_back_gives_back_what_was_paid(town: Database, services: Services):
    with unit_of_work(town) as session:
        claim = raised(session, services)
        eingehen(session, services, claim, Eingang("bank", "1", Decimal("10.00"), "EUR", None, services.clock.now()))
        buchen(session, services.clock, "mahngebuehr", Decimal("4.00"), "m/1", forderung=claim)
        stornieren(session, services.clock, claim, by="Petra", grund="Irrtum")
        assert (claim.state, claim.open_amount) == ("storniert", Decimal(0))
        aside = session.scalars(select(Buchungssatz).where(Buchungssatz.credit == "verwahrung")).one()
        assert aside.amount == Decimal("10.00")
    assert list(verify_town(town, services)) == []


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "NaN", "Infinity"])
def test_an_entry_without_a_proper_amount_is_not_made(town: Database, services: Services, amount: str):
    with unit_of_work(town) as session, pytest.raises(ValueError, match="positive amount"):
        buchen(session, services.clock, "erlass", Decimal(amount), "x")


def test_every_kind_of_entry_moves_accounts_that_there_are():
    assert {account for kind in ARTEN.values() for account in (kind.debit, kind.credit)} <= set(KONTEN)
    assert all(kind.debit != kind.credit for kind in ARTEN.values())
