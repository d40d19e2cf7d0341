# SPDX-License-Identifier: EUPL-1.2
"""Bank statements: read in, and watched while their lines are assigned."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from connectors.bank import StatementRefused
from forms.uploads import tidy_filename
from processes.rechnung import kassenbuch
from processes.rechnung.auszug import einlesen, fortschritt
from processes.rechnung.models import Kontoauszug
from web.auth import current_actor
from web.bootstrap import platform
from web.kasse import blueprint
from web.kept import Posted, keeps_form
from web.transaction import roll_back, session

#: Seconds after which the page looks again while lines are being assigned.
_AGAIN = 3


@blueprint.get("/auszuege")
def statements() -> str:
    """The statements that were read, and the form for another one."""
    return _page()


def _show_again(posted: Posted, alert: str) -> str:
    return _page(alert=f"{alert} Nur die Datei müssen Sie noch einmal auswählen.")


@blueprint.post("/auszuege")
@keeps_form(_show_again)
def read_statement() -> ResponseReturnValue:
    """Read a statement; its lines are assigned in the background."""
    upload = request.files.get("datei")
    if upload is None or not upload.filename:
        return _page(error="Bitte wählen Sie die Datei des Kontoauszugs aus."), 422
    name, content = tidy_filename(upload.filename), upload.stream.read()
    town, by = platform().settings.town, current_actor().display_name
    try:
        found = einlesen(session(), platform().services, content, name, town.iban, by)
    except StatementRefused as refused:
        roll_back()
        return _page(error=str(refused)), 422
    flash(f"{name} ist eingelesen.", "success")
    return redirect(url_for("kasse.statement", auszug_id=found[-1].id))


@blueprint.get("/auszuege/<int(max=2147483647):auszug_id>")
def statement(auszug_id: int) -> ResponseReturnValue:
    """How far the lines of a statement are; looks again by itself until all are assigned."""
    found = session().get(Kontoauszug, auszug_id) or abort(404)
    stand = fortschritt(session(), auszug_id)
    page = render_template("kasse/auszug.html", auszug=found, stand=stand)
    return (page, 200, {"Refresh": str(_AGAIN)}) if stand.neu else page


def _page(error: str = "", alert: str = "") -> str:
    return render_template(
        "kasse/auszuege.html", auszuege=kassenbuch.auszuege(session()), error=error, alert_text=alert
    )
