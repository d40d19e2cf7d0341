# SPDX-License-Identifier: EUPL-1.2
"""Passkeys: making one, logging in with one, taking one away. The browser's script carries questions and answers."""

from urllib.parse import urlsplit

from flask import flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from processes.konto import passkeys
from processes.konto.passkeys import ANSWER_WITHIN, PasskeyAbgelehnt, Stelle
from web.bootstrap import platform
from web.citizens import current_citizen, log_in, login_page
from web.konto import blueprint, entrance
from web.security import limiter
from web.texts import own_path
from web.transaction import session

_ASKED = "passkey"
_REFUSED = (
    "Der Passkey konnte nicht geprüft werden. Versuchen Sie es noch einmal oder nehmen Sie E-Mail-Adresse und Passwort."
)


def stelle() -> Stelle:
    """This town, as keys know it."""
    settings = platform().settings
    parts = urlsplit(settings.base_url)
    return Stelle(parts.hostname or "", f"{parts.scheme}://{parts.netloc}", settings.town.authority)


@entrance.get("/passkey")
def ask() -> ResponseReturnValue:
    """The page on which the browser looks for a key."""
    options, challenge = passkeys.question(stelle())
    _remember(challenge)
    target = own_path(request.args.get("next")) or ""
    return render_template("konto/passkey.html", options=options, next_path=target)


@entrance.post("/passkey")
@limiter.limit("60 per 15 minutes")
def check_passkey() -> ResponseReturnValue:
    """Log in whoever's key has answered."""
    target = own_path(request.form.get("next"))
    try:
        konto_id = passkeys.check_answer(session(), platform().clock, stelle(), _challenge(), _answer())
    except PasskeyAbgelehnt:
        return login_page(next_path=target, error=_REFUSED), 422
    log_in(konto_id)
    return redirect(target or url_for("konto.overview"))


@blueprint.get("/sicherheit/passkey")
def new_passkey() -> ResponseReturnValue:
    """The page on which the browser makes a key."""
    here = current_citizen()
    options, challenge = passkeys.registration(session(), stelle(), here.konto_id, here.email)
    _remember(challenge)
    return render_template("konto/passkey_neu.html", options=options)


@blueprint.post("/sicherheit/passkey")
@limiter.limit("30 per hour")
def add_passkey() -> ResponseReturnValue:
    """Keep the key that was made."""
    name, konto_id = request.form.get("name", "").replace("\0", ""), current_citizen().konto_id
    try:
        passkeys.add_passkey(session(), platform().clock, stelle(), konto_id, _challenge(), _answer(), name)
    except PasskeyAbgelehnt:
        flash("Der Passkey konnte nicht eingerichtet werden. Versuchen Sie es noch einmal.", "danger")
        return redirect(url_for("konto.security"))
    flash("Der Passkey ist eingerichtet.", "success")
    return redirect(url_for("konto.security"))


@blueprint.post("/sicherheit/passkey-entfernen")
def remove_passkey() -> ResponseReturnValue:
    """Take a key away."""
    passkeys.remove_passkey(session(), current_citizen().konto_id, request.form.get("passkey", "")[:400])
    flash("Mit diesem Passkey meldet sich niemand mehr an.", "success")
    return redirect(url_for("konto.security"))


def _remember(challenge: str) -> None:
    cookie[_ASKED] = [challenge, (platform().clock.now() + ANSWER_WITHIN).isoformat()]


def _challenge() -> str:
    """The challenge that this browser was given last, once and for some minutes."""
    challenge, until = cookie.pop(_ASKED, None) or ("", "")
    if not challenge or until < platform().clock.now().isoformat():
        raise PasskeyAbgelehnt
    return str(challenge)


def _answer() -> str:
    return request.form.get("antwort", "")[:20_000]
