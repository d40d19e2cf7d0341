# SPDX-License-Identifier: EUPL-1.2
"""Invoices to the town: taken in, seen through their checks, and paid in one file for the bank."""

from datetime import date

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from connectors.einvoice import InvoiceRefused
from forms.uploads import UploadRefused, tidy_filename
from processes.gemeinsam.sepa import AuftragAbgelehnt, Konto
from processes.rechnungseingang import queries
from processes.rechnungseingang.annehmen import annehmen
from processes.rechnungseingang.models import Zahllauf
from processes.rechnungseingang.zahllauf import zahllaeufe, zahllauf
from web.auth import current_actor
from web.bootstrap import platform
from web.downloads import send_content
from web.kasse import blueprint
from web.kasse.asked import page_number
from web.kasse.asked import typed as typed_text
from web.kept import Posted, keeps_form
from web.receiving import look_through
from web.transaction import roll_back, session


@blueprint.get("/eingang")
def incoming() -> str:
    """Invoices that have come in, of one state or all, and what the next payment run would pay."""
    return _page()


def _show_again(posted: Posted, alert: str) -> str:
    return _page(alert=f"{alert} Die Datei müssen Sie noch einmal auswählen.")


@blueprint.post("/eingang")
@keeps_form(_show_again)
def take_in() -> ResponseReturnValue:
    """Take an invoice in; its case looks after it from here."""
    upload = request.files.get("datei")
    if upload is None or not upload.filename:
        return _page(error="Bitte wählen Sie die Datei der Rechnung aus."), 422
    name, content = tidy_filename(upload.filename), upload.stream.read()
    try:
        look_through(content)
        taken = annehmen(session(), platform().services, name, content, current_actor())
    except (InvoiceRefused, UploadRefused) as refused:
        roll_back()
        return _page(error=str(refused)), 422
    words = "ist angenommen" if taken.neu else "war schon da; sie wird kein zweites Mal bezahlt"
    flash(f"Die Rechnung {words} ({taken.kennung}).", "success" if taken.neu else "info")
    return redirect(url_for("inbox.case", case_id=taken.case_id))


@blueprint.post("/eingang/zahllauf")
@keeps_form(lambda posted, alert: _page(alert=alert, typed=posted.get("bis") or ""))
def pay() -> ResponseReturnValue:
    """One file for the bank with all that is released and due until a day."""
    typed, town = typed_text("bis"), platform().settings.town
    try:
        until = date.fromisoformat(typed)
    except ValueError:
        return _page(problem="Bitte geben Sie an, bis wann fällige Rechnungen bezahlt werden.", typed=typed), 422
    by = current_actor().display_name
    try:
        run = zahllauf(session(), platform().services, Konto(town.creditor, town.iban), until, by)
    except AuftragAbgelehnt as refused:
        roll_back()
        return _page(problem=str(refused), typed=typed), 409
    if run is None:
        return _page(problem="Bis zu diesem Tag ist keine freigegebene Rechnung fällig.", typed=typed), 409
    flash("Der Zahllauf ist erstellt. Bitte geben Sie die Datei bei der Bank frei.", "success")
    return redirect(url_for("kasse.incoming", _anchor="zahllaeufe"))


@blueprint.get("/eingang/zahllauf/<int(max=2147483647):lauf_id>.xml")
def payment_file(lauf_id: int) -> Response:
    """The file of a run, as often as it is needed; the bank takes it once."""
    run = session().get(Zahllauf, lauf_id) or abort(404)
    return send_content(f"Zahllauf_{run.id}_{run.pay_on}.xml", "application/xml", run.content.encode())


def _page(*, error: str = "", problem: str = "", alert: str = "", typed: str = "") -> str:
    page, state = page_number(), request.args.get("stand", "")
    today = platform().clock.today()
    state = state if state in queries.STAENDE else ""
    found = queries.eingangsrechnungen(session(), state, page)
    return render_template(
        "kasse/eingang.html",
        rechnungen=found[: queries.PAGE],
        has_more=len(found) > queries.PAGE,
        seite=page,
        stand=state,
        staende=queries.STAENDE,
        vorgemerkt=queries.vorgemerkt(session(), today),
        laeufe=zahllaeufe(session()),
        bis=typed or today.isoformat(),
        heute=today,
        error=error,
        problem=problem,
        alert_text=alert,
    )
