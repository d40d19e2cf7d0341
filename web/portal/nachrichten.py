# SPDX-License-Identifier: EUPL-1.2
"""Writing to the office from the status page, with a file if one likes."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine.documents import NewDocument, add_document
from engine.identity import applicant
from engine.queries.cases import case_info
from forms.uploads import UploadRefused, tidy_filename
from processes.nachricht.austausch import NachrichtAbgelehnt, schreiben
from web.bootstrap import platform
from web.kept import Posted, keeps_form
from web.portal import blueprint
from web.portal.questions import open_question
from web.portal.status import Message, case_behind, show_status
from web.receiving import received
from web.security import limiter
from web.transaction import roll_back, session

_ACCEPTED = ("pdf", "jpeg", "png")
_OVER = "Der Vorgang ist abgeschlossen. Bitte rufen Sie uns an oder stellen Sie einen neuen Antrag."


def _show_again(posted: Posted, alert: str, token: str) -> str:
    return _page(token, Message(posted.get("text") or "", alert=alert))


@blueprint.post("/status/<token>/nachricht")
@limiter.limit("30 per hour")
@keeps_form(_show_again)
def write(token: str) -> ResponseReturnValue:
    """Send a message; a file that comes with it is laid to the case."""
    case_id, text = case_behind(token), request.form.get("text", "")
    if case_info(session(), case_id).state != "active":
        return _page(token, Message(text, error=_OVER)), 409
    try:
        names = _take_file(case_id)
        schreiben(session(), platform().clock, case_id, "\n\n".join([text.strip(), *names]) if names else text)
    except (NachrichtAbgelehnt, UploadRefused) as refused:
        roll_back()
        return _page(token, Message(text, error=str(refused))), 422
    flash("Ihre Nachricht ist bei uns.", "success")
    return redirect(url_for("portal.status", token=token, _anchor="nachrichten"))


def _take_file(case_id: str) -> list[str]:
    upload = request.files.get("datei")
    if upload is None or not upload.filename:
        return []
    content = upload.stream.read()
    limit = platform().settings.max_upload_mb * 1024 * 1024
    media_type, content = received(upload.filename, content, _ACCEPTED, limit)
    name = tidy_filename(upload.filename)
    new = NewDocument(name, media_type, content, for_applicant=True)
    add_document(session(), platform().clock, case_id, new, applicant(case_id).name)
    return [f"Dazu habe ich diese Datei geschickt: {name}"]


def _page(token: str, message_typed: Message) -> str:
    case_id = case_behind(token)
    return show_status(token, case_id, open_question(case_id), message_typed)
