# SPDX-License-Identifier: EUPL-1.2
"""Opening an account, and a new password: both by a mail, and both pages look the same whoever has an account."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from connectors.mail import MailerUnavailable, MailRefused
from engine.db import unit_of_work
from forms.special import SPECIAL_TYPES, Unreadable
from processes.konto import anmeldung
from processes.konto.anmeldung import BESTAETIGEN, LINK_GILT, PASSWORT, LinkGiltNicht, PasswortZuLeicht
from web import mails
from web.bootstrap import platform
from web.citizens import log_in
from web.kept import Posted, keeps_form
from web.konto import entrance
from web.security import limiter
from web.transaction import session

_WRONG_PASSWORD = "Das ist nicht das Passwort, das Sie beim Registrieren gewählt haben. Versuchen Sie es noch einmal."


def typed_email() -> str:
    """The mail address of this form as it was typed."""
    return _of(request.form)


def _of(posted: Posted) -> str:
    return (posted.get("email") or "").replace("\0", "").strip()[:254]


def _password(name: str = "passwort") -> str:
    return request.form.get(name, "")


def mail_key() -> str:
    """Counts attempts for one mail address, wherever they come from."""
    return "konto:" + typed_email().casefold()[:100]


def read_email(errors: dict[str, str]) -> str:
    """The mail address in its one spelling; what is wrong with it goes into `errors`."""
    if not typed_email():
        errors["email"] = "Bitte geben Sie Ihre E-Mail-Adresse ein."
        return ""
    try:
        return SPECIAL_TYPES["email"].normalise(typed_email())
    except Unreadable as wrong:
        errors["email"] = str(wrong)
        return ""


def read_password(errors: dict[str, str], *known: str, name: str = "passwort") -> str:
    """A new password; what is wrong with it goes into `errors`."""
    try:
        town = platform().settings.town
        anmeldung.check_password(_password(name), *known, town.name, town.street)
    except PasswortZuLeicht as wrong:
        errors[name] = str(wrong)
    return _password(name)


def _register_again(posted: Posted, alert: str) -> str:
    return _register_page(alert=alert, email=_of(posted))


@entrance.get("/registrieren")
def register() -> str:
    """The form for a new account."""
    return _register_page()


@entrance.post("/registrieren")
@limiter.limit("20 per hour")
@limiter.limit("5 per hour", key_func=mail_key)
@keeps_form(_register_again)
def open_account() -> ResponseReturnValue:
    """Send the mail that proves the address. Whoever has an account already is told so there, and only there."""
    errors: dict[str, str] = {}
    email = read_email(errors)
    password = read_password(errors, email)
    if errors:
        return _register_page(errors=errors, email=typed_email()), 422
    # Takes long on purpose, and as long for an address that has an account.
    password_hash = anmeldung.hash_password(password)
    try:
        _mail_about_account(email, password_hash)
    except (MailerUnavailable, MailRefused):
        return _register_page(alert=mails.NOT_SENT, email=email), 503
    return redirect(url_for("zugang.mail_sent"))


def _mail_about_account(email: str, password_hash: str) -> None:
    """The account waits for its confirmation before the mail is sent: no transaction waits for a mail server."""
    with unit_of_work(platform().db) as own:
        konto = anmeldung.find_konto(own, email)
        code = None
        if konto is None or konto.confirmed_at is None:
            konto = konto or anmeldung.new_konto(own, platform().clock, email, password_hash)
            konto.password_hash, konto.created_at = password_hash, platform().clock.now()
            code = anmeldung.new_code(own, platform().clock, konto.id, BESTAETIGEN)
    if code is None:
        link = mails.address(url_for("zugang.login"))
        mails.send("konto/schon_da", email, "Mein Rathaus: Sie haben schon ein Konto", link=link)
    else:
        link = mails.address(url_for("zugang.confirm", code=code))
        hours = int(LINK_GILT[BESTAETIGEN].total_seconds() // 3600)
        mails.send(
            "konto/bestaetigen",
            email,
            "Mein Rathaus: Bitte bestätigen Sie Ihre E-Mail-Adresse",
            link=link,
            stunden=hours,
        )


@entrance.get("/mail-unterwegs")
def mail_sent() -> str:
    """Where to look next."""
    return render_template("konto/mail_unterwegs.html")


def _confirm_again(posted: Posted, alert: str, code: str) -> str:
    return _confirm_page(code, alert=alert)


@entrance.get("/bestaetigen/<code>")
def confirm(code: str) -> ResponseReturnValue:
    """Asks for the password: whoever only receives the mail has not chosen it, and must not open another's account."""
    return _confirm_page(code)


@entrance.post("/bestaetigen/<code>")
@limiter.limit("30 per hour")
@keeps_form(_confirm_again)
def confirm_account(code: str) -> ResponseReturnValue:
    """Open the account and log in."""
    konto = anmeldung.konto_of_code(session(), platform().clock, code, BESTAETIGEN)
    if not anmeldung.knows_password(konto, _password()):
        return _confirm_page(code, errors={"passwort": _WRONG_PASSWORD}), 422
    konto = anmeldung.use_code(session(), platform().clock, code, BESTAETIGEN)
    log_in(konto.id)
    flash("Ihr Konto ist eingerichtet.", "success")
    return redirect(url_for("konto.details", neu=1))


def _forgotten_again(posted: Posted, alert: str) -> str:
    return render_template("konto/vergessen.html", errors={}, email=_of(posted), alert_text=alert)


@entrance.get("/passwort-vergessen")
def forgotten() -> str:
    """Asks for the mail address."""
    return render_template("konto/vergessen.html", errors={}, email="", alert_text="")


@entrance.post("/passwort-vergessen")
@limiter.limit("20 per hour")
@limiter.limit("5 per hour", key_func=mail_key)
@keeps_form(_forgotten_again)
def mail_new_password() -> ResponseReturnValue:
    """Send the way to a new password, or the news that there is no account."""
    errors: dict[str, str] = {}
    email = read_email(errors)
    if errors:
        return render_template("konto/vergessen.html", errors=errors, email=typed_email(), alert_text=""), 422
    try:
        _mail_about_password(email)
    except (MailerUnavailable, MailRefused):
        page = render_template("konto/vergessen.html", errors={}, email=email, alert_text=mails.NOT_SENT)
        return page, 503
    return redirect(url_for("zugang.mail_sent"))


def _mail_about_password(email: str) -> None:
    with unit_of_work(platform().db) as own:
        konto = anmeldung.find_konto(own, email)
        code = anmeldung.new_code(own, platform().clock, konto.id, PASSWORT) if konto else None
    if code is None:
        link = mails.address(url_for("zugang.register"))
        mails.send("konto/kein_konto", email, "Mein Rathaus: kein Konto zu dieser Adresse", link=link)
    else:
        link = mails.address(url_for("zugang.new_password", code=code))
        mails.send("konto/passwort", email, "Mein Rathaus: neues Passwort", link=link)


def _new_password_again(posted: Posted, alert: str, code: str) -> str:
    return _new_password_page(code, alert=alert)


@entrance.get("/passwort/<code>")
def new_password(code: str) -> ResponseReturnValue:
    """Asks for a new password."""
    anmeldung.konto_of_code(session(), platform().clock, code, PASSWORT)
    return _new_password_page(code)


@entrance.post("/passwort/<code>")
@limiter.limit("30 per hour")
@keeps_form(_new_password_again)
def set_new_password(code: str) -> ResponseReturnValue:
    """Set it, end every login elsewhere, and log in here."""
    konto = anmeldung.konto_of_code(session(), platform().clock, code, PASSWORT)
    errors: dict[str, str] = {}
    password = read_password(errors, konto.email)
    if errors:
        return _new_password_page(code, errors), 422
    konto = anmeldung.use_code(session(), platform().clock, code, PASSWORT)
    anmeldung.set_password(session(), konto.id, anmeldung.hash_password(password))
    log_in(konto.id)
    flash("Ihr neues Passwort gilt. Auf allen anderen Geräten sind Sie abgemeldet.", "success")
    return redirect(url_for("konto.overview"))


@entrance.errorhandler(LinkGiltNicht)
def link_over(error: LinkGiltNicht) -> ResponseReturnValue:
    """The link was used, is too old, or was never ours."""
    return render_template("konto/link_alt.html"), 404


def _register_page(*, errors: dict[str, str] | None = None, email: str = "", alert: str = "") -> str:
    return render_template("konto/registrieren.html", errors=errors or {}, email=email, alert_text=alert)


def _confirm_page(code: str, *, errors: dict[str, str] | None = None, alert: str = "") -> str:
    konto = anmeldung.konto_of_code(session(), platform().clock, code, BESTAETIGEN)
    values = {"email": konto.email, "errors": errors or {}, "alert_text": alert}
    return render_template("konto/bestaetigen.html", code=code, **values)


def _new_password_page(code: str, errors: dict[str, str] | None = None, *, alert: str = "") -> str:
    return render_template("konto/neues_passwort.html", code=code, errors=errors or {}, alert_text=alert)
