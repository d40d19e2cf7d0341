# SPDX-License-Identifier: EUPL-1.2
"""Asking on the payer's page to pay in instalments."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine.identity import Actor
from processes.rechnung.raten import Ratenantrag, RatenantragAbgelehnt, beantragen
from web.bootstrap import platform
from web.kept import Posted, keeps_form
from web.portal.payment import reference_behind, show_payment
from web.security import limiter
from web.transaction import roll_back, session

_PAYER = Actor("zahlende", "Zahlende Person", frozenset())
_FIELDS = {"raten": 2, "name": 100, "email": 200, "grund": 1000}


def register(blueprint: Blueprint) -> None:
    """Put the wish beside the payer's page."""
    blueprint.add_url_rule("/zahlung/<token>/raten", view_func=ask_for_instalments, methods=["POST"])


def _again(posted: Posted, alert: str, token: str) -> str:
    return show_payment(token, typed={name: posted.get(name) or "" for name in _FIELDS}, problem=alert)


@limiter.limit("10 per hour")
@keeps_form(_again)
def ask_for_instalments(token: str) -> ResponseReturnValue:
    """Hand the wish to the cashier."""
    reference = reference_behind(token)
    typed = {name: request.form.get(name, "").replace("\0", "").strip()[:most] for name, most in _FIELDS.items()}
    try:
        beantragen(session(), platform().services, reference, Ratenantrag(**typed), _PAYER)
    except RatenantragAbgelehnt as refused:
        roll_back()
        return show_payment(token, typed=typed, problem=str(refused)), 422
    flash("Ihr Wunsch ist bei der Stadtkasse. Wir schreiben Ihnen, wie es weitergeht.", "success")
    return redirect(url_for("portal.payment", token=token), 303)
