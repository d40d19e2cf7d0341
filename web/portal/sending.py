# SPDX-License-Identifier: EUPL-1.2
"""The end of an application: check all answers, send them, and learn what happens next."""

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from connectors.links import Links
from engine.drafts import submit_draft
from engine.identity import APPLICANT_GROUP, Actor
from engine.queries.cases import case_info
from forms import Step, settled
from web.bootstrap import platform
from web.formview import field_id, render_summary
from web.kept import Posted, keeps_form
from web.portal import blueprint
from web.portal.drafts import Application, open_application
from web.portal.prefill import remember_application
from web.security import limiter
from web.transaction import session

#: Whoever sends an application; only afterwards is there a case that they are the applicant of.
_APPLICANT = Actor(APPLICANT_GROUP, "Antragstellerin oder Antragsteller", frozenset({APPLICANT_GROUP}))


@blueprint.get("/antrag/<draft_id>/pruefen")
def check(draft_id: str) -> ResponseReturnValue:
    """All answers on one page, each with the way to change it."""
    application = open_application(draft_id)
    return _confirmation(application) if application.is_sent else _check_page(application)


def _check_again(posted: Posted, alert: str, draft_id: str) -> str:
    application = open_application(draft_id)
    if application.is_sent:
        abort(_confirmation(application))
    return _check_page(application, alert)


@blueprint.post("/antrag/<draft_id>/pruefen")
@limiter.limit("60 per hour")
@keeps_form(_check_again)
def send(draft_id: str) -> ResponseReturnValue:
    """Send the application, once: whoever sends it again is led to the same confirmation."""
    application = open_application(draft_id, to_change=True)
    if not application.is_sent:
        if application.missing():
            return _check_page(application), 422
        # What follows from files, too: they have come one by one.
        answers = settled(application.form, application.draft.answers, clock=platform().clock)
        case = submit_draft(session(), platform().services, draft_id, answers, by=_APPLICANT)
        remember_application(application, answers, case.id)
    return _confirmation(application)


@blueprint.get("/antrag/<draft_id>/fertig")
def done(draft_id: str) -> ResponseReturnValue:
    """The file reference, the secret link to the status page, and what happens next."""
    application = open_application(draft_id)
    case_id = application.draft.submitted_case_id
    if case_id is None:
        return redirect(url_for("portal.resume", draft_id=draft_id))
    address = platform().services.provide(Links).status(case_id)
    duration = " ".join(application.service.section("bearbeitungsdauer").paragraphs)
    return render_template(
        "portal/fertig.html",
        application=application,
        case=case_info(session(), case_id),
        status_address=address,
        token=address.rpartition("/")[2],
        duration=duration,
    )


def _confirmation(application: Application) -> Response:
    return redirect(url_for("portal.done", draft_id=application.id))


def _check_page(application: Application, alert: str = "") -> str:
    def change(step: Step) -> str:
        return url_for("portal.step", draft_id=application.id, step_key=step.key, nach="pruefen")

    answers, clock = application.draft.answers, platform().clock
    return render_template(
        "portal/pruefen.html",
        application=application,
        cards=render_summary(application.form, answers, change, file_url=application.file_address, clock=clock),
        missing=application.missing(),
        last_step=application.steps()[-1],
        field_id=field_id,
        alert_text=alert,
    )
