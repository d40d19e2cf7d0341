# SPDX-License-Identifier: EUPL-1.2
"""The Stripe adapter: what it sends, how it reads sessions, and which calls it believes."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qs

import httpx
import pytest

from connectors.payment import PaymentProviderUnavailable, PaymentRefused, PaymentRequest, Stripe

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
SECRET = "whsec_nur_fuer_tests"
REQUEST = PaymentRequest("auftrag-1", Decimal("30.05"), "RF741", "Gebühr", "https://stadt.example/zurueck", "RF741")
SESSION = {
    "id": "cs_test_1",
    "url": "https://checkout.stripe.com/c/cs_test_1",
    "status": "open",
    "payment_status": "unpaid",
    "amount_total": 3005,
    "currency": "eur",
    "created": 1795770000,
}


def stripe(answer: object = SESSION, status: int = 200, seen: list[httpx.Request] | None = None) -> Stripe:
    def respond(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        return httpx.Response(status, json=answer)

    return Stripe("https://api.stripe.com", "sk_x", webhook_secret=SECRET, transport=httpx.MockTransport(respond))


def test_a_session_is_asked_for_in_cents_with_an_idempotency_key():
    seen: list[httpx.Request] = []
    started = stripe(seen=seen).create(REQUEST)
    assert (started.transaction_id, started.redirect_url) == ("cs_test_1", SESSION["url"])
    fields = {name: values[0] for name, values in parse_qs(seen[0].content.decode()).items()}
    assert fields["line_items[0][price_data][unit_amount]"] == "3005"
    assert fields["client_reference_id"] == "RF741"
    assert seen[0].headers["Idempotency-Key"] == "auftrag-1"


@pytest.mark.parametrize(
    ("session", "payment", "status"),
    [
        ("open", "unpaid", "initial"),
        ("complete", "unpaid", "initial"),
        ("complete", "paid", "paid"),
        ("expired", "unpaid", "expired"),
    ],
)
def test_how_a_session_stands(session: str, payment: str, status: str):
    state = stripe({**SESSION, "status": session, "payment_status": payment}).state("cs_test_1")
    assert (state.status, state.amount, state.currency) == (status, Decimal("30.05"), "EUR")


def test_another_amount_than_asked_for_is_refused():
    with pytest.raises(PaymentRefused, match="another amount"):
        stripe({**SESSION, "amount_total": 3006}).create(REQUEST)


@pytest.mark.parametrize(
    ("status", "error"), [(401, PaymentProviderUnavailable), (404, PaymentRefused), (500, PaymentProviderUnavailable)]
)
def test_errors_say_whether_to_try_again(status: int, error: type[Exception]):
    with pytest.raises(error):
        stripe(status=status).state("cs_test_1")


def signed(body: bytes, at: datetime = NOW, secret: str = SECRET) -> dict[str, str]:
    stamp = str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={stamp},v1={digest}"}


EVENT = json.dumps({"type": "checkout.session.completed", "data": {"object": {"id": "cs_test_1"}}}).encode()


def test_a_signed_call_names_its_session():
    assert stripe().news(signed(EVENT), EVENT, NOW) == "cs_test_1"


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, EVENT),
        ({"Stripe-Signature": "t=,v1="}, EVENT),
        (signed(EVENT, secret="whsec_anders"), EVENT),
        (signed(EVENT, NOW - timedelta(minutes=6)), EVENT),
        (signed(EVENT), EVENT.replace(b"cs_test_1", b"cs_test_2")),
        (signed(b"kein JSON"), b"kein JSON"),
        (signed(b'{"type":"charge.refunded"}'), b'{"type":"charge.refunded"}'),
    ],
)
def test_a_call_that_is_forged_old_or_about_something_else_is_not_believed(headers: dict[str, str], body: bytes):
    assert stripe().news(headers, body, NOW) is None


def test_without_a_secret_no_call_is_believed():
    bare = Stripe("https://api.stripe.com", "sk_x")
    assert bare.news(signed(EVENT, secret=""), EVENT, NOW) is None


def whole(**charge: object) -> dict[str, object]:
    """A paid session with its payment, as Stripe tells it when asked for the whole."""
    return SESSION | {
        "status": "complete",
        "payment_status": "paid",
        "payment_intent": {"id": "pi_1", "latest_charge": charge},
    }


@pytest.mark.parametrize(
    ("dispute", "taken"),
    [
        (None, "0"),
        ({"status": "needs_response", "amount": 3005}, "30.05"),
        ({"status": "lost", "amount": 1000}, "10.00"),
        ({"status": "won", "amount": 3005}, "0"),
        ({"status": "warning_needs_response", "amount": 3005}, "0"),
    ],
)
def test_a_dispute_takes_back_until_it_is_won(dispute: object, taken: str):
    seen: list[httpx.Request] = []
    state = stripe(whole(amount_refunded=500, dispute=dispute), seen=seen).state("cs_test_1")
    assert (state.status, state.charged_back, state.refunded) == ("paid", Decimal(taken), Decimal("5.00"))
    assert seen[0].url.params["expand[]"] == "payment_intent.latest_charge.dispute"


def test_money_goes_back_to_the_payment_of_the_session():
    seen: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        answer = whole() if request.method == "GET" else {"id": "re_1", "status": "succeeded"}
        return httpx.Response(200, json=answer)

    Stripe("https://api.stripe.com", "sk_x", transport=httpx.MockTransport(respond)).refund(
        "cs_test_1", Decimal("12.50"), "auftrag-1"
    )
    fields = {name: values[0] for name, values in parse_qs(seen[1].content.decode()).items()}
    assert fields == {"payment_intent": "pi_1", "amount": "1250"}
    assert seen[1].url.path == "/v1/refunds"
    assert seen[1].headers["Idempotency-Key"] == "auftrag-1"


@pytest.mark.parametrize("kind", ["charge.refunded", "charge.dispute.created", "refund.failed"])
def test_news_of_money_that_went_back_names_the_session(kind: str):
    body = json.dumps({"type": kind, "data": {"object": {"id": "dp_1", "payment_intent": "pi_1"}}}).encode()
    provider = stripe({"data": [{"id": "cs_test_1"}]})
    assert provider.news(signed(body), body, NOW) == "cs_test_1"
    assert stripe({"data": []}).news(signed(body), body, NOW) is None
