# SPDX-License-Identifier: EUPL-1.2
"""An application that somebody is filling in: the draft, its form, and where in it one stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from engine.definitions import form_source, load_definition
from engine.drafts import Draft, load_draft, remove_file, save_answers
from forms import FieldError, Form, Step, load_form, validate, visible_steps
from forms.language import language
from processes import ServicePage, service
from web.bootstrap import platform
from web.transaction import session


@dataclass(frozen=True)
class Place:
    """Where in the form a step stands, among the steps that this person has to go through."""

    step: Step
    number: int
    total: int
    before: Step | None
    after: Step | None


@dataclass(frozen=True)
class Application:
    """A draft with the form that it fills and the service that it applies for."""

    draft: Draft
    form: Form
    service: ServicePage

    @property
    def id(self) -> str:
        """The secret that opens the draft."""
        return self.draft.id

    @property
    def is_sent(self) -> bool:
        """Whether the draft has become a case."""
        return self.draft.submitted_case_id is not None

    def steps(self, answers: dict[str, Any] | None = None) -> list[Step]:
        """The steps that these answers lead through; without answers, those that have been saved."""
        return visible_steps(self.form, self.draft.answers if answers is None else answers, clock=platform().clock)

    def place(self, step_key: str, answers: dict[str, Any] | None = None) -> Place | None:
        """Where a step stands, None when there is no such step or these answers do not lead there."""
        steps = self.steps(answers)
        index = next((index for index, step in enumerate(steps) if step.key == step_key), None)
        if index is None:
            return None
        before = steps[index - 1] if index else None
        after = steps[index + 1] if index + 1 < len(steps) else None
        return Place(steps[index], index + 1, len(steps), before, after)

    def errors(self, answers: dict[str, Any], step: Step | None = None) -> list[FieldError]:
        """What is wrong with the answers, of one step or of all."""
        return validate(self.form, answers, step=step, clock=platform().clock)

    def file_address(self, file: Mapping[str, Any]) -> str:
        """Where a file that was uploaded to the draft can be looked at."""
        return url_for("portal.draft_file", draft_id=self.id, file_id=file.get("file_id", ""))

    def missing(self) -> list[tuple[Step, list[FieldError]]]:
        """The steps that are not complete, with what is wrong there."""
        found = ((step, self.errors(self.draft.answers, step)) for step in self.steps())
        return [(step, errors) for step, errors in found if errors]

    def first_open_step(self) -> Step | None:
        """Where to go on, None when everything is filled in."""
        return next((step for step, _ in self.missing()), None)


def open_application(draft_id: str, *, to_change: bool = False) -> Application:
    """The application behind a secret address. Raises `DraftNotFound` when it is unknown or has run out.

    Whoever changes or sends it opens it `to_change`, so that two tabs do so one after the other.
    """
    draft = load_draft(session(), platform().clock, draft_id, to_change=to_change)
    page = service(draft.definition_key)
    if page is None:
        raise LookupError(f"{draft.definition_key} has a draft, and no service page.")
    return Application(draft, _form(draft), page.speaking(language()))


def _form(draft: Draft) -> Form:
    services = platform().services
    start = load_definition(session(), services, draft.definition_id).info().start_form
    if start is None:
        raise LookupError(f"{draft.definition_key} starts without a form.")
    return load_form(form_source(session(), services, draft.definition_id, start), language())


def keep(application: Application, answers: dict[str, Any]) -> None:
    """Save the answers as they are, right or wrong, and let go of files whose question is no longer asked."""
    save_answers(session(), platform().clock, application.id, answers)
    used = set(file_ids(answers))
    for file in application.draft.files:
        if file.id not in used:
            remove_file(session(), application.id, file.id)


def file_ids(value: Any) -> list[str]:
    """The ids of all uploads that the answers mention."""
    if isinstance(value, dict):
        if isinstance(value.get("file_id"), str):
            return [value["file_id"]]
        return [found for inner in value.values() for found in file_ids(inner)]
    if isinstance(value, list):
        return [found for inner in value for found in file_ids(inner)]
    return []
