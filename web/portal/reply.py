# SPDX-License-Identifier: EUPL-1.2
"""The applicant's answer to a question of the office, given on the status page."""

from dataclasses import replace
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine.documents import NewDocument, add_document
from engine.drafts import Draft, file_content, load_draft, new_draft, save_answers
from engine.errors import DraftNotFound, TaskAlreadyCompleted
from engine.identity import applicant
from engine.tasks import complete_task
from forms import FieldError, changes_items
from forms.language import say
from web.bootstrap import platform
from web.kept import Posted, keeps_form
from web.portal import blueprint
from web.portal.questions import Question, question
from web.portal.status import case_behind, show_status
from web.portal.uploads import drop_upload, forget_uploads, take_uploads, upload_was_sent
from web.security import limiter
from web.transaction import roll_back, session

_FILE_AGAIN = " Nur Ihre Datei müssen Sie noch einmal auswählen."


def _show_again(posted: Posted, alert: str, token: str, task_id: str) -> str:
    case_id = case_behind(token)
    asked = question(case_id, task_id)
    draft = _draft_of(posted, asked)
    answers = asked.read(posted, draft.answers if draft else {})
    alert = say(alert) + (say(_FILE_AGAIN) if upload_was_sent() else "")
    again = replace(asked, answers=answers, draft_id=draft.id if draft else "", alert=alert)
    return show_status(token, case_id, again)


@blueprint.post("/status/<token>/aufgabe/<task_id>")
@limiter.limit("60 per hour")
@keeps_form(_show_again)
def answer(token: str, task_id: str) -> ResponseReturnValue:
    """Give the answer to the office; the case goes on."""
    case_id = case_behind(token)
    asked = question(case_id, task_id)
    if asked.form_missing:
        return show_status(token, case_id, asked), 409
    draft, answers, refused = _take(asked)
    errors = refused or asked.wrong(answers)
    goes_on = changes_items(request.form)
    if errors or goes_on or "entfernen" in request.form or "hochladen" in request.form:
        filling_in = goes_on or "entfernen" in request.form
        shown = refused if "hochladen" in request.form else [] if filling_in else errors
        return show_status(token, case_id, _kept(asked, draft, answers, shown))
    _complete(case_id, asked, draft, answers)
    flash("Danke, Ihre Antwort ist bei uns angekommen. Wir arbeiten weiter an Ihrem Antrag.", "success")
    return redirect(url_for("portal.status", token=token))


@blueprint.errorhandler(TaskAlreadyCompleted)
def answered_before(error: TaskAlreadyCompleted) -> ResponseReturnValue:
    """Sent twice, or after the time for an answer had run out: the status page shows where the case stands."""
    roll_back()
    flash("Diese Frage ist erledigt: Ihre Antwort ist schon bei uns, oder die Frist dafür ist abgelaufen.", "info")
    return redirect(url_for("portal.status", token=(request.view_args or {})["token"]))


def _take(asked: Question) -> tuple[Draft | None, dict[str, Any], list[FieldError]]:
    """What was typed and sent along. Files lie in a draft until the answer is complete."""
    draft = _draft_of(request.form, asked)
    answers = asked.read(request.form, draft.answers if draft else {})
    if draft is None and upload_was_sent():
        draft = new_draft(session(), platform().clock, asked.detail.definition_id)
    if draft is None:
        return None, answers, []
    drop_upload(draft.id, asked.form, answers, request.form.get("entfernen", ""))
    refused = [error for step in asked.form.steps for error in take_uploads(draft.id, step, answers)]
    return draft, answers, refused


def _kept(asked: Question, draft: Draft | None, answers: dict[str, Any], errors: list[FieldError]) -> Question:
    """The question as it stands, to be shown again; files that were sent are kept with their draft."""
    if draft is not None:
        save_answers(session(), platform().clock, draft.id, answers)
    return replace(asked, answers=answers, errors=errors, draft_id=draft.id if draft else "")


def _complete(case_id: str, asked: Question, draft: Draft | None, answers: dict[str, Any]) -> None:
    by = applicant(case_id)
    # The files belong to the case that asked for them, which may be one that the applicant's own has called.
    final = _with_documents(asked.detail.line.case_id, draft.id, answers) if draft else answers
    complete_task(session(), platform().services, asked.detail.line.id, final, by=by)
    if draft is not None:
        forget_uploads(draft.id, asked.form, answers)
        save_answers(session(), platform().clock, draft.id, {})


def _with_documents(case_id: str, draft_id: str, value: Any) -> Any:
    """The answers with every upload stored as a document of the case."""
    if isinstance(value, dict) and isinstance(value.get("file_id"), str):
        content = file_content(session(), draft_id, value["file_id"])
        new = NewDocument(value["name"], value["media_type"], content, for_applicant=True)
        return add_document(session(), platform().clock, case_id, new, applicant(case_id).name).reference()
    if isinstance(value, dict):
        return {key: _with_documents(case_id, draft_id, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_documents(case_id, draft_id, inner) for inner in value]
    return value


def _draft_of(posted: Posted, asked: Question) -> Draft | None:
    """The draft that the page carries along, if it is one of this process and not yet forgotten."""
    try:
        draft = load_draft(session(), platform().clock, posted.get("entwurf", ""), to_change=True)
    except DraftNotFound:
        return None
    return draft if draft.definition_id == asked.detail.definition_id and not draft.submitted_case_id else None
