# SPDX-License-Identifier: EUPL-1.2
"""What people owe, how they pay it, and that no piece of news about a payment does harm, early, late or twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso11649

from connectors.payment import PaymentProviderUnavailable, PaymentRefused, PaymentState
from engine.db import unit_of_work
from engine.errors import StepFailed
from engine.leases import next_due
from engine.queries.cases import incidents
from processes.rechnung.errors import (
    ForderungIstBezahlt,
    ForderungIstStorniert,
    ForderungUnbekannt,
    ZahlungWirdVorbereitet,
)
from processes.rechnung.models import Zahlung
from processes.rechnung.operations import Stornierung, forderung_stornieren
from processes.rechnung.referenz import referenz

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


# --- references ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "reference"),
    [
        ("539007547034", "RF18539007547034"),
        ("KT2026000123", "RF57KT2026000123"),
        ("HUND2026004711", "RF03HUND2026004711"),
        ("510123456789", "RF57510123456789"),
        ("1", "RF741"),
    ],
)
def test_reference_has_the_check_digits_of_the_standard(body, reference):
    assert referenz(body) == reference


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=21))
def test_every_reference_is_valid(body):
    assert iso11649.is_valid(referenz(body)) and referenz(body).endswith(body)


@pytest.mark.parametrize("body", ["", "x" * 22, "abc", "Ä", "1 2", "²"])
def test_body_that_no_bank_takes_is_refused(body):
    with pytest.raises(ValueError):
        referenz(body)


# --- claims ----------------------------------------------------------------------------------------------------------


def test_claim_names_amount_due_date_and_reference(fall, kasse):
    forderung = kasse.forderung(fall.id)

    assert (forderung.amount, forderung.currency, forderung.state) == (Decimal("30.00"), "EUR", "offen")
    assert forderung.due_date == date(2026, 12, 6)
    assert forderung.reference == referenz("202600000001")
    assert forderung.aktenzeichen == "KB-2026-00001"
    assert forderung.reference_in_blocks.replace(" ", "") == forderung.reference
    assert fall.variable("forderung") == {
        "referenz": forderung.reference,
        "betrag": Decimal("30.00"),
        "faellig_am": date(2026, 12, 6),
    }


def test_every_claim_has_its_own_reference(fall, kasse):
    first = kasse.forderung(fall.id).reference
    fall.beginnt("kostenbescheid", betrag=Decimal("30.00"), frist=14)

    assert kasse.forderung(fall.id).reference != first


@pytest.mark.parametrize("betrag", [Decimal(0), Decimal("-1"), Decimal("1.005"), "unsinn", None])
def test_claim_without_a_proper_amount_is_not_raised(fall, betrag):
    with pytest.raises(StepFailed):
        fall.beginnt("kostenbescheid", betrag=betrag, frist=14)


def test_unknown_claim(kasse):
    with pytest.raises(ForderungUnbekannt):
        kasse.beginnt("RF741")


# --- paying ----------------------------------------------------------------------------------------------------------


def test_payer_comes_back_and_the_case_goes_on(wartend, kasse):
    rf = kasse.forderung(wartend.id).reference
    transaktion = kasse.beginnt(rf)
    asked = kasse.provider.payments[transaktion].request
    assert (asked.amount, asked.purpose, asked.reference, asked.description) == (
        Decimal("30.00"),
        rf,
        rf,
        "Kostenbescheid",
    )

    kasse.entscheidet(transaktion)
    assert kasse.kehrt_zurueck(rf) == "bezahlt"

    wartend.endet_mit("Bezahlt")
    assert kasse.forderung(wartend.id).state == "bezahlt"
    assert [versuch.status for versuch in kasse.versuche(rf)] == ["bezahlt"]
    assert wartend.variable("zahlung")["betrag"] == Decimal("30.00")
    assert kasse.zu_klaeren() == []


def test_payer_who_never_comes_back_is_found_by_asking(wartend, kasse):
    transaktion = kasse.beginnt(kasse.forderung(wartend.id).reference)
    wartend.jobs_laufen().zeit_vergeht(MINUTE)
    assert kasse.forderung(wartend.id).state == "offen"

    kasse.entscheidet(transaktion)
    wartend.zeit_vergeht(MINUTE).endet_mit("Bezahlt")


def test_the_same_news_twice_is_booked_once(wartend, kasse):
    rf = kasse.forderung(wartend.id).reference
    kasse.entscheidet(kasse.beginnt(rf))
    assert [kasse.kehrt_zurueck(rf), kasse.kehrt_zurueck(rf)] == ["bezahlt", "bezahlt"]
    wartend.zeit_vergeht(MINUTE).zeit_vergeht(DAY)

    assert kasse.zu_klaeren() == []
    wartend.endet_mit("Bezahlt")


@pytest.mark.parametrize(("status", "ausgang"), [("failed", "fehlgeschlagen"), ("canceled", "abgebrochen")])
def test_who_fails_may_try_again_at_once(wartend, kasse, status, ausgang):
    rf = kasse.forderung(wartend.id).reference
    first = kasse.beginnt(rf)
    kasse.entscheidet(first, status)
    assert kasse.kehrt_zurueck(rf) == ausgang

    second = kasse.beginnt(rf)
    assert second != first
    kasse.entscheidet(second)
    assert kasse.kehrt_zurueck(rf) == "bezahlt"
    assert [versuch.status for versuch in kasse.versuche(rf)] == [ausgang, "bezahlt"]


def test_double_click_is_one_payment(wartend, kasse):
    rf = kasse.forderung(wartend.id).reference

    assert kasse.beginnt(rf) == kasse.beginnt(rf)
    assert len(kasse.provider.payments) == 1


def test_click_while_the_provider_is_being_asked_waits(wartend, kasse, clock):
    rf = kasse.forderung(wartend.id).reference
    kasse.beginnt(rf)
    with unit_of_work(kasse.db) as session:
        session.query(Zahlung).update({"status": "angelegt", "transaction_id": None, "redirect_url": None})
    with pytest.raises(ZahlungWirdVorbereitet):
        kasse.beginnt(rf)

    clock.advance(2 * MINUTE)
    assert kasse.beginnt(rf) == "fake-2"


def test_undecided_payment_is_waited_for_but_another_may_be_begun(wartend, kasse, clock):
    rf = kasse.forderung(wartend.id).reference
    assert kasse.kehrt_zurueck(rf) == "offen"
    first = kasse.beginnt(rf)
    assert kasse.kehrt_zurueck(rf) == "wird_bestaetigt"

    clock.advance(2 * MINUTE)
    assert kasse.beginnt(rf) != first


def test_who_paid_without_coming_back_cannot_pay_again_by_mistake(wartend, kasse, clock):
    rf = kasse.forderung(wartend.id).reference
    kasse.entscheidet(kasse.beginnt(rf))
    clock.advance(2 * MINUTE)

    with pytest.raises(ForderungIstBezahlt):
        kasse.beginnt(rf)
    assert len(kasse.provider.payments) == 1


def test_provider_that_is_away_stops_nobody_from_trying_again(wartend, kasse):
    rf = kasse.forderung(wartend.id).reference
    kasse.provider.unreachable = True
    with pytest.raises(PaymentProviderUnavailable):
        kasse.beginnt(rf)
    assert [versuch.status for versuch in kasse.versuche(rf)] == ["fehlgeschlagen"]

    kasse.provider.unreachable = False
    kasse.entscheidet(kasse.beginnt(rf))
    assert kasse.kehrt_zurueck(rf) == "bezahlt"


def test_provider_that_refuses_leaves_the_claim_open(wartend, kasse):
    rf = kasse.forderung(wartend.id).reference
    kasse.provider.refuses = True
    with pytest.raises(PaymentRefused):
        kasse.beginnt(rf)

    assert kasse.forderung(wartend.id).state == "offen"


def test_provider_that_is_away_when_the_payer_returns_is_asked_later(wartend, kasse):
    rf = kasse.forderung(wartend.id).reference
    kasse.entscheidet(kasse.beginnt(rf))
    kasse.provider.unreachable = True
    assert kasse.kehrt_zurueck(rf) == "wird_bestaetigt"

    wartend.zeit_vergeht(MINUTE)
    kasse.provider.unreachable = False
    wartend.zeit_vergeht(10 * MINUTE).endet_mit("Bezahlt")


def test_asking_becomes_rarer_and_ends_after_a_day(wartend, kasse, clock):
    rf = kasse.forderung(wartend.id).reference
    transaktion = kasse.beginnt(rf)
    state: Callable[[str], PaymentState] = kasse.provider.state
    moments = [clock.now()]

    def noted(transaction_id: str) -> PaymentState:
        moments.append(clock.now())
        return state(transaction_id)

    kasse.provider.state = noted
    while (due := next_due(kasse.db)) is not None and due < moments[0] + 2 * DAY:
        clock.set(due)
        wartend.jobs_laufen()

    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert gaps == sorted(gaps)
    assert gaps[0] == timedelta(seconds=20) and gaps[-1] == timedelta(minutes=30)
    assert DAY <= moments[-1] - moments[0] < DAY + timedelta(minutes=30)
    assert len(gaps) < 80
    assert [versuch.status for versuch in kasse.versuche(rf)] == ["unbekannt"]

    kasse.entscheidet(transaktion)
    assert kasse.kehrt_zurueck(rf) == "bezahlt"
    wartend.endet_mit("Bezahlt")


# --- early, late, twice, wrong ---------------------------------------------------------------------------------------


def test_payment_that_is_faster_than_the_case_waits_for_it(fall, kasse):
    rf = kasse.forderung(fall.id).reference
    kasse.entscheidet(kasse.beginnt(rf))
    assert kasse.kehrt_zurueck(rf) == "bezahlt"
    fall.zeit_vergeht(10 * MINUTE).wartet_auf("Bescheid unterschreiben")

    fall.erledigt("Bescheid unterschreiben").zeit_vergeht(DAY).endet_mit("Bezahlt")
    assert kasse.zu_klaeren() == []


def test_second_payment_is_an_overpayment(wartend, kasse, clock):
    rf = kasse.forderung(wartend.id).reference
    first = kasse.beginnt(rf)
    clock.advance(2 * MINUTE)
    second = kasse.beginnt(rf)
    kasse.entscheidet(first)
    kasse.entscheidet(second)
    wartend.zeit_vergeht(MINUTE).endet_mit("Bezahlt")

    [case] = kasse.zu_klaeren()
    assert (case.reason, case.rf, case.reference) == ("doppelt gezahlt", rf, "KB-2026-00001")
    assert (case.amount, case.transaction_id) == (Decimal("30.00"), second)


def test_payment_after_the_case_has_ended_is_for_the_cashier(wartend, kasse, clock):
    rf = kasse.forderung(wartend.id).reference
    wartend.zeit_vergeht(13 * DAY)
    transaktion = kasse.beginnt(rf)
    clock.advance(2 * DAY)
    wartend.jobs_laufen().endet_mit("Zahlung ausgeblieben")
    assert kasse.forderung(wartend.id).state == "storniert"
    with pytest.raises(ForderungIstStorniert):
        kasse.beginnt(rf)

    kasse.entscheidet(transaktion)
    assert kasse.kehrt_zurueck(rf) == "storniert"
    assert [case.reason for case in kasse.zu_klaeren()] == ["nach Ende des Verfahrens"]
    assert kasse.forderung(wartend.id).state == "storniert"


def test_money_that_came_before_a_withdrawal_is_for_the_cashier(fall, kasse):
    rf = kasse.forderung(fall.id).reference
    kasse.entscheidet(kasse.beginnt(rf))
    kasse.kehrt_zurueck(rf)
    with unit_of_work(kasse.db) as session:
        assert forderung_stornieren(session, kasse.services.clock, rf) == Stornierung(storniert=False)
    fall.erledigt("Bescheid unterschreiben").zeit_vergeht(DAY)

    assert [case.reason for case in kasse.zu_klaeren()] == ["nach Ende des Verfahrens"]
    assert fall.ereignisse("message_received") == []


@pytest.mark.parametrize(("betrag", "waehrung"), [("29.99", "EUR"), ("30.01", "EUR"), ("30.00", "USD")])
def test_another_amount_pays_nothing(wartend, kasse, betrag, waehrung):
    rf = kasse.forderung(wartend.id).reference
    transaktion = kasse.beginnt(rf)
    kasse.provider.payments[transaktion].state = PaymentState("paid", Decimal(betrag), waehrung)
    assert kasse.kehrt_zurueck(rf) == "wird_bestaetigt"

    assert kasse.forderung(wartend.id).state == "offen"
    assert [(case.reason, case.amount) for case in kasse.zu_klaeren()] == [("Betrag weicht ab", Decimal(betrag))]


def test_step_that_fails_behind_the_payment_never_loses_it(fall, kasse):
    fall.beginnt("kostenbescheid", betrag=Decimal("30.00"), frist=14, defekt=True)
    fall.erledigt("Bescheid unterschreiben")
    rf = kasse.forderung(fall.id).reference
    kasse.entscheidet(kasse.beginnt(rf))

    assert kasse.kehrt_zurueck(rf) == "bezahlt"
    for _ in range(6):
        fall.zeit_vergeht(timedelta(hours=2))
    with kasse.db.reading() as session:
        [incident] = incidents(session)
    assert (incident.case_id, incident.element_id) == (fall.id, "defekt")
    assert kasse.forderung(fall.id).state == "bezahlt"


def test_news_from_many_sides_at_once_is_booked_once(wartend, kasse):
    rf = kasse.forderung(wartend.id).reference
    kasse.entscheidet(kasse.beginnt(rf))
    with ThreadPoolExecutor(6) as threads:
        outcomes = [seen.result() for seen in [threads.submit(kasse.kehrt_zurueck, rf) for _ in range(12)]]

    assert set(outcomes) == {"bezahlt"}
    assert kasse.zu_klaeren() == []
    wartend.endet_mit("Bezahlt")
    assert wartend.ereignisse("message_received") == ["Auf Zahlung warten"]


def test_two_payments_at_once_pay_once(wartend, kasse, clock):
    rf = kasse.forderung(wartend.id).reference
    kasse.entscheidet(kasse.beginnt(rf), "initial")
    clock.advance(2 * MINUTE)
    kasse.beginnt(rf)
    for transaktion in kasse.provider.payments:
        kasse.entscheidet(transaktion)
    with ThreadPoolExecutor(6) as threads:
        for seen in [threads.submit(kasse.kehrt_zurueck, rf) for _ in range(12)]:
            assert seen.result() == "bezahlt"

    assert [case.reason for case in kasse.zu_klaeren()] == ["doppelt gezahlt"]
    wartend.endet_mit("Bezahlt")


def test_withdrawal_and_payment_at_once_never_block_each_other(wartend, kasse, clock):
    rf = kasse.forderung(wartend.id).reference
    wartend.zeit_vergeht(13 * DAY)
    transaktion = kasse.beginnt(rf)
    clock.advance(DAY)
    kasse.entscheidet(transaktion)
    with ThreadPoolExecutor(2) as threads:
        timer, payer = threads.submit(wartend.jobs_laufen), threads.submit(kasse.kehrt_zurueck, rf)
        timer.result()
        outcome = payer.result()

    assert outcome in ("bezahlt", "storniert")
    wartend.jobs_laufen().endet_mit("Bezahlt" if outcome == "bezahlt" else "Zahlung ausgeblieben")
    reasons = [] if outcome == "bezahlt" else ["nach Ende des Verfahrens"]
    assert [case.reason for case in kasse.zu_klaeren()] == reasons
