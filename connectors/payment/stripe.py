# SPDX-License-Identifier: EUPL-1.2
"""Adapter for Stripe (Checkout Sessions). Its calls are signed: checked on the raw body, and then we ask."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from connectors.payment.port import (
    PaymentProvider,
    PaymentProviderUnavailable,
    PaymentRefused,
    PaymentRequest,
    PaymentState,
    PaymentStatus,
    StartedPayment,
)
from connectors.payment.wire import TIMEOUT, answer_to_key, send, words

_TOLERANCE_SECONDS = 300
_CENTS = Decimal(100)
_WHOLE = "payment_intent.latest_charge.dispute"
_ABOUT_PAYMENTS = ("charge.refunded", "charge.dispute.", "refund.")
#: A dispute that is won, or was only announced, takes nothing back.
_HARMLESS = ("won", "warning_needs_response", "warning_under_review", "warning_closed")


class Stripe(PaymentProvider):
    """Speaks Stripe's API over HTTP. The request id is the idempotency key: asking twice makes one session."""

    name = "stripe"
    gives_back = True

    def __init__(
        self, base_url: str, key: str, *, webhook_secret: str = "", transport: httpx.BaseTransport | None = None
    ) -> None:
        """`webhook_secret` proves that a call is Stripe's; without one no call is believed."""
        self._url = f"{base_url.rstrip('/')}/v1/checkout/sessions"
        self._refunds_url = f"{base_url.rstrip('/')}/v1/refunds"
        self._webhook_secret = webhook_secret
        headers = {"Authorization": f"Bearer {key}"}
        self._client = httpx.Client(timeout=TIMEOUT, transport=transport, headers=headers, follow_redirects=False)

    def create(self, request: PaymentRequest) -> StartedPayment:
        item = "line_items[0][price_data]"
        fields = {
            "mode": "payment",
            "success_url": request.redirect_url,
            "cancel_url": request.redirect_url,
            "client_reference_id": request.reference,
            "metadata[request_id]": request.request_id,
            "line_items[0][quantity]": "1",
            f"{item}[currency]": request.currency.lower(),
            f"{item}[unit_amount]": str(int(request.amount * _CENTS)),
            f"{item}[product_data][name]": request.description,
        }
        headers = {"Idempotency-Key": request.request_id}
        answer = answer_to_key(send(lambda: self._client.post(self._url, data=fields, headers=headers)))
        if _amount(answer) != (request.amount, request.currency):
            raise PaymentRefused("The provider announced another amount or currency than was asked for.")
        address = words(answer, "url")
        if urlsplit(address).scheme not in ("http", "https"):
            raise PaymentRefused("The provider sends the payer to something that is no web address.")
        return StartedPayment(words(answer, "id"), address)

    def state(self, transaction_id: str) -> PaymentState:
        answer = self._session(transaction_id)
        amount, currency = _amount(answer)
        charge = _inside(_inside(answer, "payment_intent"), "latest_charge")
        return PaymentState(
            _status(answer),
            amount,
            currency,
            "STRIPE",
            _moment(answer.get("created")),
            charged_back=_disputed(charge),
            refunded=_cents(charge.get("amount_refunded")),
        )

    def refund(self, transaction_id: str, amount: Decimal, key: str) -> None:
        intent = words(_inside(self._session(transaction_id), "payment_intent"), "id")
        fields = {"payment_intent": intent, "amount": str(int(amount * _CENTS))}
        headers = {"Idempotency-Key": key}
        answer = answer_to_key(send(lambda: self._client.post(self._refunds_url, data=fields, headers=headers)))
        if words(answer, "status") in ("failed", "canceled"):
            raise PaymentRefused("The provider could not give the money back.")

    def _session(self, transaction_id: str) -> Mapping[str, Any]:
        """A session with its payment, what was given back of it, and what is disputed."""
        url, more = f"{self._url}/{quote(transaction_id, safe='')}", {"expand[]": _WHOLE}
        answer = answer_to_key(send(lambda: self._client.get(url, params=more)))
        if words(answer, "id") != transaction_id:
            raise PaymentProviderUnavailable("The provider answered about another session.")
        return answer

    def check(self) -> None:
        answer_to_key(send(lambda: self._client.get(self._url, params={"limit": "1"})))

    def news(self, headers: Mapping[str, str], body: bytes, now: datetime) -> str | None:
        if not self._is_signed(headers.get("Stripe-Signature", ""), body, now):
            return None
        try:
            event = json.loads(body)
            about = event["data"]["object"]
            if event["type"].startswith(_ABOUT_PAYMENTS):
                return self._session_of(str(about["payment_intent"]))
            found = about["id"] if event["type"].startswith("checkout.session.") else None
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
        return found if isinstance(found, str) and found.startswith("cs_") else None

    def _session_of(self, intent: str) -> str | None:
        """Refunds and disputes name the payment, not the session in which it was made."""
        asked = {"payment_intent": intent, "limit": "1"}
        answer = answer_to_key(send(lambda: self._client.get(self._url, params=asked)))
        found = answer.get("data")
        return words(found[0], "id") if isinstance(found, list) and found else None

    def _is_signed(self, header: str, body: bytes, now: datetime) -> bool:
        """Whether one of the signatures is ours and not older than five minutes, so that nobody replays it."""
        parts = [piece.partition("=") for piece in header.split(",")]
        stamp = next((value for name, _, value in parts if name.strip() == "t"), "")
        if not self._webhook_secret or not stamp.isdecimal():
            return False
        if abs(now.timestamp() - int(stamp)) > _TOLERANCE_SECONDS:
            return False
        right = hmac.new(self._webhook_secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        return any(hmac.compare_digest(right, value) for name, _, value in parts if name.strip() == "v1")


def _status(answer: Mapping[str, Any]) -> PaymentStatus:
    """A session that is complete and unpaid waits for a slow way of paying, such as a direct debit."""
    session = words(answer, "status")
    if answer.get("payment_status") == "paid":
        return "paid"
    if session in ("open", "complete"):
        return "initial"
    if session == "expired":
        return "expired"
    raise PaymentProviderUnavailable("The provider answered with a status that we do not know.")


def _amount(answer: Mapping[str, Any]) -> tuple[Decimal, str]:
    total = answer.get("amount_total")
    if not isinstance(total, Decimal) or total <= 0:
        raise PaymentProviderUnavailable("The provider's answer has no amount.")
    return (total / _CENTS).quantize(Decimal("0.01")), words(answer, "currency").upper()


def _inside(answer: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object of that name, empty where there is none yet."""
    found = answer.get(name)
    return found if isinstance(found, dict) else {}


def _disputed(charge: Mapping[str, Any]) -> Decimal:
    dispute = _inside(charge, "dispute")
    return Decimal(0) if dispute.get("status") in _HARMLESS else _cents(dispute.get("amount"))


def _cents(amount: Any) -> Decimal:
    return (amount / _CENTS).quantize(Decimal("0.01")) if isinstance(amount, Decimal) else Decimal(0)


def _moment(stamp: Any) -> datetime | None:
    return datetime.fromtimestamp(int(stamp), UTC) if isinstance(stamp, Decimal) else None
