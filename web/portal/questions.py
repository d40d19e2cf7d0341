# SPDX-License-Identifier: EUPL-1.2
"""What the office asks the applicant: an open task of theirs, with its form."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from engine.identity import applicant
from engine.queries.tasks import TaskDetail, applicant_tasks, task_detail
from forms import FieldError, Form, read_step, validate
from web.bootstrap import platform
from web.formview import render_error_summary, render_form
from web.kept import Posted
from web.taskform import NOTHING_TO_FILL, form_of_task
from web.transaction import session


@dataclass(frozen=True)
class Question:
    """A task for the applicant, and its form as it is filled in so far."""

    detail: TaskDetail
    form: Form
    answers: dict[str, Any] = field(default_factory=dict)
    errors: Sequence[FieldError] = ()
    #: The draft that holds files which were sent before everything was right; empty when there is none.
    draft_id: str = ""
    alert: str = ""
    #: Whether the question has a form that cannot be shown, so that nobody can answer it here.
    form_missing: bool = False

    @property
    def fields(self) -> Markup:
        """The form's fields. The office's own question is a text of the form, filled from the case."""
        context, clock = self.detail.variables, platform().clock
        return render_form(self.form, self.answers, self.errors, clock=clock, context=context)

    @property
    def error_summary(self) -> Markup:
        """What is wrong, with links to the fields."""
        return render_error_summary(list(self.errors))

    def read(self, posted: Posted, answers: dict[str, Any]) -> dict[str, Any]:
        """What was typed, into the answers so far."""
        for step in self.form.steps:
            answers = read_step(
                self.form,
                step,
                posted.to_dict(flat=False),
                answers,
                clock=platform().clock,
                context=self.detail.variables,
            )
        return answers

    def wrong(self, answers: dict[str, Any]) -> list[FieldError]:
        """What is wrong with the answers."""
        return validate(self.form, answers, clock=platform().clock, context=self.detail.variables)


def question(case_id: str, task_id: str) -> Question:
    """One task of the applicant. Raises `TaskAlreadyCompleted`, `TaskNotFound`, and `NotAllowed` for another's."""
    detail = task_detail(session(), task_id, applicant(case_id))
    form = form_of_task(detail)
    return Question(detail, form or NOTHING_TO_FILL, form_missing=form is None)


def open_question(case_id: str) -> Question | None:
    """What the applicant has to answer first, None when nothing is asked."""
    tasks = applicant_tasks(session(), case_id)
    return question(case_id, tasks[0].id) if tasks else None
