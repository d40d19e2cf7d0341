# SPDX-License-Identifier: EUPL-1.2
"""One task: look at it, take it, give it back, decide it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.definitions import form_source
from engine.queries.tasks import TaskDetail, task_detail
from engine.tasks import claim_task, complete_task, release_task
from forms import FieldError, Form, load_form, read_step, validate
from web.auth import current_actor
from web.bootstrap import platform
from web.inbox import blueprint
from web.inbox.facts import case_facts
from web.inbox.queues import QUEUES, next_task, queue_name
from web.kept import Posted, keeps_form
from web.transaction import session


@blueprint.get("/aufgabe/<task_id>")
def task(task_id: str) -> ResponseReturnValue:
    """The task: the decision first, beside it what one needs to decide."""
    detail = _detail(task_id)
    form = _form(detail)
    return _page(detail, form, _known_answers(form, detail) if form else {}, ())


@blueprint.post("/aufgabe/<task_id>/uebernehmen")
def claim(task_id: str) -> ResponseReturnValue:
    """Take the task, so that nobody else works on it."""
    claim_task(session(), platform().services, task_id, by=current_actor())
    return redirect(url_for("inbox.task", task_id=task_id, liste=_list()))


@blueprint.post("/aufgabe/<task_id>/zurueckgeben")
def release(task_id: str) -> ResponseReturnValue:
    """Give the task back to the group."""
    release_task(session(), platform().services, task_id, by=current_actor())
    flash("Zurückgegeben. Ihre Kolleginnen und Kollegen können die Aufgabe jetzt übernehmen.", "success")
    return redirect(url_for("inbox.queue", liste=_list()))


def _show_again(posted: Posted, alert: str, task_id: str) -> str:
    detail = _detail(task_id)
    form = _form(detail)
    return _page(detail, form, read_answers(form, posted) if form else {}, (), alert)


@blueprint.post("/aufgabe/<task_id>/erledigen")
@keeps_form(_show_again)
def complete(task_id: str) -> ResponseReturnValue:
    """Decide, and go on to the next task of the same list."""
    detail = _detail(task_id)
    form = _form(detail)
    answers = read_answers(form, request.form) if form else {}
    errors = validate(form, answers, clock=platform().clock) if form else []
    if errors:
        return _page(detail, form, answers, errors), 422
    complete_task(session(), platform().services, task_id, answers, by=current_actor())
    flash(f"Erledigt: {detail.line.name}, {detail.line.title} ({detail.line.reference})", "success")
    following = next_task(queue_name(_list()))
    if following is None:
        return redirect(url_for("inbox.queue", liste=_list()))
    return redirect(url_for("inbox.task", task_id=following.id, liste=_list()))


def read_answers(form: Form, posted: Posted) -> dict[str, Any]:
    """The posted form, all steps of it: a clerk sees them on one page."""
    answers: dict[str, Any] = {}
    for step in form.steps:
        answers = read_step(form, step, posted.to_dict(flat=False), answers)
    return answers


def _detail(task_id: str) -> TaskDetail:
    return task_detail(session(), platform().services, task_id, current_actor())


def _form(detail: TaskDetail) -> Form | None:
    if not detail.form_key:
        return None
    return load_form(form_source(session(), platform().services, detail.definition_id, detail.form_key))


def _known_answers(form: Form, detail: TaskDetail) -> dict[str, Any]:
    """What the case knows already under the names that the form asks for."""
    return {step.key: detail.variables[step.key] for step in form.steps if step.key in detail.variables}


def _list() -> str:
    return queue_name(request.values.get("liste"))


def _page(
    detail: TaskDetail,
    form: Form | None,
    answers: dict[str, Any],
    errors: "list[FieldError] | tuple[()]",
    alert: str = "",
) -> str:
    return render_template(
        "inbox/task.html",
        task=detail.line,
        form=form,
        answers=answers,
        errors=errors,
        alert_text=alert,
        facts=case_facts(detail.line.case_id),
        mine=detail.line.assignee == current_actor().name,
        holder=detail.line.assignee_name or detail.held_by,
        queue=QUEUES[_list()],
        now=platform().clock.now(),
    )
