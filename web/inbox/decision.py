# SPDX-License-Identifier: EUPL-1.2
"""The form of a task as a clerk fills it in: all its steps on one page."""

from dataclasses import dataclass, field, replace
from typing import Any

from markupsafe import Markup

from engine.queries.tasks import TaskDetail, TaskLine, task_detail
from forms import (
    FieldError,
    Form,
    Kind,
    answer_at,
    changes_items,
    put_answer,
    take_step,
    validate,
    with_items,
)
from forms.values import conform
from web.auth import current_actor
from web.bootstrap import platform
from web.formview import render_error_summary, render_form
from web.inbox.facts import document_address
from web.kept import Posted
from web.taskform import NOTHING_TO_FILL, form_of_task
from web.transaction import session

_MORE = "Zu Ihrer Entscheidung gehören noch die Angaben, die jetzt dazugekommen sind."


@dataclass(frozen=True)
class Decision:
    """A task and what has been filled into its form so far."""

    detail: TaskDetail
    form: Form
    answers: dict[str, Any] = field(default_factory=dict)
    #: What is wrong with questions that were on the page; those that the last answers brought up are not blamed yet.
    errors: tuple[FieldError, ...] = ()
    #: Whether anything is still wrong or missing.
    is_wrong: bool = False
    #: Whether the task has a form that cannot be shown, so that nobody can complete it.
    form_missing: bool = False

    @property
    def task(self) -> TaskLine:
        """The task, as lists show it."""
        return self.detail.line

    @property
    def notice(self) -> str:
        """Why the page is there again although nothing typed was wrong."""
        return _MORE if self.is_wrong and not self.errors else ""

    @property
    def fields(self) -> Markup:
        """The questions, filled in."""
        context, clock = self.detail.variables, platform().clock
        about: dict[str, Any] = {"clock": clock, "context": context, "file_url": document_address}
        return render_form(self.form, self.answers, self.errors, **about)

    @property
    def error_summary(self) -> Markup:
        """What is wrong, with links to the fields."""
        return render_error_summary(self.errors)

    def filled(self, posted: Posted) -> "Decision":
        """The same with what was posted, not checked."""
        return replace(self.checked(posted), errors=(), is_wrong=False)

    def checked(self, posted: Posted) -> "Decision":
        """The same with what was posted, and what is wrong with it."""
        raw, context, clock = posted.to_dict(flat=False), self.detail.variables, platform().clock
        answers = self.answers
        errors: list[FieldError] = []
        for step in self.form.steps:
            outcome = take_step(self.form, step, raw, answers, clock=clock, context=context)
            answers = outcome.answers
            errors += outcome.errors
        wrong = validate(self.form, answers, clock=clock, context=context)
        return replace(self, answers=answers, errors=tuple(errors), is_wrong=bool(wrong) or changes_items(raw))


def open_decision(task_id: str) -> Decision:
    """The task with the answers that the case knows already under the names that its form asks for."""
    detail = task_detail(session(), task_id, current_actor())
    form = form_of_task(detail)
    if form is None:
        return Decision(detail, NOTHING_TO_FILL, form_missing=True)
    answers: dict[str, Any] = {}
    for question in with_items(form, detail.variables).fields:
        known = answer_at(detail.variables, question.path)
        # A day or a tick as another program writes it cannot be shown; the default of the field says it better.
        unreadable = question.kind in (Kind.DATE, Kind.CHECKBOX) and conform(question, known) is None
        if known is not None and not unreadable:
            put_answer(answers, question.path, known)
    return Decision(detail, form, answers)
