# SPDX-License-Identifier: EUPL-1.2
"""Where somebody is logged in, their password, and the end of the account."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from processes.konto import anmeldung
from processes.konto.antraege import discard_all_drafts
from processes.konto.dienste import links
from processes.konto.passkeys import passkeys
from web.citizens import current_citizen, log_out, provider_name
from web.kept import Posted, keeps_form
from web.konto import blueprint
from web.konto.registrieren import read_password
from web.security import limiter
from web.transaction import session

_NOT_YOURS = "Das ist nicht Ihr jetziges Passwort. Versuchen Sie es noch einmal."


def _show_again(posted: Posted, alert: str) -> str:
    return _page(alert=alert)


@blueprint.get("/sicherheit")
def security() -> str:
    """Logins, password, end."""
    return _page()


@blueprint.post("/sicherheit/abmelden")
def end_login() -> ResponseReturnValue:
    """End one login, or all but this one."""
    here = current_citizen()
    chosen = request.form.get("sitzung", "")
    if chosen == "andere":
        anmeldung.end_sitzungen(session(), here.konto_id, but=here.sitzung)
    else:
        anmeldung.end_sitzungen(session(), here.konto_id, only=chosen[:64])
    flash("Dort sind Sie abgemeldet.", "success")
    return redirect(url_for("konto.security"))


@blueprint.post("/sicherheit/passwort")
@limiter.limit("20 per hour")
@keeps_form(_show_again)
def change_password() -> ResponseReturnValue:
    """A new password; logins elsewhere end."""
    here = current_citizen()
    konto = anmeldung.find_konto(session(), here.email)
    assert konto is not None
    errors: dict[str, str] = {}
    if konto.password_hash is not None and not anmeldung.knows_password(konto, request.form.get("altes", "")):
        errors["altes"] = _NOT_YOURS
    password = read_password(errors, here.email)
    if errors:
        return _page(errors), 422
    anmeldung.set_password(session(), konto.id, anmeldung.hash_password(password), stays=here.sitzung)
    flash("Ihr neues Passwort gilt. Auf allen anderen Geräten sind Sie abgemeldet.", "success")
    return redirect(url_for("konto.security"))


@blueprint.get("/loeschen")
def removal() -> str:
    """What goes and what stays, before it goes."""
    return render_template("konto/loeschen.html", error="", alert_text="")


def _removal_again(posted: Posted, alert: str) -> str:
    return render_template("konto/loeschen.html", error="", alert_text=alert)


@blueprint.post("/loeschen")
@keeps_form(_removal_again)
def remove() -> ResponseReturnValue:
    """Delete the account at once, with what was begun and not sent."""
    if request.form.get("sicher") != "ja":
        error = "Bitte bestätigen Sie, dass Sie das Konto löschen möchten."
        return render_template("konto/loeschen.html", error=error, alert_text=""), 422
    konto_id = current_citizen().konto_id
    log_out()
    discard_all_drafts(session(), konto_id)
    anmeldung.delete_konto(session(), konto_id)
    flash("Ihr Konto ist gelöscht.", "success")
    return redirect(url_for("portal.catalogue"))


def _page(errors: dict[str, str] | None = None, *, alert: str = "") -> str:
    here = current_citizen()
    konto = anmeldung.find_konto(session(), here.email)
    assert konto is not None
    return render_template(
        "konto/sicherheit.html",
        keys=passkeys(session(), here.konto_id),
        links=links(session(), here.konto_id),
        provider=provider_name(),
        logins=anmeldung.sitzungen(session(), here.konto_id),
        here=here.sitzung,
        email=here.email,
        has_password=konto.password_hash is not None,
        errors=errors or {},
        alert_text=alert,
    )
