# SPDX-License-Identifier: EUPL-1.2
"""The application as a PDF: what was asked and answered, before sending as a draft, afterwards as the receipt.

It is what the office files, so it is in German whatever language it was filled in with.
"""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from flask import Response

from connectors.pdf import Letters
from engine.cases import case_definition, case_variables
from engine.errors import DocumentNotFound
from engine.queries.cases import case_info
from forms import Form, load_form, summary
from forms.language import GERMAN, speaking
from processes import service
from web.bootstrap import platform
from web.downloads import send_content
from web.portal import blueprint
from web.portal.drafts import open_application
from web.portal.status import case_behind
from web.security import limiter
from web.texts import moment
from web.transaction import session


@blueprint.get("/antrag/<draft_id>/antrag.pdf")
@limiter.limit("60 per hour")
def draft_pdf(draft_id: str) -> Response:
    """What has been typed so far. What was sent is on the status page."""
    with speaking(GERMAN):
        application = open_application(draft_id)
    if application.is_sent:
        raise DocumentNotFound
    content = _pdf(application.service.title, application.form, application.draft.answers, "", "")
    return send_content("Entwurf.pdf", "application/pdf", content)


@blueprint.get("/status/<token>/antrag.pdf")
@limiter.limit("60 per hour")
def receipt(token: str) -> Response:
    """What was applied for, with file reference and moment of arrival."""
    case = case_info(session(), case_behind(token))
    definition = case_definition(session(), platform().services, case.id)
    start = definition.info().start_form
    page = service(case.definition_key)
    if start is None or page is None:
        raise DocumentNotFound
    answers = case_variables(session(), platform().services, case.id)
    with speaking(GERMAN):
        arrived = moment(case.started_at)
    content = _pdf(page.title, load_form(definition.form(start)), answers, case.reference, arrived)
    return send_content(f"Antrag_{case.reference}.pdf", "application/pdf", content)


def _pdf(title: str, form: Form, answers: Mapping[str, Any], reference: str, arrived: str) -> bytes:
    services = platform().services
    with speaking(GERMAN):
        sections = _sections(form, answers)
    values = {
        "titel": title,
        "zeichen": f"{platform().settings.town.authority} · {reference or 'Entwurf'}",
        "abschnitte": sections,
        "aktenzeichen": reference,
        "eingang": arrived,
        "heute": services.clock.today(),
    }
    content: bytes = services.provide(Letters).render("gemeinsam/letters/antrag.html", values)
    return content


def _sections(form: Form, answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "titel": section.title,
            "gruppen": [
                {"titel": item, "zeilen": [(line.label, _text(line.value, line.files)) for line in lines]}
                for item, lines in groupby(section.lines, key=lambda line: line.item)
            ],
        }
        for section in summary(form, answers, clock=platform().clock)
    ]


def _text(value: str, files: tuple[Mapping[str, Any], ...]) -> str:
    return "\n".join(str(file.get("name", "")) for file in files) if files else value
