# SPDX-License-Identifier: EUPL-1.2
"""Adapter for Mollie (API v2). Its calls carry only an id and no signature, so they only make us ask."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

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
from connectors.payment.wire import TIMEOUT, answer_to_key, part, send, words

#: A refund or a chargeback leaves a payment `paid`; what has gone back is told beside it.
_STATUS: Mapping[str, PaymentStatus] = {
    "open": "initial",
    "pending": "initial",
    "authorized": "initial",
    "paid": "paid",
    "failed": "failed",
    "canceled": "canceled",
    "expired": "expired",
}
_ID = re.compile(r"tr_[A-Za-z0-9_-]{1,60}")


class Mollie(PaymentProvider):
    """Speaks Mollie's payments API over HTTP. The request id is the idempotency key: asking twice makes one payment."""

    name = "mollie"
    gives_back = True

    def __init__(
        self, base_url: str, key: str, *, webhook_url: str = "", transport: httpx.BaseTransport | None = None
    ) -> None:
        """`webhook_url` is where Mollie says that there is news; without one we only ask by ourselves."""
        self._url = f"{base_url.rstrip('/')}/v2/payments"
        self._webhook_url = webhook_url
        headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}
        self._client = httpx.Client(timeout=TIMEOUT, transport=transport, headers=headers, follow_redirects=False)

    def create(self, request: PaymentRequest) -> StartedPayment:
        body: dict[str, Any] = {
            "amount": {"currency": request.currency, "value": f"{request.amount:.2f}"},
            "description": f"{request.reference} {request.description}"[:255],
            "redirectUrl": request.redirect_url,
            "metadata": {"request_id": request.request_id, "reference": request.reference},
        }
        if self._webhook_url:
            body["webhookUrl"] = self._webhook_url
        headers = {"Idempotency-Key": request.request_id}
        answer = answer_to_key(send(lambda: self._client.post(self._url, json=body, headers=headers)))
        if _amount(answer) != (request.amount, request.currency):
            raise PaymentRefused("The provider announced another amount or currency than was asked for.")
        address = words(part(part(answer, "_links"), "checkout"), "href")
        if urlsplit(address).scheme not in ("http", "https"):
            raise PaymentRefused("The provider sends the payer to something that is no web address.")
        return StartedPayment(words(answer, "id"), address)

    def state(self, transaction_id: str) -> PaymentState:
        answer = answer_to_key(send(lambda: self._client.get(f"{self._url}/{quote(transaction_id, safe='')}")))
        if words(answer, "id") != transaction_id:
            raise PaymentProviderUnavailable("The provider answered about another payment.")
        status = _STATUS.get(words(answer, "status"))
        if status is None:
            raise PaymentProviderUnavailable("The provider answered with a status that we do not know.")
        amount, currency = _amount(answer)
        method = answer.get("method")
        return PaymentState(
            status,
            amount,
            currency,
            str(method)[:40] if method else None,
            _moment(answer.get("paidAt") or answer.get("createdAt")),
            charged_back=_value(answer.get("amountChargedBack")),
            refunded=_value(answer.get("amountRefunded")),
        )

    def refund(self, transaction_id: str, amount: Decimal, key: str) -> None:
        body = {"amount": {"currency": "EUR", "value": f"{amount:.2f}"}, "description": "Erstattung"}
        url = f"{self._url}/{quote(transaction_id, safe='')}/refunds"
        answer = answer_to_key(send(lambda: self._client.post(url, json=body, headers={"Idempotency-Key": key})))
        if words(answer, "status") in ("failed", "canceled"):
            raise PaymentRefused("The provider could not give the money back.")

    def check(self) -> None:
        answer_to_key(send(lambda: self._client.get(self._url, params={"limit": "1"})))

    def news(self, headers: Mapping[str, str], body: bytes, now: datetime) -> str | None:
        posted = parse_qs(body[:1000].decode("utf-8", errors="replace"))
        found = posted.get("id", [""])[0]
        return found if _ID.fullmatch(found) else None


def _amount(answer: Mapping[str, Any]) -> tuple[Decimal, str]:
    amount = part(answer, "amount")
    value = _value(amount)
    if value <= 0:
        raise PaymentProviderUnavailable("The provider's answer has no amount.")
    return value, words(amount, "currency")


def _value(amount: Any) -> Decimal:
    try:
        value = Decimal(str(amount["value"])) if isinstance(amount, dict) else Decimal(0)
    except (InvalidOperation, KeyError) as cause:
        raise PaymentProviderUnavailable("The provider's answer has an amount that is none.") from cause
    if not value.is_finite() or value < 0:
        raise PaymentProviderUnavailable("The provider's answer has an amount that is none.")
    return value


def _moment(written: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(written))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
