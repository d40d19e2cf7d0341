# SPDX-License-Identifier: EUPL-1.2
"""What the account knows of the person, and what they agree to: seen, changed and taken back by themselves."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.language import say
from forms.special import SPECIAL_TYPES, Unreadable
from processes.konto import einwilligungen
from processes.konto.angaben import FELDER, SELBST, angaben, save_angaben
from web.bootstrap import platform
from web.citizens import current_citizen
from web.kept import Posted, keeps_form
from web.konto import blueprint
from web.transaction import session

#: What is brought to one spelling; the rest is taken as it is typed.
_SPECIAL = {"postal-code": "postcode", "tel": "phone"}


def _show_again(posted: Posted, alert: str) -> str:
    return _page({key: posted.get(key) or "" for key in FELDER}, alert=alert)


@blueprint.get("/angaben")
def details() -> str:
    """The form with what is known."""
    return _page({key: each.value for key, each in angaben(session(), current_citizen().konto_id).items()})


@blueprint.post("/angaben")
@keeps_form(_show_again)
def save_details() -> ResponseReturnValue:
    """Keep what is right as a whole, or say what is wrong."""
    typed = {key: request.form.get(key, "").replace("\0", "").strip()[:100] for key in FELDER}
    values, errors = dict(typed), {}
    for key, kind in _SPECIAL.items():
        try:
            values[key] = SPECIAL_TYPES[kind].normalise(typed[key]) if typed[key] else ""
        except Unreadable as wrong:
            errors[key] = str(wrong)
    if errors:
        return _page(typed, errors=errors), 422
    save_angaben(session(), platform().clock, current_citizen().konto_id, values, SELBST)
    flash("Ihre Angaben sind gespeichert.", "success")
    return redirect(url_for("konto.details"))


@blueprint.post("/einwilligung/<art>")
def consent(art: str) -> ResponseReturnValue:
    """Agree to something, or take it back."""
    if art not in einwilligungen.TEXTE:
        abort(404)
    konto_id, title = current_citizen().konto_id, einwilligungen.TEXTE[art].titel
    if "erteilen" in request.form:
        einwilligungen.give(session(), platform().clock, konto_id, art)
        flash(say("Sie haben eingewilligt: %(title)s.", title=title), "success")
    else:
        einwilligungen.withdraw(session(), platform().clock, konto_id, art)
        flash(say("Ihre Einwilligung ist widerrufen: %(title)s.", title=title), "success")
    return redirect(url_for("konto.details", _anchor="einwilligungen"))


def _page(values: dict[str, str], *, errors: dict[str, str] | None = None, alert: str = "") -> str:
    konto_id = current_citizen().konto_id
    return render_template(
        "konto/angaben.html",
        felder=FELDER,
        values=values,
        known=angaben(session(), konto_id),
        errors=errors or {},
        alert_text=alert,
        consents=einwilligungen.einwilligungen(session(), konto_id),
        is_new="neu" in request.args,
    )
