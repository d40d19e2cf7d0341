# SPDX-License-Identifier: EUPL-1.2
"""Messages of applicants: those that wait, and answering them."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from connectors.links import Links
from connectors.mail import MailerUnavailable, MailRefused
from engine.db import after_commit
from engine.queries.cases import case_info, may_see_case
from processes.nachricht.austausch import NachrichtAbgelehnt, als_gelesen, schreiben, ungelesene
from web import mails
from web.applicants import mail_of_applicant
from web.auth import current_actor
from web.bootstrap import platform
from web.inbox import blueprint
from web.inbox.case import case_page, require_sight
from web.kept import Posted, keeps_form
from web.transaction import session

_MAIL_FAILED = (
    "Die Nachricht steht auf der Statusseite, die E-Mail mit dem Hinweis darauf konnte aber nicht gesendet werden."
)
_NO_ADDRESS = "Die Nachricht steht auf der Statusseite. Eine E-Mail-Adresse für den Hinweis darauf haben wir nicht."


@blueprint.get("/nachrichten")
def messages() -> str:
    """Cases of this person's groups in which something waits to be read."""
    by, services = current_actor(), platform().services
    waiting = [each for each in ungelesene(session()) if may_see_case(session(), services, each.case_id, by)]
    return render_template("inbox/nachrichten.html", waiting=waiting)


def _show_again(posted: Posted, alert: str, case_id: str) -> str:
    require_sight(case_id)
    return case_page(case_id, text=posted.get("text") or "", message_error=alert)


@blueprint.post("/vorgang/<case_id>/nachricht")
@keeps_form(_show_again)
def write(case_id: str) -> ResponseReturnValue:
    """Write to the applicant; a mail tells them that there is something to read."""
    require_sight(case_id)
    text, by = request.form.get("text", ""), current_actor()
    try:
        schreiben(session(), platform().clock, case_id, text, clerk=by.display_name)
    except NachrichtAbgelehnt as refused:
        return case_page(case_id, text=text, message_error=str(refused)), 422
    address, reference = mail_of_applicant(case_id), case_info(session(), case_id).reference
    after_commit(session(), lambda: _tell(address, reference, case_id))
    return redirect(url_for("inbox.case", case_id=case_id, _anchor="nachrichten"))


@blueprint.post("/vorgang/<case_id>/gelesen")
def take_note(case_id: str) -> ResponseReturnValue:
    """Take note without an answer."""
    require_sight(case_id)
    als_gelesen(session(), platform().clock, case_id)
    return redirect(url_for("inbox.case", case_id=case_id, _anchor="nachrichten"))


def _tell(address: str, reference: str, case_id: str) -> None:
    """After the message is safe: a mail server that is down takes nothing of it away."""
    if not address:
        flash(_NO_ADDRESS, "info")
        return
    link = f"{platform().services.provide(Links).status(case_id)}#nachrichten"
    try:
        mails.send("nachricht/neu", address, f"Neue Nachricht zu {reference}", aktenzeichen=reference, link=link)
        flash("Ihre Nachricht ist gesendet.", "success")
    except (MailerUnavailable, MailRefused):
        flash(_MAIL_FAILED, "warning")
