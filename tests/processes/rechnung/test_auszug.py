# SPDX-License-Identifier: EUPL-1.2
"""Bank statements: what is sure is booked, what is not becomes a question to the cashier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from connectors.bank import StatementRefused
from engine.clock import FrozenClock
from engine.db import Database, unit_of_work
from engine.services import Services
from engine.verify import verify_town
from engine.worker import Worker
from processes.rechnung import auszug as auszuege
from processes.rechnung.auszug import Fortschritt, einlesen, fortschritt
from processes.rechnung.fordern import NeueForderung, anlegen, finden, stornieren
from processes.rechnung.models import Buchungssatz, Kontoumsatz
from processes.rechnung.queries import forderungen
from processes.rechnung.zuordnen import zuordnen
from tests.statements import IBAN, Movement, camt


@dataclass
class Stadtkasse:
    """The books, and the bank that sends statements."""

    db: Database
    services: Services

    def fordert(self, betrag: str = "30.00", schuldner: str = "Erika Muster", aktenzeichen: str = "") -> str:
        with unit_of_work(self.db) as session:
            neu = NeueForderung(
                Decimal(betrag),
                "Bücherei, Mahngebühr",
                self.services.clock.today() + timedelta(days=14),
                schuldner=schuldner,
                aktenzeichen=aktenzeichen,
            )
            return anlegen(session, self.services.clock, neu).reference

    def liest(self, *movements: Movement, kind: str = "053") -> Fortschritt:
        with unit_of_work(self.db) as session:
            [gelesen] = einlesen(session, self.services, camt(movements, kind=kind), "auszug.xml", IBAN, "Petra Kasse")
            number = gelesen.id
        Worker(self.db, self.services).run_until_idle()
        with self.db.reading() as session:
            return fortschritt(session, number)

    def steht(self, referenz: str) -> tuple[str, Decimal]:
        with self.db.reading() as session:
            claim = finden(session, referenz)
            return claim.state, claim.open_amount

    def umsatz(self) -> Kontoumsatz:
        with self.db.reading() as session:
            return session.scalars(select(Kontoumsatz).order_by(Kontoumsatz.id.desc()).limit(1)).one()

    def vorschlag(self) -> list[tuple[str, int]]:
        with self.db.reading() as session:
            line = session.scalars(select(Kontoumsatz).order_by(Kontoumsatz.id.desc()).limit(1)).one()
            return [(each.regel, each.sicherheit) for each in zuordnen(session, [line])[line.id]]

    def verwahrt(self) -> Decimal:
        with self.db.reading() as session:
            held = session.scalars(select(Buchungssatz).where(Buchungssatz.credit == "verwahrung"))
            return sum((each.amount for each in held), Decimal(0))

    def ist_ganz(self) -> None:
        assert list(verify_town(self.db, self.services)) == []


@pytest.fixture
def kasse(town: Database, services: Services) -> Stadtkasse:
    return Stadtkasse(town, services)


@pytest.mark.parametrize(
    ("as_sent", "rule"),
    [
        (lambda rf: {"reference": rf}, "referenz"),
        (lambda rf: {"text": f"Danke {rf[:4]} {rf[4:8]} {rf[8:]} Muster"}, "referenz_im_text"),
        (lambda rf: {"text": f"BUECHEREI UND VIELE WORTE DAVOR {rf.lower()}"}, "referenz_im_text"),
        (lambda rf: {"end_to_end": rf}, "ende_zu_ende"),
        (lambda rf: {"text": f"Rechnung {rf[4:]}"}, "kassenzeichen"),
    ],
)
def test_a_transfer_that_names_the_claim_is_booked(kasse: Stadtkasse, as_sent, rule: str):
    rf = kasse.fordert()
    assert kasse.liest(Movement("30.00", name="Jemand", **as_sent(rf))).gebucht == 1
    assert kasse.steht(rf) == ("bezahlt", Decimal(0))
    assert kasse.umsatz().rule == rule
    kasse.ist_ganz()


def test_the_same_statement_twice_changes_nothing(kasse: Stadtkasse):
    rf = kasse.fordert()
    movement = Movement("20.00", reference=rf)
    kasse.liest(movement)
    assert kasse.liest(movement).gesamt == 0
    assert kasse.liest(movement, kind="052").gesamt == 0
    assert kasse.steht(rf) == ("offen", Decimal("10.00"))
    kasse.ist_ganz()


def test_parts_add_up_and_too_much_is_put_aside(kasse: Stadtkasse):
    rf = kasse.fordert()
    kasse.liest(*(Movement("20.00", reference=rf, bank_reference=f"B{number}") for number in range(2)))
    assert kasse.steht(rf) == ("bezahlt", Decimal(0))
    assert kasse.verwahrt() == Decimal("10.00")
    kasse.ist_ganz()


def test_money_for_a_claim_that_was_taken_back_is_put_aside(kasse: Stadtkasse):
    rf = kasse.fordert()
    with unit_of_work(kasse.db) as session:
        stornieren(session, kasse.services.clock, finden(session, rf, sperren=True), by="Petra Kasse", grund="Irrtum")
    kasse.liest(Movement("30.00", reference=rf))
    assert kasse.steht(rf) == ("storniert", Decimal(0))
    assert kasse.verwahrt() == Decimal("30.00")
    kasse.ist_ganz()


@pytest.mark.parametrize(
    ("movement", "rule", "confidence"),
    [
        (Movement("30.00", text="APA-2026-00007", name="Bank"), "aktenzeichen", 80),
        (Movement("12.00", text="Bescheid APA-2026-00007", name="Bank"), "aktenzeichen", 50),
        (Movement("30.00", text="Bücherei", name="MUSTER, ERIKA"), "name", 65),
        (Movement("30.00", text="Bücherei", name="Erika Mustr"), "name", 65),
        (Movement("30.00", text="Bücherei", name="Ganz Anders"), "betrag", 30),
    ],
)
def test_what_is_only_likely_waits_for_the_cashier_with_a_reason(kasse: Stadtkasse, movement, rule, confidence):
    rf = kasse.fordert(aktenzeichen="APA-2026-00007")
    assert kasse.liest(movement).klaeren == 1
    assert kasse.steht(rf) == ("offen", Decimal("30.00"))
    assert kasse.vorschlag()[0] == (rule, confidence)
    assert kasse.umsatz().reason


def test_an_account_from_which_somebody_has_paid_before_is_remembered(kasse: Stadtkasse):
    kasse.liest(Movement("30.00", reference=kasse.fordert(), iban="DE02500105170137075030"))
    kasse.fordert("45.00")
    kasse.liest(Movement("45.00", name="M. und E. Konto", iban="DE02500105170137075030"))
    assert kasse.vorschlag()[0] == ("iban", 75)


def test_a_check_digit_that_is_wrong_pays_nothing(kasse: Stadtkasse):
    rf = kasse.fordert()
    wrong = rf[:2] + f"{(int(rf[2:4]) + 1) % 100:02}" + rf[4:-1] + ("1" if rf[-1] != "1" else "2")
    kasse.liest(Movement("30.00", reference=wrong, text=wrong, name="Bank"))
    assert kasse.steht(rf) == ("offen", Decimal("30.00"))


def test_another_currency_pays_nothing(kasse: Stadtkasse):
    rf = kasse.fordert()
    assert kasse.liest(Movement("30.00", reference=rf, currency="CHF"), kind="052").klaeren == 1
    assert kasse.steht(rf) == ("offen", Decimal("30.00"))
    assert "CHF" in kasse.umsatz().reason


def test_a_debit_that_comes_back_opens_the_claim_again(kasse: Stadtkasse):
    rf = kasse.fordert()
    kasse.liest(Movement("30.00", end_to_end=rf))
    assert kasse.steht(rf)[0] == "bezahlt"
    kasse.liest(Movement("-30.00", end_to_end=rf, return_reason="AC04"))
    assert kasse.steht(rf) == ("offen", Decimal("30.00"))
    kasse.ist_ganz()


def test_what_the_town_pays_is_not_about_claims(kasse: Stadtkasse):
    assert kasse.liest(Movement("-99.00", text="Strom", name="Stadtwerke")).ohne == 1


def test_a_statement_of_another_account_is_refused(kasse: Stadtkasse):
    with pytest.raises(StatementRefused, match="nicht zum Konto der Stadt"), unit_of_work(kasse.db) as session:
        content = camt([Movement("1.00")], iban="DE89370400440532013000")
        einlesen(session, kasse.services, content, "fremd.xml", IBAN, "Petra Kasse")


def test_many_lines_are_assigned_in_portions(kasse: Stadtkasse, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(auszuege, "PORTION", 3)
    monkeypatch.setattr("processes.rechnung.operations.PORTION", 3)
    claims = [kasse.fordert(f"{number}.00") for number in range(10, 17)]
    lines = [Movement(f"{number}.00", reference=rf) for number, rf in zip(range(10, 17), claims, strict=True)]
    assert kasse.liest(*lines).gebucht == 7
    kasse.ist_ganz()


def test_a_case_goes_on_when_the_bank_tells_of_its_payment(kasse: Stadtkasse, wartend, clock: FrozenClock):
    with kasse.db.reading() as session:
        [claim] = forderungen(session, wartend.id)
    kasse.liest(Movement(str(claim.amount), reference=claim.reference))
    wartend.zeit_vergeht(timedelta(minutes=1))
    assert kasse.steht(claim.reference) == ("bezahlt", Decimal(0))
    wartend.endet_mit("Bezahlt")
