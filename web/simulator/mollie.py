# SPDX-License-Identifier: EUPL-1.2
"""The Mollie side of the simulator: payments of its API v2, as far as a town uses them."""

import hmac
import re
import secrets
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Blueprint, Response, jsonify, request

from connectors.payment import ClientCredentials
from web.simulator.faults import Faults
from web.simulator.store import Payment, TransactionStore

#: Under which the store keeps what came this way.
_OWNER = ("mollie", "v2")
_STATUS = {"INITIAL": "open", "PAYED": "paid", "FAILED": "failed", "CANCELED": "canceled"}
_NOTHING = Decimal(0)
_VALUE = re.compile(r"[0-9]{1,6}\.[0-9]{2}")

Answer = tuple[Response, int]


def make_blueprint(
    store: TransactionStore, credentials: ClientCredentials, faults: Faults, public_url: str
) -> Blueprint:
    """The API of one simulator; its key is the client's secret."""
    blueprint = Blueprint("mollie", __name__, url_prefix="/v2")

    @blueprint.before_request
    def guard() -> Answer | None:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        is_right = hmac.compare_digest(given.encode(), credentials.client_secret.encode())
        return None if is_right else _error(401, "Missing authentication, or failed to authenticate")

    @blueprint.get("/payments")
    def payments() -> Answer:
        return jsonify(count=0, _embedded={"payments": []}), 200

    @blueprint.post("/payments")
    def create() -> Answer:
        body: dict[str, Any] = request.get_json(silent=True) or {}
        amount = _amount(body)
        if amount is None:
            return _error(422, "The amount is invalid")
        if not str(body.get("redirectUrl", "")).startswith(("http://", "https://")) or not body.get("description"):
            return _error(422, "The redirect URL or the description is missing")
        key = request.headers.get("Idempotency-Key") or str(body.get("metadata", {}).get("request_id", ""))
        payment = store.add(*_OWNER, {**body, "requestId": key}, amount, prefix="tr_")
        return jsonify(_described(payment, public_url, Decimal(0))), 201

    @blueprint.get("/payments/<transaction_id>")
    def state(transaction_id: str) -> Answer:
        payment = store.find(transaction_id)
        if payment is None or (payment.originator, payment.end_point) != _OWNER:
            return _error(404, "No payment exists with this token")
        seen = faults.seen(payment)
        back = seen.amount if seen.status == "PAYED" and faults.takes("chargeback") else Decimal(0)
        given = store.refunded(transaction_id)
        return jsonify(_described(seen, public_url, back, given)), 200

    @blueprint.post("/payments/<transaction_id>/refunds")
    def refund(transaction_id: str) -> Answer:
        payment, amount = store.find(transaction_id), _amount(request.get_json(silent=True) or {})
        if payment is None or (payment.originator, payment.end_point) != _OWNER:
            return _error(404, "No payment exists with this token")
        left = payment.amount - store.refunded(transaction_id)
        if payment.status != "PAYED" or amount is None or not 0 < amount <= left:
            return _error(422, "The amount is higher than the maximum")
        store.refund(transaction_id, amount, request.headers.get("Idempotency-Key") or secrets.token_urlsafe(9))
        found = {"resource": "refund", "id": f"re_{secrets.token_urlsafe(9)}", "paymentId": transaction_id}
        return jsonify(found | {"status": "pending", "amount": _money(amount)}), 201

    return blueprint


def _amount(body: dict[str, Any]) -> Decimal | None:
    given = body.get("amount")
    if not isinstance(given, dict) or given.get("currency") != "EUR":
        return None
    try:
        return Decimal(given["value"]) if _VALUE.fullmatch(str(given.get("value"))) else None
    except InvalidOperation:
        return None


def _described(
    payment: Payment, public_url: str, charged_back: Decimal, refunded: Decimal = _NOTHING
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "resource": "payment",
        "id": payment.transaction_id,
        "mode": "test",
        "status": _STATUS[payment.status],
        "amount": _money(payment.amount),
        "description": payment.request["description"],
        "redirectUrl": payment.request["redirectUrl"],
        "metadata": payment.request.get("metadata"),
        "createdAt": payment.changed_at.isoformat(timespec="seconds"),
        "_links": {},
    }
    if payment.status == "INITIAL":
        found["_links"] = {"checkout": {"href": f"{public_url}/zahlen/{payment.transaction_id}", "type": "text/html"}}
    if payment.status == "PAYED":
        found |= {"method": "creditcard", "paidAt": payment.changed_at.isoformat(timespec="seconds")}
    if charged_back:
        found["amountChargedBack"] = _money(charged_back)
    if payment.status == "PAYED":
        found["amountRefunded"] = _money(refunded)
    return found


def _money(amount: Decimal) -> dict[str, str]:
    return {"currency": "EUR", "value": f"{amount:.2f}"}


def _error(status: int, detail: str) -> Answer:
    return jsonify(status=status, title="Error", detail=detail), status
