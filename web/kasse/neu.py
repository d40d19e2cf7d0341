# SPDX-License-Identifier: EUPL-1.2
"""Raising claims: one by a form, many from a file, with a look at them before anything is raised."""

from uuid import uuid4

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.uploads import tidy_filename
from processes.rechnung.lauf import (
    SPALTEN,
    LaufAbgelehnt,
    beginnen,
    einzeln_anlegen,
    fehlerhafte,
    finde_lauf,
    fuer_die_stadt,
    stand,
    vorbereiten,
)
from web.auth import current_actor
from web.bootstrap import platform
from web.kasse import blueprint
from web.kasse.asked import typed as typed_text
from web.kept import Posted, keeps_form
from web.transaction import roll_back, session

#: So many faulty rows are shown; whoever has more mends the file anyway.
_MOST_SHOWN = 50
_AGAIN = 3


@blueprint.get("/neu")
def new_claim() -> str:
    """The form for one claim, and the way in for many."""
    return _page()


def _show_again(posted: Posted, alert: str) -> str:
    return _page({name: posted.get(name) or "" for name in SPALTEN}, alert=alert)


@blueprint.post("/neu")
@keeps_form(_show_again)
def raise_claim() -> ResponseReturnValue:
    """Raise a claim: a case of its own writes the letter and looks after the payment."""
    typed = {name: typed_text(name) for name in SPALTEN}
    data, problem = fuer_die_stadt(session(), platform().services, typed)
    if problem:
        return _page(typed, problem=problem), 422
    key = typed_text("seite", 36) or str(uuid4())
    case_id, _sent_before = einzeln_anlegen(session(), platform().services, data, key, current_actor())
    flash("Die Forderung ist angelegt, dieser Vorgang kümmert sich um sie.", "success")
    return redirect(url_for("inbox.case", case_id=case_id))


def _show_run_again(posted: Posted, alert: str) -> str:
    return _page(alert=f"{alert} Nur die Datei müssen Sie noch einmal auswählen.")


@blueprint.post("/lauf")
@keeps_form(_show_run_again)
def read_run() -> ResponseReturnValue:
    """Read a file of claims; nothing is raised yet."""
    upload = request.files.get("datei")
    if upload is None or not upload.filename:
        return _page(run_problem="Bitte wählen Sie die CSV-Datei aus."), 422
    name, content, by = tidy_filename(upload.filename), upload.stream.read(), current_actor().display_name
    try:
        lauf = vorbereiten(session(), platform().services, content, name, by)
    except LaufAbgelehnt as refused:
        roll_back()
        return _page(run_problem=str(refused)), 422
    return redirect(url_for("kasse.run", lauf_id=lauf.id))


@blueprint.get("/lauf/<int(max=2147483647):lauf_id>")
def run(lauf_id: int) -> ResponseReturnValue:
    """The run before it begins, with what is wrong in it, and how far it is afterwards."""
    lauf, now = finde_lauf(session(), lauf_id), stand(session(), lauf_id)
    is_running = lauf is not None and lauf.state == "laeuft" and now.angelegt < now.anlegbar
    return (_run_page(lauf_id), 200, {"Refresh": str(_AGAIN)} if is_running else {})


def _run_again(posted: Posted, alert: str, lauf_id: int) -> str:
    return _run_page(lauf_id, alert)


@blueprint.post("/lauf/<int(max=2147483647):lauf_id>/beginnen")
@keeps_form(_run_again)
def begin_run(lauf_id: int) -> ResponseReturnValue:
    """Raise all claims, or by consent those without an error; a second click changes nothing."""
    lauf = finde_lauf(session(), lauf_id, sperren=True) or abort(404)
    incomplete = lauf.state == "vorschau" and stand(session(), lauf_id).fehlerhaft
    if incomplete and typed_text("teilweise") != "ja":
        return _run_page(lauf_id, error="Bitte bestätigen Sie, dass die fehlerhaften Zeilen wegbleiben."), 422
    beginnen(session(), platform().services, lauf)
    return redirect(url_for("kasse.run", lauf_id=lauf_id))


def _run_page(lauf_id: int, alert: str = "", error: str = "") -> str:
    lauf = finde_lauf(session(), lauf_id) or abort(404)
    now = stand(session(), lauf_id)
    shown = fehlerhafte(session(), lauf_id, _MOST_SHOWN)
    return render_template(
        "kasse/lauf.html", lauf=lauf, stand=now, fehler=shown, most=_MOST_SHOWN, alert_text=alert, error=error
    )


def _page(typed: dict[str, str] | None = None, *, problem: str = "", run_problem: str = "", alert: str = "") -> str:
    return render_template(
        "kasse/neu.html",
        typed=typed or {"frist_tage": "30"},
        problem=problem,
        run_problem=run_problem,
        alert_text=alert,
        spalten=SPALTEN,
        page_key=typed_text("seite", 36) or uuid4(),
    )
