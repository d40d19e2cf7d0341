# SPDX-License-Identifier: EUPL-1.2
"""How the applicant of a case is reached, whatever the form calls it."""

from engine.cases import case_definition, case_variables
from engine.errors import DefinitionNotFound
from forms import FormRefused, Kind, answer_at, load_form
from web.bootstrap import platform
from web.transaction import session


def mail_of_applicant(case_id: str) -> str:
    """The mail address that the application gave as the person's own; empty when there is none."""
    services = platform().services
    definition = case_definition(session(), services, case_id)
    start = definition.info().start_form
    if start is None:
        return ""
    try:
        form = load_form(definition.form(start))
    except (DefinitionNotFound, FormRefused):
        return ""
    answers = case_variables(session(), services, case_id)
    found = (
        answer_at(answers, field.path)
        for field in form.fields
        if field.kind is Kind.TEXT and field.autocomplete == "email"
    )
    return next((address for address in found if isinstance(address, str) and address), "")
