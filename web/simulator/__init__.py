# SPDX-License-Identifier: EUPL-1.2
"""The built-in payment provider: speaks XBezahldienste and plays the bank, so that a town can try everything unpaid.

It is an application of its own with a database of its own, mounted beside the town's pages. It never shares a
transaction with the town, and is talked to through the same adapter as a real provider.
"""

from decimal import Decimal
from pathlib import Path

import httpx
from flask import Flask, Response

from connectors.payment import ClientCredentials, XBezahldienste
from engine.clock import Clock, SystemClock
from web.simulator import api, bank
from web.simulator.seals import Seals
from web.simulator.store import TransactionStore

MOUNT_PATH = "/testbank"


def create_simulator(
    store_path: Path | str,
    *,
    credentials: ClientCredentials,
    base_url: str,
    clock: Clock | None = None,
) -> Flask:
    """The simulator as a WSGI application; mount it under `MOUNT_PATH`.

    `store_path` is its own SQLite file, or ":memory:". `base_url` is the town's public address: payers are sent to
    `base_url` + `MOUNT_PATH`.
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = 1_000_000
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.filters["euro"] = _euro
    store = TransactionStore(store_path, clock or SystemClock())
    seals = Seals(credentials)
    app.register_blueprint(api.make_blueprint(store, seals, base_url.rstrip("/") + MOUNT_PATH))
    app.register_blueprint(bank.make_blueprint(store, seals))
    app.after_request(_protect)
    return app


def built_in_provider(
    simulator: Flask, credentials: ClientCredentials, *, clock: Clock | None = None
) -> XBezahldienste:
    """The adapter for a simulator in this process; its calls never touch the network."""
    return XBezahldienste(
        "http://testbank.invalid/api",
        credentials,
        originator_id="amtsfluss",
        end_point_id="testbank",
        transport=httpx.WSGITransport(app=simulator, raise_app_exceptions=False),
        clock=clock,
        name="testbank",
    )


def _protect(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", bank.content_security_policy())
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    # The address of a payment page is the key to it.
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cache-Control"] = "no-store"
    return response


def _euro(amount: Decimal) -> str:
    """1.234,50 €"""
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,")) + "\N{NO-BREAK SPACE}€"
