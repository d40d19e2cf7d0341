# SPDX-License-Identifier: EUPL-1.2
"""What nobody could be sure of: lines of statements with suggestions; payments online that came twice or too late."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from processes.rechnung import kassenbuch
from processes.rechnung.auszug import umsatz, verwahren, von_hand_buchen
from processes.rechnung.errors import ForderungUnbekannt
from processes.rechnung.fordern import finden
from processes.rechnung.models import Kontoumsatz
from processes.rechnung.queries import klaerungsliste
from processes.rechnung.zuordnen import zuordnen
from web.auth import current_actor
from web.bootstrap import platform
from web.kasse import blueprint
from web.kasse.asked import page_number
from web.kasse.asked import typed as typed_text
from web.kept import Posted, keeps_form
from web.transaction import session

_DONE = "Diesen Umsatz hat schon jemand geklärt."


@blueprint.get("/klaerung")
def clearing() -> str:
    """All that waits for the cashier."""
    page = page_number()
    found = kassenbuch.zu_klaeren(session(), page)
    lines = found[: kassenbuch.PAGE]
    return render_template(
        "kasse/klaerung.html",
        umsaetze=lines,
        vorschlaege=zuordnen(session(), lines),
        has_more=len(found) > kassenbuch.PAGE,
        seite=page,
        payments=klaerungsliste(session()) if page == 1 else [],
    )


@blueprint.get("/klaerung/<int(max=2147483647):umsatz_id>")
def line(umsatz_id: int) -> str:
    """A line with its suggestions."""
    return _page(_line(umsatz_id))


def _show_again(posted: Posted, alert: str, umsatz_id: int) -> str:
    return _page(_line(umsatz_id), alert=alert, typed=posted.get("referenz") or "")


@blueprint.post("/klaerung/<int(max=2147483647):umsatz_id>/zuordnen")
@keeps_form(_show_again)
def assign(umsatz_id: int) -> ResponseReturnValue:
    """Book a line on the claim that the cashier names; too much is put aside."""
    entry, typed = _line(umsatz_id, to_change=True), typed_text("referenz")
    if entry.state != "klaeren":
        return _done()
    try:
        forderung = finden(session(), "".join(typed.upper().split()), sperren=True)
    except ForderungUnbekannt:
        return _page(entry, error="Eine Forderung mit dieser Referenz gibt es nicht.", typed=typed), 422
    if entry.currency != forderung.currency:
        return _page(entry, error=f"{entry.currency} wird auf keine Forderung in Euro gebucht.", typed=typed), 422
    von_hand_buchen(session(), platform().services, entry, forderung, by=current_actor().display_name)
    flash(f"Auf {forderung.reference} gebucht.", "success")
    return redirect(url_for("kasse.claim", referenz=forderung.reference))


@blueprint.post("/klaerung/<int(max=2147483647):umsatz_id>/verwahren")
@keeps_form(_show_again)
def put_aside(umsatz_id: int) -> ResponseReturnValue:
    """Put money of which nobody knows what it is for on the account of unclear money."""
    entry = _line(umsatz_id, to_change=True)
    if entry.state != "klaeren":
        return _done()
    verwahren(session(), platform().services, entry, by=current_actor().display_name)
    flash("Auf dem Verwahrkonto gebucht.", "success")
    return redirect(url_for("kasse.clearing"))


def _line(umsatz_id: int, *, to_change: bool = False) -> Kontoumsatz:
    return umsatz(session(), umsatz_id, sperren=to_change) or abort(404)


def _done() -> ResponseReturnValue:
    flash(_DONE, "info")
    return redirect(url_for("kasse.clearing"))


def _page(entry: Kontoumsatz, *, error: str = "", alert: str = "", typed: str = "") -> str:
    found = zuordnen(session(), [entry])[entry.id] if entry.state == "klaeren" else []
    return render_template(
        "kasse/umsatz.html", umsatz=entry, vorschlaege=found, error=error, alert_text=alert, typed=typed
    )
