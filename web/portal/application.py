# SPDX-License-Identifier: EUPL-1.2
"""Filling in an application, one step a page. Whatever is typed is kept, right or wrong, before anything is checked."""

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from connectors.mail import MailerUnavailable, MailRefused
from engine.definitions import is_suspended, latest_definition
from engine.drafts import file_content, new_draft
from engine.errors import DocumentNotFound, DraftNotFound
from forms import FieldError, appeared, changes_items, read_step
from forms.language import GERMAN, say, speaking
from forms.special import SPECIAL_TYPES, Unreadable
from web import mails
from web.bootstrap import platform
from web.downloads import send_content
from web.formview import anchor_of_button, render_error_summary, render_step
from web.kept import Posted, keeps_form
from web.portal import blueprint
from web.portal.catalogue import find_service, show_service
from web.portal.drafts import Application, Place, keep, open_application
from web.portal.prefill import belong_to_account, sources
from web.portal.uploads import drop_upload, take_uploads, upload_was_sent
from web.security import limiter, may_ask_for_place
from web.texts import day
from web.transaction import session

_NOT_NOW = (
    "Diesen Antrag nehmen wir zurzeit nicht online an. Bitte versuchen Sie es in einigen Tagen noch einmal oder fragen "
    "Sie beim Amt nach."
)
_FILE_AGAIN = " Nur Ihre Datei müssen Sie noch einmal auswählen."


def _begin_again(posted: Posted, alert: str, name: str) -> str:
    return show_service(
        name,
        say(
            "Die Seite war zu lange offen. Bitte klicken Sie noch einmal auf „%(begin)s“.",
            begin=find_service(name).begin,
        ),
    )


@blueprint.post("/leistung/<name>/beginnen")
@limiter.limit("60 per hour")
@keeps_form(_begin_again)
def begin(name: str) -> ResponseReturnValue:
    """Open a draft and go to the first step."""
    page = find_service(name)
    definition = latest_definition(session(), platform().services, page.process_key)
    if is_suspended(session(), definition.id):
        return show_service(name, _NOT_NOW), 409
    draft_id = new_draft(session(), platform().clock, definition.id).id
    application = open_application(draft_id)
    belong_to_account(application)
    # To the first step even when an account has filled it in: it is to be checked.
    return redirect(url_for("portal.step", draft_id=draft_id, step_key=application.steps()[0].key))


@blueprint.errorhandler(DraftNotFound)
def draft_gone(error: DraftNotFound) -> ResponseReturnValue:
    """The draft is unknown, or its time has run out: say so, and offer a new beginning."""
    return render_template("portal/antrag_weg.html"), 404


@blueprint.get("/antrag/<draft_id>/")
def resume(draft_id: str) -> ResponseReturnValue:
    """Go on where something is still missing."""
    return _go_on(open_application(draft_id))


@blueprint.get("/antrag/<draft_id>/spaeter")
def later(draft_id: str) -> ResponseReturnValue:
    """The way back to a draft that has been put aside."""
    application = open_application(draft_id)
    if application.is_sent:
        return _go_on(application)
    return _later_page(application)


def _later_again(posted: Posted, alert: str, draft_id: str) -> str:
    return _later_page(open_application(draft_id), posted.get("email") or "", alert=alert)


@blueprint.post("/antrag/<draft_id>/spaeter")
@limiter.limit("10 per hour")
@keeps_form(_later_again)
def mail_later(draft_id: str) -> ResponseReturnValue:
    """Send the way back by mail, to whom the person wants."""
    application = open_application(draft_id)
    typed = request.form.get("email", "").replace("\0", "").strip()[:254]
    try:
        email = SPECIAL_TYPES["email"].normalise(typed)
    except Unreadable as wrong:
        return _later_page(application, typed, error=str(wrong)), 422
    try:
        _mail_way_back(application, email)
    except (MailerUnavailable, MailRefused):
        return _later_page(application, typed, alert=mails.NOT_SENT), 503
    flash("Wir haben Ihnen den Link geschickt.", "success")
    return redirect(url_for("portal.later", draft_id=draft_id))


def _mail_way_back(application: Application, email: str) -> None:
    link = mails.address(url_for("portal.resume", draft_id=application.id))
    with speaking(GERMAN):
        title, until = find_service(application.service.process_key).title, day(application.draft.expires_at)
    mails.send("gemeinsam/entwurf", email, f"Ihr angefangener Antrag: {title}", leistung=title, link=link, bis=until)


def _later_page(application: Application, email: str = "", *, error: str = "", alert: str = "") -> str:
    return render_template(
        "portal/spaeter.html",
        application=application,
        base_url=platform().settings.base_url,
        email=email,
        error=error,
        alert_text=alert,
    )


@blueprint.get("/antrag/<draft_id>/<step_key>")
def step(draft_id: str, step_key: str) -> ResponseReturnValue:
    """One step of the form, as it was left; with its errors when one comes from the check page."""
    application = open_application(draft_id)
    place = application.place(step_key)
    if application.is_sent or place is None:
        return _go_on(application)
    answers = application.draft.answers
    return _page(application, place, answers, application.errors(answers, place.step) if _shows_errors() else ())


def _show_again(posted: Posted, alert: str, draft_id: str, step_key: str) -> str:
    application = open_application(draft_id)
    place = application.place(step_key)
    if application.is_sent or place is None:
        abort(_go_on(application))
    answers = _read(application, place, posted)
    return _page(application, place, answers, (), say(alert) + (say(_FILE_AGAIN) if upload_was_sent() else ""))


@blueprint.post("/antrag/<draft_id>/<step_key>")
@limiter.limit("600 per hour")
@keeps_form(_show_again)
def save_step(draft_id: str, step_key: str) -> ResponseReturnValue:
    """Keep what was typed, then check it and go where the pressed button leads."""
    application = open_application(draft_id, to_change=True)
    place = application.place(step_key)
    if application.is_sent or place is None:
        return _go_on(application)
    answers = _read(application, place, request.form)
    removed = drop_upload(draft_id, application.form, answers, request.form.get("entfernen", ""))
    refused = take_uploads(draft_id, place.step, answers)
    keep(application, answers)
    if refused:
        return _page(application, place, answers, refused)
    if removed or "hochladen" in request.form or changes_items(request.form):
        return redirect(_same_step(application, place, answers))
    return _next_page(application, place, answers)


@blueprint.get("/antrag/<draft_id>/datei/<file_id>")
def draft_file(draft_id: str, file_id: str) -> ResponseReturnValue:
    """A file that was uploaded into this draft; one of another draft is not found."""
    application = open_application(draft_id)
    found = next((file for file in application.draft.files if file.id == file_id), None)
    if found is None:
        raise DocumentNotFound
    return send_content(found.name, found.media_type, file_content(session(), draft_id, file_id))


def _next_page(application: Application, place: Place, answers: dict[str, Any]) -> ResponseReturnValue:
    """Where to go after a step was saved: back, out, on, or the same step with what is wrong."""
    wanted = request.form.get("aktion", "")
    if wanted == "spaeter":
        return redirect(url_for("portal.later", draft_id=application.id))
    if wanted.startswith("sprache-"):
        return redirect(_same_step(application, place, answers, sprache=wanted.removeprefix("sprache-")))
    if wanted == "zurueck":
        return redirect(_address_before(application, place))
    new = appeared(application.form, place.step, application.draft.answers, answers, clock=platform().clock)
    errors = application.errors(answers, place.step)
    if errors or new:
        # Saved all the same, so the answer is not an error to the transaction. New questions are not blamed yet.
        return _page(application, place, answers, [error for error in errors if error.path not in new])
    after = application.place(place.step.key, answers)
    if _to_check_page() or after is None or after.after is None:
        return redirect(url_for("portal.check", draft_id=application.id))
    return redirect(url_for("portal.step", draft_id=application.id, step_key=after.after.key))


def _same_step(application: Application, place: Place, answers: dict[str, Any], sprache: str | None = None) -> str:
    """Here again, at what the pressed button was about; by an address, so that the way back stays open."""
    return url_for(
        "portal.step",
        draft_id=application.id,
        step_key=place.step.key,
        nach=request.values.get("nach"),
        sprache=sprache,
        hochgeladen=1 if "hochladen" in request.form else None,
        _anchor=anchor_of_button(request.form, answers) or None,
    )


def _go_on(application: Application) -> Response:
    """To the first step that is not complete; to the check page or the confirmation when there is none."""
    if application.is_sent:
        return redirect(url_for("portal.done", draft_id=application.id))
    step = application.first_open_step()
    if step is None:
        return redirect(url_for("portal.check", draft_id=application.id))
    return redirect(url_for("portal.step", draft_id=application.id, step_key=step.key))


def _address_before(application: Application, place: Place) -> str:
    if _to_check_page():
        return url_for("portal.check", draft_id=application.id)
    if place.before is None:
        return url_for("portal.service_page", name=application.service.process_key)
    return url_for("portal.step", draft_id=application.id, step_key=place.before.key)


def _read(application: Application, place: Place, posted: Posted) -> dict[str, Any]:
    raw = posted.to_dict(flat=False)
    return read_step(application.form, place.step, raw, application.draft.answers, clock=platform().clock)


def _to_check_page() -> bool:
    """Whether the person came from the check page to change something, and wants back there."""
    return request.values.get("nach") == "pruefen"


def _shows_errors() -> bool:
    return request.args.get("fehler") == "ja"


def _page(
    application: Application, place: Place, answers: dict[str, Any], errors: Sequence[FieldError], alert: str = ""
) -> str:
    if any(field.special == "position" for field in place.step.fields):
        may_ask_for_place()
    return render_template(
        "portal/schritt.html",
        application=application,
        place=place,
        fields=render_step(
            application.form,
            place.step,
            answers,
            errors,
            clock=platform().clock,
            file_url=application.file_address,
            notes=sources(application, answers),
        ),
        errors=errors,
        error_summary=render_error_summary(list(errors)),
        alert_text=alert,
        to_check_page=_to_check_page(),
        saved="hochgeladen" in request.args and not errors,
    )
