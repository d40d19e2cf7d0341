# SPDX-License-Identifier: EUPL-1.2
"""One case and its documents, for clerks whose groups have to do with it."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from engine.documents import load_document
from engine.errors import DocumentNotFound, NotAllowed
from engine.queries.cases import may_see_case
from engine.queries.tasks import tasks_of_case, tasks_to_open
from web.auth import current_actor
from web.bootstrap import platform
from web.downloads import send_content
from web.inbox import blueprint
from web.inbox.facts import case_facts
from web.transaction import session


@blueprint.get("/vorgang/<case_id>")
def case(case_id: str) -> ResponseReturnValue:
    """The case: where it stands, its facts, documents and history."""
    require_sight(case_id)
    return case_page(case_id)


@blueprint.get("/dokument/<document_id>")
def document(document_id: str) -> ResponseReturnValue:
    """A document of a case, to look at (`?ansehen=1`) or to download."""
    found = load_document(session(), document_id)
    require_sight(found.case_id)
    if found.content is None:
        raise DocumentNotFound
    return send_content(found.name, found.media_type, found.content, inline="ansehen" in request.args)


def case_page(case_id: str, *, text: str = "", message_error: str = "") -> str:
    """The page of a case that the clerk may see, with the message that they are writing."""
    return render_template(
        "inbox/case.html",
        facts=case_facts(case_id),
        tasks=tasks_of_case(session(), case_id),
        to_open=tasks_to_open(session(), case_id, current_actor()),
        now=platform().clock.now(),
        text=text,
        message_error=message_error,
    )


def require_sight(case_id: str) -> None:
    """Raise NotAllowed unless one of the clerk's groups has to do with the case."""
    if not may_see_case(session(), platform().services, case_id, current_actor()):
        raise NotAllowed("None of this person's groups has to do with the case.")
