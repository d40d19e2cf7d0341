# SPDX-License-Identifier: EUPL-1.2
"""The account's first page: what waits for the person, what they have begun, what they have applied for."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from connectors.links import Links
from engine.db import unit_of_work
from engine.documents import StoredDocument, load_document
from engine.errors import DocumentNotFound
from engine.queries.cases import case_info, documents
from engine.queries.milestones import milestones
from engine.queries.tasks import applicant_tasks
from forms.language import GERMAN, language
from processes import ServicePage, service
from processes.konto import antraege
from processes.konto.einwilligungen import BEKANNTGABE, has_agreed
from processes.rechnung.queries import ForderungInfo, forderungen
from web.bootstrap import platform
from web.citizens import current_citizen
from web.downloads import send_content
from web.konto import blueprint
from web.sealed import unseal
from web.transaction import session

#: A notice that is not fetched within ten days counts as not sent (§ 41 Abs. 2a LVwVfG).
ABRUFFRIST = timedelta(days=10)


@dataclass(frozen=True)
class Line:
    """An application on the overview."""

    antrag: antraege.Antrag
    #: What it is called in the language of the page.
    name: str
    status_address: str
    #: How far it is, in the model's words.
    stand: str
    is_asked: bool
    claims: list[ForderungInfo]


@dataclass(frozen=True)
class Dokument:
    """A document with the state of its announcement."""

    document: StoredDocument
    fetched_at: datetime | None
    #: From when on a notice counts as announced; None while nobody has fetched it.
    announced_on: date | None
    #: Until when it can be fetched to count.
    fetch_until: datetime


@blueprint.get("/")
def overview() -> str:
    """Everything at a glance."""
    konto_id = current_citizen().konto_id
    lines = [_line(antrag) for antrag in antraege.antraege(session(), konto_id)]
    drafts = [
        (draft, _page(draft.process_key), unseal(draft.sealed))
        for draft in antraege.entwuerfe(session(), platform().clock, konto_id)
    ]
    return render_template("konto/uebersicht.html", lines=lines, drafts=drafts, pay=_payment_address)


@blueprint.post("/entwurf/<int(max=2147483647):antrag_id>/verwerfen")
def discard(antrag_id: int) -> ResponseReturnValue:
    """Throw an unfinished application away; one of another account is left alone."""
    antraege.discard_draft(session(), current_citizen().konto_id, antrag_id)
    return redirect(url_for("konto.overview"))


@blueprint.get("/antrag/<case_id>")
def application(case_id: str) -> str:
    """One application: its documents with the day on which each counts as announced."""
    konto_id = _own(case_id)
    case = case_info(session(), case_id)
    found = documents(session(), case_id, for_applicant=True)
    fetched = antraege.retrievals(session(), [each.id for each in found])
    return render_template(
        "konto/antrag.html",
        case=case,
        page=_page(case.definition_key),
        milestones=milestones(session(), platform().services, case_id, language()),
        documents=[_dokument(each, fetched.get(each.id)) for each in reversed(found)],
        announces=has_agreed(session(), konto_id, BEKANNTGABE),
        **_to_do(case_id),
    )


def _to_do(case_id: str) -> dict[str, Any]:
    """What waits for the person, and where they do it."""
    return {
        "claims": [claim for claim in forderungen(session(), case_id) if claim.state == "offen"],
        "pay": _payment_address,
        "status_address": _links().status(case_id),
        "is_asked": bool(applicant_tasks(session(), case_id)),
    }


@blueprint.get("/antrag/<case_id>/dokument/<document_id>")
def document(case_id: str, document_id: str) -> ResponseReturnValue:
    """Fetch a document, and remember that it was fetched."""
    konto_id = _own(case_id)
    if document_id not in {each.id for each in documents(session(), case_id, for_applicant=True)}:
        raise DocumentNotFound
    found = load_document(session(), document_id)
    assert found.content is not None
    with unit_of_work(platform().db) as own:
        antraege.note_retrieval(own, platform().clock, konto_id, document_id)
    return send_content(found.name, found.media_type, found.content, inline="ansehen" in request.args)


@blueprint.post("/uebernehmen/<token>")
def take_over(token: str) -> ResponseReturnValue:
    """Put a case that was applied for without an account into this one: whoever has its link may."""
    case_id: str | None = _links().verify_status(token)
    if case_id is None:
        abort(404)
    antraege.take_over(session(), platform().clock, current_citizen().konto_id, case_info(session(), case_id))
    return redirect(url_for("konto.application", case_id=case_id))


def _own(case_id: str) -> str:
    """The account, if the case is one of its; another's does not exist here."""
    konto_id = current_citizen().konto_id
    if not antraege.belongs_to(session(), konto_id, case_id):
        abort(404)
    return konto_id


def _line(antrag: antraege.Antrag) -> Line:
    case = antrag.case
    steps = milestones(session(), platform().services, case.id, language())
    reached = [step.text for step in steps if step.reached_at]
    standing = [step.text for step in steps if step.current]
    is_open = case.state == "active"
    page = _page(case.definition_key)
    return Line(
        antrag=antrag,
        name=page.title if page and language() != GERMAN else antrag.name,
        status_address=_links().status(case.id),
        stand=", ".join(standing) if is_open and standing else (reached[-1] if reached else ""),
        is_asked=is_open and bool(applicant_tasks(session(), case.id)),
        claims=[claim for claim in forderungen(session(), case.id) if claim.state == "offen"],
    )


def _dokument(document: StoredDocument, fetched_at: datetime | None) -> Dokument:
    clock = platform().clock
    announced = fetched_at.astimezone(clock.zone).date() + timedelta(days=1) if fetched_at else None
    return Dokument(document, fetched_at, announced, document.created_at + ABRUFFRIST)


def _payment_address(claim: ForderungInfo) -> str:
    return _links().zahlung(claim.reference)


def _links() -> Links:
    found: Links = platform().services.provide(Links)
    return found


def _page(process_key: str) -> ServicePage | None:
    found = service(process_key)
    return found.speaking(language()) if found else None
