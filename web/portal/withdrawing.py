# SPDX-License-Identifier: EUPL-1.2
"""Taking an application back, as long as its process waits for that: the model says until when it can be done."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from engine.errors import NobodyWaits
from engine.identity import applicant
from engine.messages import correlate
from engine.queries.cases import case_info
from web.bootstrap import platform
from web.kept import Posted, keeps_form
from web.portal import blueprint
from web.portal.status import WITHDRAWAL, case_behind, may_withdraw
from web.security import limiter
from web.transaction import session

#: Whoever takes an application back is its applicant; the message finds the case by its id.
_KEY = "antrag"
_TOO_LATE = (
    "Der Antrag lässt sich hier nicht mehr zurückziehen: Er ist entschieden oder schon zurückgezogen. Haben Sie "
    "Fragen, rufen Sie uns bitte an."
)


@blueprint.get("/status/<token>/zurueckziehen")
def withdrawal(token: str) -> ResponseReturnValue:
    """What taking it back means, and the button."""
    return _page(token)


def _show_again(posted: Posted, alert: str, token: str) -> str:
    shown = _page(token, alert)
    return shown if isinstance(shown, str) else abort(shown)


@blueprint.post("/status/<token>/zurueckziehen")
@limiter.limit("20 per hour")
@keeps_form(_show_again)
def withdraw(token: str) -> ResponseReturnValue:
    """Take the application back. Whoever is late, or does it twice, is told so on the status page."""
    case_id = case_behind(token)
    try:
        correlate(session(), platform().services, WITHDRAWAL, _KEY, case_id=case_id, by=applicant(case_id))
        flash("Sie haben Ihren Antrag zurückgezogen.", "success")
    except NobodyWaits:
        flash(_TOO_LATE, "warning")
    return _status(token)


def _page(token: str, alert: str = "") -> str | Response:
    case_id = case_behind(token)
    if not may_withdraw(case_id):
        flash(_TOO_LATE, "warning")
        return _status(token)
    case = case_info(session(), case_id)
    return render_template("portal/zurueckziehen.html", token=token, case=case, alert_text=alert)


def _status(token: str) -> Response:
    return redirect(url_for("portal.status", token=token))
