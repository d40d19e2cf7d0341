# SPDX-License-Identifier: EUPL-1.2
"""What goes wrong at a provider, on demand: `POST /faults` with `{"fault": "status500", "times": 3}` and the secret.

| Fault | What happens |
|---|---|
| `status500` | the API answers 500 |
| `slow` | the API answers after `seconds` |
| `late` | a decided payment is still told to be open |
| `wrong_amount` | a payment is told with one euro more |
| `failed` | a payment that was paid is told to have failed |
| `chargeback` | a paid payment is told to have been taken back (Mollie) |
| `double` | news is told twice |
| `lost_redirect` | the payer is not sent back |

Each happens `times` times, in the process that was told.
"""

import hmac
import threading
from dataclasses import replace
from decimal import Decimal
from typing import Any

import httpx
from flask import Flask, Response, jsonify, request

from connectors.payment import ClientCredentials
from web.simulator.store import Payment

KINDS = ("status500", "slow", "late", "wrong_amount", "failed", "chargeback", "double", "lost_redirect")
_MOST_SECONDS = 60.0
_API = ("/api/", "/v2/")


class Faults:
    """Counts down what shall still go wrong."""

    def __init__(self) -> None:
        self._left: dict[str, int] = {}
        self._seconds = 0.0
        self._lock = threading.Lock()

    def register(self, app: Flask, credentials: ClientCredentials) -> None:
        """Let faults be asked for, and let the API suffer from them."""

        @app.post("/faults")
        def ask() -> tuple[Response, int]:
            given = request.headers.get("Authorization", "").removeprefix("Bearer ")
            if not hmac.compare_digest(given.encode(), credentials.client_secret.encode()):
                return jsonify(error="invalid secret"), 401
            wanted: dict[str, Any] = request.get_json(silent=True) or {}
            if wanted.get("fault") not in KINDS:
                return jsonify(error=f"one of {', '.join(KINDS)}"), 400
            with self._lock:
                self._left[wanted["fault"]] = int(wanted.get("times", 1))
                self._seconds = min(_MOST_SECONDS, float(wanted.get("seconds", 1)))
            return jsonify(left=self._left), 200

        @app.before_request
        def suffer() -> tuple[Response, int] | None:
            if not any(part in request.path for part in _API):
                return None
            if self.takes("slow"):
                threading.Event().wait(self._seconds)
            return (jsonify(error="a fault that was asked for"), 500) if self.takes("status500") else None

    def takes(self, fault: str) -> bool:
        """Whether that shall go wrong now; once less afterwards."""
        with self._lock:
            left = self._left.get(fault, 0)
            self._left[fault] = max(0, left - 1)
            return left > 0

    def seen(self, payment: Payment) -> Payment:
        """A payment as the API tells of it."""
        if payment.status != "INITIAL" and self.takes("late"):
            payment = replace(payment, status="INITIAL")
        if payment.status == "PAYED" and self.takes("failed"):
            payment = replace(payment, status="FAILED")
        if self.takes("wrong_amount"):
            payment = replace(payment, amount=payment.amount + Decimal(1))
        return payment

    def tell(self, payment: Payment) -> None:
        """Tell the town that there is news, as a real provider does: soon, in the background, and with the id alone."""
        address = payment.request.get("webhookUrl")
        if address:
            calls = 2 if self.takes("double") else 1
            threading.Thread(target=_call, args=(str(address), payment.transaction_id, calls), daemon=True).start()


def _call(address: str, transaction_id: str, calls: int) -> None:
    for _ in range(calls):
        try:
            httpx.post(address, data={"id": transaction_id}, timeout=10)
        except httpx.HTTPError:
            return
