# SPDX-License-Identifier: EUPL-1.2
"""What an account knows is put into a new application, told with its source; what was sent is remembered for the next.

Both only with the person's consent. Which question asks for what is said by the forms (`amt.autocomplete`).
"""

from collections.abc import Iterator
from typing import Any

from forms import Field, Form, Kind, answer_at, put_answer
from forms.language import say
from processes.konto.angaben import ANTRAG, EMAIL, FELDER, angaben, save_angaben
from processes.konto.antraege import owner_of_draft, remember_draft, remember_sent
from processes.konto.einwilligungen import VORBELEGEN, has_agreed
from web.bootstrap import platform
from web.citizens import citizen
from web.portal.drafts import Application, keep
from web.sealed import seal
from web.texts import day
from web.transaction import session


def belong_to_account(application: Application) -> None:
    """A draft that somebody begins who is logged in: it belongs to their account, and begins with what is known."""
    here = citizen()
    if here is None:
        return
    key, draft_id = application.service.process_key, application.id
    remember_draft(session(), platform().clock, here.konto_id, key, draft_id, seal(draft_id))
    if has_agreed(session(), here.konto_id, VORBELEGEN):
        answers = dict(application.draft.answers)
        values = {key: each.value for key, each in angaben(session(), here.konto_id).items()} | {EMAIL: here.email}
        for field in _about_the_person(application.form):
            if field.autocomplete in values:
                put_answer(answers, field.path, values[field.autocomplete][: field.limits.max_length])
        keep(application, answers)


def remember_application(application: Application, answers: dict[str, Any], case_id: str) -> None:
    """A draft of an account was sent: it leads to the case now, and the next application begins with its answers."""
    konto_id = owner_of_draft(session(), application.id)
    if konto_id is None:
        return
    remember_sent(session(), application.id, case_id)
    if has_agreed(session(), konto_id, VORBELEGEN):
        found = {field.autocomplete: answer_at(answers, field.path) for field in _about_the_person(application.form)}
        texts = {key: value for key, value in found.items() if key in FELDER and isinstance(value, str)}
        save_angaben(session(), platform().clock, konto_id, texts, ANTRAG)


def sources(application: Application, answers: dict[str, Any]) -> dict[str, str]:
    """Path of a question → where the value in it comes from, as long as it is the one from the account."""
    here = citizen()
    if here is None or not has_agreed(session(), here.konto_id, VORBELEGEN):
        return {}
    known = angaben(session(), here.konto_id)
    return {
        field.path: say(
            "Übernommen aus Ihrem Konto, %(source_text)s am %(at)s. Bitte prüfen Sie es.",
            source_text=say(each.source_text),
            at=day(each.at),
        )
        for field in _about_the_person(application.form)
        if (each := known.get(field.autocomplete)) and answer_at(answers, field.path) == each.value
    }


def _about_the_person(form: Form) -> Iterator[Field]:
    """The questions that ask for something an account knows; `off` and the data of others are none."""
    wanted = {*FELDER, EMAIL}
    return (
        field
        for field in form.fields
        if field.kind is Kind.TEXT and field.autocomplete in wanted and not field.readonly and not field.item
    )
