# SPDX-License-Identifier: EUPL-1.2
"""How the books stand: what is open and how old, a day's closing, the journal for the finance system."""

from datetime import date

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from processes.rechnung import datev, kassenbuch
from web.bootstrap import platform
from web.downloads import send_content
from web.kasse import blueprint
from web.kasse.asked import page_number
from web.transaction import session


@blueprint.get("/")
def overview() -> str:
    """What is open, what is overdue, what has to be cleared, and what yesterday and today have brought."""
    today = platform().clock.today()
    day = _day("tag", today)
    found = kassenbuch.uebersicht(session(), today)
    return render_template(
        "kasse/uebersicht.html", stand=found, tag=day, zeilen=kassenbuch.tagesabschluss(session(), day), heute=today
    )


@blueprint.get("/offen")
def open_items() -> str:
    """Open claims, the longest due first; found by reference, file reference or name."""
    page = page_number()
    words = request.args.get("suche", "")[:100]
    overdue = "ueberfaellig" in request.args
    today = platform().clock.today()
    found = kassenbuch.offene(session(), today, worte=words, ueberfaellig=overdue, seite=page)
    return render_template(
        "kasse/offene.html",
        forderungen=found[: kassenbuch.PAGE],
        has_more=len(found) > kassenbuch.PAGE,
        seite=page,
        suche=words,
        ueberfaellig=overdue,
        heute=today,
    )


@blueprint.get("/journal.csv")
def journal() -> Response:
    """The entries of some days, for the finance system."""
    today = platform().clock.today()
    first, last = _day("von", today.replace(day=1)), _day("bis", today)
    rows = "".join(kassenbuch.journal_csv(session(), first, last))
    response = Response(rows, mimetype="text/csv")
    response.headers["Content-Disposition"] = f"attachment; filename=Journal_{first}_{last}.csv"
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/journal-datev.csv")
def journal_datev() -> ResponseReturnValue:
    """The same as a posting batch in the layout of DATEV."""
    today = platform().clock.today()
    first, last = _day("von", today.replace(day=1)), _day("bis", today)
    try:
        rows = "".join(datev.journal_datev(session(), first, last, platform().clock.now()))
    except datev.ZweiJahre as refused:
        flash(str(refused), "danger")
        return redirect(url_for("kasse.overview", _anchor="journal"))
    return send_content(f"EXTF_Buchungsstapel_{first}_{last}.csv", "text/csv", rows.encode("cp1252", "replace"))


def _day(name: str, usual: date) -> date:
    """The day that the address names; the usual one when it names none."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return usual
