# SPDX-License-Identifier: EUPL-1.2
"""The XBezahldienste side of the simulator: tokens, payment transactions; as strict as a real provider."""

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, request

from web.simulator.faults import Faults
from web.simulator.seals import TOKEN_SECONDS, Seals
from web.simulator.store import Payment, TransactionStore

_IDENTIFIER = re.compile(r"[\w-]{1,36}", re.ASCII)
_PURPOSE = re.compile(r"[\w\s-]{1,27}", re.ASCII)
_MAX_AMOUNT = 999_999

Answer = tuple[Response, int]


def make_blueprint(store: TransactionStore, seals: Seals, public_url: str, faults: Faults) -> Blueprint:
    """The API of one simulator. `public_url` is where payers reach its pages."""
    blueprint = Blueprint("api", __name__, url_prefix="/api")
    transactions = "/paymenttransaction/<originator>/<end_point>"

    @blueprint.before_request
    def guard() -> Answer | None:
        if request.endpoint == "api.issue_token":
            return None
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        return None if kind == "Bearer" and seals.accepts_token(token) else _error("invalid_token", 401)

    @blueprint.post("/token")
    def issue_token() -> Answer:
        login = request.authorization
        client_id = (login.username if login else request.form.get("client_id")) or ""
        client_secret = (login.password if login else request.form.get("client_secret")) or ""
        if request.form.get("grant_type") != "client_credentials":
            return _error("unsupported_grant_type", 400)
        if not seals.knows(client_id, client_secret):
            return _error("invalid_client", 401)
        return jsonify(access_token=seals.issue_token(), token_type="Bearer", expires_in=TOKEN_SECONDS), 200

    @blueprint.post(transactions)
    def create(originator: str, end_point: str) -> Answer:
        body = _body()
        problem = _problem(originator, end_point, body)
        if problem:
            return _error(problem, 400)
        payment = store.add(originator, end_point, body, _amount(body))
        if payment.amount != _amount(body):
            return _error("requestId belongs to another payment", 409)
        return jsonify(_transaction(payment, public_url)), 200

    @blueprint.get(f"{transactions}/<transaction_id>")
    def state(originator: str, end_point: str, transaction_id: str) -> Answer:
        payment = store.find(transaction_id)
        if payment is None or (payment.originator, payment.end_point) != (originator, end_point):
            return _error("no such transaction", 404)
        return jsonify(_transaction(faults.seen(payment), public_url)), 200

    return blueprint


def _body() -> dict[str, Any]:
    try:
        body = json.loads(request.get_data(), parse_float=Decimal, parse_int=Decimal)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _amount(body: dict[str, Any]) -> Decimal:
    amount = body.get("grosAmount", body.get("grossAmount"))
    return amount if isinstance(amount, Decimal) else Decimal(0)


def _problem(originator: str, end_point: str, body: dict[str, Any]) -> str:
    """The first thing that the standard forbids about a request, or nothing."""
    checks: list[tuple[str, Callable[[], bool]]] = [
        ("originatorId", lambda: bool(_IDENTIFIER.fullmatch(originator))),
        ("endPointId", lambda: bool(_IDENTIFIER.fullmatch(end_point))),
        ("requestId", lambda: bool(_IDENTIFIER.fullmatch(str(body.get("requestId", ""))))),
        ("requestTimestamp", lambda: bool(body.get("requestTimestamp"))),
        ("currency", lambda: body.get("currency") == "EUR"),
        ("grosAmount", lambda: 0 < _amount(body) <= _MAX_AMOUNT and _in_cents(_amount(body))),
        ("purpose", lambda: bool(_PURPOSE.fullmatch(str(body.get("purpose", ""))))),
        ("description", lambda: 0 < len(str(body.get("description", ""))) <= 250),
        ("redirectUrl", lambda: _is_web_address(str(body.get("redirectUrl", "")))),
        ("items", lambda: _items_total(body) == _amount(body)),
    ]
    return next((f"{name} is not acceptable" for name, holds in checks if not holds()), "")


def _items_total(body: dict[str, Any]) -> Decimal | None:
    items = body.get("items")
    if not isinstance(items, list) or not 1 <= len(items) <= 99 or not all(isinstance(item, dict) for item in items):
        return None
    parts = [item.get(field) for item in items for field in ("totalNetAmount", "totalTaxAmount")]
    return sum((part for part in parts if isinstance(part, Decimal)), Decimal(0))


def _in_cents(amount: Decimal) -> bool:
    return amount == amount.quantize(Decimal("0.01"))


def _is_web_address(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and bool(parts.netloc) and len(text) <= 2082


def _transaction(payment: Payment, public_url: str) -> dict[str, Any]:
    page = f"{public_url}/zahlen/{payment.transaction_id}"
    information = {
        "transactionUrl": f"{public_url}/api/paymenttransaction/{payment.originator}/{payment.end_point}"
        f"/{payment.transaction_id}",
        "transactionId": payment.transaction_id,
        "transactionReference": payment.transaction_id[:12],
        "transactionTimestamp": payment.changed_at.isoformat(timespec="seconds"),
        "status": payment.status,
        "statusDetail": "Simulation",
    }
    if payment.status == "INITIAL":
        information["transactionRedirectUrl"] = page
    if payment.status == "PAYED":
        information |= {"paymentMethod": "OTHER", "paymentMethodDetail": "Testbank"}
    return {"paymentRequest": _with_amount(payment), "paymentInformation": information}


def _with_amount(payment: Payment) -> dict[str, Any]:
    """The request as it was posted, with the amount that the provider holds."""
    field = "grossAmount" if "grossAmount" in payment.request else "grosAmount"
    return payment.request | {field: float(payment.amount)}


def _error(text: str, code: int) -> Answer:
    return jsonify(error=text), code
