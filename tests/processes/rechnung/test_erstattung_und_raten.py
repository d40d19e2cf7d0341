# SPDX-License-Identifier: EUPL-1.2
"""Giving money back with four eyes, and paying in instalments. Every end event of both models is reached here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from sqlalchemy import select

from conftest import Vorgang
from connectors.mail import Mail
from connectors.payment import FakePaymentProvider
from engine.db import unit_of_work
from engine.identity import Actor
from engine.queries.cases import case_by_reference, documents
from engine.verify import verify_town
from processes.gemeinsam.sepa import Auftrag, AuftragAbgelehnt, Konto, ueberweisungen
from processes.rechnung.ablauf import fetch_payment, start_payment, take_news
from processes.rechnung.buchen import Eingang, eingehen
from processes.rechnung.fordern import NeueForderung, anlegen, finden, raten_anlegen
from processes.rechnung.journal import verwahrt
from processes.rechnung.models import Zahlung
from processes.rechnung.raten import Ratenantrag, RatenantragAbgelehnt, beantragen

PETRA = Actor("petra.kohl", "Petra Kohl", frozenset({"kasse"}))
PAUL = Actor("paul.krug", "Paul Krug", frozenset({"kasse"}))
IBAN = "DE89370400440532013000"


@pytest.fixture
def ueberzahlt(vorgang: Vorgang) -> str:
    """A claim of 30 euros for which 50 have come."""
    with unit_of_work(vorgang.db) as session:
        due = vorgang.clock.today() + timedelta(days=14)
        claim = anlegen(
            session, vorgang.clock, NeueForderung(Decimal("30.00"), "Gebühr", due, schuldner="Erika Muster")
        )
        money = Eingang("bank", "1", Decimal("50.00"), "EUR", None, vorgang.clock.now())
        eingehen(session, vorgang.services, claim, money)
        return claim.reference


def beantragt(vorgang: Vorgang, rf: str, betrag: str = "20.00") -> Vorgang:
    erstattung: dict[str, Any] = {"referenz": rf, "betrag": Decimal(betrag), "empfaenger": "Erika Müller", "iban": IBAN}
    erstattung |= {"grund": "doppelt", "beantragt_von": PETRA.display_name, "beantragt_id": PETRA.name}
    return vorgang.beginnt("rechnung_erstattung", erstattung=erstattung).jobs_laufen()


def gehalten(vorgang: Vorgang, rf: str) -> Decimal:
    with vorgang.db.reading() as session:
        return verwahrt(session, finden(session, rf))


def test_zwei_personen_geben_geld_zurueck(vorgang: Vorgang, ueberzahlt: str):
    fall = beantragt(vorgang, ueberzahlt)
    fall.erledigt("Erstattung freigeben", von=PETRA, entscheidung="freigeben").jobs_laufen()
    fall.wartet_auf("Erstattung freigeben")
    assert gehalten(vorgang, ueberzahlt) == Decimal("20.00"), "one person alone gives nothing back"
    fall.erledigt("Erstattung freigeben", von=PAUL, entscheidung="freigeben").jobs_laufen().endet_mit("Erstattet")
    assert gehalten(vorgang, ueberzahlt) == Decimal(0)
    with vorgang.db.reading() as session:
        [file] = documents(session, fall.id)
    assert file.name.startswith("Ueberweisung_ERS-")
    assert list(verify_town(vorgang.db, vorgang.services)) == []


@dataclass
class Doppelzahler:
    """Somebody who has paid 30 euros twice, online."""

    vorgang: Vorgang
    provider: FakePaymentProvider
    rf: str
    zweite: str

    def zahlung(self) -> tuple[str, Decimal]:
        with self.vorgang.db.reading() as session:
            row = session.scalars(select(Zahlung).where(Zahlung.transaction_id == self.zweite)).one()
            return row.status, row.refunded

    def meldet_sich(self) -> None:
        """The provider calls, as it does after every change."""
        take_news(self.vorgang.db, self.vorgang.services, self.provider, self.zweite)

    def beantragt(self, betrag: str) -> Vorgang:
        erstattung = {"referenz": self.rf, "betrag": Decimal(betrag), "empfaenger": "", "iban": "", "grund": "doppelt"}
        erstattung |= {"transaktion": self.zweite, "anbieter": self.provider.name}
        erstattung |= {"beantragt_von": PETRA.display_name, "beantragt_id": PETRA.name}
        return self.vorgang.beginnt("rechnung_erstattung", erstattung=erstattung).jobs_laufen()

    def steht(self) -> tuple[str, Decimal]:
        with self.vorgang.db.reading() as session:
            claim = finden(session, self.rf)
            return claim.state, claim.open_amount


@pytest.fixture
def doppelt(vorgang: Vorgang, provider: FakePaymentProvider, offen: str) -> Doppelzahler:
    db, services, transactions = vorgang.db, vorgang.services, []
    for _ in range(2):
        start_payment(db, services, provider, offen, "https://stadt.example/zurueck")
        transactions.append(list(provider.payments)[-1])
        vorgang.clock.advance(timedelta(minutes=2))
    for transaction in transactions:
        provider.settle(transaction, "paid", vorgang.clock.now())
    fetch_payment(db, services, provider, offen)
    return Doppelzahler(vorgang, provider, offen, transactions[1])


def test_geld_geht_den_weg_zurueck_auf_dem_es_kam(doppelt: Doppelzahler):
    fall = doppelt.beantragt("100.00")
    fall.erledigt("Erstattung freigeben", von=PAUL, entscheidung="freigeben").jobs_laufen().endet_mit("Erstattet")
    assert list(doppelt.provider.refunds.values()) == [Decimal("100.00")]
    assert doppelt.zahlung() == ("erstattet", Decimal("100.00"))
    doppelt.meldet_sich()
    assert gehalten(fall, doppelt.rf) == Decimal(0), "the provider's own news of it books nothing more"
    assert doppelt.steht() == ("bezahlt", Decimal(0))
    assert list(verify_town(fall.db, fall.services)) == []


def test_ein_teil_geht_zurueck(doppelt: Doppelzahler):
    doppelt.beantragt("40.00").erledigt("Erstattung freigeben", von=PAUL, entscheidung="freigeben").jobs_laufen()
    assert doppelt.zahlung() == ("bezahlt", Decimal("40.00"))
    assert gehalten(doppelt.vorgang, doppelt.rf) == Decimal("60.00")


def test_beim_anbieter_veranlasst_wird_es_einmal_gebucht(doppelt: Doppelzahler):
    doppelt.provider.refund(doppelt.zweite, Decimal("100.00"), "von Hand")
    for _ in range(3):
        doppelt.meldet_sich()
    assert gehalten(doppelt.vorgang, doppelt.rf) == Decimal(0)
    assert doppelt.steht() == ("bezahlt", Decimal(0))
    assert list(verify_town(doppelt.vorgang.db, doppelt.vorgang.services)) == []


def test_was_geschuldet_war_und_zurueckging_ist_wieder_offen(
    vorgang: Vorgang, provider: FakePaymentProvider, offen: str
):
    start_payment(vorgang.db, vorgang.services, provider, offen, "https://stadt.example/zurueck")
    [transaction] = provider.payments
    provider.settle(transaction, "paid", vorgang.clock.now())
    fetch_payment(vorgang.db, vorgang.services, provider, offen)
    provider.refund(transaction, Decimal("25.00"), "von Hand")
    take_news(vorgang.db, vorgang.services, provider, transaction)
    assert Doppelzahler(vorgang, provider, offen, transaction).steht() == ("offen", Decimal("25.00"))
    assert list(verify_town(vorgang.db, vorgang.services)) == []


def test_wer_ablehnt_laesst_alles_wie_es_ist(vorgang: Vorgang, ueberzahlt: str):
    fall = beantragt(vorgang, ueberzahlt)
    fall.erledigt("Erstattung freigeben", von=PAUL, entscheidung="ablehnen").jobs_laufen().endet_mit("Abgelehnt")
    assert gehalten(vorgang, ueberzahlt) == Decimal("20.00")


def test_mehr_als_verwahrt_ist_geht_nicht_hinaus(vorgang: Vorgang, ueberzahlt: str):
    fall = beantragt(vorgang, ueberzahlt, "20.01")
    fall.erledigt("Erstattung freigeben", von=PAUL, entscheidung="freigeben").jobs_laufen()
    assert gehalten(vorgang, ueberzahlt) == Decimal("20.00")


def test_ueberweisung_ist_eine_datei_nach_dem_standard():
    town = Konto("Stadt Kirchheim unter Teck", "DE02 1203 0000 0000 2020 51")
    day = date(2026, 11, 30)
    erika = Auftrag(Konto("Erika Müller & Söhne\nRF", IBAN), Decimal("20.05"), "Erstattung", "RF18539007547034")
    content = ueberweisungen(town, [erika], day)
    root = etree.fromstring(content)
    assert "pain.001.001.09" in str(root.tag)
    assert root.findtext(".//{*}InstdAmt") == "20.05"
    assert root.findtext(".//{*}EndToEndId") == "RF18539007547034"
    assert "Mueller" in str(root.findtext(".//{*}Cdtr/{*}Nm"))
    with pytest.raises(AuftragAbgelehnt, match="IBAN"):
        ueberweisungen(town, [replace(erika, an=Konto("Erika", "DE00370400440532013000"))], day)


@pytest.fixture
def offen(vorgang: Vorgang) -> str:
    with unit_of_work(vorgang.db) as session:
        due = vorgang.clock.today() + timedelta(days=14)
        return anlegen(session, vorgang.clock, NeueForderung(Decimal("100.00"), "Gebühr", due)).reference


WUNSCH = Ratenantrag("3", "Erika Muster", "erika@example.org", "Kurzarbeit")


def wuenscht(vorgang: Vorgang, rf: str, wunsch: Ratenantrag = WUNSCH) -> None:
    with unit_of_work(vorgang.db) as session:
        beantragen(session, vorgang.services, rf, wunsch, Actor("zahlende", "Zahlende Person"))


def begonnen(vorgang: Vorgang) -> Vorgang:
    with vorgang.db.reading() as session:
        vorgang.info = case_by_reference(session, "RAT-2026-00001")
    return vorgang


def test_raten_werden_vereinbart_und_bis_zur_letzten_nicht_gemahnt(vorgang: Vorgang, offen: str, postausgang):
    wuenscht(vorgang, offen)
    fall = begonnen(vorgang)
    fall.erledigt(
        "Ratenantrag entscheiden", von=PETRA, entscheidung="genehmigen", raten=3, begruendung=None
    ).jobs_laufen()
    fall.endet_mit("Raten vereinbart")
    with vorgang.db.reading() as session:
        claim = finden(session, offen)
        assert claim.dunning_stop_until is not None
        assert claim.dunning_stop_until > vorgang.clock.today() + timedelta(days=85)
    assert "33,34" in postausgang[-1].text.replace("\xa0", " ")


def test_eine_absage_nennt_den_grund(vorgang: Vorgang, offen: str, postausgang):
    wuenscht(vorgang, offen)
    fall = begonnen(vorgang)
    answer = {"entscheidung": "ablehnen", "raten": None, "begruendung": "Der Betrag ist zu klein."}
    fall.erledigt("Ratenantrag entscheiden", von=PETRA, **answer).jobs_laufen().endet_mit("Abgelehnt")
    assert "zu klein" in postausgang[-1].text


@pytest.mark.parametrize(
    "wunsch",
    [
        Ratenantrag("1", "E", "e@x", "g"),
        Ratenantrag("13", "E", "e@x", "g"),
        Ratenantrag("drei", "E", "e@x", "g"),
        Ratenantrag("3", "", "e@x", "g"),
        Ratenantrag("3", "E", "ex", "g"),
    ],
)
def test_ein_wunsch_ohne_das_noetige_wird_nicht_angenommen(vorgang: Vorgang, offen: str, wunsch: Ratenantrag):
    with pytest.raises(RatenantragAbgelehnt):
        wuenscht(vorgang, offen, wunsch)


def test_zweimal_bitten_geht_nicht(vorgang: Vorgang, offen: str):
    wuenscht(vorgang, offen)
    with pytest.raises(RatenantragAbgelehnt, match="schon gebeten"):
        wuenscht(vorgang, offen)


@given(betrag=st.decimals("0.30", "5000", places=2), anzahl=st.integers(2, 24))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_raten_ergeben_zusammen_den_betrag(vorgang: Vorgang, betrag: Decimal, anzahl: int):
    with unit_of_work(vorgang.db) as session:
        due = vorgang.clock.today()
        claim = anlegen(session, vorgang.clock, NeueForderung(betrag, "Gebühr", due))
        plan = raten_anlegen(session, vorgang.clock, claim, anzahl)
        assert sum(rate.amount for rate in plan) == betrag
        assert all(rate.amount > 0 for rate in plan)
        assert [rate.due_date for rate in plan] == sorted(rate.due_date for rate in plan)


def test_wer_in_raten_zahlt_zahlt_zinsen_ab_zehn_euro(vorgang: Vorgang, postausgang: list[Mail]):
    with unit_of_work(vorgang.db) as session:
        due = vorgang.clock.today() + timedelta(days=14)
        rf = anlegen(session, vorgang.clock, NeueForderung(Decimal("1200.00"), "Gebühr", due)).reference
    wuenscht(vorgang, rf, Ratenantrag("12", "Erika Muster", "erika@example.org", "Kurzarbeit"))
    fall = begonnen(vorgang)
    fall.erledigt("Ratenantrag entscheiden", von=PETRA, entscheidung="genehmigen", raten=12).jobs_laufen()
    # 12 instalments of 100 € for 1 to 12 full months at 0,5 %.
    assert fall.variable("plan")["zinsen"] == Decimal("39.00")
    assert "39,00" in postausgang[-1].text
    with vorgang.db.reading() as session:
        claim = finden(session, rf)
        assert claim.open_amount == Decimal("1239.00")
    assert list(verify_town(vorgang.db, vorgang.services)) == []
