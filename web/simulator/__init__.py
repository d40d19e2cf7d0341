# SPDX-License-Identifier: EUPL-1.2
"""The built-in payment provider: XBezahldienste, Mollie, and the bank itself, so that a town can try everything unpaid.

It is an application of its own with a database of its own, mounted beside the town's pages. It never shares a
transaction with the town, and is talked to through the same adapter as a real provider.
"""

from decimal import Decimal
from pathlib import Path

import httpx
from flask import Flask, Response

from connectors.payment import ClientCredentials, XBezahldienste
from engine.clock import Clock, SystemClock
from web.simulator import api, bank, mollie
from web.simulator.faults import Faults
from web.simulator.seals import Seals
from web.simulator.store import TransactionStore

MOUNT_PATH = "/testbank"


def create_simulator(
    store_path: Path | str,
    *,
    credentials: ClientCredentials,
    base_url: str,
    clock: Clock | None = None,
    mount_path: str = MOUNT_PATH,
) -> Flask:
    """The simulator as a WSGI application; mount it under `mount_path`, or serve it alone (`amt testbank`).

    `store_path` is its own SQLite file, or ":memory:". `base_url` is the town's public address: payers are sent to
    `base_url` + `mount_path`.
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = 1_000_000
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.filters["euro"] = _euro
    store = TransactionStore(store_path, clock or SystemClock())
    seals = Seals(credentials)
    faults = Faults()
    faults.register(app, credentials)
    app.register_blueprint(api.make_blueprint(store, seals, base_url.rstrip("/") + mount_path, faults))
    app.register_blueprint(mollie.make_blueprint(store, credentials, faults, base_url.rstrip("/") + mount_path))
    app.register_blueprint(bank.make_blueprint(store, seals, faults))
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
