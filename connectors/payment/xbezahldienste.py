# SPDX-License-Identifier: EUPL-1.2
"""Adapter for XBezahldienste (FITKO, versions 1.0 and 1.2), which German public payment platforms share."""

import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal
from urllib.parse import parse_qs, quote, urlsplit

import httpx

from connectors.payment.port import (
    ClientCredentials,
    PaymentProvider,
    PaymentProviderUnavailable,
    PaymentRefused,
    PaymentRequest,
    PaymentState,
    PaymentStatus,
    StartedPayment,
)
from connectors.payment.wire import TIMEOUT, parse, part, raise_for_status, send, words
from engine.clock import Clock, SystemClock

Version = Literal["1.0", "1.2"]

# Version 1.0 misspells the field; both spellings are the standard.
_AMOUNT_FIELD: Mapping[Version, str] = {"1.0": "grosAmount", "1.2": "grossAmount"}
# PAYED and CANCELED are the standard's words; the dictionary spellings are met in implementations.
_STATUS: Mapping[str, PaymentStatus] = {
    "INITIAL": "initial",
    "PAYED": "paid",
    "PAID": "paid",
    "FAILED": "failed",
    "CANCELED": "canceled",
    "CANCELLED": "canceled",
}
_TOKEN_SPARE_SECONDS = 30.0
_DEFAULT_TOKEN_SECONDS = 300.0


class XBezahldienste(PaymentProvider):
    """Speaks XBezahldienste over HTTP. Retries are left to the caller; only an expired token is renewed at once."""

    name = "xbezahldienste"

    def __init__(
        self,
        base_url: str,
        credentials: ClientCredentials,
        *,
        originator_id: str,
        end_point_id: str,
        version: Version = "1.0",
        token_url: str = "",
        transport: httpx.BaseTransport | None = None,
        clock: Clock | None = None,
        name: str = "xbezahldienste",
    ) -> None:
        """`token_url` defaults to `<base_url>/token`; `transport` lets a simulator in the same process answer."""
        self.name = name
        base = base_url.rstrip("/")
        self._payments_url = f"{base}/paymenttransaction/{quote(originator_id, safe='')}/{quote(end_point_id, safe='')}"
        self._token_url = token_url or f"{base}/token"
        self._credentials = credentials
        self._amount_field = _AMOUNT_FIELD[version]
        self._clock = clock or SystemClock()
        self._client = httpx.Client(timeout=TIMEOUT, transport=transport, follow_redirects=False)
        self._token = ""
        self._token_good_until = 0.0
        self._token_lock = threading.Lock()

    @classmethod
    def from_url(cls, url: str, key: str) -> "XBezahldienste":
        """From two settings: `https://host/path?originator=…&endpoint=…&version=1.2` and the key `client:secret`."""
        parts = urlsplit(url)
        options = {name: values[0] for name, values in parse_qs(parts.query).items()}
        version = options.get("version", "1.0")
        client_id, _, client_secret = key.partition(":")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("The payment provider's address must look like https://host/path?originator=…&endpoint=…")
        if not client_id or not client_secret:
            raise ValueError("The payment provider's key must look like client:secret.")
        if version not in ("1.0", "1.2") or not options.get("originator") or not options.get("endpoint"):
            raise ValueError("The payment provider's address needs ?originator=…&endpoint=… and version 1.0 or 1.2.")
        return cls(
            f"{parts.scheme}://{parts.netloc}{parts.path}",
            ClientCredentials(client_id, client_secret),
            originator_id=options["originator"],
            end_point_id=options["endpoint"],
            version="1.2" if version == "1.2" else "1.0",
            token_url=options.get("token_url", ""),
        )

    def create(self, request: PaymentRequest) -> StartedPayment:
        answer = self._call("POST", self._payments_url, self._body(request))
        information = part(answer, "paymentInformation")
        amount, currency = self._amount(answer)
        if (amount, currency) != (request.amount, request.currency):
            raise PaymentRefused("The provider announced another amount or currency than was asked for.")
        redirect_url = words(information, "transactionRedirectUrl")
        if urlsplit(redirect_url).scheme not in ("http", "https"):
            raise PaymentRefused("The provider sends the payer to something that is no web address.")
        return StartedPayment(words(information, "transactionId"), redirect_url)

    def state(self, transaction_id: str) -> PaymentState:
        answer = self._call("GET", f"{self._payments_url}/{quote(transaction_id, safe='')}")
        information = part(answer, "paymentInformation")
        if words(information, "transactionId") != transaction_id:
            raise PaymentProviderUnavailable("The provider answered about another transaction.")
        status = _STATUS.get(words(information, "status").upper())
        if status is None:
            raise PaymentProviderUnavailable("The provider answered with a status that the standard does not know.")
        amount, currency = self._amount(answer)
        method = information.get("paymentMethod")
        return PaymentState(status, amount, currency, str(method) if method else None, _moment(information))

    def check(self) -> None:
        self._bearer()

    def _body(self, request: PaymentRequest) -> dict[str, Any]:
        # JSON numbers leave as floats: up to 999999 their shortest form is exactly the cents we mean.
        amount = float(request.amount)
        item = {
            "id": "1",
            "reference": request.reference,
            "description": request.description,
            "taxRate": 0,
            "quantity": 1,
            "totalNetAmount": amount,
            "totalTaxAmount": 0,
            "singleNetAmount": amount,
            "singleTaxAmount": 0,
            "bookingData": {},
        }
        return {
            "requestId": request.request_id,
            "requestTimestamp": self._clock.now().isoformat(timespec="seconds"),
            "currency": request.currency,
            self._amount_field: amount,
            "purpose": request.purpose,
            "description": request.description,
            "redirectUrl": request.redirect_url,
            "items": [item],
        }

    def _amount(self, answer: Mapping[str, Any]) -> tuple[Decimal, str]:
        request = part(answer, "paymentRequest")
        amount = next(
            (request[field] for field in (self._amount_field, *_AMOUNT_FIELD.values()) if field in request), None
        )
        if not isinstance(amount, Decimal) or not amount.is_finite() or amount <= 0:
            raise PaymentProviderUnavailable("The provider's answer has no amount.")
        return amount, words(request, "currency")

    def _call(self, method: str, url: str, body: dict[str, Any] | None = None) -> Mapping[str, Any]:
        response = send(lambda: self._authorized(method, url, body))
        if response.status_code == httpx.codes.UNAUTHORIZED:
            self._token_good_until = 0.0
            response = send(lambda: self._authorized(method, url, body))
        raise_for_status(response)
        return parse(response)

    def _authorized(self, method: str, url: str, body: dict[str, Any] | None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._bearer()}", "Accept": "application/json"}
        return self._client.request(method, url, json=body, headers=headers)

    def _bearer(self) -> str:
        with self._token_lock:
            if time.monotonic() < self._token_good_until:
                return self._token
            login = (self._credentials.client_id, self._credentials.client_secret)
            grant = {"grant_type": "client_credentials"}
            response = send(lambda: self._client.post(self._token_url, data=grant, auth=login))
            if response.status_code in (400, 401, 403):
                raise PaymentProviderUnavailable("The provider does not accept our credentials.")
            raise_for_status(response)
            answer = parse(response)
            lifetime = answer.get("expires_in")
            seconds = float(lifetime) if isinstance(lifetime, Decimal) else _DEFAULT_TOKEN_SECONDS
            self._token = words(answer, "access_token")
            self._token_good_until = time.monotonic() + max(seconds - _TOKEN_SPARE_SECONDS, 0.0)
            return self._token


def _moment(information: Mapping[str, Any]) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(information.get("transactionTimestamp")))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
