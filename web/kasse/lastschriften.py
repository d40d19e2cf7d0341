# SPDX-License-Identifier: EUPL-1.2
"""SEPA mandates, and the file by which the bank collects what is due."""

from datetime import date

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from processes.gemeinsam.sepa import AuftragAbgelehnt, Konto
from processes.rechnung.lastschrift import (
    MandatAbgelehnt,
    einziehen,
    einzuziehen,
    mandat_anlegen,
    mandate,
    widerrufen,
)
from web.bootstrap import platform
from web.kasse import blueprint
from web.kasse.asked import typed as typed_text
from web.kept import Posted, keeps_form
from web.transaction import roll_back, session

_FIELDS = ("mandat", "name", "iban", "vom")


@blueprint.get("/lastschriften")
def direct_debits() -> str:
    """Mandates, and what can be collected."""
    return _page()


def _show_again(posted: Posted, alert: str) -> str:
    return _page({name: posted.get(name) or "" for name in _FIELDS}, alert=alert)


@blueprint.post("/lastschriften/mandat")
@keeps_form(_show_again)
def add_mandate() -> ResponseReturnValue:
    """Keep a mandate that somebody has signed."""
    typed = {name: typed_text(name, 70) for name in _FIELDS}
    try:
        signed_on = date.fromisoformat(typed["vom"])
    except ValueError:
        return _page(typed, problem="Bitte geben Sie den Tag der Unterschrift an."), 422
    try:
        mandat_anlegen(session(), platform().clock, typed["mandat"], typed["name"], typed["iban"], signed_on)
    except MandatAbgelehnt as refused:
        return _page(typed, problem=str(refused)), 422
    flash("Das Mandat ist gespeichert.", "success")
    return redirect(url_for("kasse.direct_debits"))


@blueprint.post("/lastschriften/mandat/<int(max=2147483647):mandat_id>/widerrufen")
@keeps_form(lambda posted, alert, mandat_id: _show_again(posted, alert))
def revoke_mandate(mandat_id: int) -> ResponseReturnValue:
    """The payer has taken the mandate back."""
    widerrufen(session(), mandat_id)
    flash("Das Mandat ist widerrufen.", "success")
    return redirect(url_for("kasse.direct_debits"))


@blueprint.post("/lastschriften/datei")
@keeps_form(_show_again)
def collect() -> ResponseReturnValue:
    """The file for the bank; what is in it is not collected again."""
    town = platform().settings.town
    if not platform().settings.creditor_id:
        return _page(problem="Die Gläubiger-ID der Stadt fehlt. Der Betrieb trägt sie als AMT_CREDITOR_ID ein."), 409
    konto = Konto(town.creditor, town.iban)
    try:
        found = einziehen(session(), platform().clock, konto, platform().settings.creditor_id)
    except AuftragAbgelehnt as refused:
        roll_back()
        return _page(problem=str(refused)), 409
    if found is None:
        return _page(problem="Zurzeit ist nichts einzuziehen."), 409
    response = Response(found.datei, mimetype="application/xml")
    response.headers["Content-Disposition"] = f"attachment; filename=Lastschriften_{found.tag}.xml"
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(typed: dict[str, str] | None = None, *, problem: str = "", alert: str = "") -> str:
    return render_template(
        "kasse/lastschriften.html",
        mandate=mandate(session()),
        faellig=einzuziehen(session(), platform().clock.today()),
        typed=typed or {},
        problem=problem,
        alert_text=alert,
    )
