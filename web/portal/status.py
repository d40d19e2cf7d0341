# SPDX-License-Identifier: EUPL-1.2
"""The status page behind the secret link: how far the case is, what is asked, what is to pay, which documents exist."""

from dataclasses import dataclass

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from connectors.links import Links
from engine.documents import load_document
from engine.errors import DocumentNotFound, NotAllowed
from engine.identity import applicant
from engine.queries.cases import case_info, documents, may_see_case
from engine.queries.milestones import milestones
from engine.queries.subscriptions import waits_for
from forms.language import language
from processes import service
from processes.nachricht.austausch import nachrichten
from processes.rechnung.queries import forderungen
from web.bootstrap import platform
from web.downloads import send_content
from web.errors import error_page
from web.portal import blueprint
from web.portal.questions import Question, open_question
from web.security import limiter
from web.transaction import session

WITHDRAWAL = "antrag_zurueckgezogen"
"""The message that a model catches where an application can be taken back."""


@blueprint.get("/status/<token>")
@limiter.limit("240 per hour")
def status(token: str) -> ResponseReturnValue:
    """Where the case stands."""
    case_id = case_behind(token)
    return show_status(token, case_id, open_question(case_id))


@blueprint.get("/status/<token>/dokument/<document_id>")
@limiter.limit("240 per hour")
def status_document(token: str, document_id: str) -> ResponseReturnValue:
    """A document of this case, or of one called in it, that is meant for the applicant; any other is not found."""
    by = applicant(case_behind(token))
    found = load_document(session(), document_id)
    own = may_see_case(session(), platform().services, found.case_id, by)
    if not own or not found.for_applicant or found.content is None:
        raise DocumentNotFound
    return send_content(found.name, found.media_type, found.content, inline="ansehen" in request.args)


@blueprint.errorhandler(NotAllowed)
def not_yours(error: NotAllowed) -> ResponseReturnValue:
    """Without an account nobody is refused: what belongs to another case does not exist here."""
    return error_page(404)


def may_withdraw(case_id: str) -> bool:
    """Whether the case waits for its application to be taken back."""
    return bool(waits_for(session(), case_id, case_id, "message", WITHDRAWAL))


def case_behind(token: str) -> str:
    """The case that a secret link stands for; 404 when the link was not made by us."""
    case_id: str | None = platform().services.provide(Links).verify_status(token)
    return case_id or abort(404)


@dataclass(frozen=True)
class Message:
    """A message to the office that is being written."""

    text: str = ""
    error: str = ""
    alert: str = ""


def show_status(token: str, case_id: str, asked: Question | None, message_typed: Message | None = None) -> str:
    """The status page, with the form of what is asked and the message that is being written."""
    services = platform().services
    case = case_info(session(), case_id)
    page = service(case.definition_key)
    claims = [claim for claim in forderungen(session(), case_id) if claim.state == "offen"]
    return render_template(
        "portal/status.html",
        token=token,
        case=case,
        page=page.speaking(language()) if page else None,
        may_withdraw=may_withdraw(case_id),
        milestones=milestones(session(), services, case_id, language()),
        documents=documents(session(), case_id, for_applicant=True),
        claims=[(claim, services.provide(Links).zahlung(claim.reference)) for claim in claims],
        question=asked,
        messages=nachrichten(session(), case_id),
        message_typed=message_typed or Message(),
        now=platform().clock.now(),
    )
