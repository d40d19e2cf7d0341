# SPDX-License-Identifier: EUPL-1.2
"""The form of a task, as its bundle holds it. One that cannot be shown is told to the operators."""

from flask import request

from engine.db import unit_of_work
from engine.definitions import form_source
from engine.errors import AmtsflussError, DefinitionNotFound
from engine.incidents import open_incident_once
from engine.queries.tasks import TaskDetail
from forms import Form, FormRefused, load_form
from forms.language import language
from web.bootstrap import platform
from web.transaction import session

NOTHING_TO_FILL = Form("", ())


def form_of_task(detail: TaskDetail) -> Form | None:
    """The form that a task asks to be filled; an empty one when it has none, None when it has one that is not there.

    A model may name a form of another program, and a form of long ago may say what is understood no more. Nobody can
    complete such a task blindly, so an operator has to bring the form in.
    """
    if not detail.form_key:
        return NOTHING_TO_FILL
    try:
        source = form_source(session(), platform().services, detail.definition_id, detail.form_key)
        return load_form(source, language())
    except (DefinitionNotFound, FormRefused) as cause:
        _tell_operators(detail, cause)
        return None


def _tell_operators(detail: TaskDetail, cause: AmtsflussError) -> None:
    # Once, when the page is looked at: whoever sends it has been shown it before.
    if request.method != "GET":
        return
    with unit_of_work(platform().db) as own:
        open_incident_once(
            own,
            platform().clock,
            case_id=detail.line.case_id,
            element_id=detail.line.element_id,
            kind="form_missing",
            cause=cause,
        )
