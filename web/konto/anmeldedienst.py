# SPDX-License-Identifier: EUPL-1.2
"""Logging in through an identity provider (OpenID Connect, authorisation code with PKCE), when the town has one.

Whoever comes back is known by the provider's own name for them. A mail address that the provider has checked opens a
new account; it never opens one that exists: that is connected by whoever is logged in to it.
"""

from typing import TYPE_CHECKING, Any

from flask import abort, flash, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from connectors.oidc import AnmeldedienstFehler, Ausgewiesen, IdentityProvider
from engine.db import unit_of_work
from processes.konto.angaben import ANMELDEDIENST, save_angaben
from processes.konto.dienste import Ausgang, enter, remove_links, save_link
from web.bootstrap import platform
from web.citizens import citizen, current_citizen, log_in, login_page
from web.konto import blueprint, entrance
from web.mails import address
from web.security import limiter
from web.transaction import session

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_ASKED = "anmeldedienst"
_REFUSED = "Die Anmeldung beim Anmeldedienst hat nicht geklappt. Versuchen Sie es noch einmal."
_NO_MAIL = (
    "Der Anmeldedienst hat uns keine geprüfte E-Mail-Adresse genannt. Legen Sie bitte ein Konto mit E-Mail-Adresse und "
    "Passwort an; danach verbinden Sie es unter „Anmeldung“ mit dem Anmeldedienst."
)
_TAKEN = (
    "Zu Ihrer E-Mail-Adresse gibt es schon ein Konto. Melden Sie sich hier mit Ihrem Passwort an und verbinden Sie es "
    "dann unter „Anmeldung“ mit dem Anmeldedienst."
)


@entrance.get("/dienst")
@limiter.limit("60 per hour")
def to_provider() -> ResponseReturnValue:
    """To the provider's own pages."""
    try:
        question = _provider().ask(address(url_for("zugang.from_provider")))
    except AnmeldedienstFehler:
        return login_page(error=_REFUSED), 503
    cookie[_ASKED] = question.remember
    return redirect(question.address)


@entrance.get("/dienst/zurueck")
@limiter.limit("60 per hour")
def from_provider() -> ResponseReturnValue:
    """Back from there: ask the provider who it was, and log them in. What was asked is answered once."""
    asked: dict[str, str] = cookie.pop(_ASKED, None) or {}
    here = citizen()
    try:
        known = _provider().answer(asked, request.args.to_dict(), address(url_for("zugang.from_provider")))
    except AnmeldedienstFehler:
        return login_page(error=_REFUSED), 422
    # The provider can only send people back by a link; its answer is bound to what this browser has asked.
    with unit_of_work(platform().db) as own:
        return _connect(own, here.konto_id, known) if here else _enter(own, known)


def _enter(own: "Session", known: Ausgewiesen) -> ResponseReturnValue:
    outcome, konto_id = enter(own, platform().clock, known.issuer, known.subject, known.email)
    if konto_id is None:
        return login_page(error=_TAKEN if outcome is Ausgang.VERGEBEN else _NO_MAIL), 422
    save_angaben(own, platform().clock, konto_id, known.details, ANMELDEDIENST)
    log_in(konto_id, own)
    return redirect(url_for("konto.overview"))


def _connect(own: "Session", konto_id: str, known: Ausgewiesen) -> ResponseReturnValue:
    if save_link(own, platform().clock, konto_id, known.issuer, known.subject):
        save_angaben(own, platform().clock, konto_id, known.details, ANMELDEDIENST)
        flash("Ihr Konto ist mit dem Anmeldedienst verbunden.", "success")
    else:
        flash("Der Anmeldedienst ist schon mit einem anderen Konto verbunden.", "danger")
    return redirect(url_for("konto.security"))


@blueprint.post("/sicherheit/dienst-trennen")
def disconnect() -> ResponseReturnValue:
    """Let the provider open the account no more."""
    remove_links(session(), current_citizen().konto_id)
    flash("Mit dem Anmeldedienst meldet sich niemand mehr an diesem Konto an.", "success")
    return redirect(url_for("konto.security"))


def _provider() -> IdentityProvider:
    found: Any = platform().connectors.get(IdentityProvider)
    provider: IdentityProvider = found or abort(404)
    return provider
