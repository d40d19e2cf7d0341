# SPDX-License-Identifier: EUPL-1.2
"""The contract of a payment provider, kept by the fake and by the simulator behind the real adapter."""

from dataclasses import replace
from decimal import Decimal

import pytest

from connectors.payment import PaymentRefused, PaymentRequest, purpose_line

REQUEST = PaymentRequest(
    request_id="7b6c1f0e-1111-4222-8333-444455556666",
    amount=Decimal("30.10"),
    purpose="RF18539007547034",
    description="Gebühr für den Bewohnerparkausweis",
    redirect_url="https://stadt.example/zahlung/abc/zurueck",
    reference="RF18539007547034",
)


def test_new_payment_is_open(bank):
    started = bank.provider.create(REQUEST)

    state = bank.provider.state(started.transaction_id)
    assert (state.status, state.amount, state.currency) == ("initial", Decimal("30.10"), "EUR")
    assert started.redirect_url.startswith("https://")


@pytest.mark.parametrize("status", ["paid", "failed", "canceled"])
def test_payer_decides(bank, status, clock):
    started = bank.provider.create(REQUEST)
    bank.decide(started.transaction_id, status)

    state = bank.provider.state(started.transaction_id)
    assert (state.status, state.amount, state.currency) == (status, Decimal("30.10"), "EUR")
    assert state.at == clock.now()
    assert (state.method is not None) == (status == "paid")


def test_same_request_id_is_the_same_payment(bank):
    assert bank.provider.create(REQUEST) == bank.provider.create(REQUEST)


def test_other_request_ids_are_other_payments(bank):
    first = bank.provider.create(REQUEST)
    second = bank.provider.create(replace(REQUEST, request_id="2"))
    bank.decide(first.transaction_id, "paid")

    assert bank.provider.state(second.transaction_id).status == "initial"


def test_unknown_transaction_is_refused(bank):
    with pytest.raises(PaymentRefused):
        bank.provider.state("gibt/es?nicht")


@pytest.mark.parametrize("amount", ["0.01", "0.10", "999.99", "1234.50", "123456.78", "999999"])
def test_amounts_arrive_to_the_cent(bank, amount):
    started = bank.provider.create(replace(REQUEST, amount=Decimal(amount)))

    assert bank.provider.state(started.transaction_id).amount == Decimal(amount)


def test_reachable_provider_says_so(bank):
    bank.provider.check()


@pytest.mark.parametrize(
    "change",
    [
        {"amount": Decimal(0)},
        {"amount": Decimal("-1")},
        {"amount": Decimal("1.001")},
        {"amount": Decimal("NaN")},
        {"amount": Decimal("Infinity")},
        {"amount": Decimal(1_000_000)},
        {"purpose": "x" * 28},
        {"purpose": "Gebühr"},
        {"purpose": ""},
        {"description": "x" * 251},
        {"request_id": "a b"},
        {"request_id": "x" * 37},
        {"redirect_url": "javascript:alert(1)"},
        {"redirect_url": "/zahlung"},
        {"redirect_url": "https://stadt.example/" + "x" * 2082},
        {"reference": "x" * 37},
        {"currency": "USD"},
    ],
)
def test_request_beyond_the_limits_cannot_be_made(change):
    with pytest.raises(ValueError):
        replace(REQUEST, **change)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("RF18539007547034", "RF18539007547034"),
        ("Gebühr: Bewohnerparkausweis 2026", "Gebuehr Bewohnerparkausweis"),
        ("Straßenfest – Bühne", "Strassenfest Buehne"),
        ("€", "Zahlung"),
    ],
)
def test_purpose_line_is_what_a_statement_takes(text, line):
    assert purpose_line(text) == line
