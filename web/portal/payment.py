# SPDX-License-Identifier: EUPL-1.2
"""Paying a claim online. The address is signed: whoever has it may see this claim and pay it, and nothing else."""

import logging

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from connectors.links import Links
from connectors.payment import PaymentProvider, PaymentProviderUnavailable, PaymentRefused
from engine.errors import AmtsflussError
from processes.rechnung.ablauf import fetch_payment, start_payment
from processes.rechnung.errors import ForderungIstBezahlt, ForderungIstStorniert, ZahlungWirdVorbereitet
from processes.rechnung.queries import forderung_by_reference
from web.bootstrap import platform
from web.security import limiter
from web.transaction import session

_log = logging.getLogger(__name__)


def register(blueprint: Blueprint) -> None:
    """Put the payer's pages on the portal."""
    blueprint.add_url_rule("/zahlung/<token>", view_func=payment, methods=["GET"])
    blueprint.add_url_rule("/zahlung/<token>", view_func=pay, methods=["POST"])
    blueprint.add_url_rule("/zahlung/<token>/zurueck", view_func=payment_result, methods=["GET"])


def payment(token: str) -> ResponseReturnValue:
    """What is owed, for what, until when, and the button."""
    return _show_payment(token)


@limiter.limit("20 per minute")
def pay(token: str) -> ResponseReturnValue:
    """Send the payer to the provider. No transaction is open while the provider is asked."""
    reference, here = _reference(token), platform()
    way_back = here.services.provide(Links).zahlung(reference) + "/zurueck"
    try:
        there = start_payment(here.db, here.services, here.services.provide(PaymentProvider), reference, way_back)
    except (ForderungIstBezahlt, ForderungIstStorniert):
        return redirect(url_for("portal.payment", token=token), 303)
    except (ZahlungWirdVorbereitet, PaymentProviderUnavailable, PaymentRefused) as trouble:
        return _show_payment(token, trouble), 503
    return redirect(there, 303)


@limiter.limit("60 per minute")
def payment_result(token: str) -> ResponseReturnValue:
    """Where the payer comes back to: the way back says nothing, so the provider is asked."""
    reference, here = _reference(token), platform()
    outcome = fetch_payment(here.db, here.services, here.services.provide(PaymentProvider), reference)
    if outcome in ("offen", "storniert"):
        return redirect(url_for("portal.payment", token=token), 303)
    claim = forderung_by_reference(session(), reference)
    return render_template("portal/payment_result.html", claim=claim, outcome=outcome, token=token)


def _show_payment(token: str, trouble: AmtsflussError | None = None) -> str:
    claim = forderung_by_reference(session(), _reference(token))
    if trouble is not None:
        _log.warning("A payment could not be begun: %s", trouble.message)
    return render_template(
        "portal/payment.html",
        claim=claim,
        token=token,
        trouble=trouble is not None,
        in_preparation=isinstance(trouble, ZahlungWirdVorbereitet),
        overdue=claim.due_date < platform().clock.today(),
    )


def _reference(token: str) -> str:
    """The claim that the address opens; a forged one opens nothing."""
    links: Links = platform().services.provide(Links)
    reference = links.verify_zahlung(token)
    return reference if reference is not None else abort(404)
