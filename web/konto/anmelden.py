# SPDX-License-Identifier: EUPL-1.2
"""Logging in to an account with mail address and password, and out."""

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from processes.konto.anmeldung import check_login
from web.bootstrap import platform
from web.citizens import citizen, log_in, log_out, login_page
from web.kept import Posted, held_answers, keeps_form, replay
from web.konto import entrance
from web.konto.registrieren import mail_key, typed_email
from web.security import limiter
from web.texts import own_path

_WRONG = "E-Mail-Adresse und Passwort passen nicht zusammen. Prüfen Sie beides und versuchen Sie es noch einmal."


def _went_wrong(response: Response) -> bool:
    return response.status_code == 422


def _show_again(posted: Posted, alert: str) -> str:
    return login_page(
        next_path=own_path(posted.get("next")),
        email=posted.get("email") or "",
        error=alert,
        held=posted.get("held") or "",
    )


@entrance.get("/anmelden")
def login() -> ResponseReturnValue:
    """The login page."""
    target = own_path(request.args.get("next"))
    return redirect(target or url_for("konto.overview")) if citizen() else login_page(next_path=target)


@entrance.post("/anmelden")
@keeps_form(_show_again)
@limiter.limit("60 per 15 minutes", deduct_when=_went_wrong)
@limiter.limit("10 per 15 minutes", key_func=mail_key, deduct_when=_went_wrong)
def check() -> ResponseReturnValue:
    """Log in, and go on where the person was stopped."""
    target = own_path(request.form.get("next"))
    # Hashing a password takes long on purpose; a session of its own keeps the write lock free meanwhile.
    with platform().db.reading() as looking:
        konto_id = check_login(looking, typed_email(), request.form.get("passwort", ""))
    if konto_id is None:
        held = request.form.get("held", "")
        return login_page(next_path=target, email=typed_email(), error=_WRONG, held=held), 422
    log_in(konto_id)
    kept = held_answers(request.form.get("held"))
    return replay(kept) if kept else redirect(target or url_for("konto.overview"))


@entrance.post("/abmelden")
def logout() -> ResponseReturnValue:
    """Log out on this device."""
    log_out()
    flash("Sie sind abgemeldet.", "success")
    return redirect(url_for("portal.catalogue"))
