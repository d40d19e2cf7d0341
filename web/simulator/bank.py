# SPDX-License-Identifier: EUPL-1.2
"""The bank's pages: the payer decides how the simulated payment ends."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from web.simulator.faults import Faults
from web.simulator.seals import Seals
from web.simulator.store import Payment, Status, TransactionStore

# What the payer may do, and what it makes of the payment.
_DECISIONS: dict[str, Status] = {"zahlen": "PAYED", "verlieren": "PAYED", "ablehnen": "FAILED", "abbrechen": "CANCELED"}


def make_blueprint(store: TransactionStore, seals: Seals, faults: Faults) -> Blueprint:
    """The pages of one simulator."""
    blueprint = Blueprint("bank", __name__, template_folder="templates")

    @blueprint.before_request
    def guard() -> None:
        """Everybody may come in: who knows a payment's unguessable address is the payer."""

    @blueprint.get("/")
    def start() -> str:
        return render_template("simulator/start.html")

    @blueprint.get("/zahlen/<transaction_id>")
    def payment(transaction_id: str) -> Response:
        found = store.find(transaction_id) or abort(404)
        return _page(found, seals.seal_form(transaction_id))

    @blueprint.post("/zahlen/<transaction_id>")
    def decide(transaction_id: str) -> AnyResponse:
        found = store.find(transaction_id) or abort(404)
        decision = request.form.get("entscheidung", "")
        if decision not in _DECISIONS or not seals.accepts_form(transaction_id, request.form.get("siegel", "")):
            return _page(found, seals.seal_form(transaction_id), outdated=True, code=400)
        store.settle(transaction_id, _DECISIONS[decision])
        faults.tell(found)
        if decision == "verlieren" or faults.takes("lost_redirect"):
            return redirect(url_for("bank.way_back_lost", transaction_id=transaction_id), 303)
        return redirect(found.request["redirectUrl"], 303)

    @blueprint.get("/zahlen/<transaction_id>/ohne-ruecksprung")
    def way_back_lost(transaction_id: str) -> str:
        found = store.find(transaction_id) or abort(404)
        return render_template("simulator/lost.html", payment=found)

    @blueprint.app_errorhandler(HTTPException)
    def problem(error: HTTPException) -> tuple[str, int]:
        code = error.code or 500
        return render_template("simulator/problem.html", code=code), code

    return blueprint


def content_security_policy(form_target: str = "") -> str:
    """Nothing inline, nothing from elsewhere; forms lead to us and, by redirect, back to the town."""
    return "; ".join(
        (
            "default-src 'none'",
            "style-src 'self'",
            "font-src 'self'",
            "img-src 'self' data:",
            f"form-action 'self' {form_target}".strip(),
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def _page(payment: Payment, seal: str, *, outdated: bool = False, code: int = 200) -> Response:
    way_back = urlsplit(payment.request["redirectUrl"])
    page = render_template("simulator/payment.html", payment=payment, seal=seal, outdated=outdated)
    response = make_response(page, code)
    response.headers["Content-Security-Policy"] = content_security_policy(f"{way_back.scheme}://{way_back.netloc}")
    return response
